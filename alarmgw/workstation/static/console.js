// The console: what the workstation process tells, drawn; what the operator does, told.

import { Actions } from "./actions.js";
import { announce } from "./announce.js";
import { Bulk } from "./bulk.js";
import { speakFor } from "./command.js";
import { clearAway, toast } from "./dialog.js";
import { keyOf, put } from "./dom.js";
import { forgetDrafts } from "./drafts.js";
import { reportDrawn } from "./drawn.js";
import { Filter } from "./filter.js";
import { Hand } from "./hand.js";
import { Incidents, listOf, orderFor } from "./incidents.js";
import { IncidentView } from "./incident.js";
import { newRow, plainRow, tickRow } from "./incident_row.js";
import "./legend.js";
import { LinkView } from "./link.js";
import { listen } from "./listen.js";
import { Notices } from "./notices.js";
import { gatewayNow, hearTime, workstationNow } from "./now.js";
import { takeOutcomes } from "./outcomes.js";
import { RowList } from "./rows.js";
import { Seat } from "./seat.js";
import { Sounds } from "./sounds.js";
import { Suppressions } from "./suppressions.js";
import { displayed } from "./told.js";
import "./validity.js";
import { LISTS, Views } from "./views.js";
import { age, clock, currentLanguage, number, say, sayCount, speak } from "./words.js";

const OTHERS = 200;

const at = (id) => document.getElementById(id);

const link = new LinkView();
const seat = new Seat();
const sounds = new Sounds();
const incidents = new Incidents();
const others = new Map();
const toldRows = new Set();
const closing = new Set(); // incidents that this page is closing
let wanted = null; // an incident that is to be opened as soon as it is here
let actions = null;
let drawing = false; // as soon as there is a frame

const targets = () => link.state?.targets;
const held = () => seat.operator ? incidents.all.filter((row) => row.state === "accepted" && row.holder === seat.operator) : [];
const view = new IncidentView(at("incident"), {
  told: (incident, what, alarms) => told(incident, what, alarms),
  bar: (bar, row) => actions.draw(bar, row),
  targets,
  operator: () => seat.operator,
  past: (incident) => views.go("history", incident),
});
const filter = new Filter(() => showList());
const queue = new RowList(at("list"), at("space"), {
  id: (row) => row.incident,
  order: (a, b) => orderFor(seat.operator, filter.sort)(a, b),
  make: (row, before) => newRow(row, before, targets()),
  plain: plainRow,
  tick: (drawn, row, now) => tickRow(drawn, row, now, targets()),
}, (row, chosen) => selected(row, chosen));
const views = new Views(() => openList(), {
  seat,
  state: () => link.state,
  others: () => [...others.values()].sort((a, b) => b.seq - a.seq),
  open: (incident) => openIncident(incident),
});
const desk = {
  seat,
  view,
  list: () => views.open,
  isOpen: () => views.isDesk,
  state: () => link.state,
  next: (after) => next(after),
  open: (incident) => openIncident(incident),
  closing: (incident, whether = true) => (whether ? closing.add(incident) : closing.delete(incident)),
  waiting: () => waiting(),
  idle: () => hand.idle(),
  sources: () => views.go("sources"),
};
const hand = new Hand(held, () => (views.isDesk ? view.row : null));
const notices = new Notices(desk);
const suppressions = new Suppressions(notices);
const bulk = new Bulk(desk, queue);
actions = new Actions(desk);
seat.held = () => held().length;

// These alarms are on the screen now: the first time is a fact for the record.
function told(incident, what, alarms) {
  if (seat.operator) displayed(incident, what, alarms);
}

// What nobody has taken, the most urgent first.
function waiting() {
  return incidents.all.filter((row) => row.state === "new").sort(orderFor(seat.operator));
}

function selected(row, chosen) {
  view.show(row && seat.operator ? row : null, chosen);
  drawSoon();
}

// After a closing the most urgent one that nobody has taken opens by itself.
function next(after) {
  const row = queue.rows.find((one) => one.state === "new" && one.incident !== after);
  queue.select(row?.incident ?? null);
}

function openIncident(incident) {
  const row = incidents.get(incident);
  wanted = row ? null : incident;
  if (!row) return;
  if (views.open !== listOf(row)) views.go(listOf(row));
  if (!queue.row(incident)) filter.clear();
  queue.select(incident, true);
  at("list").focus();
}

