// The scanner of a phone at the door, with and without a network. Finds <section data-enhance="phone-door"> on /scan/.
// The verdict stands on the screen before anybody is asked; the server's own follows within a second when it differs.

import { Scanner } from "../scanner.js";
import { newId } from "../scan-queue.js";
import { codesOf, download, draw, scansIn } from "./carry.js";
import { after, judge, outcomeOf, readText, Roster, standing } from "./judge.js";
import { Store } from "./store.js";
import { ask, byEvent, Clock, Sync } from "./sync.js";
import { wordsFor } from "./words.js";

const ROSTER_MS = 60000;
const ECHO_S = 10;
const UNKNOWN_WAIT_MS = 2500;
const HELD_MS = 30000;
const UNDO_S = 15 * 60;
const AFTER_END_S = 24 * 3600;

/** A secret of 32 signs, made here; only its hash leaves the phone, and only once. */
const newSecret = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

class PhoneDoor extends Scanner {
  makeQueue() {
    this.answers = new Map();
    this.lines = new Map();
    this.mine = new Map();
    this.clock = new Clock();
    this.known = new Map();
    return { scans: [] };
  }

  async open() {
    this.store = await Store.open();
    this.clock.offset = (await this.store.get("offset")) ?? null;
    this.known = await this.store.seen();
    this.sync = new Sync(this.store, this.root.dataset, {
      clock: this.clock,
      answered: (news) => this.answered(news),
      state: (state) => this.showState(state),
    });
    await this.enrol();
    await this.loadRoster();
    this.wireDoor();
    await this.countUnsent();
    navigator.storage?.persist?.();
    if (this.deviceInfo) this.run();
    this.sync.poke();
    setInterval(() => this.fetchRoster(), ROSTER_MS * (0.8 + Math.random() * 0.4));
    this.fetchRoster();
    this.root.dataset.ready = "yes";
  }

  // The right to scan

  async enrol() {
    const token = location.hash.slice(1);
    if (!token) return;
    const pending = (await this.store.get("pending")) ?? { token, secret: newSecret() };
    const { secret } = pending.token === token ? pending : { secret: newSecret() };
    await this.store.set("pending", { token, secret });
    try {
      const response = await ask(this.root.dataset.enrol, {
        method: "POST",
        headers: { "Content-Type": "application/json", Accept: "application/json" },
        body: JSON.stringify({ token, secret }),
      });
      const told = await response.json();
      if (!response.ok) return this.showNotice(told.title, told.detail);
      await this.store.forgetPeople();
      await this.store.set(`secret:${told.event.id}`, secret);
      await this.store.set("device", { ...told, secret });
      await this.store.set("etag", null);
      history.replaceState(null, "", location.pathname);
    } catch {
      this.showNotice(this.words.noEnrol.title, this.words.noEnrol.detail);
    }
    return undefined;
  }

  async loadRoster() {
    this.deviceInfo = (await this.store.get("device")) ?? null;
    const kept = await this.store.get("roster");
    if (kept && this.clock.now > kept.event.ends_at + AFTER_END_S && (await this.store.count()) === 0) {
      await this.store.forgetPeople();
    } else if (kept) {
      this.roster = new Roster(kept);
    }
    const { deviceInfo } = this;
    this.part("not-enrolled").hidden = Boolean(deviceInfo);
    for (const name of ["tools", "form"]) this.part(name).hidden = !deviceInfo;
    if (!deviceInfo) return;
    this.part("event").textContent = deviceInfo.event.title;
    this.part("door-name").textContent = [deviceInfo.door, `${this.words.phone} ${deviceInfo.number}`].filter(Boolean).join(" · ");
  }

  async fetchRoster() {
    const device = await this.store.get("device");
    if (!device || document.hidden) return;
    try {
      const etag = await this.store.get("etag");
      const headers = { Accept: "application/json", Authorization: `Bearer ${device.secret}` };
      if (etag && this.roster) headers["If-None-Match"] = etag;
      const response = await ask(this.root.dataset.roster, { headers });
      if (!response.ok) return;
      const roster = await response.json();
      await this.store.set("roster", roster);
      await this.store.set("etag", response.headers.get("ETag"));
      this.roster = new Roster(roster);
      this.root.dataset.people = this.roster.people.length;
    } catch { /* without a network the list stays as it is */ }
  }

