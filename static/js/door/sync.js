// Sends what waits, exactly once: a scan's id makes a repeat harmless, one tab at a time sends, and nothing is let go
// of before it was answered. Whether there is a network is found out by asking, never by a switch.

const MOST = 500;
const ANSWER_MS = 8000;
const FIRST_RETRY_MS = 2000;
const LAST_RETRY_MS = 60000;
const IDLE_MS = 30000;
const LEASE_MS = 15000;
const JUMP_MS = 2000;
const LOCK = "vh-scan-sync";

const jitter = (ms) => ms * (0.8 + Math.random() * 0.4);

/** A fetch that gives up. */
export async function ask(address, options = {}) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), ANSWER_MS);
  try {
    return await fetch(address, { credentials: "omit", cache: "no-store", ...options, signal: stop.signal });
  } finally {
    clearTimeout(timer);
  }
}

/** Runs the work in one tab at a time; elsewhere, or when it is taken, not at all. */
async function alone(work) {
  if (navigator.locks) return navigator.locks.request(LOCK, { ifAvailable: true }, (lock) => (lock ? work() : null));
  const until = Number(localStorage.getItem(LOCK) ?? 0);
  if (until > Date.now()) return null;
  localStorage.setItem(LOCK, Date.now() + LEASE_MS);
  try {
    return await work();
  } finally {
    localStorage.removeItem(LOCK);
  }
}

/** Scans by the event they were made at; what names none belongs to the one at which the phone is now. */
export function byEvent(scans, present) {
  const groups = new Map();
  for (const scan of scans) {
    const event = scan.to ?? present;
    if (!groups.has(event)) groups.set(event, []);
    groups.get(event).push(scan);
  }
  return groups;
}

export class Sync {
  /**
   * @param {Store} store
   * @param {{batch: string}} addresses
   * @param {{clock: Clock, answered: Function, told: Function, state: Function}} tell
   */
  constructor(store, addresses, tell) {
    Object.assign(this, { store, addresses, tell, most: MOST, retryMs: FIRST_RETRY_MS, refused: 0 });
    this.channel = "BroadcastChannel" in window ? new BroadcastChannel(LOCK) : null;
    this.channel?.addEventListener("message", ({ data }) => tell.answered(data));
    addEventListener("online", () => this.poke());
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.poke(); });
  }

  /** Sends now, and again when it is time. */
  async poke() {
    if (this.isRunning) {
      this.isWanted = true;
      return;
    }
    this.isRunning = true;
    clearTimeout(this.timer);
    try {
      do {
        this.isWanted = false;
        await alone(() => this.sendAll());
      } while (this.isWanted);
      this.retryMs = FIRST_RETRY_MS;
      this.timer = setTimeout(() => this.poke(), jitter((await this.store.count()) > this.refused ? FIRST_RETRY_MS : IDLE_MS));
    } catch (error) {
      this.tell.state(error.message === "refused" ? "refused" : "offline");
      this.timer = setTimeout(() => this.poke(), jitter(this.retryMs));
      this.retryMs = Math.min(LAST_RETRY_MS, this.retryMs * 2);
    } finally {
      this.isRunning = false;
    }
  }

  async sendAll() {
    const now = Date.now();
    const device = await this.store.get("device");
    if (!device) throw new Error("refused");
    const all = await this.store.waiting();
    const ready = all.filter((scan) => !(scan.held_until > now));
    const groups = byEvent(ready, device.event.id);
    const own = groups.get(device.event.id) ?? [];
    groups.delete(device.event.id);
    await this.sendAs(device.secret, own, all.length);
    await this.sendEarlier(groups, all.length - own.length);
  }

  /** Scans made before the phone was enrolled for another event go there; what is refused waits to be saved as a file. */
  async sendEarlier(groups, left) {
    this.refused = 0;
    for (const [event, scans] of groups) {
      const secret = await this.store.get(`secret:${event}`);
      try {
        if (!secret) throw new Error("refused");
        await this.sendAs(secret, scans, left, false);
      } catch (error) {
        if (error.message !== "refused") throw error;
        this.refused += scans.length;
      }
    }
  }

  async sendAs(secret, ready, waiting, isHere = true) {
    let left = waiting;
    for (let start = 0; start === 0 || start < ready.length;) {
      const part = ready.slice(start, start + this.most);
      const response = await this.send(secret, part, left - part.length);
      if (response.status === 413 && part.length > 1) {
        this.most = Math.ceil(part.length / 2);
        continue;
      }
      await this.take(part, response, isHere);
      start += Math.max(part.length, 1);
      left -= part.length;
    }
    this.most = MOST;
  }

  async send(secret, part, unsent) {
    this.sentAt = Date.now();
    const { offset } = this.tell.clock;
    const scans = part.map((scan) => wired(scan, this.sentAt, offset));
    const body = { sent_at: new Date(this.sentAt).toISOString(), unsent, scans };
    if (offset !== null) body.offset_ms = Math.round(offset);
    return ask(this.addresses.batch, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json", Authorization: `Bearer ${secret}` },
      body: JSON.stringify(body),
    });
  }

  async take(part, response, isHere) {
    if (response.status === 401 || response.status === 403) throw new Error("refused");
    if (!response.ok) throw new Error("busy");
    const { results, counts, server_time: serverTime } = await response.json();
    this.tell.clock.measure(Date.parse(serverTime), this.sentAt, Date.now());
    const pairs = part.map((scan, index) => [scan, results[index]]);
    await this.store.settle(pairs);
    const news = { pairs, counts: isHere ? counts : null };
    this.tell.answered(news);
    this.channel?.postMessage(news);
    this.tell.state("online");
  }
}

/**
 * A scan as the server takes it, by the clock as it shows now: one that was set meanwhile does not move the scan.
 * Without an offset known then, the page's own counting tells only that a clock was set back; it stops while a phone sleeps.
 */
function wired({ wall, mono, boot, offset, to: _to, held_until: _held, ...scan }, sentAt, nowOffset) {
  if (scan.happened_at) return scan;
  const counted = boot === performance.timeOrigin ? sentAt - (performance.now() - mono) : wall;
  const guess = wall > counted + JUMP_MS ? counted : wall;
  const at = offset === null ? guess : wall + offset - (nowOffset ?? offset);
  return { ...scan, happened_at: new Date(at).toISOString() };
}

/** The right time: the phone's own, and what must be added to it. */
export class Clock {
  constructor(offset = null) {
    this.offset = offset;
    this.error = Infinity;
  }

  /** Takes the server's time as it was half way between question and answer; the quickest answer counts. */
  measure(serverMs, sentMs, receivedMs) {
    const error = (receivedMs - sentMs) / 2;
    const offset = serverMs - (sentMs + receivedMs) / 2;
    const hasJumped = this.offset !== null && Math.abs(offset - this.offset) > error + this.error + 1000;
    if (error > this.error && !hasJumped) return;
    Object.assign(this, { offset, error });
  }

  get now() {
    return Math.floor((Date.now() + (this.offset ?? 0)) / 1000);
  }
}