function openList() {
  if (!views.isDesk) {
    view.show(null);
    return draw();
  }
  queue.selected = null;
  queue.marked.clear();
  view.show(null);
  showList();
  queue.redraw();
  at("list").focus();
}

// The rows of the open list that the filter lets through; those in `changed` are drawn anew.
function showList(changed = []) {
  queue.show(filter.of(incidents.of(views.open)), changed);
  selectFirst();
  drawSoon();
}

// While nothing is selected there is nothing that a key could meet by mistake.
function selectFirst() {
  if (seat.operator && queue.selected === null && queue.rows.length) queue.pick(0);
}

function takeIncidents(change) {
  const shown = view.row?.incident;
  const changed = incidents.take(change);
  announce(change);
  tellGone(shown);
  if (views.isDesk) {
    // What is looked at is followed where it goes: to the list of its site, once it has one.
    if (incidents.get(shown)) views.open = listOf(incidents.get(shown));
    showList(change.reset ? incidents.of(views.open).map((row) => row.incident) : changed);
    const row = incidents.get(queue.selected);
    if (row && view.row && (changed.includes(row.incident) || change.reset)) view.change(row);
  }
  if (wanted && incidents.get(wanted)) openIncident(wanted);
  drawSoon();
}

// What the operator is looking at is gone: he is told.
function tellGone(shown) {
  if (shown && !incidents.get(shown) && !closing.delete(shown)) toast(say("gone_elsewhere"));
}

function takeOthers(change) {
  if (change.reset) others.clear();
  for (const row of change.rows) others.set(row.alarm, row);
  const old = [...others.values()].sort((a, b) => b.seq - a.seq).slice(OTHERS);
  for (const row of old) others.delete(row.alarm);
  views.sheet?.changed?.();
  drawSoon();
}

function takeState(state) {
  const wasAlive = link.isAlive();
  hearTime(state);
  link.take(state);
  if (state.outcomes) takeOutcomes(state.outcomes);
  sounds.take(state.tones);
  if (seat.take(state)) sitDown();
  suppressions.take(state);
  if (!wasAlive && link.isAlive()) view.retry();
  views.sheet?.changed?.();
  drawSoon();
  reportDrawn(state.up_to);
}

// Somebody else sits here: nothing of the one before stays on the screen.
function sitDown() {
  speakFor(seat.seat?.session ?? null);
  clearAway();
  forgetDrafts();
  toldRows.clear();
  closing.clear();
  notices.clear();
  wanted = null;
  queue.selected = null;
  queue.marked.clear();
  view.show(null);
  queue.seen.clear();
  queue.redraw();
  if (!views.isDesk) views.go(seat.operator ? views.open : LISTS[0]);
  if (seat.operator) {
    fetchOutcomes();
    if (views.isDesk) at("list").focus();
  } else {
    incidents.veil();
    others.clear();
    at("filter").value = "";
    at("sign-on-name").focus();
  }
  showList();
}

async function fetchOutcomes() {
  try {
    const state = await (await fetch("/state")).json();
    if (state.outcomes) takeOutcomes(state.outcomes);
    view.redraw();
  } catch {
    // the process is gone: the banner says so, and the next sign-on fetches them again
  }
}

// There may be more that is open than a page has rows for, or a workstation was told of.
function drawMore(more) {
  const shown = incidents.all.length;
  at("more").hidden = more === 0;
  put(at("more"), say("more", { shown: number(shown), n: number(shown + more) }));
}

// Once for each frame, however much is told meanwhile; a page that nobody sees has no frames.
function drawSoon() {
  if (drawing) return;
  drawing = true;
  const soon = document.hidden ? setTimeout : requestAnimationFrame;
  soon(draw);
}

function draw() {
  drawing = false;
  const condition = link.draw(incidents.all.length);
  if (condition === "page") sounds.lose();
  const list = views.isDesk ? views.open : LISTS[0];
  const all = incidents.of(list);
  const isEmpty = all.length === 0;
  drawCounts();
  at("quiet").hidden = !(isEmpty && seat.operator && !view.row);
  at("queue").classList.toggle("is-empty", isEmpty);
  put(at("queue-title"), say(`view_${list}`));
  const fresh = incidents.count(list, "new");
  put(at("count"), fresh ? say("open_and_new", { n: number(all.length), new: number(fresh) }) : sayCount("open", all.length));
  drawMore(condition === "snapshot" ? 0 : link.state?.counts.more ?? 0);
  put(at("workstation"), link.state ? `${say("workstation")} ${link.state.workstation}` : "");
  sounds.draw();
  seat.draw();
  filter.draw(all);
  bulk.draw();
  notices.draw();
  drawUnseen();
  drawTitle(condition);
  tick();
}

