// What a scan means, without a server; as volunteer_hub/checkin/rules has it. Pure but for the hash.

export const GOOD = 0;
export const WAITING = 2;
const OPENS_BEFORE_S = 12 * 3600;
const LONGEST_TEXT = 400;
const CODE = /^[RV][0-9A-HJKMNP-TV-Z]{16}$/;
const NEARLY = /^[RV][0-9A-Z]{7,23}$/;
const TICKET = /^\/[Tt]\/([^/]+)\/?$/;
const LOOKALIKES = { O: "0", I: "1", L: "1" };

const canonical = (text) => text.normalize("NFKC").trim().toUpperCase().replace(/[- ]/g, "").replace(/[OIL]/g, (sign) => LOOKALIKES[sign]);

function pathOf(text) {
  const address = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*([^?#]*)/i.exec(text);
  return address ? address[1] : text.split(/[?#]/)[0];
}

/** What a text from a code or a keyboard is: {code, isOurs}. */
export function readText(text) {
  const trimmed = text.slice(0, LONGEST_TEXT).normalize("NFKC").trim();
  const path = TICKET.exec(pathOf(trimmed));
  if (trimmed.includes("://") && !path) return { code: null, isOurs: false };
  const found = path ? path[1] : trimmed;
  const code = found.slice(0, 1).toUpperCase() + canonical(found.slice(1));
  if (text.length <= LONGEST_TEXT && CODE.test(code)) return { code, isOurs: true };
  return { code: null, isOurs: Boolean(path) || NEARLY.test(code) };
}

async function sha256(text) {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("").slice(0, 24);
}

/** A ticket as the list on the phone knows it. */
export async function hashOf(salt, code) {
  return sha256(`${salt}|${await sha256(`vh-ticket\0${code}`)}`);
}

/** What only phones at the same event's door can put under a text: they alone have its salt. */
export async function sealOf(salt, text) {
  return sha256(`${salt}|carried|${text}`);
}

/** Who may come, by ticket and by key. */
export class Roster {
  constructor({ salt, people, event }) {
    this.salt = salt;
    this.event = event;
    this.people = people.map(([hash, key, surname, initials, number, state, post, starts, came, left, tail]) => (
      { hash, key, surname, initials, number, state, post, starts, came, left, tail }
    ));
    this.byHash = new Map(this.people.map((person) => [person.hash, person]));
    this.byKey = new Map(this.people.map((person) => [person.key, person]));
  }

  async find(code) {
    return this.byHash.get(await hashOf(this.salt, code)) ?? null;
  }

  search(typed) {
    const text = typed.normalize("NFKC").trim().toLowerCase();
    if (!text) return [];
    return this.people.filter(({ state, surname, initials, tail }) => state === GOOD && (
      surname === text[0] || initials.startsWith(text) || (tail && tail.endsWith(text) && text.length > 1)
    )).slice(0, 20);
  }
}

/**
 * How somebody stands: what the list says and what this phone saw since.
 * @returns {{came: number|null, left: number|null}} seconds
 */
export function standing(person, seen) {
  const own = seen.get(person.key) ?? {};
  const came = own.came ?? person.came;
  const left = "left" in own ? own.left : person.left;
  return { came, left };
}

/** The answer in one word. */
export function judge(person, { isOurs, event, direction, seen, now }) {
  if (!person) return isOurs ? "unknown" : "not_ours";
  if (event.state === "cancelled") return "event_cancelled";
  if (event.state === "confirmed") return "hours_confirmed";
  if (now < (person.starts ?? event.starts_at) - OPENS_BEFORE_S) return "too_early";
  if (person.state !== GOOD) return person.state === WAITING ? "waiting" : "cancelled";
  const { came, left } = standing(person, seen);
  const isThere = came !== null && left === null;
  if (direction === "out") {
    if (isThere) return "ok";
    return came === null ? "not_in" : "already_out";
  }
  const comesOnce = person.key.startsWith("r");
  return (comesOnce ? came !== null : isThere) ? "already_in" : "ok";
}

const OUTCOMES = { ok: "accepted", admitted: "accepted", undone: "accepted", already_in: "duplicate", already_out: "duplicate" };

export const outcomeOf = (reason) => OUTCOMES[reason] ?? "rejected";

/** What is known of somebody after a scan that was answered so. */
export function after(person, seen, { reason, direction, now }) {
  const { came, left } = standing(person, seen);
  if (reason !== "ok" && reason !== "admitted") return { came, left };
  return direction === "out" ? { came, left: now } : { came: now, left: null };
}
