// Moments that are typed, written as the page's language writes them: a browser's own date field
// follows the browser's language.  Taken are 31.12.2026 22:15, 31/12/2026, 2026-12-31 22:15,
// 31.12. (the last one of that name) and 22:15 (today).

import { gatewayNow } from "./now.js";
import { input } from "./tables.js";
import { clock, day, minute, say } from "./words.js";

const DAYS = [/^(?<year>\d{4})-(?<month>\d{1,2})-(?<day>\d{1,2})$/,
  /^(?<day>\d{1,2})[./](?<month>\d{1,2})[./]?(?<year>\d{4})?$/];
const TIME = /^(?<hour>\d{1,2}):(?<minute>\d{2})(?::(?<second>\d{2}))?$/;
const BEGINNING = { hour: 0, minute: 0, second: 0 };
const END = { hour: 23, minute: 59, second: 59 };

// What is meant; null where it is no moment.  `end`: the end of that day, minute or second.
export function momentOf(text, end = false, now = new Date(gatewayNow())) {
  const [first, second, ...more] = text.trim().split(/[\sT]+/);
  const date = DAYS.map((form) => form.exec(first)?.groups).find(Boolean);
  const time = TIME.exec((date ? second : first) ?? "")?.groups;
  if (more.length || !(date || time) || (second && !(date && time))) return null;
  const today = { year: now.getFullYear(), month: now.getMonth() + 1, day: now.getDate() };
  const told = { ...today, ...given(date) };
  const hours = { ...(end ? END : BEGINNING), ...given(time) };
  const isAhead = (one) => [one.month - today.month, one.day - today.day].find(Boolean) > 0;
  if (date && !date.year && isAhead(told)) told.year -= 1;
  return moment(told, hours, end ? 999 : 0);
}

// The 31st of February is no day, and 24:00 no time: made of them it would be another one.
function moment(told, hours, milliseconds) {
  const found = new Date(told.year, told.month - 1, told.day, hours.hour, hours.minute, hours.second, milliseconds);
  const isDay = found.getMonth() === told.month - 1 && found.getDate() === Number(told.day);
  return isDay && hours.minute < 60 && hours.second < 60 && hours.hour < 24 ? found : null;
}

function given(groups) {
  return Object.fromEntries(Object.entries(groups ?? {}).filter(([, value]) => value !== undefined));
}

// A field for a moment; what was understood is written out when it is left.
export function momentInput(name, end = false) {
  const field = input("text", name);
  Object.assign(field, { placeholder: say("moment_form"), autocomplete: "off", spellcheck: false });
  field.dataset.end = String(end);
  field.addEventListener("change", () => {
    const found = readMoment(field);
    if (found) field.value = written(found, field.value);
    field.setAttribute("aria-invalid", String(found === null));
  });
  return field;
}

// A Date; undefined while the field is empty, null if what stands there is no moment.
export function readMoment(field) {
  return field.value.trim() ? momentOf(field.value, field.dataset.end === "true") : undefined;
}

function written(found, typed) {
  const colons = typed.split(":").length - 1;
  return [day, minute, clock][colons](found);
}
