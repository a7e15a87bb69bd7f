// One row of the list.

import { badges, eventTitle, pictureAddress, saidLine, sourceName } from "./alarm_words.js";
import { element } from "./dom.js";
import { age, clock, say } from "./words.js";

export function newRow(alarm) {
  const row = element("div", "row");
  row.id = `row-${alarm.alarm}`;
  row.dataset.alarm = alarm.alarm;
  row.dataset.class = alarm.priority ?? 3;
  row.setAttribute("role", "option");
  row.append(thumbnail(alarm), rowText(alarm), rowEdge(alarm));
  return row;
}

function thumbnail(alarm) {
  const box = element("div", "thumb");
  if (!alarm.picture) {
    box.append(element("span", "thumb-none", say("no_picture")));
    return box;
  }
  const picture = element("img");
  picture.alt = "";
  picture.decoding = "async";
  picture.addEventListener("error", () => picture.remove());
  picture.src = pictureAddress(alarm.picture_of, alarm.picture);
  box.append(picture);
  if (alarm.pictures > 1) box.append(element("span", "thumb-count", String(alarm.pictures)));
  return box;
}

function rowText(alarm) {
  const text = element("div", "row-text");
  const source = element("div", "row-source", sourceName(alarm));
  source.title = source.textContent;
  if (!alarm.source) source.classList.add("is-unassigned");
  const said = element("div", "row-said");
  for (const badge of badges(alarm)) said.append(element("span", "badge", badge));
  said.append(element("span", null, saidLine(alarm)));
  text.append(element("div", "row-title", eventTitle(alarm)), source, said);
  return text;
}

function rowEdge(alarm) {
  const edge = element("div", "row-edge");
  const chip = element("span", "class-chip", String(alarm.priority ?? "?"));
  chip.dataset.class = alarm.priority ?? 3;
  chip.title = say(`class_${alarm.priority}`);
  const moment = new Date(alarm.time);
  edge.append(element("time", "row-time", clock(moment)),
    element("span", "row-age", age((Date.now() - moment) / 1000)), chip);
  return edge;
}
