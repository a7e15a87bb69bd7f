// The second way to hear an alarm: where the workstation process cannot play, the page does.
//
// It also says every few seconds that it is visible, so that a closed or hidden page is noticed.

import { post } from "./command.js";
import { isTyping, put } from "./dom.js";
import { number, say } from "./words.js";

const VISIBLE_MS = 5000;
const MUTE_SECONDS = 120;
const REFUSED_MS = 4000;
// As in tones.py: how often a tone comes again, in seconds; null: once.
const REPEATED = { "class-1": 5, "link-lost": 10, "page-gone": 10, "class-2": 10, "class-3": 20, "class-4": 60, "class-5": null };

const button = document.getElementById("mute");

export class Sounds {
  constructor() {
    this.tones = null;
    this.heard = performance.now();
    this.playing = null;
    this.refused = -Infinity;
    this.audio = new AudioContext();
    // A lost process can give no tones any more: they are here before.
    this.waves = new Map(Object.keys(REPEATED).map((tone) => [tone, this.fetch(tone)]));
    button.addEventListener("click", () => this.mute());
    document.addEventListener("keydown", (event) => this.key(event));
    // A browser plays nothing before the first click or key.
    for (const kind of ["pointerdown", "keydown"]) document.addEventListener(kind, () => this.audio.resume());
    document.addEventListener("visibilitychange", () => this.visible());
    setInterval(() => this.visible(), VISIBLE_MS);
    this.visible();
  }

  async fetch(tone) {
    try {
      const answer = await fetch(`/tone/${tone}.wav`);
      return answer.ok ? await this.audio.decodeAudioData(await answer.arrayBuffer()) : null;
    } catch {
      return null;
    }
  }

  key(event) {
    if (event.key.toLowerCase() !== "m" || event.repeat || event.ctrlKey || event.altKey || event.metaKey) return;
    if (!isTyping(event.target) && !document.querySelector("dialog[open]")) this.mute();
  }

  take(tones) {
    this.tones = tones ?? null;
    this.heard = performance.now();
    this.decide(this.tones?.page_plays ? this.tones.sounding : null);
    this.draw();
  }

  // The process is gone, or hangs: then the page has to be loud itself, muted or not.
  lose() {
    this.decide("link-lost", 0);
  }

  decide(tone, mutedFor = this.mutedFor()) {
    const muted = mutedFor > 0 && tone !== "class-1";
    const wanted = muted ? null : tone;
    if (wanted === this.playing) return;
    clearInterval(this.repeating);
    this.playing = wanted;
    if (!wanted) return;
    this.play(wanted);
    if (REPEATED[wanted]) this.repeating = setInterval(() => this.play(wanted), REPEATED[wanted] * 1000);
  }

  async play(tone) {
    const wave = await this.waves.get(tone);
    if (!wave) {
      this.waves.set(tone, this.fetch(tone)); // for the next time
      return;
    }
    if (this.audio.state !== "running") return; // and the button says that nothing can be heard
    const source = this.audio.createBufferSource();
    source.buffer = wave;
    source.connect(this.audio.destination);
    source.start();
  }

  mutedFor() {
    const gone = (performance.now() - this.heard) / 1000;
    return Math.max(0, (this.tones?.muted_s ?? 0) - gone);
  }

  async mute() {
    const answer = await post("/mute", { seconds: this.mutedFor() > 0 ? 0 : MUTE_SECONDS });
    if (answer.muted_s === undefined) this.refused = performance.now();
    else this.take({ ...this.tones, muted_s: answer.muted_s });
    this.draw();
  }

  draw() {
    const muted = this.mutedFor();
    const silent = Boolean(this.tones?.fault) && (!this.tones.page_plays || this.audio.state !== "running");
    const sounding = Boolean(this.tones?.sounding);
    button.dataset.state = muted > 0 ? "muted" : sounding ? "sounding" : "ready";
    button.classList.toggle("is-silent", silent);
    put(button, performance.now() - this.refused < REFUSED_MS ? say("mute_refused")
      : muted > 0 ? say("muted_for", { n: number(Math.ceil(muted)) })
        : silent ? say("sound_silent") : sounding ? say("mute") : say("sound_ready"));
    button.title = silent ? this.tones.fault : say("mute_title");
  }

  async visible() {
    if (document.visibilityState === "visible") await post("/visible");
  }
}
