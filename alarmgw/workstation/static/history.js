// The record: searched by source, site, time, kind, outcome and text, newest first.

import { eventTitle, sourceName } from "./alarm_words.js";
import { ask } from "./command.js";
import { element } from "./dom.js";
import { stepWords } from "./incident_side.js";
import { allOutcomes, wordsOf } from "./outcomes.js";
import { past } from "./past.js";
import { bar, button, choice, empty, head, input, labelled, table } from "./tables.js";
import { clock, number, say, sayCode } from "./words.js";

const KINDS = ["alarm", "fault", "restore", "test", "routine", "report", "info"];

const STEPS = ["accepted", "parked", "returned", "closed", "noted", "unattended", "late"];

// `wanted`: an incident that is to be shown at once.
export function sheet(box, context, wanted) {
  const fields = {
    source: input("text", "source"), site: input("text", "site"), text: input("search", "text"),
    from: input("datetime-local", "from"), to: input("datetime-local", "to"),
    kind: choice("kind", [["", say("any")], ...KINDS.map((kind) => [kind, sayCode("kind", kind)])]),
    outcome: choice("outcome", [["", say("any")], ...allOutcomes().map((one) => [one.code, wordsOf(one)])]),
  };
  const list = element("div");
  const foot = element("div", "sheet-bar");
  const detail = element("div");
  const form = element("form");
  form.append(bar(labelled("column_source", fields.source), labelled("column_site", fields.site),
    labelled("from", fields.from), labelled("to", fields.to), labelled("column_kind", fields.kind),
    labelled("outcome", fields.outcome), labelled("search_text", fields.text), submit(), csv(fields)));
  box.replaceChildren(head(say("view_history"), say("history_text")), form, detail, list, foot);
  const rows = [];
  let shown = null;
  const show = async (incident) => {
    if (incident) shown = await past(detail, incident, context);
  };
  const find = async (before) => {
    if (!before) rows.length = 0;
    const found = await ask("history", { ...given(fields), before });
    if (!found) return list.replaceChildren(empty(say("not_available")));
    rows.push(...found.rows);
    list.replaceChildren(rows.length ? record(rows, (row) => show(row.incident)) : empty(say("history_none")));
    const more = found.before ? [button("history_more", () => find(found.before))] : [];
    foot.replaceChildren(element("span", "is-empty", say("history_shown", { n: number(rows.length) })), ...more);
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    find();
  });
  find();
  if (wanted) show(wanted);
  else requestAnimationFrame(() => fields.text.focus());
  return { close: () => shown?.close() };
}

function submit() {
  const made = element("button", "primary", say("search"));
  made.type = "submit";
  return made;
}

function csv(fields) {
  const link = element("a", "plain", say("save_csv"));
  link.href = "#";
  link.addEventListener("click", (event) => {
    event.preventDefault();
    const facts = Object.entries(given(fields)).filter(([, value]) => value);
    location.href = `/ask/history.csv?${new URLSearchParams(facts)}`;
  });
  return link;
}

// Times are the operator's own; the record's are UTC.
function given(fields) {
  const facts = Object.fromEntries(Object.entries(fields).map(([name, one]) => [name, one.value.trim()]));
  for (const name of ["from", "to"]) {
    if (facts[name]) facts[name] = new Date(facts[name]).toISOString();
  }
  return facts;
}

function record(rows, open) {
  return table([
    { word: "column_time", of: (row) => clock(new Date(row.time)) },
    { word: "column_what", of: whatOf },
    { word: "column_site", of: (row) => row.site ?? "" },
    { word: "column_source", of: (row) => (row.type === "alarm" ? sourceName(row) : row.source ?? "") },
    { word: "column_subject", of: (row) => row.subject ?? row.note ?? "" },
    { word: "column_operator", of: (row) => [row.operator, row.workstation].filter(Boolean).join(" · ") },
    { word: "column_seq", of: (row) => number(row.seq), number: true },
  ], rows, open, (row) => Boolean(row.incident));
}

function whatOf(row) {
  if (row.type === "alarm") return `${eventTitle(row)} (${sayCode("kind", row.kind)})`;
  return STEPS.includes(row.type) ? stepWords(row) : sayCode("entry", row.type);
}
