// What a screen reader says by itself: each new incident once, however often it rings.

import { put } from "./dom.js";
import { incidentPlace, incidentTitle } from "./incident_row.js";
import { say, sayCount } from "./words.js";

const box = document.getElementById("heard");
const announced = new Set();

export function announce({ rows, removed }) {
  for (const incident of removed ?? []) announced.delete(incident);
  const fresh = rows.filter((row) => row.state === "new" && !announced.has(row.incident));
  for (const row of rows) announced.add(row.incident);
  if (fresh.length) put(box, fresh.length === 1 ? wordsOf(fresh[0]) : sayCount("new", fresh.length));
}

function wordsOf(row) {
  const known = row.event !== undefined; // where nobody is signed on, its class alone
  return known ? [say("class", { n: row.priority }), incidentTitle(row), incidentPlace(row)].join(", ") : incidentTitle(row);
}
