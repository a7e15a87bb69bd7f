// Several incidents at once: marked one by one or as they are seen, listed again before it is done.
//
// A bulk action covers what was drawn when its dialog opened, and nothing that came later.

import { closings, parkFields } from "./actions.js";
import { command, isPassing, refusal } from "./command.js";
import { askFor, askWhich, field, selectInput, tell, textInput, toast } from "./dialog.js";
import { element, isTyping, keyOf, put } from "./dom.js";
import { incidentPlace, incidentTitle } from "./incident_row.js";
import { number, say, sayCount } from "./words.js";

const MOST = 200; // as in the gateway
const LISTED = 12;

const at = (id) => document.getElementById(id);

export class Bulk {
  // `desk`: {seat, isOpen(), closing(incident)}; `queue`: the list whose rows are marked
  constructor(desk, queue) {
    this.desk = desk;
    this.queue = queue;
    document.addEventListener("keydown", (event) => this.key(event));
    at("bulk-do").addEventListener("click", () => this.ask());
    at("bulk-clear").addEventListener("click", () => this.clear());
  }

  // Those that are marked, each as it was last on the screen.
  get rows() {
    return this.queue.rows.filter((row) => this.queue.marked.has(row.incident))
      .map((row) => this.queue.seen.get(row.incident) ?? row);
  }

  key(event) {
    if (event.repeat || event.ctrlKey || event.altKey || event.metaKey || isTyping(event.target)) return;
    if (!this.desk.seat.operator || !this.desk.isOpen() || document.querySelector("dialog[open]")) return;
    const run = { X: () => (event.shiftKey ? this.markSeen() : this.mark()), B: () => this.ask(),
      Escape: () => this.clear() }[keyOf(event)];
    if (run) run();
  }

  mark() {
    this.queue.mark(this.queue.selected);
    this.draw();
  }

  // All that can be seen now; those above and below are left out.
  markSeen() {
    for (const row of this.queue.inView()) this.queue.marked.add(row.incident);
    this.queue.drawSoon();
    this.draw();
  }

  clear() {
    this.queue.marked.clear();
    this.queue.drawSoon();
    this.draw();
  }

  draw() {
    const n = this.rows.length;
    at("bulk").hidden = n === 0;
    put(at("bulk-count"), sayCount("marked", n));
  }

  async ask() {
    const rows = this.rows.slice(0, MOST);
    if (!rows.length) return;
    const operator = this.desk.seat.operator;
    const mine = rows.every((row) => row.state === "accepted" && row.holder === operator);
    const choices = [["accept", "do_accept"], ["close", "do_close"], ...(mine ? [["park", "do_park"]] : [])]
      .map(([value, word]) => ({ value, words: say(word) }));
    const title = sayCount("bulk_title", rows.length);
    const what = await askWhich(title, choices);
    const action = what && await this[what](title, rows);
    if (action) await this.send(rows, action);
  }

  async accept(title, rows) {
    return (await askFor(title, [listed(rows)], say("do_accept"))) && { do: "accept" };
  }

  async close(title, rows) {
    const given = await askFor(title, [listed(rows), field("outcome", "outcome", selectInput(closings(rows[0].list), say("choose"))),
      field("note", "note", textInput())], say("do_close"));
    if (!given) return null;
    const [outcome, cause] = given.outcome.split("/");
    return { do: "close", outcome, cause: cause ?? null, note: given.note.trim() || null };
  }

  async park(title, rows) {
    const given = await askFor(title, [listed(rows), ...parkFields(this.desk.seat.role)], say("do_park"));
    return given && { do: "park", minutes: Number(given.minutes), note: given.note.trim() || null };
  }

  async send(rows, action) {
    const closes = action.do === "close";
    if (closes) for (const row of rows) this.desk.closing(row.incident);
    const answer = await command(null, 0, action, { incidents: rows.map((row) => [row.incident, row.seq]) });
    if (!answer.each) {
      for (const row of rows) this.desk.closing(row.incident, false);
      return toast(refusal(answer), { bad: true });
    }
    this.clear();
    const { done, not, why } = sorted(rows, answer.each);
    for (const row of not) this.desk.closing(row.incident, false);
    const words = not.length ? `${say("bulk_mixed", { done: number(done.length), not: number(not.length) })} ${why.get(not[0])}`
      : sayCount("bulk_done", done.length);
    const undo = closes && done.length ? { undo: () => this.undo(done), what: sayCount("closings", done.length) } : {};
    toast(words, { bad: not.length > 0, ...undo });
  }

  // All closings of one key are taken back with one key; those that are not are named.
  async undo(rows) {
    const answer = await command(null, 0, { do: "undo" }, { incidents: rows.map((row) => [row.incident, 0]) });
    if (!answer.each) {
      toast(refusal(answer), { bad: true });
      return !isPassing(answer);
    }
    const { done, not, why } = sorted(rows, answer.each);
    if (not.length) tell(say("undone_not", { n: number(done.length), of: number(rows.length) }), listed(not, Infinity, why));
    else toast(sayCount("undone", done.length));
    return true;
  }
}

// What was done, what was not, and why not.
function sorted(rows, each) {
  const why = new Map();
  const answers = new Map(each.map((one) => [one.incident, one]));
  for (const row of rows) if (!answers.get(row.incident)?.ok) why.set(row, refusal(answers.get(row.incident) ?? {}));
  return { done: rows.filter((row) => !why.has(row)), not: [...why.keys()], why };
}

function listed(rows, most = LISTED, why = new Map()) {
  const list = element("ul", "bulk-list");
  for (const row of rows.slice(0, most)) {
    const line = element("li");
    const chip = element("span", "class-chip", String(row.priority));
    chip.dataset.class = row.priority;
    line.append(chip, element("b", null, incidentTitle(row)), element("span", null, incidentPlace(row)));
    if (why.has(row)) line.append(element("span", "bad-text", why.get(row)));
    list.append(line);
  }
  const urgent = rows.filter((row) => row.priority === 1).length;
  if (urgent) list.prepend(element("li", "bad-text", sayCount("bulk_urgent", urgent)));
  if (rows.length > most) list.append(element("li", "is-empty", say("and_more", { n: number(rows.length - most) })));
  return list;
}
