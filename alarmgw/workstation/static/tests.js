// Tests and routine: what arrived and wants nothing of anybody, newest first, as it comes.

import { badges, eventTitle, pictureAddress, place, sourceName } from "./alarm_words.js";
import { element } from "./dom.js";
import { empty, head, table } from "./tables.js";
import { clock, say } from "./words.js";

export function sheet(box, context) {
  const body = element("div");
  box.replaceChildren(head(say("view_tests"), say("tests_text")), body);
  let drawn = null;
  const draw = () => {
    const rows = context.others();
    const now = rows.map((row) => row.alarm).join();
    if (now === drawn) return;
    drawn = now;
    body.replaceChildren(rows.length ? list(rows) : empty(say("tests_none")));
  };
  draw();
  return { changed: draw };
}

function list(rows) {
  return table([
    { word: "column_time", of: (row) => clock(new Date(row.time)) },
    { word: "column_what", of: (row) => [...new Set([eventTitle(row), ...badges(row)])].join(" · ") },
    { word: "column_source", of: (row) => [sourceName(row), place(row)].filter(Boolean).join(" · ") },
    { word: "column_subject", of: (row) => row.subject ?? "" },
    { word: "column_picture", of: picture },
  ], rows);
}

function picture(row) {
  if (!row.picture) return "";
  const image = element("img", "table-picture");
  image.alt = "";
  image.loading = "lazy";
  image.src = pictureAddress(row.picture_of ?? row.alarm, row.picture);
  return image;
}
