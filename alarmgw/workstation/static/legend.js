// All keys on one card: `?` opens it.

import { tell } from "./dialog.js";
import { element, isTyping, keyOf } from "./dom.js";
import { outcomesOf, wordsOf } from "./outcomes.js";
import { phrase, say } from "./words.js";

const GROUPS = [
  ["keys_list", [["↑ ↓", "key_rows"], ["Home End", "key_ends"], ["F", "key_filter"], ["X", "key_mark"],
    ["⇧ X", "key_mark_seen"], ["B", "key_bulk"], ["Esc", "key_escape"]]],
  ["keys_incident", [["⏎", "key_accept"], ["1 … 9", "key_close"], ["⇧ 1 … 9", "key_fast"], ["Z", "key_undo"],
    ["C", "do_close_with_note"], ["P", "do_park"], ["R", "do_release"], ["T", "do_take_over"], ["N", "do_note"],
    ["S", "do_suppress"], ["A", "make_source"]]],
  ["keys_pictures", [["← →", "key_step"], ["␣", "key_slides"], ["+", "key_zoom"]]],
  ["keys_console", [["Alt 1 … 8", "key_views"], ["M", "mute"], ["Alt 0", "sign_off"], ["?", "key_legend"]]],
];

export function legend() {
  const box = element("div", "legend");
  box.tabIndex = 0; // it may be longer than the window
  for (const [title, keys] of GROUPS) {
    const list = element("dl");
    for (const [key, word] of keys) {
      const name = element("dt");
      name.append(element("kbd", null, keyName(key)));
      list.append(name, element("dd", null, say(word)));
    }
    const part = element("section");
    part.append(element("h3", null, say(title)), list);
    box.append(part);
  }
  const fast = outcomesOf("alarm").find((outcome) => outcome.causes.length);
  if (fast) box.append(causes(fast));
  return tell(say("keys_title"), box);
}

// As it is printed on a keyboard of that language.
function keyName(key) {
  return key.split(" ").map((one) => phrase(`keyname_${one}`) ?? one).join(" ");
}

function causes(outcome) {
  const list = element("dl");
  outcome.causes.slice(0, 9).forEach((cause, n) => {
    const name = element("dt");
    name.append(element("kbd", null, `⇧ ${n + 1}`));
    list.append(name, element("dd", null, wordsOf(cause)));
  });
  const part = element("section");
  part.append(element("h3", null, wordsOf(outcome)), list);
  return part;
}

document.getElementById("legend").addEventListener("click", legend);
document.addEventListener("keydown", (event) => {
  if (keyOf(event) !== "?" || event.repeat || isTyping(event.target) || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  legend();
});
