// Lines that stay until they are no longer true: what waits while another view is open, what
// the operator has left alone, whose incident was taken over, which suppression ends soon.

import { post, speaker } from "./command.js";
import { element } from "./dom.js";
import { sayOverLarge } from "./film.js";
import { incidentPlace, incidentTitle } from "./incident_row.js";
import { listOf } from "./incidents.js";
import { gatewayNow } from "./now.js";
import { suppressedWords } from "./places.js";
import { clock, number, say, sayCount } from "./words.js";

const MAIN = "incidents";
const SOON_MIN = 10;
const box = document.getElementById("notices");

export class Notices {
  // `desk`: {waiting(), idle(), state(), open(incident), list(), view, seat}
  constructor(desk) {
    this.desk = desk;
    this.standing = []; // {key, words, run}: gone when they are answered
    this.seen = new Set(); // losses that the process may not know yet to be seen
    this.drawn = "";
  }

  add(key, words, run) {
    this.standing = [...this.standing.filter((one) => one.key !== key), { key, words, run }].slice(-4);
    this.draw();
  }

  clear() {
    this.standing = [];
    this.drawn = null; // the box is empty, whatever stood there
    this.draw();
  }

  draw() {
    sayOverLarge(() => waitingWords(this.desk.waiting().filter((row) => row.incident !== this.desk.view.row?.incident)));
    const found = this.desk.seat.operator ? [...this.waiting(), ...this.idle(), ...this.suppressions(), ...this.losses(), ...this.standing] : [];
    const now = JSON.stringify(found.map((one) => [one.key, one.words, one.kind]));
    if (now === this.drawn) return;
    this.drawn = now;
    box.hidden = found.length === 0;
    box.replaceChildren(...found.map((one) => this.line(one)));
  }

  line({ key, words, run, kind, does }) {
    const line = element("div", `notice is-${kind ?? "told"}`);
    line.append(element("span", null, words));
    const button = element("button", "plain", say(does ?? "understood"));
    button.type = "button";
    button.addEventListener("click", () => {
      this.standing = this.standing.filter((one) => one.key !== key);
      run?.();
      this.draw();
    });
    if (run || !kind) line.append(button);
    return line;
  }

  // Whoever reads the history, or looks after faults, still sees that somebody has to be sent out.
  waiting() {
    const list = this.desk.list();
    const rows = list === MAIN ? [] : this.desk.waiting().filter((row) => listOf(row) !== list);
    if (!rows.length) return [];
    return [{ key: "waiting", kind: "urgent", words: waitingWords(rows), does: "show_list", run: () => this.desk.open(rows[0].incident) }];
  }

  idle() {
    const rows = this.desk.idle();
    if (!rows.length) return [];
    const [first] = rows;
    const more = rows.length > 1 ? ` (${say("and_more", { n: number(rows.length - 1) })})` : "";
    return [{ key: `idle ${first.incident}`, kind: "warn", does: "open_it", run: () => this.desk.open(first.incident),
      words: say("idle_warning", { n: number(first.idle_min), what: `${incidentTitle(first)}, ${incidentPlace(first)}${more}` }) }];
  }

  // The process tells of each until it was seen, also after a reload.
  losses() {
    return (this.desk.state()?.losses ?? []).filter((one) => !this.seen.has(one.loss))
      .map((one) => ({ key: `lost ${one.loss}`, run: () => this.see(one.loss),
        words: say("taken_from_me", { operator: one.holder, what: `${incidentTitle(one)}, ${incidentPlace(one)}` }) }));
  }

  async see(loss) {
    this.seen.add(loss);
    const answer = await post("/seen", { loss, session: speaker() });
    if (!answer.ok) this.seen.delete(loss);
  }

  // One that is no longer than the notice would be needs none: it was begun just now.
  suppressions() {
    const now = gatewayNow();
    return (this.desk.state()?.suppressions ?? [])
      .filter((one) => one.minutes > SOON_MIN && Date.parse(one.until) - now <= SOON_MIN * 60000)
      .slice(0, 3)
      .map((one) => ({ key: `ends ${one.suppression}`, kind: "note", does: "show_sources", run: () => this.desk.sources(),
        words: say("suppression_ends", { name: suppressedWords(one), time: clock(new Date(one.until)), n: number(one.held ?? 0) }) }));
  }
}

// How many, and the most urgent of them.
function waitingWords(rows) {
  if (!rows.length) return "";
  const [first] = rows;
  return `${sayCount("new", rows.length)}: ${say("class", { n: first.priority })}, ${incidentTitle(first)}, ${incidentPlace(first)}`;
}
