// Small questions: a dialog that is answered by keys alone, and a line that says what was done.

import { element, keyOf, put } from "./dom.js";
import { isVeiled, veil } from "./veil.js";
import { say } from "./words.js";

const at = (id) => document.getElementById(id);
const TOAST_MS = 6000;
const UNDO_MS = 10000;

let toastTimer = null;
let saidUntil = 0; // the words of the line have been read by then
let undos = []; // {run, what, until}: what can be taken back, the newest last

// Asks with `fields` (elements with a `name`) and answers them by name, or null.
export function askFor(title, fields, okay, text = null) {
  const form = element("form");
  form.method = "dialog";
  const accept = button(okay, "primary", "submit");
  accept.value = "ok";
  const buttons = element("div", "dialog-buttons");
  buttons.append(button(say("cancel"), null, "button", () => at("ask").close()), accept);
  form.append(heading(title), ...(text ? [element("p", "hint", text)] : []), ...fields, buttons);
  return opened(form, (first) => first ?? accept)
    .then((answer) => (answer === "ok" ? Object.fromEntries(new FormData(form)) : null));
}

// Asks for one of several; a digit or a click answers.
export function askWhich(title, choices) {
  const dialog = at("ask");
  const box = element("div", "choices");
  choices.forEach((choice, n) => {
    const made = button(null, "choice", "button", () => dialog.close(choice.value));
    made.append(element("kbd", null, n < 9 ? String(n + 1) : ""), element("span", null, choice.words));
    box.append(made);
  });
  const keys = (event) => {
    if (event.repeat || event.ctrlKey || event.altKey || event.metaKey) return;
    const chosen = choices[Number(keyOf(event)) - 1];
    if (!chosen) return;
    event.preventDefault();
    event.stopPropagation(); // the dialog is closed now: to the incident below this key means another thing
    dialog.close(chosen.value);
  };
  const whole = element("div");
  whole.append(heading(title), box, element("p", "hint", say("escape_cancels")));
  whole.addEventListener("keydown", keys);
  return opened(whole, () => box.firstElementChild).then((answer) => answer || null);
}

// Something to read; any way of closing it will do.
export function tell(title, content) {
  const whole = element("div");
  const close = button(say("close_panel"), "primary", "button", () => at("ask").close());
  const buttons = element("div", "dialog-buttons");
  buttons.append(close);
  whole.append(heading(title), content, buttons);
  return opened(whole, () => close);
}

function opened(content, focused) {
  const dialog = at("ask");
  const before = document.activeElement;
  dialog.replaceChildren(content);
  dialog.returnValue = "";
  dialog.showModal();
  focused(content.querySelector("input, select, textarea"))?.focus();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      // Back to the list, not to a button of the incident that Enter would press again.
      if (before?.isConnected && !before.closest("#incident")) before.focus();
      else at("list").focus();
      if (isVeiled()) at("sign-on-name").focus();
      resolve(dialog.returnValue);
    }, { once: true });
  });
}

function heading(title) {
  const made = element("h2", null, title);
  made.id = "ask-title";
  return made;
}

function button(words, className, type, run) {
  const made = element("button", className, words);
  made.type = type;
  if (run) made.addEventListener("click", run);
  return made;
}

export function field(word, name, input, names) {
  const label = element("label");
  input.name = name;
  label.append(element("span", null, say(word, names)), input);
  return label;
}

export function numberInput(value, least, most) {
  const input = element("input");
  Object.assign(input, { type: "number", min: least, max: most, value, required: true });
  return input;
}

export function textInput(required = false) {
  const input = element("textarea");
  Object.assign(input, { rows: 3, maxLength: 2000, required });
  // Enter answers; a new line is Shift+Enter.
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    input.form.requestSubmit(input.form.querySelector("button[type=submit]"));
  });
  return input;
}

// `first`: words of an empty beginning, where nothing may be chosen by mistake.
export function selectInput(options, first = null) {
  const input = element("select");
  if (first !== null) {
    input.required = true;
    input.append(element("option", null, first));
    input.lastElementChild.value = "";
  }
  for (const [value, words] of options) {
    const option = element("option", null, words);
    option.value = value;
    input.append(option);
  }
  return input;
}

// What was done, in one line; with `undo` it can be taken back for 10 s, whatever is said or done
// meanwhile: the newest first, `what` says which.  `undo()` answers whether that is settled.
export function toast(words, { bad = false, undo = null, what = "" } = {}) {
  if (isVeiled()) return; // an answer to one who has left
  put(at("toast-text"), words);
  at("toast").hidden = false;
  at("toast").dataset.bad = String(bad);
  saidUntil = performance.now() + TOAST_MS;
  if (undo) undos.push({ run: undo, what, until: performance.now() + UNDO_MS });
  drawToast();
}

// The line goes when its words have been read and nothing can be taken back any more.
function drawToast() {
  const now = performance.now();
  undos = undos.filter((one) => one.until > now);
  const last = undos.at(-1);
  at("toast-undo").hidden = !last;
  put(at("toast-undo"), last ? say("undo", { what: last.what }) : "");
  clearTimeout(toastTimer);
  const next = Math.min(...[saidUntil, ...undos.map((one) => one.until)].filter((one) => one > now));
  if (next < Infinity) toastTimer = setTimeout(drawToast, next - now + 1);
  else at("toast").hidden = true;
}

export async function takeBack() {
  drawToast();
  const undo = undos.pop();
  if (!undo) return;
  drawToast();
  if (await undo.run()) return;
  // The link was gone: it can be tried again as long as there is time.
  undos = [...undos, undo].sort((one, other) => one.until - other.until);
  drawToast();
}

// Whoever comes next finds nothing begun: no dialog, no line of what the one before did.
export function clearAway() {
  veil();
  undos = [];
  saidUntil = 0;
  drawToast();
}

at("toast-undo").addEventListener("click", takeBack);
