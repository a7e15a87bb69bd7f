// How incidents may end, as the gateway told it: the control room's own list, in both languages.

import { currentLanguage, sayCode } from "./words.js";

let known = [];

export function takeOutcomes(outcomes) {
  known = outcomes;
}

export function allOutcomes() {
  return known;
}

// Those that are offered for an incident of this list ("alarm" or "fault"), by their keys.
export function outcomesOf(list) {
  return known.filter((outcome) => outcome.lists.includes(list)).sort((a, b) => a.key - b.key);
}

export function wordsOf(one) {
  return currentLanguage() === "de" ? one.german : one.english;
}

// What an incident was closed as; a code that is no longer offered keeps its own words.
export function closedAs(code, causeCode) {
  const outcome = known.find((one) => one.code === code);
  const cause = outcome?.causes.find((one) => one.code === causeCode);
  return [outcome ? wordsOf(outcome) : sayCode("outcome", code), cause ? wordsOf(cause) : causeCode]
    .filter(Boolean).join(", ");
}
