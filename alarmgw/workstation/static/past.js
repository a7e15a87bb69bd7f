// An incident as it went, open or closed: looked at in the same view, with nothing to do.

import { element, isTyping } from "./dom.js";
import { IncidentView } from "./incident.js";
import { button } from "./tables.js";
import { say } from "./words.js";

let ending = null;

// Shows it in `box`; answers {close()} or null where it cannot be had.
export async function past(box, incident, context) {
  ending?.();
  box.classList.add("past-box");
  box.replaceChildren(element("p", "is-empty", say("loading")));
  const answer = await fetch(`/incidents/${encodeURIComponent(incident)}`).catch(() => null);
  const data = answer?.ok ? await answer.json() : null;
  if (!data?.alarms.length) {
    box.replaceChildren(element("p", "is-empty", say("not_available")));
    return null;
  }
  const article = element("article", "incident past");
  const view = new IncidentView(article, { told: () => {}, bar: () => {}, targets: () => null,
    operator: () => context.seat.operator, past: (earlier) => past(box, earlier, context) });
  const close = button("close_panel", () => end(), "plain");
  box.replaceChildren(close, article);
  const keys = (event) => steer(event, view.film, end);
  const end = () => {
    ending = null;
    document.removeEventListener("keydown", keys);
    view.clear();
    box.replaceChildren();
    document.getElementById("sheet").focus();
  };
  ending = end;
  document.addEventListener("keydown", keys);
  await view.show(data.row ?? pastRow(incident, data));
  box.scrollIntoView({ block: "start" });
  return { close: end };
}

function steer(event, film, end) {
  if (event.ctrlKey || event.altKey || event.metaKey || isTyping(event.target) || document.querySelector("dialog[open]")) return;
  const way = { ArrowLeft: () => film.step(-1), ArrowRight: () => film.step(1), "+": () => film.zoom(),
    " ": () => film.slides(), Escape: end }[event.key];
  if (!way || (event.key === " " && event.target.closest?.("button, a, summary, tr"))) return;
  event.preventDefault();
  way();
}

// What the list would say of it, from its alarms and its steps.
function pastRow(incident, { alarms, entries }) {
  const first = [...alarms].sort((a, b) => a.priority - b.priority || a.seq - b.seq)[0];
  const last = [...entries].reverse().find((entry) => ["accepted", "parked", "returned", "closed"].includes(entry.type));
  const states = { accepted: "accepted", parked: "parked", returned: "new", closed: "closed" };
  const shown = alarms.find((alarm) => alarm.picture);
  return { ...first, incident, key: "", opened: alarms[0].eom ?? alarms[0].time, count: alarms.length,
    events: [...new Set(alarms.map((alarm) => alarm.event))].slice(0, 4), state_word: first.state,
    state: states[last?.type] ?? "new", holder: last?.operator ?? null, due: last?.until ?? null,
    sources: new Set(alarms.map((alarm) => alarm.source)).size, pictures: shown ? 1 : 0,
    picture: shown ? { alarm: shown.alarm, name: shown.picture } : null };
}
