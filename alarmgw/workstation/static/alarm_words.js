// What an alarm is called on the page, from the fields that its entry has.

import { phrase, say, sayCode, sayCount } from "./words.js";

export function eventTitle(alarm) {
  const word = phrase(`event_${alarm.event}`) ?? alarm.event;
  if (alarm.event === "unknown_alarm") {
    return alarm.subject || alarm.event_raw || word;
  }
  const state = alarm.state ? sayCode("state", alarm.state) : null;
  return [word, state].filter(Boolean).join(", ");
}

// Which camera of its source, as the device calls it.
export function cameraWords(alarm) {
  return alarm.camera || (alarm.channel ? say("channel", { channel: alarm.channel }) : "");
}

// What sets an alarm apart from an ordinary one in the queue.
export function badges(alarm) {
  const found = [];
  if (alarm.kind && alarm.kind !== "alarm") found.push(sayCode("kind", alarm.kind));
  const isTest = alarm.handling === "test" && alarm.kind !== "alarm"; // as its kind says
  if (alarm.handling && alarm.handling !== "queue" && !isTest) found.push(sayCode("handling", alarm.handling));
  if (alarm.origin && alarm.origin !== "device") found.push(sayCode("origin", alarm.origin));
  if (alarm.resends) found.push(sayCount("resends", alarm.resends));
  return found;
}

export function pictureAddress(alarm, name) {
  return `/picture/${encodeURIComponent(alarm)}/${encodeURIComponent(name)}`;
}
