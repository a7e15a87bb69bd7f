// The console: what the workstation process tells, drawn.

import { Detail } from "./detail.js";
import { put } from "./dom.js";
import { reportDrawn } from "./drawn.js";
import { LinkView } from "./link.js";
import { Queue } from "./queue.js";
import { age, clock, currentLanguage, say, sayCount, speak } from "./words.js";

const REOPEN_MS = 3000;

const at = (id) => document.getElementById(id);

const link = new LinkView();
const detail = new Detail(fetchAlarm);
const queue = new Queue(at("list"), at("space"), (alarm) => detail.show(alarm));

// The whole entry; `undefined` when it cannot be had now.
async function fetchAlarm(alarm) {
  try {
    const answer = await fetch(`/alarms/${encodeURIComponent(alarm)}`);
    return answer.ok ? await answer.json() : undefined;
  } catch {
    return undefined;
  }
}

function listen() {
  const events = new EventSource("/events");
  events.addEventListener("alarms", (event) => {
    const change = JSON.parse(event.data);
    queue.take(change.rows, change.removed, change.reset);
    detail.renew(change.rows);
    draw();
  });
  events.addEventListener("state", (event) => {
    const was = link.condition();
    link.take(JSON.parse(event.data));
    if (was !== "current" && link.condition() === "current") detail.retry();
    draw();
    reportDrawn(link.state.up_to);
  });
  events.onerror = () => {
    link.lose();
    draw();
    // The browser comes back by itself from a cut, but gives up after an answer like 403.
    if (events.readyState === EventSource.CLOSED) reopen();
  };
}

// A new process has a new token: then only its new address helps, and the page must say so.
async function reopen() {
  try {
    link.restarted = (await fetch("/state")).status === 403;
  } catch {
    link.restarted = false;
  }
  draw();
  setTimeout(listen, REOPEN_MS);
}

function draw() {
  const condition = link.draw();
  const empty = queue.alarms.length === 0;
  at("quiet").hidden = !empty;
  at("queue").classList.toggle("is-empty", empty);
  put(at("count"), sayCount("alarms", queue.alarms.length));
  at("newest").hidden = queue.newer === 0;
  put(at("newest"), sayCount("newest", queue.newer));
  const more = link.state?.more ?? 0;
  at("more").hidden = more === 0;
  put(at("more"), sayCount("more", more));
  put(at("workstation"), link.state ? `${say("workstation")} ${link.state.workstation}` : "");
  drawTitle(condition);
  tick();
}

function drawTitle(condition) {
  const cut = !["current", "snapshot"].includes(condition) && link.state;
  const words = cut ? `⚠ ${say(`link_${condition}`)}` : sayCount("alarms", queue.alarms.length);
  const title = `${words} – alarmgw`;
  if (document.title !== title) document.title = title;
}

function tick() {
  const now = Date.now();
  put(at("clock"), clock(new Date(now)));
  const last = link.state?.last_alarm ? Date.parse(link.state.last_alarm) : null;
  const words = last === null ? say("never_alarm")
    : `${clock(new Date(last))} (${age((now - last) / 1000)})`;
  put(at("last-alarm"), words);
  put(at("quiet-last"), words);
  queue.tick(now);
  detail.tick(now);
}

function drawWords() {
  document.documentElement.lang = currentLanguage();
  for (const target of document.querySelectorAll("[data-word]")) {
    put(target, say(target.dataset.word));
  }
  for (const language of ["de", "en"]) {
    at(`language-${language}`).setAttribute("aria-pressed", String(language === currentLanguage()));
  }
  queue.redraw();
  detail.redraw();
  draw();
}

for (const language of ["de", "en"]) {
  at(`language-${language}`).addEventListener("click", () => {
    speak(language);
    drawWords();
  });
}
at("newest").addEventListener("click", () => {
  queue.follow();
  at("list").focus();
  draw();
});
at("list").addEventListener("keyup", draw);
at("list").addEventListener("click", draw);

drawWords();
listen();
setInterval(draw, 1000);
at("list").focus();
