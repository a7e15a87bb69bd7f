// The first drawing of an alarm and of its first picture is a fact for the record: told in batches.

import { command } from "./command.js";

const GATHER_MS = 250;
const MOST = 200; // as in the gateway

const waiting = new Map(); // "incident what" -> {incident, what, alarms}
let timer = null;

export function displayed(incident, what, alarms) {
  const key = `${incident} ${what}`;
  const batch = waiting.get(key) ?? { incident, what, alarms: new Set() };
  for (const alarm of alarms) batch.alarms.add(alarm);
  waiting.set(key, batch);
  timer ??= setTimeout(send, GATHER_MS);
}

// One after the other: what the operator decides is never behind a crowd of these.
async function send() {
  const batches = [...waiting.values()];
  waiting.clear();
  for (const { incident, what, alarms } of batches) {
    const all = [...alarms];
    for (let n = 0; n < all.length; n += MOST) {
      await command(incident, 0, { do: "displayed", what, alarms: all.slice(n, n + MOST) });
    }
  }
  timer = waiting.size ? setTimeout(send, GATHER_MS) : null;
}
