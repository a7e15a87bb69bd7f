// The record: searched by source, site, time, kind, outcome and text, newest first.

import { badges, eventTitle } from "./alarm_words.js";
import { ask } from "./command.js";
import { element } from "./dom.js";
import { stepWords } from "./incident_side.js";
import { momentInput, readMoment } from "./moments.js";
import { allOutcomes, wordsOf } from "./outcomes.js";
import { closePast, past } from "./past.js";
import { siteWords, sourceBox } from "./places.js";
import { heldWords } from "./suppressions.js";
import { bar, button, choice, empty, head, input, labelled, table } from "./tables.js";
import { clock, minute, number, say, sayCode } from "./words.js";

const KINDS = ["alarm", "fault", "restore", "test", "routine", "report", "info"];

const TIMES = ["from", "to"];
const STEPS = ["accepted", "parked", "returned", "closed", "noted", "unattended", "late"];

// `wanted`: an incident that is to be shown at once.
export function sheet(box, context, wanted) {
  const fields = {
    source: input("text", "source"), site: input("text", "site"), text: input("search", "text"),
    from: momentInput("from"), to: momentInput("to", true),
    kind: choice("kind", [["", say("any")], ...KINDS.map((kind) => [kind, sayCode("kind", kind)])]),
    outcome: choice("outcome", [["", say("any")], ...allOutcomes().map((one) => [one.code, wordsOf(one)])]),
  };
  const fault = element("p", "bad-text");
  fault.setAttribute("role", "alert");
  const list = element("div");
  const meant = element("div");
  meant.setAttribute("role", "status");
  const foot = element("div", "sheet-bar");
  const detail = element("div");
  const form = element("form");
  form.append(bar(labelled("column_source", fields.source), labelled("column_site", fields.site),
    labelled("from", fields.from), labelled("to", fields.to), labelled("column_kind", fields.kind),
    labelled("outcome", fields.outcome), labelled("search_text", fields.text), submit(), csv(fields, fault)));
  box.replaceChildren(head(say("view_history"), say("history_text")), form, fault, detail, meant, list, foot);
  const rows = [];
  const show = (row) => past(detail, row, context);
  const find = async (before) => {
    if (!before) rows.length = 0;
    const asked = given(fields);
    const found = await ask("history", { ...asked, before });
    if (!found) return list.replaceChildren(empty(say("not_available")));
    rows.push(...found.rows);
    list.replaceChildren(rows.length ? record(rows, show) : empty(say("history_none")));
    meant.replaceChildren(...meantWords(found.meant, asked));
    const more = found.before ? [button("history_more", () => find(found.before))] : [];
    foot.replaceChildren(element("span", "is-empty", say("history_shown", { n: number(rows.length) })), ...more);
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (areGood(fields, fault)) find();
  });
  find();
  if (wanted) show({ incident: wanted });
  else requestAnimationFrame(() => fields.text.focus());
  return { close: closePast };
}

// What the words for a source or a site were taken to mean, where that may surprise.
function meantWords(meant, asked) {
  return Object.entries(meant ?? {}).filter(([, one]) => one && one.found !== 1).flatMap(([name, { found, searched }]) => {
    if (!found) return [element("p", "bad-text", say(`no_${name}_meant`, { text: asked[name] }))];
    const names = { text: asked[name], n: number(found), searched: number(searched) };
    return found > searched ? [element("p", "bad-text", say(`more_${name}s_meant`, names))] : [];
  });
}

function submit() {
  const made = element("button", "primary", say("search"));
  made.type = "submit";
  return made;
}

function csv(fields, fault) {
  const link = element("a", "plain", say("save_csv"));
  link.href = "#";
  link.addEventListener("click", (event) => {
    event.preventDefault();
    if (!areGood(fields, fault)) return;
    const facts = Object.entries(given(fields)).filter(([, value]) => value);
    location.href = `/ask/history.csv?${new URLSearchParams(facts)}`;
  });
  return link;
}

// Times are the operator's own; the record's are UTC.
function given(fields) {
  const facts = Object.fromEntries(Object.entries(fields).map(([name, one]) => [name, one.value.trim()]));
  for (const name of TIMES) {
    facts[name] = readMoment(fields[name])?.toISOString() ?? "";
  }
  return facts;
}

// Whether the times can be meant; else `fault` says what is wrong, and the keyboard is there.
function areGood(fields, fault) {
  const wrong = TIMES.map((name) => fields[name]).find((field) => readMoment(field) === null);
  const [from, to] = TIMES.map((name) => readMoment(fields[name]));
  fault.textContent = wrong ? say("moment_wrong", { text: wrong.value.trim(), form: say("moment_form") })
    : from > to ? say("moments_crossed") : "";
  for (const name of TIMES) fields[name].setAttribute("aria-invalid", String(fields[name] === wrong));
  if (fault.textContent) (wrong ?? fields.to).focus();
  return !fault.textContent;
}

function record(rows, open) {
  return table([
    { word: "column_time", of: (row) => clock(new Date(row.time)) },
    { word: "column_what", of: whatOf },
    { word: "column_site", of: (row) => siteWords(row.site, row.site_name) },
    { word: "column_source", of: (row) => (row.source || arrived(row) ? sourceBox(row) : "") },
    { word: "column_subject", of: saidOf },
    { word: "column_operator", of: (row) => [row.operator, row.workstation].filter(Boolean).join(" · ") },
    { word: "column_seq", of: (row) => number(row.seq), number: true },
  ], rows, open, (row) => Boolean(row.incident) || arrived(row));
}

// A mail of a device, whether or not it is in an incident.
function arrived(row) {
  return row.type === "alarm" || row.type === "resend";
}

function whatOf(row) {
  if (row.type === "alarm") return [...new Set([eventTitle(row), ...badges(row)])].join(" · ");
  if (row.type === "suppressed" && row.until) return say("suppressed_until", { time: minute(new Date(row.until)) });
  return STEPS.includes(row.type) ? stepWords(row) : sayCode("entry", row.type);
}

// Of a suppression that is over: what it held back, and who had begun it why.
function saidOf(row) {
  if (!row.over) return row.subject ?? row.note ?? "";
  const { since, by, reason } = row.over;
  const began = since ? say("suppressed_by", { time: minute(new Date(since)), operator: by ?? "–" }) : "";
  return [heldWords(row.over), began, reason].filter(Boolean).join(" · ");
}
