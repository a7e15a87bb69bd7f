// What went by, looked at in the same view, with nothing to do: an incident, open or closed, or an
// alarm that is in none, such as a test.

import { element, isTyping } from "./dom.js";
import { IncidentView } from "./incident.js";
import { button } from "./tables.js";
import { say } from "./words.js";

let ending = null;
let newest = 0;

// Shows in `box` what a row of a list is about: {incident}, or {alarm} alone.
export async function past(box, { incident, alarm }, context) {
  closePast();
  const mine = newest;
  const before = document.activeElement;
  box.classList.add("past-box");
  box.replaceChildren(element("p", "is-empty", say("loading")));
  const data = await fetched(incident, alarm);
  if (mine !== newest) return; // another one was opened, or the sheet is closed
  if (!data?.alarms.length) {
    box.replaceChildren(element("p", "is-empty", say("not_available")));
    return;
  }
  const article = element("article", "incident past");
  article.tabIndex = -1;
  const view = new IncidentView(article, { told: () => {}, bar: () => {}, targets: () => null,
    operator: () => context.seat.operator, past: (earlier) => past(box, { incident: earlier }, context) });
  box.replaceChildren(button("close_panel", () => closePast(), "plain"), article);
  const keys = (event) => steer(event, view.film);
  ending = () => {
    document.removeEventListener("keydown", keys);
    view.clear();
    box.replaceChildren();
    if (document.activeElement === document.body) (before?.isConnected ? before : document.getElementById("sheet")).focus();
  };
  document.addEventListener("keydown", keys);
  const drawn = view.show(data.row ?? pastRow(incident ?? alarm, data, !incident));
  article.focus({ preventScroll: true });
  await drawn;
  box.scrollIntoView({ block: "start" });
}

export function closePast() {
  newest += 1;
  ending?.();
  ending = null;
}

async function fetched(incident, alarm) {
  const path = incident ? `/incidents/${encodeURIComponent(incident)}` : `/alone/${encodeURIComponent(alarm)}`;
  const answer = await fetch(path).catch(() => null);
  return answer?.ok ? await answer.json() : null;
}

function steer(event, film) {
  if (event.ctrlKey || event.altKey || event.metaKey || isTyping(event.target) || document.querySelector("dialog[open]")) return;
  const way = { ArrowLeft: () => film.step(-1), ArrowRight: () => film.step(1), "+": () => film.zoom(),
    " ": () => film.slides(), Escape: closePast }[event.key];
  if (!way || (event.key === " " && event.target.closest?.("button, a, summary, tr"))) return;
  event.preventDefault();
  way();
}

// What the list would say of it, from its alarms and its steps.
function pastRow(id, { alarms, entries }, alone) {
  const first = [...alarms].sort((a, b) => a.priority - b.priority || a.seq - b.seq)[0];
  const last = [...entries].reverse().find((entry) => ["accepted", "parked", "returned", "closed"].includes(entry.type));
  const states = { accepted: "accepted", parked: "parked", returned: "new", closed: "closed" };
  const shown = alarms.find((alarm) => alarm.picture);
  return { ...first, incident: id, alone, key: "", opened: alarms[0].eom ?? alarms[0].time, count: alarms.length,
    events: [...new Set(alarms.map((alarm) => alarm.event))].slice(0, 4), state_word: first.state,
    state: alone ? "closed" : states[last?.type] ?? "new", holder: last?.operator ?? null, due: last?.until ?? null,
    sources: new Set(alarms.map((alarm) => alarm.source)).size, pictures: shown ? 1 : 0,
    picture: shown ? { alarm: shown.alarm, name: shown.picture } : null };
}
