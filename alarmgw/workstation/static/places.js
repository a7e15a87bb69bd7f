// Sites and sources as people call them, everywhere the same way: number and name of a site, the
// name of a source and below it its address.  Without a name the number or the address stands alone.

import { element } from "./dom.js";
import { say } from "./words.js";

export function siteWords(number, name) {
  return [number, name].filter(Boolean).join(" · ");
}

// In a line of words: what people call it.
export function sourceWords(row) {
  return row.source_name || row.source || say("unassigned");
}

// In a table or a box: its address as the second line; `more` stands beside the name, unless it
// says the same: many a camera bears its source's name.
export function sourceBox(row, ...more) {
  const box = element("span", "named");
  box.append(element("span", null, [...new Set([sourceWords(row), ...more])].filter(Boolean).join(" · ")));
  const second = row.source ? row.source_name && row.source : row.sender;
  if (second) box.append(element("small", null, second));
  return box;
}

// What is held back, of the two that can be.
export function suppressedWords(row) {
  return row.source ? sourceWords(row) : say("site", { site: siteWords(row.site, row.site_name) });
}

export function suppressedBox(row) {
  return row.source ? sourceBox(row) : suppressedWords(row);
}
