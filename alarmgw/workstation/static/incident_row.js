// One row of the queue: an incident.

import { cameraWords, eventTitle, pictureAddress } from "./alarm_words.js";
import { element, put } from "./dom.js";
import { gatewayNow } from "./now.js";
import { siteWords, sourceWords } from "./places.js";
import { putIn } from "./rows.js";
import { clock, minute, number, phrase, say, shortAge } from "./words.js";

// In a storm a row's picture changes no more often: each one is fetched and unpacked.
const PICTURE_MS = 1000;

// `before`: the row as it was drawn last; its picture stays until the next one is due.
export function newRow(incident, before, targets) {
  const row = element("div", "row");
  row.dataset.class = incident.priority;
  row.dataset.state = incident.state;
  row.append(thumbnail(incident, before?.querySelector(".thumb img")), rowText(incident), rowEdge(incident), element("span", "row-mark"));
  tickRow(row, incident, gatewayNow(), targets);
  return row;
}

// One that cannot be drawn is there all the same, with its class, and can be opened.
export function plainRow(incident) {
  const row = element("div", "row");
  row.dataset.class = incident.priority;
  row.dataset.state = incident.state;
  const chip = element("span", "class-chip", String(incident.priority));
  chip.dataset.class = incident.priority;
  const text = element("div", "row-text");
  text.append(element("div", "row-title", say("row_failed")), element("div", "row-source", incident.incident));
  const edge = element("div", "row-edge");
  edge.append(chip);
  row.append(element("div", "thumb"), text, edge, element("span", "row-mark"));
  return row;
}

// Whether it was somebody's, or parked, since it came.
export function isBack(incident) {
  return incident.state === "new" && incident.since !== incident.opened;
}

// Since when nobody has had it: what comes back to the queue waits anew.
export function waitsSince(incident) {
  return Date.parse(incident.state === "new" ? incident.since : incident.opened);
}

// The age, and how much of the time to acceptance has gone.
export function tickRow(row, incident, now, targets) {
  const seconds = (now - waitsSince(incident)) / 1000;
  putIn(row, ".row-age", shortAge(seconds));
  row.dataset.late = incident.state === "new" ? lateness(incident.priority, seconds, targets) : "";
  const parked = row.querySelector(".row-due");
  if (parked && incident.due) put(parked, dueWords(incident.due, now));
  showNewest(row.querySelector(".thumb img"), incident.picture, now);
  const offered = row.querySelector(".badge-offered");
  if (offered && !isOffered(incident, now)) offered.remove();
}

// A follow-up belongs to whoever closed the incident before it, for half a minute.
export function isOffered(incident, now) {
  return Boolean(incident.state === "new" && incident.offered_to
    && (!incident.offered_until || now < Date.parse(incident.offered_until)));
}

export function offerWords(incident, operator) {
  return incident.offered_to === operator ? say("offered_to_me") : say("offered_to", { operator: incident.offered_to });
}

export function lateness(priority, seconds, targets) {
  const [target, limit] = targets?.[priority] ?? [Infinity, Infinity];
  if (seconds >= limit) return "limit";
  return seconds >= target ? "target" : "";
}

function showNewest(image, picture, now) {
  if (!image || !picture || now - image.dataset.since < PICTURE_MS) return;
  const address = pictureAddress(picture.alarm, picture.name);
  if (image.getAttribute("src") === address) return;
  image.dataset.since = now;
  image.src = address;
}

function thumbnail(incident, before) {
  const box = element("div", "thumb");
  if (!incident.picture) {
    box.append(element("span", "thumb-none", incident.pictures === undefined ? "" : say("no_picture")));
    return box;
  }
  box.append(before ?? newPicture(incident.picture));
  if (incident.pictures > 1) box.append(element("span", "thumb-count", String(incident.pictures)));
  return box;
}

function newPicture({ alarm, name }) {
  const picture = element("img");
  picture.alt = "";
  picture.decoding = "async";
  picture.dataset.since = gatewayNow();
  picture.addEventListener("error", () => picture.remove());
  picture.src = pictureAddress(alarm, name);
  return picture;
}

export function incidentTitle(incident) {
  if (incident.event === undefined) return say(`class_${incident.priority}`);
  const others = (incident.events ?? []).filter((event) => event !== incident.event)
    .map((event) => phrase(`event_${event}`) ?? event);
  return [eventTitle({ ...incident, state: incident.state_word }), ...others].join(" · ");
}

// Where it is: the site with its name, else the source, else who sent it.
export function incidentPlace(incident) {
  if (incident.site) return siteWords(incident.site, incident.site_name);
  if (incident.source) return sourceWords(incident);
  return incident.sender ? `${say("unassigned")}: ${incident.sender}` : say("unassigned");
}

function secondLine(incident) {
  const sources = incident.sources > 1 ? say("sources_many", { n: number(incident.sources) })
    : incident.site && incident.source ? sourceWords(incident) : "";
  return [...new Set([sources, cameraWords(incident)])].filter(Boolean).join(" · ") || incident.subject || "";
}

function rowText(incident) {
  const text = element("div", "row-text");
  const known = incident.event !== undefined;
  const place = element("div", "row-source", known ? incidentPlace(incident) : "");
  if (known && !incident.source) place.classList.add("is-unassigned");
  place.title = place.textContent;
  const said = element("div", "row-said");
  for (const badge of badges(incident)) said.append(badge);
  if (known) said.append(element("span", null, secondLine(incident)));
  text.append(element("div", "row-title", incidentTitle(incident)), place, said);
  return text;
}

function badges(incident) {
  const found = [];
  const add = (kind, words) => found.push(element("span", `badge badge-${kind}`, words));
  // What is most urgent comes first: a narrow list cuts off the end.
  if (incident.unattended) add("unattended", say("unattended"));
  if (incident.state === "accepted") add("held", say("with_whom", { operator: incident.holder ?? "" }));
  if (incident.state === "parked") {
    // Until when is known to who is signed on.
    if (incident.due) add("parked row-due", dueWords(incident.due, gatewayNow()));
    else add("parked", say("state_parked"));
  }
  if (isOffered(incident, gatewayNow())) add("offered", offerWords(incident, null));
  if (incident.follows) add("follows", say("follow_up"));
  return found;
}

function dueWords(due, now) {
  const minutes = Math.max(0, Math.ceil((Date.parse(due) - now) / 60000));
  return say("parked_until", { time: minute(new Date(due)), n: number(minutes) });
}

function rowEdge(incident) {
  const edge = element("div", "row-edge");
  const chip = element("span", "class-chip", String(incident.priority));
  chip.dataset.class = incident.priority;
  chip.title = say(`class_${incident.priority}`);
  const count = element("span", "row-count", incident.count > 1 ? `×${number(incident.count)}` : "");
  const marks = element("span", "row-marks");
  marks.append(count, chip);
  const age = element("span", "row-age");
  if (isBack(incident)) age.title = say("new_again", { time: clock(new Date(incident.since)) });
  edge.append(element("time", "row-time", clock(new Date(incident.opened))),
    age, marks);
  return edge;
}