function drawCounts() {
  for (const list of LISTS) {
    views.count(list, incidents.of(list).length, incidents.count(list, "new"));
  }
  views.count("tests", others.size, 0);
  views.draw();
}

// What nobody has taken and what is not on the screen: never hidden without a word.
function drawUnseen() {
  const shown = queue.inView();
  const first = queue.indexOf(shown[0]?.incident ?? null);
  const last = queue.indexOf(shown.at(-1)?.incident ?? null);
  const fresh = queue.rows.map((row, n) => [row, n]).filter(([row]) => row.state === "new");
  const above = fresh.filter(([, n]) => n < first).length;
  const below = fresh.filter(([, n]) => n > last).length;
  at("newest").hidden = above === 0 || !shown.length;
  at("below").hidden = below === 0 || !shown.length;
  put(at("newest"), sayCount("newest", above));
  put(at("below"), sayCount("below", below));
}

function drawTitle(condition) {
  const cut = !["current", "snapshot"].includes(condition) && link.state;
  const words = cut ? `⚠ ${say(`link_${condition}`)}` : sayCount("new", waiting().length);
  const title = `${words} – alarmgw`;
  if (document.title !== title) document.title = title;
}

function tick() {
  const now = gatewayNow();
  put(at("clock"), clock(new Date(workstationNow())));
  const last = link.state?.last_alarm ? Date.parse(link.state.last_alarm) : null;
  const words = last === null ? say("never_alarm")
    : `${clock(new Date(last))} (${age((now - last) / 1000)})`;
  put(at("last-alarm"), words);
  put(at("quiet-last"), words);
  queue.tick(now);
  view.tick(now);
}

function drawWords() {
  document.documentElement.lang = currentLanguage();
  for (const target of document.querySelectorAll("[data-word]")) {
    put(target, say(target.dataset.word));
  }
  for (const target of document.querySelectorAll("[data-title]")) {
    target.title = say(target.dataset.title);
  }
  for (const language of ["de", "en"]) {
    at(`language-${language}`).setAttribute("aria-pressed", String(language === currentLanguage()));
  }
  filter.drawWords();
  queue.redraw();
  view.redraw();
  if (!views.isDesk) views.go(views.open);
  draw();
}

for (const language of ["de", "en"]) {
  at(`language-${language}`).addEventListener("click", () => {
    speak(language);
    drawWords();
  });
}
for (const [id, way] of [["newest", "Home"], ["below", "PageDown"]]) {
  at(id).addEventListener("click", () => {
    queue.turn(way);
    at("list").focus();
    draw();
  });
}
at("list").addEventListener("keyup", draw);
at("list").addEventListener("click", draw);
at("list").addEventListener("scroll", drawUnseen, { passive: true });
// The keys of the list work wherever the hand was last, but for fields, buttons and what scrolls.
document.addEventListener("keydown", (event) => {
  if (keyOf(event) === "F" && !event.repeat && views.isDesk && !isBusy(event)) {
    event.preventDefault();
    at("filter").focus();
  } else if (views.isDesk && event.target === document.body) queue.key(event);
});
queue.onConfirmed = () => {
  view.chosen = true;
};
// The first drawing of an incident in the list is its first alarm's.
queue.onDrawn = (rows) => {
  if (document.hidden || !seat.operator) return;
  for (const row of rows.filter((one) => one.state === "new" && !toldRows.has(one.incident))) {
    toldRows.add(row.incident);
    told(row.incident, "alarm", [row.incident]);
  }
};

function isBusy(event) {
  return event.ctrlKey || event.altKey || event.metaKey || document.querySelector("dialog[open]")
    || event.target.closest?.("input, textarea, select");
}

drawWords();
listen(link, { incidents: takeIncidents, others: takeOthers, state: takeState }, () => {
  sounds.lose();
  draw();
}, draw);
setInterval(draw, 1000);
at("list").focus();
