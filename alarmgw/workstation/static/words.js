// The words of the page in the operator's language, and how times and sizes are written.
// Everything here returns plain text; nothing on this page is ever put in as markup.

import { gatewayNow } from "./now.js";

const LANGUAGES = ["de", "en"];
const REMEMBERED = "alarmgw-language";
const dictionary = await (await fetch("/static/words.json")).json();

let language = startLanguage();

function startLanguage() {
  const wanted = [remembered(), ...(navigator.languages || [navigator.language])];
  const known = wanted.map((tag) => (tag || "").slice(0, 2).toLowerCase());
  return known.find((tag) => LANGUAGES.includes(tag)) || "en";
}

function remembered() {
  try {
    return localStorage.getItem(REMEMBERED);
  } catch {
    return null; // storage may be forbidden by policy; the language is then the browser's
  }
}

export function currentLanguage() {
  return language;
}

// How times and numbers are written: as the words are, whatever the machine is set to.
export function locale() {
  return language === "en" ? "en-GB" : "de-DE";
}

export function speak(wanted) {
  language = wanted;
  try {
    localStorage.setItem(REMEMBERED, wanted);
  } catch {
    // as above: the choice then lasts as long as the page
  }
}

// The phrase `key` with its {names} filled in; `null` when there is none.
export function phrase(key, names = {}) {
  const text = dictionary[language][key];
  if (text === undefined) return null;
  return text.replace(/\{(\w+)\}/g, (_, name) => String(names[name] ?? "")).trim();
}

export function say(key, names) {
  return phrase(key, names) ?? key;
}

export function sayCount(key, n, facts = {}) {
  return say(`${key}_${n === 1 ? "one" : "many"}`, { ...facts, n: number(n) });
}

// A code from the gateway in words: `note_bare_lf`; a code without words stands as it is.
export function sayCode(prefix, code) {
  return phrase(`${prefix}_${code}`) ?? code;
}

export function number(n, digits = 0) {
  return format(Intl.NumberFormat, { maximumFractionDigits: digits }).format(n);
}

export function size(bytes) {
  if (bytes < 1000) return say("bytes", { n: number(bytes) });
  if (bytes < 1e6) return say("kilobytes", { n: number(bytes / 1e3, bytes < 1e4 ? 1 : 0) });
  return say("megabytes", { n: number(bytes / 1e6, 1) });
}

export function age(seconds) {
  if (seconds < -5) return say("ahead");
  if (seconds < 1) return say("age_now");
  if (seconds < 60) return say("age_s", { n: Math.floor(seconds) });
  if (seconds < 3600) return say("age_min", { n: Math.floor(seconds / 60) });
  if (seconds < 48 * 3600) return say("age_h", { n: Math.floor(seconds / 3600) });
  return say("age_d", { n: Math.floor(seconds / 86400) });
}

// The same where there is little room: how long, without a word around it.
export function shortAge(seconds) {
  if (seconds < 60) return say("short_s", { n: Math.max(0, Math.floor(seconds)) });
  if (seconds < 3600) return say("short_min", { n: Math.floor(seconds / 60) });
  if (seconds < 48 * 3600) return say("short_h", { n: Math.floor(seconds / 3600) });
  return say("short_d", { n: Math.floor(seconds / 86400) });
}

const isToday = (moment) => moment.toDateString() === new Date(gatewayNow()).toDateString();
// A time that is none is said to be unknown: it must not end the drawing of all else.
const isNone = (moment) => Number.isNaN(moment.getTime());

// Making a format takes a hundred times longer than using it, and rows are full of times.
const formats = new Map();

function format(Kind, options) {
  const name = `${locale()} ${Kind.name} ${JSON.stringify(options)}`;
  if (!formats.has(name)) formats.set(name, new Kind(locale(), options));
  return formats.get(name);
}

const timed = (moment, options) => (isNone(moment) ? say("unknown")
  : format(Intl.DateTimeFormat, { hour12: false, ...options }).format(moment));

// Local time; with its day unless that is today.
export function clock(moment) {
  const time = timed(moment, { timeStyle: "medium" });
  return isToday(moment) || isNone(moment) ? time : `${day(moment)} ${time}`;
}

export function day(moment) {
  return timed(moment, { day: "2-digit", month: "2-digit", year: "numeric" });
}

// Hours and minutes, where seconds would only be noise.
export function minute(moment) {
  const time = timed(moment, { hour: "2-digit", minute: "2-digit" });
  return isToday(moment) || isNone(moment) ? time : `${day(moment)} ${time}`;
}

export function exactly(moment) {
  const time = timed(moment, { fractionalSecondDigits: 3, hour: "2-digit", minute: "2-digit", second: "2-digit" });
  return isNone(moment) ? time : `${day(moment)} ${time}`;
}
