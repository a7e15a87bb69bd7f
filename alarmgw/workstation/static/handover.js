// The hand-over of a shift on one page: what stands open, written by the one who goes,
// confirmed by the one who comes with his own login.

import { senderOf } from "./adopt.js";
import { ask, command, refusal } from "./command.js";
import { toast } from "./dialog.js";
import { element, put } from "./dom.js";
import { keepDraft, sent } from "./drafts.js";
import { incidentTitle } from "./incident_row.js";
import { siteWords, sourceBox, suppressedBox } from "./places.js";
import { heldWords } from "./suppressions.js";
import { bar, button, empty, head, labelled, refill, table } from "./tables.js";
import { clock, minute, number, say } from "./words.js";

const DRAFT = "handover";
const AGAIN_MS = 1000; // between two drawings, however much happens
const SEEN_MS = 700; // before that nobody has read a note that was just drawn

export function sheet(box, context) {
  const note = element("textarea");
  Object.assign(note, { rows: 4, maxLength: 4000, name: "note" });
  keepDraft(note, DRAFT);
  const page = new Drawn(context);
  const leave = async () => {
    if (!note.value.trim()) return note.focus();
    const answer = await command(null, 0, { do: "note", text: note.value.trim() });
    toast(answer.ok ? say("noted_for_next") : refusal(answer), { bad: !answer.ok });
    if (answer.ok) sent(note, DRAFT);
    page.draw();
  };
  const take = async () => {
    const answer = await command(null, page.seen(), { do: "hand_over", note: null });
    toast(answer.ok ? say("handed_over") : refusal(answer), { bad: !answer.ok });
    page.draw();
  };
  page.confirm = button("confirm_handover", take, "primary");
  box.replaceChildren(head(say("view_handover"), say("handover_text")),
    bar(labelled("note_for_next", note), button("leave_note", leave), page.confirm), page.who, page.body);
  page.draw();
  requestAnimationFrame(() => note.focus());
  return { changed: () => page.changed(), close: () => page.close() };
}

// What the gateway told, and up to which number of the journal: that alone is taken over.
class Drawn {
  constructor(context) {
    this.context = context;
    this.who = element("p", "is-empty");
    this.body = element("div");
    this.told = null;
    this.notes = { at: 0, before: 0 }; // when the newest ones were drawn, and what was read before
    this.asking = false;
    this.timer = null;
  }

  // Something is in the journal that is not on this page yet.
  changed() {
    const newest = this.context.state()?.up_to ?? 0;
    if (!this.told || newest <= this.told.up_to || this.asking || this.timer) return;
    this.timer = setTimeout(() => this.draw(), AGAIN_MS);
  }

  async draw() {
    this.close();
    this.asking = true;
    const told = await ask("handover");
    this.asking = false;
    if (told) this.take(told);
    else if (!this.told) this.body.replaceChildren(empty(say("not_available")));
  }

  take(told) {
    const before = this.told;
    if (before && !same(before.notes, told.notes)) this.notes = { at: performance.now(), before: this.seen() };
    this.told = told;
    if (before && same(before, told)) return;
    this.confirm.disabled = told.may_take === false;
    put(this.who, whoHandsOver(told));
    const all = element("div");
    all.append(...parts(told, this.context));
    refill(this.body, all);
  }

  seen() {
    const isRead = performance.now() - this.notes.at > SEEN_MS;
    return (isRead ? this.told?.up_to : this.notes.before) ?? 0;
  }

  close() {
    clearTimeout(this.timer);
    this.timer = null;
  }
}

function same(one, other) {
  return JSON.stringify({ ...one, up_to: 0 }) === JSON.stringify({ ...other, up_to: 0 });
}

function whoHandsOver(told) {
  if (told.may_take === false) return say("refused_own_shift");
  return told.from?.length ? say("handover_from", { names: told.from.join(", ") }) : say("handover_nobody");
}

function parts(told, context) {
  const hidden = (told.notes_since ?? 0) - told.notes.length;
  const last = told.last ? say("last_handover", { time: minute(new Date(told.last.time)), from: told.last.from ?? "–", to: told.last.to }) : say("no_handover");
  return [
    element("p", "is-empty", last),
    counts(told),
    ...(hidden > 0 ? [element("p", "is-empty", say("notes_before", { n: number(hidden) }))] : []),
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
    part("suppressions_over", told.ended ?? [], (rows) => table([
      { word: "column_time", of: (row) => clock(new Date(row.time)) },
      { word: "suppress_whom", of: suppressedBox },
      { word: "reason", of: (row) => row.reason ?? "" },
      { word: "operator", of: (row) => row.by ?? "" },
      { word: "held_back", of: heldWords },
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
  const cut = all > rows.length ? say("shown_of", { n: number(rows.length), all: number(all) }) : "";
  const title = [say(word), cut].filter(Boolean).join(" · ");
  box.append(element("h2", "sheet-part", title), rows.length ? draw(rows) : empty(say("none")));
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
