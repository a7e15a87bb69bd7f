// Numbers: alarms by hour, the time to acceptance, and the sources with the most false alarms.
// No figures about single operators.

import { ask } from "./command.js";
import { element } from "./dom.js";
import { siteWords, sourceBox } from "./places.js";
import { bar, choice, empty, head, labelled, table } from "./tables.js";
import { locale, number, say, sayCount } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 1400;
const HEIGHT = 240;
const TOP = 14;
const FOOT = 26;
const LEFT = 46;

export function sheet(box, context) {
  const days = choice("days", [1, 7, 31].map((n) => [String(n), sayCount("last_days", n)]));
  days.value = "7";
  const body = element("div");
  const link = element("a", "plain", say("save_csv"));
  const draw = async () => {
    link.href = `/ask/numbers.csv?days=${days.value}`;
    const told = await ask("numbers", { days: days.value });
    body.replaceChildren(...(told ? parts(told) : [empty(say("not_available"))]));
  };
  days.addEventListener("change", draw);
  box.replaceChildren(head(say("view_numbers"), say("numbers_text")), bar(labelled("period", days), link), body);
  draw();
  return {};
}

function parts(told) {
  const times = told.acceptance;
  const within = times.n ? say(times.n === 1 ? "acceptance_one" : "acceptance_many",
    { n: number(times.n), median: number(times.median_s ?? 0), p90: number(times.p90_s ?? 0) }) : say("acceptance_none");
  return [
    section("alarms_by_hour", null, plot(say("alarms_by_hour"), told.hours.map((one) => ({ n: one.alarms, mark: hourMark(one.hour), title: `${localHour(one.hour)}: ${number(one.alarms)}` })))),
    section("acceptance", within, plot(say("acceptance"), times.bins.map((bin) => ({ n: bin.n, mark: binMark(bin, times.marks), title: `${binWords(bin)}: ${number(bin.n)}`, loud: times.marks.includes(bin.to_s) })))),
    section("false_alarms", say("false_alarms_text"), told.sources.length ? table([
      { word: "column_source", of: (row) => sourceBox({ source: row.address, source_name: row.name }) },
      { word: "column_site", of: (row) => siteWords(row.site, row.site_name) },
      { word: "column_false", of: (row) => number(row.false), number: true },
      { word: "column_incidents", of: (row) => number(row.incidents), number: true },
    ], told.sources) : empty(say("false_alarms_none"))),
  ];
}

function section(word, text, content) {
  const box = element("section", "panel numbers-part");
  box.append(element("h3", null, say(word)));
  if (text) box.append(element("p", "is-empty", text));
  box.append(content);
  return box;
}

function localHour(hour) {
  return new Date(hour).toLocaleString(locale(), { weekday: "short", hour: "2-digit", minute: "2-digit" });
}

function hourMark(hour) {
  const local = new Date(hour);
  return local.getHours() === 0 ? local.toLocaleDateString(locale(), { day: "2-digit", month: "2-digit" }) : "";
}

function binWords(bin) {
  return bin.to_s === null ? say("over_seconds", { n: number(bin.from_s) }) : say("seconds_range", { from: number(bin.from_s), to: number(bin.to_s) });
}

function binMark(bin, marks) {
  return marks.includes(bin.to_s) ? `${bin.to_s} s` : "";
}

// Bars on one scale; each says its number when it is pointed at.
function plot(name, bars) {
  const drawing = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "plot", role: "img", "aria-label": name });
  const most = Math.max(1, ...bars.map((one) => one.n));
  const step = (WIDTH - LEFT) / Math.max(1, bars.length);
  const y = (n) => TOP + (HEIGHT - TOP - FOOT) * (1 - n / most);
  for (const n of new Set([0, Math.ceil(most / 2), most])) {
    drawing.append(svg("line", { x1: LEFT, x2: WIDTH, y1: y(n), y2: y(n), class: "plot-line" }), words(LEFT - 6, y(n) + 5, number(n), "end"));
  }
  bars.forEach((one, at) => {
    const x = LEFT + at * step;
    const rect = svg("rect", { x: x + step * 0.1, y: y(one.n), width: Math.max(0.5, step * 0.8), height: HEIGHT - FOOT - y(one.n), class: "plot-bar" });
    const title = svg("title", {});
    title.textContent = one.title;
    rect.append(title);
    drawing.append(rect);
    if (one.loud) drawing.append(svg("line", { x1: x + step, x2: x + step, y1: TOP, y2: HEIGHT - FOOT, class: "plot-mark" }));
    if (one.mark) drawing.append(mark(one.loud ? x + step : x + step / 2, one.mark));
  });
  return drawing;
}

// Below the bars; at the edge it stays inside.
function mark(x, text) {
  const room = text.length * 4;
  if (x + room > WIDTH) return words(WIDTH, HEIGHT - 7, text, "end");
  return words(x, HEIGHT - 7, text, "middle");
}

function svg(tag, attributes) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  return made;
}

function words(x, y, text, anchor) {
  const made = svg("text", { x, y, "text-anchor": anchor, class: "plot-word" });
  made.textContent = text;
  return made;
}
