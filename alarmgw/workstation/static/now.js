// What time it is: at the gateway, whose times stand in all entries, and at the workstation.
//
// The clock of whoever looks is not asked: it may be wrong.  The process says its own time with
// each word, and how far the gateway's is ahead; in between a clock counts that never jumps.

// A word may have waited on its way: the one of the last few that was the quickest is right.
const WORDS = 5;
// Time stands still rather than go back, but for a clock that was put back by more than this.
const PUT_BACK_MS = 5000;

class Clock {
  constructor() {
    this.offsets = []; // of its time from the clock that never jumps
    this.shown = -Infinity;
  }

  hear(told) {
    if (!Number.isFinite(told)) return;
    this.offsets = [...this.offsets, told - performance.now()].slice(-WORDS);
  }

  now() {
    const now = this.offsets.length ? performance.now() + Math.max(...this.offsets) : Date.now();
    if (now > this.shown || this.shown - now > PUT_BACK_MS) this.shown = now;
    return this.shown;
  }
}

const gateway = new Clock();
const workstation = new Clock();

export function hearTime(state) {
  const told = Date.parse(state.now);
  workstation.hear(told);
  gateway.hear(told + (state.gateway_ahead_s ?? 0) * 1000);
}

// Milliseconds since 1970, as `Date.now()`.
export function gatewayNow() {
  return gateway.now();
}

export function workstationNow() {
  return workstation.now();
}
