// What an operator can do with an incident: as buttons, and each of them as a key.

import { adopt, senderOf } from "./adopt.js";
import { command, isPassing, refusal } from "./command.js";
import { askFor, askWhich, field, numberInput, selectInput, takeBack, textInput, toast } from "./dialog.js";
import { element, isTyping, keyOf } from "./dom.js";
import { incidentPlace, incidentTitle } from "./incident_row.js";
import { outcomesOf, wordsOf } from "./outcomes.js";
import { suppress } from "./suppress.js";
import { number, say, sayCount } from "./words.js";

// Nobody judges what he has not seen: so long after its first picture was drawn.
const LOOK_MS = 700;
// An incident that came up by itself takes no key that was meant for the one before.
const SETTLE_MS = 300;
const FAST = "deceptive"; // its causes are Shift and a digit
const PARK_MINUTES = 15;
const MOST_PARKED = { operator: 4 * 60, shift_leader: 24 * 60 };

export class Actions {
  // `desk`: {seat, view, isOpen(), next(after), open(incident), closing(incident, whether)}
  constructor(desk) {
    this.desk = desk;
    this.busy = false;
    this.movedAt = 0; // when the buttons last moved: a line came in above them, or went
    const moving = new ResizeObserver(() => {
      this.movedAt = performance.now();
    });
    for (const box of [document.querySelector("main"), desk.view.head]) moving.observe(box);
    document.addEventListener("keydown", (event) => this.key(event));
  }

  get row() {
    return this.desk.view.row;
  }

  // What can be done with this incident now, in the order in which it is needed.
  offered(row) {
    const operator = this.desk.seat.operator;
    if (!operator || row.state === "closed") return [];
    const mine = row.state === "accepted" && row.holder === operator;
    return [...this.taking(row, mine), ...this.closing(row, mine), ...this.more(row, mine)];
  }

  taking(row, mine) {
    const way = { new: ["accept", "Enter", () => this.simple("accept")],
      parked: ["resume", "Enter", () => this.simple("resume")],
      accepted: ["take_over", "T", () => this.takeOver(row)] }[row.state];
    if (mine || !way) return [];
    const [name, key, run] = way;
    return [{ name, key, run, primary: true }];
  }

  closing(row, mine) {
    if (!mine && row.state !== "new") return [];
    const waits = this.wait() > 0;
    const found = outcomesOf(row.list).map((outcome) => ({ name: "close", key: String(outcome.key),
      run: () => this.close(outcome), words: wordsOf(outcome), waits }));
    return mine ? [...found, { name: "close_with_note", key: "C", run: () => this.closeWithNote(row), waits }] : found;
  }

  more(row, mine) {
    const found = [];
    const add = (name, key, run) => found.push({ name, key, run });
    if (mine) {
      add("park", "P", () => this.park());
      add("release", "R", () => this.simple("release"));
    }
    add("note", "N", () => this.note());
    if (row.source || row.site) {
      add("suppress", "S", () => suppress({ sources: this.suppressible(), site: row.site, site_name: row.site_name, name: incidentPlace(row) }, this.desk.seat.role));
    } else if (row.key?.startsWith("unassigned:")) {
      add("adopt", "A", () => adopt({ alarm: row.incident, ...senderOf(row.key) }));
    }
    return found;
  }

  suppressible() {
    const view = this.desk.view;
    return view.sources.map((source) => ({ source, source_name: view.sourceName(source) }));
  }

  // How long it still has to be looked at before it can be closed.
  wait() {
    const view = this.desk.view;
    if (view.pictureAt === null || !view.drawnUpTo) return Infinity;
    return Math.max(0, view.pictureAt + LOOK_MS - performance.now());
  }

  // Fills the bar; a button that is still the same stays, so that no click is lost under the hand.
  draw(bar, row) {
    clearTimeout(this.waiting);
    const wait = this.wait();
    if (wait > 0 && wait < Infinity) this.waiting = setTimeout(() => this.desk.view.drawBar(), wait + 10);
    const wanted = this.offered(row);
    const same = JSON.stringify([row.incident, row.holder, row.source, row.site, wanted.map((one) => [one.name, one.key, this.label(one)])]);
    if (bar.dataset.same !== same) {
      bar.dataset.same = same;
      bar.replaceChildren(...wanted.map((one) => this.button(one)));
    }
    wanted.forEach((one, n) => {
      bar.children[n].disabled = Boolean(one.waits);
    });
  }

  label({ name, words }) {
    return words ?? say(`do_${name}`);
  }

  button(one) {
    const button = element("button", one.primary ? "primary" : null);
    button.type = "button";
    button.dataset.action = one.name;
    button.dataset.key = one.key;
    button.append(element("kbd", null, one.key === "Enter" ? "⏎" : one.key), element("span", null, this.label(one)));
    button.addEventListener("click", (event) => {
      document.getElementById("list").focus();
      // A hand that was on its way to another button; a key has no way to go.
      if (event.detail && performance.now() - this.movedAt < SETTLE_MS) return;
      this.once(one.run);
    });
    return button;
  }

