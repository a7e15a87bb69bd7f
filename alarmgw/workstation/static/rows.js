// A list of any length of which only the rows in view exist.
//
// What is selected stays selected and in its place on the screen, whatever comes in: nothing
// jumps under the operator's hands, and no key ever meets another row than the one that was read.

import { put } from "./dom.js";

const ROW_HEIGHT = 76; // as in console.css
const SPARE_ROWS = 4;

export class RowList {
  // `shape`: {id(row), order(a, b), make(row, before), plain(row), tick(element, row, now)}; `before`
  // is the element that the new one takes the place of, if there is one; `plain` is drawn for a
  // row that `make` cannot draw.
  constructor(list, space, shape, onSelect) {
    this.list = list;
    this.space = space;
    this.shape = shape;
    this.onSelect = onSelect;
    this.rows = [];
    this.drawn = new Map();
    this.stale = new Set(); // drawn, but not as they are now
    this.selected = null;
    this.marked = new Set();
    this.seen = new Map(); // what was last on the screen of each row
    this.onDrawn = () => {};
    this.onConfirmed = () => {}; // what is selected already was chosen by hand, too
    // Where the list stands is remembered: asking for it makes the browser lay out the page first.
    this.top = 0;
    this.height = 0;
    list.addEventListener("scroll", () => {
      this.top = list.scrollTop;
      this.drawSoon();
    }, { passive: true });
    list.addEventListener("keydown", (event) => this.key(event));
    list.addEventListener("click", (event) => this.click(event));
    new ResizeObserver(() => {
      const at = this.indexOf(this.selected);
      const wasShown = at >= 0 && this.isShown(at * ROW_HEIGHT - this.top);
      this.height = list.clientHeight;
      this.top = list.scrollTop;
      if (wasShown && this.height) this.reveal(at); // a line above or below it takes its room
      this.drawSoon();
    }).observe(list);
  }

  // These are the rows now; those in `changed` (ids) are drawn anew.
  show(rows, changed) {
    const before = this.indexOf(this.selected);
    const topBefore = before * ROW_HEIGHT - this.top;
    this.rows = [...rows].sort(this.shape.order);
    const ids = new Set(this.rows.map(this.shape.id));
    for (const id of this.marked) if (!ids.has(id)) this.marked.delete(id);
    for (const id of this.seen.keys()) if (!ids.has(id)) this.seen.delete(id);
    for (const id of changed) if (this.drawn.has(id)) this.stale.add(id);
    this.space.style.height = `${this.rows.length * ROW_HEIGHT}px`;
    this.top = Math.min(this.top, Math.max(0, this.rows.length * ROW_HEIGHT - this.height));
    const after = this.indexOf(this.selected);
    if (after < 0) this.lose();
    else if (before !== after && this.isShown(topBefore)) {
      this.scroll(Math.max(0, after * ROW_HEIGHT - topBefore));
    }
    this.drawSoon();
  }

  isShown(top) {
    return top > -ROW_HEIGHT && top < this.height;
  }

  scroll(top) {
    this.list.scrollTop = top;
    this.top = this.list.scrollTop; // the browser keeps it within the list
  }

  // What was selected is gone: the page decides what comes next.
  lose() {
    const had = this.selected !== null;
    this.selected = null;
    if (had) this.onSelect(null, false);
  }

  indexOf(id) {
    return id === null ? -1 : this.rows.findIndex((row) => this.shape.id(row) === id);
  }

  row(id) {
    return this.rows.find((row) => this.shape.id(row) === id) ?? null;
  }

  // Marks it, or takes the mark away.
  mark(id) {
    if (id === null) return;
    if (!this.marked.delete(id)) this.marked.add(id);
    this.drawSoon();
  }

  forget(id) {
    this.drawn.get(id)?.remove();
    this.drawn.delete(id);
    this.stale.delete(id);
  }

  // `chosen`: by the operator's own hand.
  select(id, chosen = false) {
    const changed = id !== this.selected;
    this.selected = id;
    if (changed) this.onSelect(this.row(id), chosen);
    else if (chosen) this.onConfirmed();
    const at = this.indexOf(id);
    if (at >= 0) this.reveal(at);
    this.drawSoon();
  }

