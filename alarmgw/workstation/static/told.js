// The first drawing of an alarm and of its first picture is a fact for the record: told in batches,
// in the name of whoever was signed on when it was drawn.

import { command, speaker } from "./command.js";

const GATHER_MS = 250;
const MOST = 200; // as in the gateway

const waiting = new Map(); // "session incident what" -> {session, incident, what, alarms}
let timer = null;

export function displayed(incident, what, alarms) {
  const session = speaker();
  const key = `${session} ${incident} ${what}`;
  const batch = waiting.get(key) ?? { session, incident, what, alarms: new Set() };
  for (const alarm of alarms) batch.alarms.add(alarm);
  waiting.set(key, batch);
  timer ??= setTimeout(send, GATHER_MS);
}

// One after the other: what the operator decides is never behind a crowd of these.
async function send() {
  const batches = [...waiting.values()];
  waiting.clear();
  for (const { session, incident, what, alarms } of batches) {
    const all = [...alarms];
    for (let n = 0; n < all.length; n += MOST) {
      const action = { do: "displayed", what, alarms: all.slice(n, n + MOST) };
      await command(incident, 0, action, { session });
    }
  }
  timer = waiting.size ? setTimeout(send, GATHER_MS) : null;
}
