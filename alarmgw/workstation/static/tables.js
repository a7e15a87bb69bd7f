// Sheets are made of a head, a bar with fields, and tables; all of it as text.

import { element } from "./dom.js";
import { say } from "./words.js";

export function head(title, text) {
  const box = element("div", "sheet-head");
  box.append(element("h1", null, title));
  if (text) box.append(element("p", null, text));
  return box;
}

export function bar(...parts) {
  const box = element("div", "sheet-bar");
  box.append(...parts.filter(Boolean));
  return box;
}

export function labelled(word, input) {
  const label = element("label");
  label.append(element("span", null, say(word)), input);
  return label;
}

export function input(type, name, value = "") {
  const made = element("input");
  Object.assign(made, { type, name, value });
  return made;
}

export function choice(name, options) {
  const made = element("select");
  made.name = name;
  for (const [value, words] of options) {
    const option = element("option", null, words);
    option.value = value;
    made.append(option);
  }
  return made;
}

export function button(word, run, className) {
  const made = element("button", className, say(word));
  made.type = "button";
  made.addEventListener("click", run);
  return made;
}

// `columns`: [{word, of(row) -> text or element, number}]; rows that `opens(row)` open by `open(row)`.
export function table(columns, rows, open, opens = () => true) {
  const made = element("table", "table");
  const titles = element("tr");
  for (const column of columns) {
    const title = element("th", column.number ? "number" : null, say(column.word));
    title.scope = "col";
    titles.append(title);
  }
  const top = element("thead");
  top.append(titles);
  const body = element("tbody");
  body.append(...rows.map((row) => line(columns, row, open && opens(row) ? open : null)));
  made.append(top, body);
  return made;
}

// Fills `box` anew; a row that has the keyboard keeps it.
export function refill(box, content) {
  const at = box.contains(document.activeElement) ? document.activeElement.closest("tr")?.dataset.key : null;
  box.replaceChildren(content);
  if (at) ([...box.querySelectorAll("tr")].find((row) => row.dataset.key === at) ?? document.getElementById("sheet")).focus();
}

function line(columns, row, open) {
  const made = element("tr");
  made.dataset.key = row.alarm ?? row.seq ?? row.incident ?? "";
  for (const column of columns) {
    const cell = element("td", column.number ? "number" : null);
    const content = column.of(row);
    if (content instanceof Node) cell.append(content);
    else cell.textContent = content ?? "";
    made.append(cell);
  }
  if (open) openable(made, () => open(row));
  return made;
}

function openable(row, run) {
  row.classList.add("can-open");
  row.tabIndex = 0;
  row.addEventListener("click", (event) => {
    if (!event.target.closest("button, a, input")) run();
  });
  row.addEventListener("keydown", (event) => {
    if (event.target !== row) return;
    const next = { ArrowDown: row.nextElementSibling, ArrowUp: row.previousElementSibling }[event.key];
    if (event.key === "Enter") run();
    if (!next) return;
    event.preventDefault();
    next.focus();
  });
}

export function empty(words) {
  return element("p", "is-empty", words);
}

// Calls `run` once the typing has stopped for a moment.
export function whenStill(run, ms = 150) {
  let timer = null;
  return (...given) => {
    clearTimeout(timer);
    timer = setTimeout(() => run(...given), ms);
  };
}
