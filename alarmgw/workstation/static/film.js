// The pictures of an incident: one large, and a strip of all of them in the order of time.

import { cameraWords, pictureAddress } from "./alarm_words.js";
import { element, keyOf, put } from "./dom.js";
import { clock, exactly, number, say } from "./words.js";

const SLIDE_MS = 800;
const large = document.getElementById("large");
const waiting = element("p", "large-waiting"); // what comes in while a picture covers all else
waiting.setAttribute("role", "status");
let zoomed = null;

// Chromium plays QuickTime and Matroska as well, if it knows the codec; else the clip says so.
const PLAYED = ["video/mp4", "video/webm", "video/quicktime", "video/x-matroska", "video/3gpp"];

// One picture or clip: {alarm, name, label, media_type, time, camera, before}.
export function framesOf(alarms, preAlarm) {
  return alarms.flatMap((alarm) => {
    const clips = alarm.files_list.filter((file) => PLAYED.includes(file.media_type));
    const before = preAlarm(alarm.source) ?? 0;
    return [...alarm.pictures_list, ...clips].filter((part) => part.name).map((part, n) => ({
      ...part, alarm: alarm.alarm, time: alarm.eom ?? alarm.time, before: n < Math.min(before, alarm.pictures_list.length - 1),
      camera: [...new Set([alarm.source_name, cameraWords(alarm)])].filter(Boolean).join(" · "),
    }));
  });
}

export class Film {
  // `onDrawn(alarm)`: a picture of it is on the screen; null: that one cannot be had is.
  constructor(onDrawn) {
    this.onDrawn = onDrawn;
    this.box = element("section", "film");
    this.stage = element("div", "stage");
    this.caption = element("div", "stage-caption");
    this.strip = element("div", "strip");
    this.strip.setAttribute("role", "list");
    this.box.append(this.stage, this.caption, this.strip);
    this.clear();
    this.strip.addEventListener("click", (event) => {
      const thumb = event.target.closest(".frame");
      if (!thumb) return;
      this.chosen = true;
      this.go(Number(thumb.dataset.n));
    });
  }

  clear() {
    if (zoomed === this) large.close();
    this.frames = [];
    this.at = -1;
    this.stopSlides();
    this.stage.replaceChildren();
    this.strip.replaceChildren();
    put(this.caption, "");
    this.chosen = false;
  }

  // At once, before anything else is known: the picture that the row has.
  first(picture) {
    this.clear();
    if (picture) this.stage.replaceChildren(this.picture({ ...picture, media_type: "image/jpeg" }));
    else this.stage.replaceChildren(element("p", "no-picture", say("loading")));
  }

  // All of them; whoever looks at one goes on looking at it.
  show(frames) {
    const current = this.frames[this.at];
    const fresh = frames.slice(this.frames.length);
    const grown = this.frames.every((frame, n) => same(frame, frames[n]));
    if (!grown) this.strip.replaceChildren();
    const begin = grown ? this.frames.length : 0;
    this.frames = frames;
    this.strip.append(...(grown ? fresh : frames).map((frame, n) => this.thumb(frame, begin + n)));
    if (!frames.length) {
      this.stage.replaceChildren(element("p", "no-picture", say("no_pictures")));
      return;
    }
    if (!current || !this.chosen) this.go(this.begin());
    else if (!grown) this.go(Math.max(0, frames.findIndex((frame) => key(frame) === key(current))));
    else this.mark();
  }

  // What is on the screen already, if it belongs to the event; else the event's first picture.
  // What came before the event is a step to the left.
  begin() {
    const known = this.frames.findIndex((frame) => key(frame) === this.shown);
    if (known >= 0 && !this.frames[known].before) return known;
    return Math.max(0, this.frames.findIndex((frame) => !frame.before));
  }

  // The page speaks another language now.
  relabel() {
    if (!this.frames.length) return;
    this.strip.replaceChildren(...this.frames.map((frame, n) => this.thumb(frame, n)));
    this.mark();
  }

  go(n) {
    if (!this.frames.length) return;
    this.at = Math.max(0, Math.min(this.frames.length - 1, n));
    const frame = this.frames[this.at];
    if (this.shown !== key(frame)) this.stage.replaceChildren(this.picture(frame));
    this.mark();
  }

  step(by) {
    this.stopSlides();
    this.chosen = true;
    this.go(this.at + by);
  }

  slides() {
    if (this.timer) return this.stopSlides();
    this.chosen = true;
    this.timer = setInterval(() => this.go((this.at + 1) % this.frames.length), SLIDE_MS);
    this.box.classList.add("is-running");
  }

  stopSlides() {
    clearInterval(this.timer);
    this.timer = null;
    this.box.classList.remove("is-running");
  }

  // Over everything; left and right go on there.
  zoom() {
    const image = this.stage.querySelector("img");
    if (!image?.naturalWidth) return;
    zoomed = this;
    const picture = element("img");
    picture.alt = "";
    picture.src = image.src;
    const name = element("p", null, this.caption.querySelector("span")?.textContent ?? image.alt);
    name.id = "large-name";
    large.replaceChildren(waiting, picture, name);
    if (!large.open) large.showModal();
  }

