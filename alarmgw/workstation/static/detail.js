// The alarm that is selected: what happened, all its pictures, what the mail said, and its facts.

import { eventTitle, pictureAddress, place, sourceName } from "./alarm_words.js";
import { element, put } from "./dom.js";
import { factGroups } from "./facts.js";
import { age, clock, say, sayCode } from "./words.js";

const at = (id) => document.getElementById(id);

export class Detail {
  constructor(fetchAlarm) {
    this.fetchAlarm = fetchAlarm;
    this.alarm = null;
    this.entry = null;
    at("large").addEventListener("click", () => at("large").close());
  }

  // Shows what the row knows at once, and the rest as soon as it is here.
  async show(alarm) {
    this.alarm = alarm;
    this.entry = null;
    at("detail").hidden = alarm === null;
    if (!alarm) return;
    this.drawHead();
    this.drawRest(null);
    at("detail").scrollTop = 0;
    const entry = await this.fetchAlarm(alarm.alarm);
    if (this.alarm?.alarm !== alarm.alarm) return; // another one was selected meanwhile
    this.entry = entry;
    this.drawRest(entry);
  }

  // What is now known otherwise of the alarm that is shown: whose it is, for one.
  async renew(rows) {
    const known = rows.find((row) => row.alarm === this.alarm?.alarm);
    if (!known) return;
    const more = known.pictures !== this.alarm.pictures;
    this.alarm = known;
    this.drawHead();
    if (!more) return;
    const entry = await this.fetchAlarm(known.alarm); // late pictures have joined
    if (!entry || this.alarm?.alarm !== known.alarm) return;
    this.entry = entry;
    this.drawRest(entry);
  }

  redraw() {
    if (!this.alarm) return;
    this.drawHead();
    this.drawRest(this.entry);
  }

  // After the link came back: what could not be fetched is tried again.
  retry() {
    if (this.alarm && !this.entry) this.show(this.alarm);
    for (const button of document.querySelectorAll(".picture button.retry")) button.click();
  }

  tick(now) {
    if (this.alarm) put(at("detail-age"), age((now - Date.parse(this.alarm.time)) / 1000));
  }

  drawHead() {
    const alarm = this.alarm;
    const chip = at("detail-class");
    chip.dataset.class = alarm.priority ?? 3;
    put(chip, String(alarm.priority ?? "?"));
    chip.title = say(`class_${alarm.priority}`);
    put(at("detail-title"), eventTitle(alarm));
    put(at("detail-source"), [sourceName(alarm), place(alarm)].filter(Boolean).join(" · "));
    put(at("detail-time"), clock(new Date(alarm.time)));
    put(at("detail-subject"), alarm.subject || say("no_subject"));
    this.tick(Date.now());
  }

  drawRest(entry) {
    const failed = entry === undefined ? say("detail_failed") : say("loading");
    put(at("detail-text"), entry ? entry.text || say("no_text") : failed);
    at("detail-text").classList.toggle("is-empty", !entry?.text);
    at("detail-cut").hidden = !entry?.text_cut;
    drawPictures(this.alarm, entry);
    drawNotes(entry?.notes ?? []);
    at("facts").replaceChildren(...(entry ? factGroups(entry) : []));
  }
}

// An alarm's own, then those of the alarms that have joined it.
function allPictures(entry) {
  return [entry, ...(entry.joined ?? [])].flatMap((one) =>
    one.pictures.map((picture) => ({ of: one.alarm, ...picture })));
}

function drawPictures(alarm, entry) {
  const box = at("pictures");
  const first = alarm.picture ? [{ of: alarm.picture_of, name: alarm.picture }] : [];
  // After its deletion period a picture has no name any more.
  const pictures = (entry ? allPictures(entry) : first).filter((picture) => picture.name);
  const known = [...box.children].map((figure) => figure.dataset.key);
  const wanted = pictures.map((picture) => `${picture.of}/${picture.name}`);
  box.dataset.count = String(Math.max(pictures.length, alarm.pictures));
  const added = pictures.filter((_, n) => !known.includes(wanted[n]));
  for (const figure of [...box.children]) {
    if (!wanted.includes(figure.dataset.key)) figure.remove();
  }
  box.append(...added.map((picture) => drawPicture(picture.of, picture)));
  if (!alarm.pictures) box.replaceChildren(element("p", "no-picture", say("no_pictures")));
}

function drawPicture(alarm, picture) {
  const figure = element("figure", "picture is-loading");
  figure.dataset.key = `${alarm}/${picture.name}`;
  const button = element("button", "larger");
  button.type = "button";
  button.title = say("picture_larger");
  const image = element("img");
  image.alt = picture.label || picture.name;
  button.append(image);
  figure.append(button);
  button.addEventListener("click", () => showLarge(image));
  image.addEventListener("load", () => figure.classList.remove("is-loading"));
  image.addEventListener("error", () => figure.replaceChildren(failedPicture(alarm, picture)));
  image.src = pictureAddress(alarm, picture.name);
  return figure;
}

function failedPicture(alarm, picture) {
  const box = element("div", "picture-failed");
  const retry = element("button", "retry", say("picture_retry"));
  retry.type = "button";
  retry.addEventListener("click", () => {
    box.parentElement.replaceWith(drawPicture(alarm, picture));
  });
  box.append(element("b", null, say("picture_failed")), element("span", null, picture.name), retry);
  return box;
}

function showLarge(image) {
  if (!image.naturalWidth) return;
  at("large-picture").src = image.src;
  put(at("large-name"), image.alt);
  at("large").showModal();
}

function drawNotes(notes) {
  const box = at("notes");
  box.hidden = notes.length === 0;
  box.replaceChildren(element("b", null, say("head_notes")),
    ...notes.map((note) => element("span", "note", sayCode("note", note))));
}
