// The facts of one alarm as short tables: when, how it came, what it carried.

import { eventTitle, pictureAddress } from "./alarm_words.js";
import { element } from "./dom.js";
import { exactly, number, say, size } from "./words.js";

export function factGroups(entry) {
  return [
    group("head_times", timeFacts(entry)),
    group("head_mail", mailFacts(entry)),
    group("head_events", entry.events.length > 1 ? eventFacts(entry) : []),
    filesGroup(entry),
  ].filter(Boolean);
}

function group(head, facts) {
  const told = facts.filter(([, value]) => value !== null && value !== undefined && value !== "");
  if (!told.length) return null;
  const list = element("dl");
  for (const [name, value] of told) {
    list.append(element("dt", null, name), element("dd", null, String(value)));
  }
  const section = element("section", "fact-group");
  section.append(element("h4", null, say(head)), list);
  return section;
}

function timeFacts(entry) {
  const times = entry.times ?? {};
  const moments = ["connected", "data", "eom", "synced"].map((name) => [
    say(`fact_${name}`), times[name] ? exactly(new Date(times[name])) : null,
  ]);
  const offset = times.clock_offset_s;
  return [
    ...moments,
    [say("fact_device_time"), (entry.events[0].device_time ?? "").replace("T", " ")],
    [say("fact_clock_offset"), offset === null || offset === undefined ? null
      : `${offset > 0 ? "+" : ""}${number(offset, 1)} s`],
  ];
}

function mailFacts(entry) {
  const envelope = entry.envelope ?? {};
  return [
    [say("fact_peer"), envelope.peer],
    [say("fact_helo"), envelope.helo],
    [say("fact_from"), envelope.from === "" ? "<>" : envelope.from],
    [say("fact_rcpt"), (envelope.rcpt ?? []).join(", ")],
    [say("fact_login"), envelope.login ?? say("none_login")],
    [say("fact_tls"), envelope.tls ?? say("none_tls")],
    [say("fact_handling"), entry.rule],
    [say("fact_mail_size"), size(entry.mail.size)],
    [say("fact_sha256"), entry.mail.sha256],
    [say("fact_seq"), entry.seq],
    [say("fact_alarm"), entry.alarm],
    [say("fact_path"), entry.path],
  ];
}

function eventFacts(entry) {
  return entry.events.map((event, n) => [
    String(n + 1),
    [eventTitle({ ...event, subject: null }), event.camera ?? event.channel, event.device_time]
      .filter(Boolean).join(" · "),
  ]);
}

function filesGroup(entry) {
  const files = entry.files.filter((file) => file.name); // erased ones have no name any more
  if (!files.length) return null;
  const section = element("section", "fact-group");
  const list = element("ul");
  for (const file of files) {
    const link = element("a", null, file.label || file.name);
    link.href = pictureAddress(entry.alarm, file.name);
    link.download = file.name;
    const line = element("li");
    line.append(link, element("span", null, ` ${file.media_type}, ${size(file.size)}`));
    list.append(line);
  }
  section.append(element("h4", null, say("head_files")), list);
  return section;
}