  // In the large view: the next one that is a picture.
  zoomStep(by) {
    for (let n = this.at + by; n >= 0 && n < this.frames.length; n += by) {
      if (PLAYED.includes(this.frames[n].media_type)) continue;
      this.step(n - this.at);
      const image = this.stage.querySelector("img");
      if (image?.complete) this.zoom();
      else image?.addEventListener("load", () => large.open && this.zoom(), { once: true });
      return;
    }
  }

  mark() {
    const frame = this.frames[this.at];
    for (const [n, thumb] of [...this.strip.children].entries()) {
      thumb.setAttribute("aria-current", String(n === this.at));
    }
    this.reveal(this.strip.children[this.at]);
    const words = [say("picture_of", { n: number(this.at + 1), of: number(this.frames.length) }),
      frame.camera, frame.time ? exactly(new Date(frame.time)) : "", frame.label || frame.name];
    const original = element("a", "original", say("picture_original"));
    original.href = pictureAddress(frame.alarm, frame.name);
    original.download = frame.name;
    const before = frame.before ? [element("b", "before", say("pre_alarm"))] : [];
    this.caption.replaceChildren(...before, element("span", null, words.filter(Boolean).join(" · ")), original);
  }

  // Only the strip moves, never the page under the eye.
  reveal(thumb) {
    if (!thumb) return;
    const left = thumb.offsetLeft - this.strip.offsetLeft;
    const right = left + thumb.offsetWidth - this.strip.clientWidth;
    if (this.strip.scrollLeft > left) this.strip.scrollLeft = left;
    if (this.strip.scrollLeft < right) this.strip.scrollLeft = right;
  }

  thumb(frame, n) {
    const item = element("button", "frame");
    item.type = "button";
    item.dataset.n = String(n);
    item.setAttribute("role", "listitem");
    item.title = [frame.camera, frame.time ? clock(new Date(frame.time)) : ""].filter(Boolean).join(" · ");
    if (frame.before) item.append(element("span", "frame-before", say("pre_alarm_short")));
    if (PLAYED.includes(frame.media_type)) {
      item.append(element("span", "frame-clip", "▶"));
      return item;
    }
    const image = element("img");
    image.alt = item.title || frame.name;
    image.loading = "lazy";
    image.decoding = "async";
    image.src = pictureAddress(frame.alarm, frame.name);
    item.append(image);
    return item;
  }

  picture(frame) {
    if (PLAYED.includes(frame.media_type)) return this.clip(frame);
    const button = element("button", "stage-picture");
    button.type = "button";
    button.title = say("picture_larger");
    button.dataset.key = key(frame);
    const image = element("img");
    image.alt = frame.label || frame.name;
    button.append(image);
    button.addEventListener("click", () => this.zoom());
    image.addEventListener("load", () => this.drawn(frame, frame.alarm));
    image.addEventListener("error", () => {
      button.replaceWith(this.failed(frame));
      this.drawn(frame, null);
    });
    image.src = pictureAddress(frame.alarm, frame.name);
    return button;
  }

  clip(frame) {
    const video = element("video", "stage-clip");
    video.dataset.key = key(frame);
    video.controls = true;
    video.muted = true;
    video.preload = "auto";
    video.addEventListener("loadeddata", () => this.drawn(frame, frame.alarm));
    video.addEventListener("error", () => {
      video.replaceWith(this.failed(frame));
      this.drawn(frame, null);
    });
    video.src = pictureAddress(frame.alarm, frame.name);
    return video;
  }

  // Two frames later it is really on the screen, unless another one is by then.
  drawn(frame, alarm) {
    requestAnimationFrame(() => requestAnimationFrame(() => {
      if (this.shown === key(frame)) this.onDrawn(alarm);
    }));
  }

  get shown() {
    return this.stage.querySelector("[data-key]")?.dataset.key;
  }

  failed(frame) {
    const box = element("div", "picture-failed");
    box.dataset.key = key(frame);
    const retry = element("button", "retry", say("picture_retry"));
    retry.type = "button";
    retry.addEventListener("click", () => box.replaceWith(this.picture(frame)));
    const word = PLAYED.includes(frame.media_type) ? "clip_failed" : "picture_failed";
    box.append(element("b", null, say(word)), element("span", null, frame.label || frame.name), retry);
    return box;
  }

  retry() {
    for (const button of this.stage.querySelectorAll("button.retry")) button.click();
  }
}

// Nothing new is hidden by a large picture without a word: what `words()` says stands above it.
export function sayOverLarge(words) {
  put(waiting, large.open ? words() : "");
}

large.addEventListener("click", () => large.close());
large.addEventListener("close", () => {
  zoomed = null;
  large.replaceChildren();
});
large.addEventListener("keydown", (event) => {
  const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (by) zoomed?.zoomStep(by);
  if (keyOf(event) !== "+" || event.repeat) return;
  event.stopPropagation(); // to the incident below it means to show it large
  large.close();
});

function same(one, other) {
  return other !== undefined && key(one) === key(other) && one.before === other.before;
}

function key(frame) {
  return `${frame.alarm}/${frame.name}`;
}
