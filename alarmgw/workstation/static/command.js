// Asking the workstation process for something, and telling it what the operator does.

import { say, sayCode } from "./words.js";

const TRIES = 3;

let session = null; // of whoever this page has as signed on

export function speakFor(now) {
  session = now;
}

export function speaker() {
  return session;
}

// A request of ours; `{ok: false, error: "page"}` when the process does not answer.
export async function post(path, body) {
  try {
    const answer = await fetch(path, {
      method: "POST",
      headers: body === undefined ? {} : { "Content-Type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    return await answer.json();
  } catch {
    return { ok: false, error: "page" };
  }
}

// What the gateway knows: `null` when it cannot be had now, or when who asked has left.
export async function ask(name, facts = {}) {
  const asking = session;
  const given = Object.entries(facts).filter(([, value]) => ![null, undefined, ""].includes(value));
  try {
    const answer = await fetch(`/ask/${name}?${new URLSearchParams(given)}`);
    const told = answer.ok ? await answer.json() : null;
    return told?.ok === false || asking !== session ? null : told;
  } catch {
    return null;
  }
}

// A decision of the operator.  It has an id of its own, so that a repeat is no second decision.
export async function command(incident, seen, action, more = {}) {
  const told = { id: crypto.randomUUID().replaceAll("-", ""), session, incident, seen, action, ...more };
  let answer;
  for (let n = 0; n < TRIES; n += 1) {
    answer = await post("/command", told);
    if (answer.error !== "page") break;
  }
  return answer;
}

export async function signOff() {
  return await post("/sign-off", { session });
}

// Whether the same may be done a moment later: nobody has decided about it.
export function isPassing(answer) {
  return ["no_link", "page", "try_later"].includes(answer.error);
}

// Why something was not done, in a sentence.
export function refusal(answer) {
  const by = answer.by ? say("refused_by", { by: answer.by }) : "";
  return [sayCode("refused", answer.error ?? "unknown"), by].filter(Boolean).join(" ");
}
