// The list: newest first, any length, only the rows in view exist.
//
// While nobody has picked a row the newest one is selected, and stays the
// newest as alarms come in.  Picking another row keeps that row selected and
// in place, so that nothing jumps under the operator's hands; going back to
// the top row follows the newest again.

import { put } from "./dom.js";
import { newRow } from "./row.js";
import { age } from "./words.js";

const ROW_HEIGHT = 76; // as in console.css
const SPARE_ROWS = 4;

export class Queue {
  constructor(list, space, onSelect) {
    this.list = list;
    this.space = space;
    this.onSelect = onSelect;
    this.alarms = [];
    this.drawn = new Map();
    this.selected = null;
    this.following = true;
    this.newer = 0;
    list.addEventListener("scroll", () => this.drawSoon(), { passive: true });
    list.addEventListener("keydown", (event) => this.key(event));
    list.addEventListener("click", (event) => this.click(event));
    new ResizeObserver(() => this.drawSoon()).observe(list);
  }

  // Takes rows that are new or changed, and ids that are gone; `reset` starts from nothing.
  take(rows, removed, reset) {
    const byId = new Map(reset ? [] : this.alarms.map((alarm) => [alarm.alarm, alarm]));
    const added = rows.filter((row) => !byId.has(row.alarm)).length;
    for (const row of rows) byId.set(row.alarm, row);
    for (const id of removed) byId.delete(id);
    this.alarms = [...byId.values()].sort((a, b) => b.seq - a.seq);
    this.forgetDrawn(rows, reset);
    this.holdStill(reset ? 0 : added);
    this.reselect(reset ? 0 : added);
    this.drawSoon();
  }

  forgetDrawn(rows, reset) {
    const stale = reset ? [...this.drawn.keys()] : rows.map((row) => row.alarm);
    for (const id of stale) {
      this.drawn.get(id)?.remove();
      this.drawn.delete(id);
    }
  }

  // Rows that come in above the view push the list down without moving what is read.
  holdStill(added) {
    this.space.style.height = `${this.alarms.length * ROW_HEIGHT}px`;
    if (this.list.scrollTop > 0 && !this.following) this.list.scrollTop += added * ROW_HEIGHT;
  }

  reselect(added) {
    const still = this.alarms.some((alarm) => alarm.alarm === this.selected);
    if (this.following || !still) {
      this.follow();
    } else {
      this.newer += added;
    }
  }

  follow() {
    this.following = true;
    this.newer = 0;
    this.list.scrollTop = 0;
    this.select(this.alarms[0]?.alarm ?? null);
  }

  select(id) {
    const changed = id !== this.selected;
    this.selected = id;
    if (changed) this.onSelect(this.alarms.find((alarm) => alarm.alarm === id) ?? null);
    this.drawSoon();
  }

  pick(index) {
    if (!this.alarms.length) return;
    const bounded = Math.max(0, Math.min(this.alarms.length - 1, index));
    if (bounded === 0) return this.follow();
    this.following = false;
    this.select(this.alarms[bounded].alarm);
    this.reveal(bounded);
  }

  reveal(index) {
    const top = index * ROW_HEIGHT;
    const bottom = top + ROW_HEIGHT - this.list.clientHeight;
    if (this.list.scrollTop > top) this.list.scrollTop = top;
    if (this.list.scrollTop < bottom) this.list.scrollTop = bottom;
  }

  key(event) {
    const at = this.alarms.findIndex((alarm) => alarm.alarm === this.selected);
    const page = Math.max(1, Math.floor(this.list.clientHeight / ROW_HEIGHT) - 1);
    const target = { ArrowUp: at - 1, ArrowDown: at + 1, PageUp: at - page, PageDown: at + page,
      Home: 0, End: this.alarms.length - 1 }[event.key];
    if (target === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    this.pick(target);
  }

  click(event) {
    const row = event.target.closest(".row");
    if (row) this.pick(this.alarms.findIndex((alarm) => alarm.alarm === row.dataset.alarm));
  }

  // Draws once for each frame, however much happened since the last one.
  drawSoon() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      this.draw();
    });
  }

  draw() {
    const first = Math.max(0, Math.floor(this.list.scrollTop / ROW_HEIGHT) - SPARE_ROWS);
    const count = Math.ceil(this.list.clientHeight / ROW_HEIGHT) + 2 * SPARE_ROWS;
    const wanted = this.alarms.slice(first, first + count);
    const ids = new Set(wanted.map((alarm) => alarm.alarm));
    for (const [id, row] of this.drawn) {
      if (!ids.has(id)) {
        row.remove();
        this.drawn.delete(id);
      }
    }
    wanted.forEach((alarm, offset) => this.place(alarm, first + offset));
    this.list.setAttribute("aria-activedescendant", this.selected ? `row-${this.selected}` : "");
  }

  place(alarm, index) {
    let row = this.drawn.get(alarm.alarm);
    if (!row) {
      row = newRow(alarm);
      this.drawn.set(alarm.alarm, row);
      this.space.append(row);
    }
    row.style.transform = `translateY(${index * ROW_HEIGHT}px)`;
    row.setAttribute("aria-selected", String(alarm.alarm === this.selected));
    row.setAttribute("aria-posinset", String(index + 1));
    row.setAttribute("aria-setsize", String(this.alarms.length));
  }

  // The ages of the rows in view, each second.
  tick(now) {
    for (const [id, row] of this.drawn) {
      const alarm = this.alarms.find((each) => each.alarm === id);
      if (alarm) put(row.querySelector(".row-age"), age((now - Date.parse(alarm.time)) / 1000));
    }
  }

  redraw() {
    this.forgetDrawn([], true);
    this.drawSoon();
  }
}
