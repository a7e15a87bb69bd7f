// What is wrong with a field, in the page's language: a browser's own sentence follows the browser's.

import { say } from "./words.js";

document.addEventListener("invalid", (event) => event.target.setCustomValidity(sentence(event.target)), true);
document.addEventListener("input", (event) => event.target.setCustomValidity?.(""), true);

function sentence(field) {
  const { validity, min, max } = field;
  if (validity.badInput || validity.stepMismatch) return say("field_number");
  if (validity.valueMissing) return say(field.tagName === "SELECT" ? "field_choice" : "field_missing");
  if (validity.rangeUnderflow || validity.rangeOverflow) return say("field_range", { min, max });
  return validity.typeMismatch ? say("field_address") : "";
}
