// The hand-over of a shift on one page: what stands open, written by the one who goes,
// confirmed by the one who comes with his own login.

import { senderOf } from "./adopt.js";
import { ask, command, refusal } from "./command.js";
import { toast } from "./dialog.js";
import { element } from "./dom.js";
import { incidentTitle } from "./incident_row.js";
import { siteWords, sourceBox, suppressedBox } from "./places.js";
import { bar, button, empty, head, labelled, table } from "./tables.js";
import { clock, minute, number, say } from "./words.js";

export function sheet(box, context) {
  const body = element("div");
  const note = element("textarea");
  Object.assign(note, { rows: 4, maxLength: 4000, name: "note" });
  const draw = async () => {
    const told = await ask("handover");
    body.replaceChildren(...(told ? parts(told, context) : [empty(say("not_available"))]));
  };
  const leave = async () => {
    if (!note.value.trim()) return note.focus();
    const answer = await command(null, 0, { do: "note", text: note.value.trim() });
    toast(answer.ok ? say("noted_for_next") : refusal(answer), { bad: !answer.ok });
    if (answer.ok) note.value = "";
    draw();
  };
  const take = async () => {
    const told = await ask("handover");
    const answer = await command(null, 0, { do: "hand_over", from: told?.notes.at(-1)?.operator ?? null, note: null });
    toast(answer.ok ? say("handed_over") : refusal(answer), { bad: !answer.ok });
    draw();
  };
  box.replaceChildren(head(say("view_handover"), say("handover_text")),
    bar(labelled("note_for_next", note), button("leave_note", leave), button("confirm_handover", take, "primary")), body);
  draw();
  requestAnimationFrame(() => note.focus());
  return {};
}

function parts(told, context) {
  const last = told.last ? say("last_handover", { time: minute(new Date(told.last.time)), from: told.last.from ?? "–", to: told.last.to }) : say("no_handover");
  return [
    element("p", "is-empty", last),
    counts(told),
    part("notes_since", told.notes, (rows) => table([
      { word: "column_time", of: (row) => clock(new Date(row.time)) },
      { word: "operator", of: (row) => row.operator },
      { word: "note", of: (row) => row.note },
    ], rows)),
    part("open_incidents", told.open, (rows) => incidents(rows, context), told.counts.open),
    part("state_parked_many", told.parked, (rows) => incidents(rows, context), told.counts.parked),
    part("view_faults", told.faults, (rows) => incidents(rows, context), told.counts.faults),
    part("suppressions", told.suppressions, (rows) => table([
      { word: "suppress_whom", of: suppressedBox },
      { word: "until", of: (row) => minute(new Date(row.until)) },
      { word: "reason", of: (row) => row.reason ?? "" },
      { word: "operator", of: (row) => row.operator ?? "" },
      { word: "held_back", of: (row) => number(row.alarms ?? 0), number: true },
    ], rows)),
  ];
}

function counts(told) {
  const list = element("dl", "handover-counts");
  const add = (word, n) => {
    const box = element("div");
    box.append(element("dt", null, say(word)), element("dd", null, number(n ?? 0)));
    list.append(box);
  };
  add("open_incidents", told.counts.open);
  add("state_parked_many", told.counts.parked);
  add("view_faults", told.counts.faults);
  add("suppressions", told.counts.suppressed);
  add("view_unassigned", told.unassigned);
  add("incidents_since", told.incidents_since);
  return list;
}

// `all`: how many there are; the most urgent of them are told.
function part(word, rows, draw, all = rows.length) {
  const box = element("section", "sheet-section");
  box.append(element("h2", "sheet-part", say(word)), rows.length ? draw(rows) : empty(say("none")));
  if (all > rows.length) box.append(empty(say("and_more", { n: number(all - rows.length) })));
  return box;
}

function classChip(row) {
  const chip = element("span", "class-chip", String(row.priority));
  chip.dataset.class = row.priority;
  return chip;
}

function incidents(rows, context) {
  return table([
    { word: "column_time", of: (row) => clock(new Date(row.opened)) },
    { word: "column_class", of: classChip },
    { word: "column_what", of: (row) => incidentTitle({ ...row, state_word: null }) },
    { word: "column_site", of: (row) => siteWords(row.site, row.site_name) },
    { word: "column_source", of: (row) => sourceBox({ ...row, ...senderOf(row.key) }) },
    { word: "column_state", of: (row) => [say(`state_${row.state}`), row.holder, row.due ? clock(new Date(row.due)) : ""].filter(Boolean).join(" · ") },
    { word: "column_count", of: (row) => number(row.count), number: true },
  ], rows, (row) => context.open(row.incident ?? row.id));
}
