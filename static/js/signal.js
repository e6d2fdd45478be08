// What is heard and felt at the door.

const SOUNDS = { accepted: [[880, 0.12]], duplicate: [[440, 0.15], [440, 0.15]], rejected: [[200, 0.45]], unsent: [[660, 0.1]] };
const SHAKES = { accepted: [80], duplicate: [80, 80, 80], rejected: [400], unsent: [80] };

/** Beeps and shakes: the one at the door looks at people, not at the screen. */
export class Signal {
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
