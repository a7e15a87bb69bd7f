// Beside the pictures of an incident: what to do, whom to call, what was done, what was before.

import { element } from "./dom.js";
import { incidentTitle } from "./incident_row.js";
import { closedAs } from "./outcomes.js";
import { clock, minute, say, sayCode } from "./words.js";

const STEPS = ["accepted", "parked", "returned", "closed", "noted", "unattended", "late"];

// The panels; `past(incident)` shows an earlier incident; `lacks`: the card cannot be had now.
export function side(card, data, past, lacks) {
  const parts = [];
  const site = card?.site;
  if (card?.action_text) parts.push(panel("action_text", element("p", "action-text", card.action_text)));
  else if (card) parts.push(panel("action_text", element("p", "is-empty", say("no_action_text"))));
  else if (lacks) parts.push(panel("action_text", element("p", "bad-text", say("not_available"))));
  if (site?.contacts?.length) parts.push(panel("contacts", contactList(site.contacts)));
  const noted = [site?.notes, ...Object.values(card?.sources ?? {}).map((source) => source.notes)].filter(Boolean);
  if (noted.length) parts.push(panel("site_notes", element("p", "said-text", noted.join("\n"))));
  const steps = (data?.entries ?? []).filter((entry) => STEPS.includes(entry.type));
  if (steps.length) parts.push(panel("course", courseList(steps)));
  if (card?.earlier?.length) parts.push(panel("earlier", earlierList(card.earlier, past)));
  return parts;
}

function panel(word, content) {
  const box = element("section", "panel");
  box.append(element("h3", null, say(word)), content);
  return box;
}

function contactList(contacts) {
  const list = element("ol", "contacts");
  for (const contact of contacts) {
    const line = element("li");
    line.append(element("b", null, contact.name), element("span", "phone", contact.phone));
    list.append(line);
  }
  return list;
}

// Everything that people did with it, in order.
export function courseList(entries) {
  const list = element("ul", "course");
  for (const entry of entries) {
    const line = element("li");
    const who = entry.operator ? `${entry.operator}: ` : "";
    line.append(element("time", null, clock(new Date(entry.time))), element("span", null, who + stepWords(entry)));
    if (entry.note || entry.reason) line.append(element("q", null, entry.note || entry.reason));
    list.append(line);
  }
  return list;
}

export function stepWords(entry) {
  if (entry.type === "closed") return `${say("did_closed")}: ${closedAs(entry.outcome, entry.cause)}`;
  if (entry.type === "parked") return say("did_parked", { time: minute(new Date(entry.until)) });
  if (entry.type === "returned") return sayCode("did_returned", entry.why);
  if (entry.type === "accepted") return say(`did_${entry.how ?? "accept"}`, { from: entry.from ?? "" });
  if (entry.type === "unattended") return say(entry.state === "end" ? "did_attended" : "did_unattended", { holder: entry.holder ?? "" });
  return say(`did_${entry.type}`);
}

function earlierList(incidents, past) {
  const list = element("ul", "earlier");
  for (const incident of incidents) {
    const line = element("li");
    const open = element("button", "link", incidentTitle({ ...incident, state_word: null }));
    open.type = "button";
    open.addEventListener("click", () => past(incident.incident));
    const how = [incident.outcome ? closedAs(incident.outcome, incident.cause) : say(`state_${incident.state}`), incident.operator];
    const words = element("span");
    words.append(open, ` · ${how.filter(Boolean).join(" · ")}`);
    line.append(element("time", null, minute(new Date(incident.opened))), words);
    list.append(line);
  }
  return list;
}