  // One scan

  async report(text, method) {
    const carried = await scansIn(text, this.clock.offset, this.roster?.salt);
    if (carried) return this.adopt(carried);
    const reading = readText(text);
    const person = reading.code && this.roster ? await this.roster.find(reading.code) : null;
    return this.scan({ text, method, reading, person });
  }

  async scan({ text = "", method, reading = { isOurs: true, code: null }, person }) {
    const { direction } = this;
    const { now } = this.clock;
    const who = person?.key ?? (reading.code ? `x${reading.code}` : "");
    const last = this.mine.get(who + direction);
    if (who && last && now - last < ECHO_S) return; // still before the camera
    const event = this.roster?.event ?? this.deviceInfo.event;
    const reason = judge(person, { isOurs: reading.isOurs, event, direction, seen: this.known, now });
    const isUnknown = reason === "unknown";
    const local = isUnknown ? "accepted" : outcomeOf(reason);
    const scan = this.made({ text, method, direction, local });
    if (person) scan.key = person.key;
    if (isUnknown) scan.held_until = Date.now() + HELD_MS;
    const before = person ? standing(person, this.known) : {};
    const state = person ? after(person, this.known, { reason, direction, now }) : null;
    await this.store.keep(scan, person?.key, state);
    if (state) this.known.set(person.key, state);
    if (who) this.mine.set(who + direction, now);
    const first = direction === "out" ? before.left : before.came;
    this.decide(scan, { reason, direction, at: now, first_at: first ?? null, name: person ? `${person.surname}*` : "", people: person?.number, post: person?.post });
  }

  made(values) {
    const { direction = this.direction } = values;
    return {
      scan_id: newId(), ...values, direction, device: this.device,
      wall: Date.now(), mono: performance.now(), boot: performance.timeOrigin, offset: this.clock.offset,
      to: this.deviceInfo?.event.id,
    };
  }

  /** Shows the phone's own verdict, and asks the server for its. */
  decide(scan, answer) {
    this.answers.set(scan.scan_id, answer);
    if (answer.reason === "unknown") return this.askAboutUnknown(scan, answer);
    this.showAnswer(scan, answer);
    this.countUnsent();
    return this.sync.poke();
  }

  /** A code that the list does not have: the server may know better; else the person at the door decides. */
  async askAboutUnknown(scan, answer) {
    this.say(this.words.asking);
    await this.store.change(scan.scan_id, { held_until: 0, local: null });
    this.sync.poke();
    this.countUnsent();
    await new Promise((done) => { setTimeout(done, UNKNOWN_WAIT_MS); this.whenAnswered = done; });
    this.say(this.words.scanning);
    if (!(await this.store.waiting()).some((each) => each.scan_id === scan.scan_id)) return;
    await this.store.change(scan.scan_id, { held_until: Date.now() + HELD_MS, local: "accepted" });
    this.undecided = scan;
    this.showAnswer(scan, { ...answer, reason: "unknown_here" });
    this.part("choice").hidden = false;
    this.part("admit").focus();
  }

  async choose(isAdmitted) {
    const scan = this.undecided;
    this.part("choice").hidden = true;
    this.part("verdict").hidden = true;
    if (!scan) return;
    this.undecided = null;
    await this.store.change(scan.scan_id, { held_until: 0, local: isAdmitted ? "accepted" : "rejected" });
    this.sync.poke();
  }

  showAnswer(scan, answer) {
    const outcome = answer.outcome ?? outcomeOf(answer.reason);
    const shown = answer.reason === "unknown_here" ? "duplicate" : outcome;
    const said = { outcome: shown, name: answer.name ?? "", ...wordsFor(this.words, answer) };
    this.showVerdict(said);
    if (answer.reason === "unknown_here") clearTimeout(this.hiding);
    const line = this.lines.get(scan.scan_id);
    if (line) return this.relabel(line, said);
    const fresh = this.remember(said);
    fresh.dataset.scan = scan.scan_id;
    this.lines.set(scan.scan_id, fresh);
    if (outcome === "accepted") this.offerUndo(fresh, scan);
    this.scans += 1;
    this.root.dataset.scans = this.scans;
    return undefined;
  }

