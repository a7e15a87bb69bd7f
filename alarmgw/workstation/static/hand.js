// The operator's hand: any key or click at an incident that he holds is told, so that an
// acceptance without input is noticed; before the others hear of it, he is warned here.

import { command } from "./command.js";
import { gatewayNow } from "./now.js";

const TOLD_MS = 30000;
const WARNING_MIN = 3;

export class Hand {
  // `held()`: the rows that the operator holds; `shown()`: the row that he looks at
  constructor(held, shown) {
    this.held = held;
    this.shown = shown;
    this.told = new Map(); // incident -> when its last input was told, by a clock that never jumps
    this.last = new Map(); // incident -> when its last input was
    for (const kind of ["keydown", "pointerdown", "wheel"]) {
      document.addEventListener(kind, () => this.move(), { passive: true, capture: true });
    }
  }

  move() {
    const row = this.shown();
    if (!row || !this.held().some((one) => one.incident === row.incident)) return;
    const now = performance.now();
    this.last.set(row.incident, now);
    if (now - (this.told.get(row.incident) ?? -Infinity) < TOLD_MS) return;
    this.told.set(row.incident, now);
    command(row.incident, 0, { do: "touch" });
  }

  // Those that he has left alone for so long that the others will soon be told, and for how long.
  idle(now = gatewayNow()) {
    return this.held().map((row) => ({ ...row, idle_min: Math.floor(this.idleFor(row, now) / 60000) }))
      .filter((row) => row.idle_min >= WARNING_MIN);
  }

  idleFor(row, now) {
    const last = this.last.get(row.incident);
    const since = now - Date.parse(row.since);
    return last === undefined ? since : Math.min(since, performance.now() - last);
  }
}