  pick(index, chosen = false) {
    if (!this.rows.length) return;
    const bounded = Math.max(0, Math.min(this.rows.length - 1, index));
    this.select(this.shape.id(this.rows[bounded]), chosen);
  }

  reveal(index) {
    this.height = this.list.clientHeight; // it may have been hidden until now
    const top = index * ROW_HEIGHT;
    const bottom = top + ROW_HEIGHT - this.height;
    if (this.top > top) this.scroll(top);
    if (this.top < bottom) this.scroll(bottom);
  }

  key(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    if (this.turn(event.key)) event.preventDefault();
  }

  // Selects as this key does; answers whether it is one of these keys.
  turn(key) {
    const at = this.indexOf(this.selected);
    const page = Math.max(1, Math.floor(this.height / ROW_HEIGHT) - 1);
    const target = { ArrowUp: at - 1, ArrowDown: at + 1, PageUp: at - page, PageDown: at + page,
      Home: 0, End: this.rows.length - 1 }[key];
    if (target !== undefined) this.pick(target, true);
    return target !== undefined;
  }

  click(event) {
    const row = event.target.closest(".row");
    if (!row) return;
    if (event.target.closest(".row-mark")) this.mark(row.dataset.id);
    else this.select(row.dataset.id, true);
  }

  // Draws once for each frame, however much happened since the last one.
  drawSoon() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      this.draw();
    });
  }

  draw() {
    const first = Math.max(0, Math.floor(this.top / ROW_HEIGHT) - SPARE_ROWS);
    const count = Math.ceil(this.height / ROW_HEIGHT) + 2 * SPARE_ROWS;
    const wanted = this.rows.slice(first, first + count);
    const ids = new Set(wanted.map(this.shape.id));
    for (const id of [...this.drawn.keys()]) if (!ids.has(id)) this.forget(id);
    wanted.forEach((row, offset) => this.place(row, first + offset));
    this.list.setAttribute("aria-activedescendant", this.selected ? `row-${this.selected}` : "");
    const shown = this.inView();
    for (const row of shown) this.seen.set(this.shape.id(row), row);
    this.onDrawn(shown);
  }

  inView() {
    const begin = Math.max(0, Math.ceil(this.top / ROW_HEIGHT - 0.5));
    return this.rows.slice(begin, Math.max(begin, Math.ceil((this.top + this.height) / ROW_HEIGHT - 0.5)));
  }

  place(row, index) {
    const id = this.shape.id(row);
    let drawn = this.drawn.get(id);
    if (!drawn || this.stale.delete(id)) {
      const before = drawn;
      drawn = this.made(row, before);
      drawn.id = `row-${id}`;
      drawn.dataset.id = id;
      drawn.setAttribute("role", "option");
      this.drawn.set(id, drawn);
      if (before) before.replaceWith(drawn);
      else this.space.append(drawn);
    }
    drawn.style.transform = `translateY(${index * ROW_HEIGHT}px)`;
    drawn.setAttribute("aria-selected", String(id === this.selected));
    drawn.dataset.marked = String(this.marked.has(id));
    drawn.setAttribute("aria-posinset", String(index + 1));
    drawn.setAttribute("aria-setsize", String(this.rows.length));
  }

  // A row that cannot be drawn takes no other with it.
  made(row, before) {
    try {
      return this.shape.make(row, before);
    } catch (error) {
      console.error(error);
      return this.shape.plain(row);
    }
  }

  tick(now) {
    for (const [id, drawn] of this.drawn) {
      const row = this.row(id);
      try {
        if (row) this.shape.tick(drawn, row, now);
      } catch {
        // what is wrong with it was said when it was drawn
      }
    }
  }

  redraw() {
    for (const id of [...this.drawn.keys()]) this.forget(id);
    this.drawSoon();
  }
}

export function putIn(row, selector, text) {
  const target = row.querySelector(selector);
  if (target) put(target, text);
}
