// The views of the console: three lists of incidents, and sheets that are made when they are opened.

import { element, put } from "./dom.js";
import { number, say } from "./words.js";

const at = (id) => document.getElementById(id);

// The lists of incidents share one desk; each sheet is a module with
// `sheet(box, context, wanted)` that answers {changed(), close()}.
export const LISTS = ["incidents", "faults", "unassigned"];
const SHEETS = { tests: "./tests.js", sources: "./sources.js", history: "./history.js",
  numbers: "./numbers.js", handover: "./handover.js" };
const ALL = [...LISTS, ...Object.keys(SHEETS)];

export class Views {
  // `changed(view)`: another view is open now.  `context`: what sheets need of the console.
  constructor(changed, context) {
    this.changed = changed;
    this.context = context;
    this.open = "incidents";
    this.sheet = null;
    this.counts = {};
    this.tabs = new Map(ALL.map((view, n) => [view, this.tab(view, n + 1)]));
    at("views").append(...this.tabs.values());
    document.addEventListener("keydown", (event) => this.key(event));
  }

  tab(view, n) {
    const tab = element("button", "tab");
    tab.type = "button";
    tab.id = `tab-${view}`;
    tab.setAttribute("role", "tab");
    tab.setAttribute("aria-keyshortcuts", `Alt+${n}`);
    tab.append(element("span", "tab-word"), element("span", "tab-count"));
    tab.addEventListener("click", () => this.go(view));
    return tab;
  }

  key(event) {
    if (!event.altKey || event.ctrlKey || event.metaKey || event.repeat) return;
    const digit = /^Digit([1-9])$/.exec(event.code ?? "")?.[1];
    const view = ALL[Number(digit) - 1];
    if (!view || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    this.go(view);
  }

  get isDesk() {
    return LISTS.includes(this.open);
  }

  async go(view, wanted = null) {
    // With nobody signed on there are counts, and nothing to look up.
    if (!LISTS.includes(view) && !this.context.seat.operator) return;
    if (view !== this.open) {
      this.sheet?.close?.();
      this.sheet = null;
      at("sheet").replaceChildren();
    }
    this.open = view;
    at("desk").hidden = !this.isDesk;
    at("sheet").hidden = this.isDesk;
    this.draw();
    this.changed(view);
    if (!this.isDesk) await this.openSheet(view, wanted);
  }

  async openSheet(view, wanted) {
    at("sheet").replaceChildren();
    const { sheet } = await import(SHEETS[view]);
    if (this.open !== view) return;
    this.sheet?.close?.();
    this.sheet = sheet(at("sheet"), this.context, wanted);
    if (!at("sheet").contains(document.activeElement)) at("sheet").focus();
  }

  count(view, n, urgent) {
    this.counts[view] = { n, urgent };
  }

  draw() {
    for (const [view, tab] of this.tabs) {
      put(tab.querySelector(".tab-word"), say(`view_${view}`));
      const { n = 0, urgent = 0 } = this.counts[view] ?? {};
      put(tab.querySelector(".tab-count"), n ? number(n) : "");
      tab.dataset.urgent = String(urgent > 0);
      tab.setAttribute("aria-selected", String(view === this.open));
      tab.disabled = !LISTS.includes(view) && !this.context.seat.operator;
      tab.title = say("view_key", { n: [...this.tabs.keys()].indexOf(view) + 1 });
    }
    at("desk").setAttribute("aria-labelledby", `tab-${this.isDesk ? this.open : LISTS[0]}`);
    at("sheet").setAttribute("aria-labelledby", `tab-${this.open}`);
  }
}
