// The second way to hear an alarm: where the workstation process cannot play, the page does, each
// tone when the process would.  Where no process is left it repeats by itself that there is none.
//
// It also says every few seconds that it is visible, so that a closed or hidden page is noticed.

import { post } from "./command.js";
import { isTyping, keyOf, put } from "./dom.js";
import { number, say } from "./words.js";

const VISIBLE_MS = 5000;
const MUTE_SECONDS = 120;
const REFUSED_MS = 4000;
const LOST = "link-lost";
const LOST_MS = 10000;
const TONES = ["class-1", LOST, "page-gone", "class-2", "class-3", "class-4", "class-5"]; // as in tones.py

const button = document.getElementById("mute");

export class Sounds {
  constructor() {
    this.tones = null;
    this.heard = performance.now();
    this.played = null; // how many tones the process had asked for when the page played last
    this.alone = null; // the page repeats by itself that the process is gone
    this.refused = -Infinity;
    this.audio = new AudioContext();
    // A lost process can give no tones any more: they are here before.
    this.waves = new Map(TONES.map((tone) => [tone, this.fetch(tone)]));
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
    if (keyOf(event) !== "M" || event.repeat || event.ctrlKey || event.altKey || event.metaKey) return;
    if (!isTyping(event.target) && !document.querySelector("dialog[open]")) this.mute();
  }

  take(tones) {
    this.tones = tones ?? null;
    this.heard = performance.now();
    clearInterval(this.alone);
    this.alone = null;
    this.follow();
    this.draw();
  }

  // A page that begins to play has to tell what sounds already; then it plays what is asked for.
  follow() {
    const { page_plays: plays = false, played, sounding } = this.tones ?? {};
    const before = this.played;
    this.played = plays && this.audio.state === "running" ? played.n : null;
    if (!plays || before === played.n) return;
    const tone = before === null ? sounding : played.tone;
    const isMuted = before === null && this.mutedFor() > 0 && tone !== "class-1";
    if (tone && !isMuted) this.play(tone);
  }

  // The process is gone, or hangs: then the page has to be loud itself, muted or not.
  lose() {
    if (this.alone !== null) return;
    this.play(LOST);
    this.alone = setInterval(() => this.play(LOST), LOST_MS);
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
