// A filter for the queue, and its order.  What it hides is counted aloud: it never makes a
// control room look quieter than it is.

import { put } from "./dom.js";
import { SORTS } from "./incidents.js";
import { incidentPlace, incidentTitle } from "./incident_row.js";
import { selectInput } from "./dialog.js";
import { say, sayCount } from "./words.js";

const at = (id) => document.getElementById(id);

export class Filter {
  constructor(changed) {
    this.changed = changed;
    this.sort = "urgent";
    at("filter").addEventListener("input", () => changed());
    at("filter").addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.clear();
      if (event.key === "Enter" || event.key === "ArrowDown") at("list").focus();
    });
    at("sort").addEventListener("change", () => {
      this.sort = at("sort").value;
      changed();
    });
    at("filtered").addEventListener("click", () => this.clear());
  }

  get words() {
    return at("filter").value.trim().toLowerCase().split(/\s+/).filter(Boolean);
  }

  clear() {
    at("filter").value = "";
    this.changed();
    at("list").focus();
  }

  of(rows) {
    const words = this.words;
    return words.length ? rows.filter((row) => fits(row, words)) : rows;
  }

  draw(all) {
    const hidden = all.length - this.of(all).length;
    const fresh = all.filter((row) => row.state === "new").length
      - this.of(all).filter((row) => row.state === "new").length;
    at("filtered").hidden = this.words.length === 0;
    at("filtered").dataset.loud = String(fresh > 0);
    put(at("filtered"), fresh ? sayCount("filtered_new", fresh) : sayCount("filtered", hidden));
  }

  drawWords() {
    at("filter").placeholder = say("filter");
    at("filter").setAttribute("aria-label", say("filter"));
    at("sort").setAttribute("aria-label", say("sort"));
    at("sort").replaceChildren(...selectInput(Object.keys(SORTS).map((one) => [one, say(`sort_${one}`)])).children);
    at("sort").value = this.sort;
  }
}

function fits(row, words) {
  const text = [incidentTitle(row), incidentPlace(row), row.source, row.source_name, row.camera, row.subject,
    row.sender, row.holder, row.site].filter(Boolean).join(" ").toLowerCase();
  return words.every((word) => text.includes(word));
}
