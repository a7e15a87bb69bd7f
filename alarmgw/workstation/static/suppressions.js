// When a suppression ends, it is told what it held back.

import { suppressedWords } from "./places.js";
import { minute, number, say, sayCount } from "./words.js";

// What was held back by one that is over: {alarms, first, last}.
export function heldWords({ alarms, first, last }) {
  const at = (time) => minute(new Date(time));
  const when = alarms > 1 ? say("held_between", { first: at(first), last: at(last) }) : alarms ? at(first) : "";
  return [alarms ? sayCount("held", alarms) : say("held_nothing"), when].filter(Boolean).join(", ");
}

export class Suppressions {
  constructor(notices) {
    this.notices = notices;
    this.active = null; // id -> what was last told of it; null: nothing was told yet
  }

  take({ suppressions, suppressions_total: total, link }) {
    if (!suppressions || link !== "current") return;
    const now = new Map(suppressions.map((one) => [one.suppression, one]));
    // A list that is cut says nothing about what is missing from it.
    const whole = (total ?? now.size) <= now.size;
    for (const [id, one] of this.active ?? []) {
      if (now.has(id) || !whole) continue;
      const words = say("suppression_over", { name: suppressedWords(one), n: number(one.held ?? 0) });
      this.notices.add(`over ${id}`, words);
    }
    this.active = now;
  }
}
