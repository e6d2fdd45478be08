// What the phone says, in the page's language; the texts stand in the page.

const clock = (seconds) => new Date(seconds * 1000).toTimeString().slice(0, 5);

const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_all, name) => values[name] ?? "");

/** A verdict as it fills the screen. */
export function wordsFor(words, { reason, direction, at, first_at: firstAt, first_door: firstDoor, people, post }) {
  const named = reason === "ok" && direction === "out" ? "left" : reason === "already_in" && firstDoor === undefined ? "known" : reason;
  const said = words.reasons[named] ?? words.reasons.other;
  const values = {
    at: clock(firstAt ?? at ?? Date.now() / 1000),
    door: firstDoor || words.door,
    people: people ?? 1,
    post: post ?? "",
  };
  const who = post ? filled(words.post, values) : people > 1 ? filled(words.people, values) : "";
  const detail = [reason === "ok" ? who : "", filled(said.detail, values)].filter(Boolean).join("，");
  return { title: said.title, detail };
}