  key(event) {
    if (event.repeat || event.ctrlKey || event.altKey || event.metaKey || isTyping(event.target)) return;
    if (document.querySelector("dialog[open]")) return;
    if (keyOf(event) === "Z") return takeBack();
    if (!this.row || !this.desk.isOpen()) return;
    if (this.look(event) || this.fast(event)) return event.preventDefault();
    const pressed = keyOf(event);
    if (pressed === "Enter" && event.target.closest?.("button, a, summary")) return;
    const chosen = this.offered(this.row).find((one) => one.key === pressed && !one.waits);
    if (!chosen || event.shiftKey) return;
    event.preventDefault();
    if (this.settled()) this.once(chosen.run);
  }

  settled() {
    return this.desk.view.chosen || performance.now() - this.desk.view.openedAt > SETTLE_MS;
  }

  look(event) {
    const film = this.desk.view.film;
    const way = { ArrowLeft: () => film.step(-1), ArrowRight: () => film.step(1),
      " ": () => film.slides(), "+": () => film.zoom(), Escape: () => film.stopSlides() }[keyOf(event)];
    if (!way || (event.key === " " && event.target.closest?.("button, a, summary"))) return false;
    way();
    return true;
  }

  // Shift and a digit: a deceptive alarm with that cause, in one stroke.
  fast(event) {
    const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code ?? "")?.[1];
    if (!event.shiftKey || !digit) return false;
    const outcome = outcomesOf(this.row.list).find((one) => one.code === FAST);
    const cause = outcome?.causes[Number(digit) - 1];
    if (!cause || !this.canClose() || !this.settled()) return false;
    this.once(() => this.send(outcome, cause.code));
    return true;
  }

  canClose() {
    return this.offered(this.row).some((one) => one.name === "close" && !one.waits);
  }

  // One decision at a time: a key pressed twice is one decision.
  async once(run) {
    if (this.busy) return;
    this.busy = true;
    try {
      await run();
    } finally {
      this.busy = false;
    }
  }

  async tell(row, action) {
    const answer = await command(row.incident, row.seen, action);
    if (!answer.ok) toast(refusal(answer), { bad: true });
    return answer.ok;
  }

  // The incident as it stands on the screen now: what a decision is about, however long a dialog takes.
  get drawn() {
    return { ...this.row, seen: this.desk.view.drawnUpTo };
  }

  async simple(name) {
    await this.tell(this.drawn, { do: name });
  }

  async takeOver(row) {
    const sure = await askFor(say("take_over_title", { operator: row.holder }), [], say("do_take_over"));
    if (sure) await this.tell({ ...row, seen: 0 }, { do: "take_over" });
  }

  async close(outcome) {
    const drawn = this.drawn;
    let cause = null;
    if (outcome.causes.length) {
      cause = await askWhich(wordsOf(outcome), outcome.causes.map((one) => ({ value: one.code, words: wordsOf(one) })));
      if (cause === null) return;
    }
    await this.send(outcome, cause, "", drawn);
  }

  async closeWithNote(row) {
    const drawn = this.drawn;
    const given = await askFor(say("close_title"), [
      field("outcome", "outcome", selectInput(closings(row.list), say("choose"))),
      field("note", "note", textInput()),
    ], say("do_close"));
    if (!given) return;
    const [code, cause] = given.outcome.split("/");
    await this.send(outcomesOf(row.list).find((one) => one.code === code), cause ?? null, given.note, drawn);
  }

  async send(outcome, cause, note = "", drawn = this.drawn) {
    this.desk.closing(drawn.incident);
    const action = { do: "close", outcome: outcome.code, cause, note: note.trim() || null };
    if (!(await this.tell(drawn, action))) return this.desk.closing(drawn.incident, false);
    this.desk.next(drawn.incident);
    const what = `${incidentTitle(drawn)}, ${incidentPlace(drawn)}`;
    toast(say("closed_as", { outcome: wordsOf(outcome) }), { what, undo: () => this.undo(drawn.incident) });
  }

  async undo(incident) {
    const answer = await command(incident, 0, { do: "undo" });
    toast(answer.ok ? sayCount("undone", 1) : refusal(answer), { bad: !answer.ok });
    if (answer.ok) this.desk.open(incident);
    return !isPassing(answer);
  }

  async park() {
    const drawn = this.drawn;
    const given = await askFor(say("park_title"), parkFields(this.desk.seat.role), say("do_park"));
    if (given) await this.tell(drawn, { do: "park", minutes: Number(given.minutes), note: given.note.trim() || null });
  }

  async note() {
    const drawn = this.drawn;
    const given = await askFor(say("note_title"), [field("note", "note", textInput(true))], say("do_note"));
    if (given?.note.trim()) await this.tell(drawn, { do: "note", text: given.note.trim() });
  }
}

export function parkFields(role) {
  const most = MOST_PARKED[role] ?? MOST_PARKED.operator;
  return [field("minutes_most", "minutes", numberInput(PARK_MINUTES, 1, most), { n: number(most) }),
    field("note", "note", textInput())];
}

// Every way to close, with its cause: [code/cause, words].
export function closings(list) {
  return outcomesOf(list).flatMap((outcome) => (outcome.causes.length
    ? outcome.causes.map((cause) => [`${outcome.code}/${cause.code}`, `${wordsOf(outcome)}: ${wordsOf(cause)}`])
    : [[outcome.code, wordsOf(outcome)]]));
}
