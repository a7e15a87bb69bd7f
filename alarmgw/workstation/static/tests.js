// Tests and routine: what arrived and wants nothing of anybody, newest first, as it comes.

import { badges, cameraWords, eventTitle, pictureAddress } from "./alarm_words.js";
import { element } from "./dom.js";
import { closePast, past } from "./past.js";
import { siteWords, sourceBox } from "./places.js";
import { empty, head, refill, table } from "./tables.js";
import { clock, say } from "./words.js";

export function sheet(box, context) {
  const detail = element("div");
  const body = element("div");
  box.replaceChildren(head(say("view_tests"), say("tests_text")), detail, body);
  let drawn = null;
  const draw = () => {
    const rows = context.others();
    const now = JSON.stringify(rows);
    if (now === drawn) return;
    drawn = now;
    refill(body, rows.length ? list(rows, (row) => past(detail, row, context)) : empty(say("tests_none")));
  };
  draw();
  return { changed: draw, close: closePast };
}

function list(rows, open) {
  return table([
    { word: "column_time", of: (row) => clock(new Date(row.time)) },
    { word: "column_what", of: (row) => [...new Set([eventTitle(row), ...badges(row)])].join(" · ") },
    { word: "column_site", of: (row) => siteWords(row.site, row.site_name) },
    { word: "column_source", of: (row) => sourceBox(row, cameraWords(row)) },
    { word: "column_subject", of: (row) => row.subject ?? "" },
    { word: "column_picture", of: picture },
  ], rows, open);
}

function picture(row) {
  if (!row.picture) return "";
  const image = element("img", "table-picture");
  image.alt = "";
  image.loading = "lazy";
  image.src = pictureAddress(row.picture_of ?? row.alarm, row.picture);
  return image;
}
