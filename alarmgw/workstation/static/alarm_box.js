// The alarms of an incident, one box each: what the device wrote, its clock, the mail itself.

import { cameraWords, eventTitle } from "./alarm_words.js";
import { element } from "./dom.js";
import { factGroups } from "./facts.js";
import { sourceBox } from "./places.js";
import { clock, number, say, sayCode, sayCount } from "./words.js";

const CLOCK_HINT_S = 120;

// Boxes whose alarm has not changed stay as they are: opened, scrolled, with marked text.
export class AlarmBoxes {
  constructor() {
    this.clear();
  }

  clear() {
    this.boxes = new Map(); // alarm -> {told, name, box}
  }

  draw(section, title, alarms, rest) {
    const boxes = alarms.map((alarm) => this.box(alarm, alarms.length === 1));
    section.firstElementChild?.tagName === "H3" ? section.firstElementChild.replaceWith(title) : section.replaceChildren(title);
    for (const old of [...section.children].slice(1)) if (!boxes.includes(old)) old.remove();
    let last = title;
    for (const box of [...boxes, ...rest]) {
      if (last.nextElementSibling !== box) last.after(box);
      last = box;
    }
  }

  box(alarm, open) {
    const { source_name: name, ...rest } = alarm;
    const told = JSON.stringify(rest);
    const known = this.boxes.get(alarm.alarm);
    const isSame = known?.told === told;
    if (isSame && known.name !== name) known.box.querySelector(".named").replaceWith(sourceOf(alarm));
    const box = isSame ? known.box : alarmBox(alarm, known?.box.open ?? open);
    this.boxes.set(alarm.alarm, { told, name, box });
    return box;
  }
}

function alarmBox(alarm, open) {
  const box = element("details", "alarm-box");
  box.open = open;
  const summary = element("summary");
  summary.append(element("time", null, clock(new Date(alarm.eom ?? alarm.time))),
    element("b", null, eventTitle(alarm)), sourceOf(alarm));
  if (alarm.joins) summary.append(element("span", "badge", say("late_pictures")));
  if (alarm.restore) summary.append(element("span", "badge", sayCode("kind", "restore")));
  if (alarm.resends) summary.append(element("span", "badge", sayCount("resends", alarm.resends)));
  box.append(summary, element("h4", null, alarm.subject || say("no_subject")),
    element("pre", alarm.text ? "" : "is-empty", alarm.text || say("no_text")));
  if (alarm.text_cut) box.append(element("p", "cut", say("text_cut")));
  box.append(deviceTime(alarm), notes(alarm.notes ?? []), papers(alarm));
  return box;
}

function sourceOf(alarm) {
  return sourceBox(alarm, cameraWords(alarm));
}

function papers(alarm) {
  const line = element("p", "papers");
  const mail = element("a", null, say("original_mail"));
  mail.href = `/mail/${encodeURIComponent(alarm.alarm)}`;
  mail.download = `${alarm.alarm}.eml`;
  const more = element("button", "plain", say("all_facts"));
  more.type = "button";
  more.addEventListener("click", () => facts(alarm.alarm, line, more));
  line.append(mail, more);
  return line;
}

async function facts(alarm, line, button) {
  button.disabled = true;
  const answer = await fetch(`/alarms/${encodeURIComponent(alarm)}`).catch(() => null);
  const entry = answer?.ok ? await answer.json() : null;
  const box = element("div", "facts");
  if (entry) box.append(...factGroups(entry));
  else box.append(element("p", "is-empty", say("detail_failed")));
  button.disabled = Boolean(entry);
  if (line.nextElementSibling) line.nextElementSibling.replaceWith(box);
  else line.after(box);
}

function deviceTime(alarm) {
  const line = element("p", "device-time");
  if (!alarm.device_time) return line;
  line.append(element("span", null, say("device_says", { time: alarm.device_time.replace("T", " ") })));
  const off = alarm.clock_offset_s;
  if (Math.abs(off ?? 0) > CLOCK_HINT_S) {
    line.append(element("b", "clock-off", say(off > 0 ? "clock_fast" : "clock_slow", { n: minutes(off) })));
  }
  return line;
}

function minutes(seconds) {
  return number(Math.abs(seconds) / 60, Math.abs(seconds) < 600 ? 1 : 0);
}

function notes(codes) {
  const box = element("div", "notes");
  box.hidden = codes.length === 0;
  box.append(element("b", null, say("head_notes")), ...codes.map((code) => element("span", "note", sayCode("note", code))));
  return box;
}
