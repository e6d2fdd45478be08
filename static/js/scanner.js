// The camera at the door. Finds <section data-enhance="scanner"> (components/scanner.html), reads QR codes, asks the
// server for a verdict and shows it. Typing, hardware scanners and photos go the same way. What could not be sent is
// kept on the phone and sent later; the scan's id makes a repeat harmless.

import { openDecoder } from "./decoder.js";

const FRAME_PAUSE_MS = 70;
const SAME_TEXT_MS = 4000;
const RETRY_MS = 5000;
const ANSWER_MS = 8000;
const RECENT = 5;
const FRAME_WIDTH = 960;
const PHOTO_WIDTH = 1600;
const SHOWN_MS = { accepted: 1800, duplicate: 3500, rejected: 6000, unsent: 2500 };
const SOUNDS = { accepted: [[880, 0.12]], duplicate: [[440, 0.15], [440, 0.15]], rejected: [[200, 0.45]], unsent: [[660, 0.1]] };
const SHAKES = { accepted: [80], duplicate: [80, 80, 80], rejected: [400], unsent: [80] };

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** An id nobody else has, also where crypto.randomUUID is missing. */
function newId() {
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

function deviceId() {
  const known = store.get("scanner-device");
  if (known) return known;
  const fresh = newId();
  store.set("scanner-device", fresh);
  return fresh;
}

/** Beeps and shakes: the one at the door looks at people, not at the screen. */
class Signal {
  constructor() {
    const Audio = window.AudioContext ?? window.webkitAudioContext;
    if (Audio) this.audio = new Audio();
    addEventListener("pointerdown", () => this.audio?.resume(), { once: true });
  }

  give(outcome) {
    // Browsers refuse to shake, loudly, before the first touch.
    if (navigator.userActivation?.hasBeenActive ?? true) navigator.vibrate?.(SHAKES[outcome]);
    if (this.audio?.state !== "running") return;
    let start = this.audio.currentTime;
    for (const [pitch, length] of SOUNDS[outcome]) {
      const tone = this.audio.createOscillator();
      tone.frequency.value = pitch;
      tone.connect(this.audio.destination);
      tone.start(start);
      tone.stop(start + length);
      start += length + 0.07;
    }
  }
}

/** Scans on their way to the server, oldest first. */
class Queue {
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

/** The camera: start, stop, choose, light. */
class Camera {
  constructor(video) {
    this.video = video;
  }

  async start(deviceId) {
    this.stop();
    if (!navigator.mediaDevices?.getUserMedia) throw new DOMException("no camera here", "InsecureError");
    const size = { width: { ideal: 1280 }, height: { ideal: 720 } };
    const wanted = deviceId ? { deviceId: { exact: deviceId } } : { facingMode: { ideal: "environment" } };
    this.stream = await navigator.mediaDevices.getUserMedia({ audio: false, video: { ...size, ...wanted } });
    this.video.srcObject = this.stream;
    await this.video.play(); // WeChat on iPhones shows nothing without it
  }

  stop() {
    for (const track of this.stream?.getTracks() ?? []) track.stop();
  }

  get track() {
    return this.stream?.getVideoTracks()[0];
  }

  get hasTorch() {
    return Boolean(this.track?.getCapabilities?.().torch);
  }

  light(on) {
    return this.track.applyConstraints({ advanced: [{ torch: on }] });
  }

  async others() {
    const devices = await navigator.mediaDevices.enumerateDevices();
    return devices.filter((device) => device.kind === "videoinput");
  }
}

/** Draws an image no wider than asked and returns its pixels. */
function pixelsOf(source, width, height, mostWidth, canvas) {
  const scale = Math.min(1, mostWidth / width);
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(source, 0, 0, canvas.width, canvas.height);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}

class Scanner {
  constructor(root) {
    this.root = root;
    this.words = JSON.parse(root.querySelector("[data-part=words]").content.textContent);
    this.camera = new Camera(this.part("video"));
    this.canvas = document.createElement("canvas");
    this.signal = new Signal();
    this.device = deviceId();
    this.seenAt = new Map();
    this.scans = 0;
    this.queue = new Queue(root, (scan, answer) => this.show(answer), (scans, kind) => this.showProblem(scans, kind));
    for (const name of ["view", "photo-button"]) this.part(name).hidden = false;
    this.wire();
    this.showUnsent();
  }

  part(name) {
    return this.root.querySelector(`[data-part="${name}"]`);
  }

  set state(state) {
    this.root.dataset.state = state;
  }

  say(text) {
    this.part("say").textContent = text;
  }

  async run() {
    this.state = "starting";
    this.say(this.words.starting);
    try {
      this.decoder ??= openDecoder(this.root.dataset);
      const decode = await this.decoder;
      this.root.dataset.engine = decode.engine;
      await this.startCamera();
      await this.watch(decode);
    } catch (error) {
      this.fail(error);
    }
  }

  async startCamera(deviceId) {
    await this.camera.start(deviceId);
    this.part("start").hidden = true;
    this.part("torch").hidden = !this.camera.hasTorch;
    this.say(this.words.scanning);
    this.state = "scanning";
    this.keepAwake();
    await this.listCameras();
  }

  async listCameras() {
    const choice = this.part("cameras");
    const cameras = await this.camera.others();
    choice.hidden = cameras.length < 2;
    choice.replaceChildren(...cameras.map((camera, index) => {
      const isUsed = camera.deviceId === this.camera.track.getSettings().deviceId;
      return new Option(camera.label || `${this.words.camera} ${index + 1}`, camera.deviceId, isUsed, isUsed);
    }));
  }

  keepAwake() {
    navigator.wakeLock?.request("screen").catch(() => { /* low battery: the screen may go dark */ });
  }

  /** One frame at a time, never while the page is hidden. */
  async watch(decode) {
    const { video } = this.camera;
    while (this.camera.track?.readyState === "live") {
      if (!document.hidden && video.videoWidth > 0) {
        const text = await decode(pixelsOf(video, video.videoWidth, video.videoHeight, FRAME_WIDTH, this.canvas));
        if (text) this.seen(text);
      }
      await pause(FRAME_PAUSE_MS);
    }
  }

  fail(error) {
    this.camera.stop();
    this.state = `error:${error.name}`;
    this.say(this.words.errors[error.name] ?? this.words.errors.other);
    this.part("start").hidden = false;
  }

  /** A code in view is reported once; while it stays in view it is not reported again. */
  seen(text) {
    const now = Date.now();
    const isRepeat = now - (this.seenAt.get(text) ?? 0) < SAME_TEXT_MS;
    this.seenAt.set(text, now);
    if (!isRepeat) this.report(text, "camera");
  }

  report(text, method) {
    return this.queue.add({
      scan_id: newId(),
      text,
      direction: this.root.querySelector("[name=direction]:checked")?.value ?? "in",
      method,
      happened_at: new Date().toISOString(),
      device: this.device,
    });
  }

  show(answer) {
    this.scans += 1;
    this.root.dataset.scans = this.scans;
    for (const [name, count] of Object.entries(answer.counts ?? {})) {
      const place = this.part(`count-${name}`);
      if (place && count !== null) place.textContent = count;
    }
    this.showVerdict(answer);
    this.remember(answer);
    this.showUnsent();
  }

  showProblem(scans, kind) {
    this.showUnsent();
    const newest = scans.at(-1)?.scan_id;
    if (newest === this.lastProblem) return;
    this.lastProblem = newest;
    this.showVerdict({ outcome: kind === "unsent" ? "unsent" : "rejected", ...this.words[kind] });
  }

  showVerdict({ outcome, title, name, detail }) {
    const verdict = this.part("verdict");
    verdict.className = `verdict verdict--${outcome}`;
    for (const icon of verdict.querySelectorAll("[data-icon]")) icon.hidden = icon.dataset.icon !== outcome;
    this.part("verdict-title").textContent = title ?? "";
    this.part("verdict-name").textContent = name ?? "";
    this.part("verdict-detail").textContent = detail ?? "";
    verdict.hidden = false;
    this.part("live").textContent = [title, name, detail].filter(Boolean).join("，");
    this.signal.give(outcome);
    clearTimeout(this.hiding);
    this.hiding = setTimeout(() => { verdict.hidden = true; }, SHOWN_MS[outcome]);
  }

  remember({ outcome, title, name }) {
    const list = this.part("recent");
    const line = this.part("recent-line").content.firstElementChild.cloneNode(true);
    line.dataset.outcome = outcome;
    const icon = this.part("verdict").querySelector(`[data-icon="${outcome}"]`).cloneNode(true);
    icon.hidden = false;
    line.querySelector("[data-slot=icon]").append(icon);
    line.querySelector("[data-slot=name]").textContent = name || title;
    line.querySelector("[data-slot=title]").textContent = name ? title : "";
    line.querySelector("[data-slot=time]").textContent = new Date().toTimeString().slice(0, 5);
    list.prepend(line);
    while (list.children.length > RECENT) list.lastElementChild.remove();
    this.part("recent-box").hidden = false;
  }

  showUnsent() {
    const count = this.queue.scans.length;
    this.root.dataset.unsent = count;
    this.part("unsent").hidden = count === 0;
    this.part("unsent-count").textContent = count;
  }

  async readPhoto(input) {
    const [file] = input.files;
    if (!file) return;
    const said = this.part("say").textContent;
    this.say(this.words.reading);
    const text = await this.textIn(file);
    input.value = "";
    this.say(said);
    if (text) this.report(text, "photo");
    else this.showVerdict({ outcome: "rejected", ...this.words.unreadable });
  }

  async textIn(file) {
    try {
      this.decoder ??= openDecoder(this.root.dataset);
      const [decode, image] = await Promise.all([this.decoder, loadImage(file)]);
      return await decode(pixelsOf(image, image.width, image.height, PHOTO_WIDTH, document.createElement("canvas")));
    } catch {
      return null; // not an image this phone can open
    }
  }

  wire() {
    this.part("start").addEventListener("click", () => this.run());
    this.part("verdict").addEventListener("click", (event) => { event.currentTarget.hidden = true; });
    this.part("photo").addEventListener("change", (event) => this.readPhoto(event.target));
    this.part("cameras").addEventListener("change", (event) => {
      this.startCamera(event.target.value).catch((error) => this.fail(error));
    });
    this.part("torch").addEventListener("click", (event) => {
      const isOn = event.currentTarget.getAttribute("aria-pressed") !== "true";
      event.currentTarget.setAttribute("aria-pressed", isOn);
      this.camera.light(isOn);
    });
    this.part("form").addEventListener("submit", (event) => {
      event.preventDefault();
      const input = this.part("code");
      const text = input.value.trim();
      if (text) this.report(text, "typed");
      input.value = "";
      input.focus();
    });
    // Hardware scanners type wherever the focus is: lead them to the code field. Escape closes the verdict.
    addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.part("verdict").hidden = true;
      const isTyping = event.target.closest?.("input, textarea, select");
      if (!isTyping && event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) this.part("code").focus();
    });
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) return;
      if (this.root.dataset.state === "scanning" && this.camera.track?.readyState !== "live") this.run();
      else this.keepAwake();
    });
    addEventListener("beforeunload", (event) => {
      if (this.queue.scans.length === 0) return;
      event.preventDefault();
      event.returnValue = "";
    });
  }
}

function loadImage(file) {
  return new Promise((done, failed) => {
    const image = new Image();
    image.onload = () => { URL.revokeObjectURL(image.src); done(image); };
    image.onerror = failed;
    image.src = URL.createObjectURL(file);
  });
}

for (const root of document.querySelectorAll('[data-enhance~="scanner"]')) {
  new Scanner(root).run();
}