  relabel(line, { outcome, title, name }) {
    line.dataset.outcome = outcome;
    line.querySelector("[data-slot=name]").textContent = name || title;
    line.querySelector("[data-slot=title]").textContent = name ? title : "";
    if (outcome !== "accepted") line.querySelector("[data-slot=undo]")?.remove();
  }

  offerUndo(line, scan) {
    const button = this.part("undo-button").content.firstElementChild.cloneNode(true);
    button.querySelector("span").textContent = line.querySelector("[data-slot=name]").textContent;
    button.addEventListener("click", () => this.undo(scan, line, button));
    line.append(button);
    setTimeout(() => button.remove(), UNDO_S * 1000);
  }

  async undo(scan, line, button) {
    button.disabled = true;
    const state = scan.key ? this.undone(scan) : null;
    const taken = this.made({ method: "search", direction: scan.direction, undoes: scan.scan_id });
    await this.store.keep(taken, scan.key, state);
    if (state) this.known.set(scan.key, state);
    this.mine.clear();
    this.answers.set(taken.scan_id, { reason: "undone", direction: scan.direction });
    this.relabel(line, { outcome: "undone", title: this.words.reasons.undone.title, name: line.querySelector("[data-slot=name]").textContent });
    this.countUnsent();
    this.sync.poke();
  }

  undone(scan) {
    const { came = null } = this.known.get(scan.key) ?? {};
    return scan.direction === "out" ? { came, left: null } : { came: null, left: null };
  }

  /** What the server says: it is shown when it is not what the phone said. */
  async answered({ pairs, counts }) {
    if (counts) this.showCounts(counts);
    for (const [scan, answer] of pairs) {
      const mine = this.answers.get(scan.scan_id);
      this.answers.delete(scan.scan_id);
      if (!mine || mine.reason === answer.reason) continue;
      await this.learn(scan, answer);
      if (mine.reason === "undone" && answer.outcome !== "accepted") this.showAnswer(scan, { ...answer, outcome: "rejected" });
      else if (mine.reason !== "undone") this.showAnswer(scan, { name: mine.name, ...answer });
    }
    this.whenAnswered?.();
    await this.store.set("offset", this.clock.offset);
    this.countUnsent();
  }

  /** Another door was first, or the list was old: the phone knows from now on. */
  async learn(scan, { reason, first_at: firstAt }) {
    const person = scan.key ? this.roster?.byKey.get(scan.key) : null;
    if (!person || reason !== "already_in") return;
    const state = { came: firstAt ?? this.clock.now, left: null };
    this.known.set(person.key, state);
    await this.store.note(person.key, state);
  }

  showCounts(counts) {
    for (const [name, count] of Object.entries(counts)) {
      const place = this.part(`count-${name}`);
      if (place) place.textContent = count;
    }
  }

  async countUnsent() {
    this.queue.scans = await this.store.waiting();
    this.showUnsent();
    this.part("unsent-always").textContent = this.queue.scans.length;
  }

  showState(state) {
    this.root.dataset.net = state;
    if (state !== "online") this.whenAnswered?.();
    for (const each of this.root.querySelectorAll("[data-net-is]")) each.hidden = each.dataset.netIs !== state || !this.deviceInfo;
  }

  showNotice(title, detail) {
    this.part("notice").hidden = false;
    this.part("notice-title").textContent = title;
    this.part("notice-detail").textContent = detail;
  }

  // By name, by number, without either

