// Scans on their way to the server. What could not be sent is kept on the phone and sent later; a scan's id makes a
// repeat harmless.

const RETRY_MS = 5000;
const ANSWER_MS = 8000;

/** An id nobody else has, also where crypto.randomUUID is missing. */
export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

/** localStorage that may be refused (private windows) without stopping the door. */
const store = {
  get(key) { try { return localStorage.getItem(key); } catch { return null; } },
  set(key, value) { try { localStorage.setItem(key, value); } catch { /* lives in memory only */ } },
};

/** A name for this phone; nothing personal. */
export function deviceId() {
  const known = store.get("scanner-device");
  if (known) return known;
  const fresh = newId();
  store.set("scanner-device", fresh);
  return fresh;
}

/** Scans that wait, oldest first. */
export class Queue {
  constructor(root, onAnswer, onProblem) {
    this.url = root.dataset.scanUrl;
    this.token = root.dataset.csrf;
    this.key = `scanner-unsent-${root.dataset.event}`;
    this.scans = JSON.parse(store.get(this.key) ?? "[]");
    this.onAnswer = onAnswer;
    this.onProblem = onProblem;
    addEventListener("online", () => this.flush());
    setInterval(() => this.flush(), RETRY_MS);
  }

  add(scan) {
    this.scans.push(scan);
    this.save();
    return this.flush();
  }

  save() {
    store.set(this.key, JSON.stringify(this.scans));
  }

  async flush() {
    if (this.isSending) return;
    this.isSending = true;
    try {
      while (this.scans.length > 0) {
        const [scan] = this.scans;
        const answer = await this.send(scan);
        this.scans.shift();
        this.save();
        this.onAnswer(scan, answer);
      }
    } catch (error) {
      this.onProblem(this.scans, error.message === "signed-out" ? "signedOut" : "unsent");
    } finally {
      this.isSending = false;
    }
  }

  /** Returns the server's verdict; throws when there is none yet. */
  async send(scan) {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), ANSWER_MS);
    try {
      const response = await fetch(this.url, {
        method: "POST",
        headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": this.token },
        body: JSON.stringify(scan),
        signal: stop.signal,
      });
      if (response.redirected || response.status === 401 || response.status === 403) throw new Error("signed-out");
      const answer = await response.json();
      if (answer.outcome) return answer;
      // A stale page must be loaded anew; any other refusal is final and is shown in the server's words.
      if (answer.type?.endsWith("/stale_page")) throw new Error("signed-out");
      if (response.status >= 500 || response.status === 429) throw new Error("busy");
      return { outcome: "rejected", title: answer.title, detail: answer.detail };
    } finally {
      clearTimeout(timer);
    }
  }
}
