// The camera at the door. Finds <section data-enhance="scanner"> (components/scanner.html), reads QR codes, asks the
// server for a verdict and shows it. Typing, hardware scanners and photos go the same way.

import { Camera, loadImage, pixelsOf } from "./camera.js";
import { openDecoder } from "./decoder.js";
import { deviceId, newId, Queue } from "./scan-queue.js";
import { Signal } from "./signal.js";

const FRAME_PAUSE_MS = 70;
const SAME_TEXT_MS = 4000;
const RECENT = 5;
const FRAME_WIDTH = 960;
const PHOTO_WIDTH = 1600;
const SHOWN_MS = { accepted: 1800, duplicate: 3500, rejected: 6000, unsent: 2500 };

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

export class Scanner {
  constructor(root) {
    this.root = root;
    this.words = JSON.parse(root.querySelector("[data-part=words]").content.textContent);
    this.camera = new Camera(this.part("video"));
    this.canvas = document.createElement("canvas");
    this.signal = new Signal();
    this.device = deviceId();
    this.seenAt = new Map();
    this.scans = 0;
    this.queue = this.makeQueue();
    for (const name of ["view", "photo-button"]) this.part(name).hidden = false;
    this.wire();
    this.showUnsent();
  }

  makeQueue() {
    return new Queue(this.root, (scan, answer) => this.show(answer), (scans, kind) => this.showProblem(scans, kind));
  }

  get direction() {
    return this.root.querySelector("[name=direction]:checked")?.value ?? "in";
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
      direction: this.direction,
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
    return line;
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

for (const root of document.querySelectorAll('[data-enhance~="scanner"]')) {
  new Scanner(root).run();
}