  find(typed) {
    const list = this.part("found");
    const people = this.roster?.search(typed) ?? [];
    list.replaceChildren(...people.map((person) => {
      const line = this.part("found-line").content.firstElementChild.cloneNode(true);
      const label = `${person.surname}* ${person.initials}${person.tail ? ` · ${person.tail}` : ""}${person.post ? ` · ${person.post}` : ""}`;
      line.querySelector("[data-slot=who]").textContent = label;
      const button = line.querySelector("button");
      button.querySelector("span").textContent = label;
      button.addEventListener("click", () => this.scan({ method: "search", person }));
      return line;
    }));
    list.hidden = people.length === 0;
    this.part("found-none").hidden = !typed.trim() || people.length > 0;
  }

  async count(people) {
    await this.keepSpecial({ method: "counter", direction: "count", people }, "counted", people);
  }

  async walkIn(form) {
    const people = Math.min(10, Math.max(1, Number(form.elements.people.value) || 1));
    const name = form.elements.name.value.trim().slice(0, 60);
    await this.keepSpecial({ method: "walk_in", direction: "in", people, ...(name ? { name } : {}) }, "ok", people);
    form.reset();
  }

  async keepSpecial(values, reason, people) {
    const scan = await this.store.keep(this.made({ ...values, local: "accepted" }));
    this.answers.set(scan.scan_id, { reason: "ok", direction: values.direction });
    this.showAnswer(scan, { reason, outcome: "accepted", direction: values.direction, people, at: this.clock.now });
    this.countUnsent();
    this.sync.poke();
  }

  // For a phone that never gets a network

  async adopt(scans) {
    await this.store.adopt(scans.map((scan) => ({ ...scan, to: this.deviceInfo?.event.id })));
    this.showVerdict({ outcome: "accepted", ...this.words.adopted, name: String(scans.length) });
    this.countUnsent();
    this.sync.poke();
  }

  /** What waits, by the event it was made at: each gets a file of its own. */
  async waitingByEvent() {
    return byEvent(await this.store.waiting(), this.deviceInfo?.event.id);
  }

  async showCodes() {
    if (!this.roster) return; // without its list a phone cannot seal them; the file is left
    const waiting = (await this.waitingByEvent()).get(this.deviceInfo?.event.id) ?? [];
    const codes = await codesOf(waiting, this.clock.offset, this.roster.salt);
    if (codes.length === 0) return;
    this.codeShown = ((this.codeShown ?? -1) + 1) % codes.length;
    draw(codes[this.codeShown], this.part("carry-code"));
    this.part("carry-code").hidden = false;
    this.part("carry-number").textContent = `${this.codeShown + 1} / ${codes.length}`;
  }

  wireDoor() {
    this.part("search").addEventListener("input", (event) => this.find(event.target.value));
    for (const button of this.root.querySelectorAll("[data-count]")) {
      button.addEventListener("click", () => this.count(Number(button.dataset.count)));
    }
    this.part("walk-in").addEventListener("submit", (event) => {
      event.preventDefault();
      this.walkIn(event.target);
    });
    this.part("admit").addEventListener("click", () => this.choose(true));
    this.part("deny").addEventListener("click", () => this.choose(false));
    this.part("save-file").addEventListener("click", async () => {
      for (const [id, scans] of await this.waitingByEvent()) {
        const number = id === this.deviceInfo?.event.id ? this.deviceInfo.number : `earlier-${id}`;
        download(scans, this.clock.offset, `scans-${number ?? 0}.json`);
      }
    });
    this.part("show-codes").addEventListener("click", () => this.showCodes());
    addEventListener("hashchange", () => location.reload());
  }
}

async function keepPage(root) {
  if (!("serviceWorker" in navigator)) {
    root.querySelector("[data-part=no-worker]").hidden = false;
    return;
  }
  try {
    await navigator.serviceWorker.register(root.dataset.worker, { scope: root.dataset.scope });
    await navigator.serviceWorker.ready;
    root.dataset.kept = "yes";
  } catch {
    root.querySelector("[data-part=no-worker]").hidden = false;
  }
}

for (const root of document.querySelectorAll("[data-enhance~=phone-door]")) {
  const door = new PhoneDoor(root);
  door.open().catch((error) => {
    root.dataset.failed = error.name;
    door.showNotice(door.words.noStore.title, door.words.noStore.detail);
  });
  keepPage(root);
}
