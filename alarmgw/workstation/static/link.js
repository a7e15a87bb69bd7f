// The state of the link, impossible to misread.
//
// Two things can be cut: the workstation process from its gateway, which the
// process tells us, and this page from its process, which only silence tells.
// The process speaks every 2 s; ages are counted here by a clock that never
// jumps, from the age that came with the last word.

import { put } from "./dom.js";
import { gatewayNow, workstationNow } from "./now.js";
import { age, clock, number, phrase, say, sayCount, shortAge } from "./words.js";

const WORKSTATION_SILENT_S = 6;
const HEARTBEAT_LATE_S = 12; // two of the gateway's heartbeats missed
const HEARTBEAT_LOST_S = 20;
const BEHIND_S = 10; // what the gateway told of has not come
const STARTING_MS = 5000;

// What the gateway says comes at once; whether devices reach it is another matter.
const ALIVE = ["current", "shut", "turning_away"];

const at = (id) => document.getElementById(id);
const seconds = () => performance.now() / 1000;

// In the page's language, and what the gateway adds; of a newer gateway its own sentence.
function conditionWords({ name, subject, detail, text }) {
  const known = name && phrase(`condition_${name}`);
  return known ? [known, subject, detail].filter(Boolean).join(": ") : text;
}

export class LinkView {
  constructor() {
    this.state = null;
    this.heard = seconds(); // when the process last spoke
    this.cut = false; // the connection to the process is known to be down
    this.restarted = false;
    this.ticked = seconds();
  }

  take(state) {
    this.state = state;
    this.heard = seconds();
    this.cut = false;
    this.restarted = false;
  }

  lose() {
    this.cut = true;
  }

  // What the page may claim now: current, late, behind, snapshot, connecting, unreachable, lost, refused or page.
  condition() {
    if (this.restarted) return "page";
    if (seconds() - this.heard > WORKSTATION_SILENT_S) return "page";
    if (this.cut && seconds() - this.heard > 3) return "page";
    if (!this.state) return "connecting";
    if (this.state.link !== "current") return this.state.link;
    if (this.heartbeatAge() > HEARTBEAT_LATE_S) return "late";
    if (this.state.behind_s > BEHIND_S) return "behind";
    const shut = (this.state.conditions ?? []).map((one) => one.shut);
    return shut.includes("all") ? "shut" : shut.includes("some") ? "turning_away" : "current";
  }

  isAlive() {
    return ALIVE.includes(this.condition());
  }

  heartbeatAge() {
    const told = this.state?.heartbeat_age_s;
    return told === null || told === undefined ? null : told + seconds() - this.heard;
  }

  // A page that was asleep (lid closed, tab frozen) has missed nothing yet: the words are waiting.
  wake() {
    if (seconds() - this.ticked > 3 && !this.cut) this.heard = Math.max(this.heard, seconds() - 3);
    this.ticked = seconds();
  }

  // `open`: how many incidents there are in all lists; a list without any may still not be quiet.
  draw(open) {
    this.wake();
    const condition = this.condition();
    const names = this.names();
    at("link").dataset.link = condition;
    document.documentElement.dataset.link = condition;
    put(at("link-word"), say(`link_${condition}`));
    put(at("link-detail"), say(`link_${condition}_detail`, names));
    put(at("gateway-clock"), (ALIVE.includes(condition) && this.gatewayClock()) || "–");
    this.drawBanner(condition, names);
    this.drawConditions(condition);
    this.drawQuiet(condition, names, open);
    return condition;
  }

  names() {
    const since = this.state?.since ? new Date(this.state.since) : null;
    const beat = this.heartbeatAge();
    return {
      age: beat === null ? say("never_heartbeat") : age(beat),
      seconds: Math.floor(this.cut || !this.state ? seconds() - this.heard : beat ?? 0),
      time: since ? clock(since) : say("unknown"),
      as_of: beat === null ? say("unknown") : clock(new Date(workstationNow() - beat * 1000)),
      since_age: since ? age((workstationNow() - since) / 1000) : "",
      gateway: this.state?.gateway ?? "",
      reason: this.state?.reason ?? "",
      behind: shortAge(this.state?.behind_s ?? 0),
    };
  }

  // What its clock shows now, by its last heartbeat.
  gatewayClock() {
    const ahead = this.state?.gateway_ahead_s;
    return ahead === null || ahead === undefined ? "" : clock(new Date(gatewayNow()));
  }

  // The first seconds belong to the start; an alarm about them would teach people to ignore it.
  isStarting(condition) {
    if (condition !== "connecting") return false;
    const state = this.state;
    return !state || Date.parse(state.now) - Date.parse(state.since) < STARTING_MS;
  }

  drawBanner(condition, names) {
    const silent = { ...names, seconds: Math.floor(seconds() - this.heard) };
    const kind = condition === "page" && this.restarted ? "restarted" : condition;
    const hidden = ["current", "snapshot"].includes(condition) || this.isStarting(condition);
    const told = condition === "page" ? silent
      : condition === "lost" ? { ...names, age: names.since_age } : names;
    at("banner").hidden = hidden;
    if (hidden) return;
    at("banner").dataset.loud = String(condition !== "late" || this.heartbeatAge() > HEARTBEAT_LOST_S);
    put(at("banner-title"), say(`banner_${kind}`, told));
    put(at("banner-text"), say(`banner_${kind}_text`, told));
    const reason = condition !== "page" && names.reason;
    put(at("banner-reason"), reason ? say("banner_reason", names) : "");
  }

  drawConditions(condition) {
    const told = condition === "page" ? [] : this.conditions();
    at("conditions").hidden = told.length === 0;
    put(at("conditions"), told.join(" · "));
  }

  // What the gateway says is wrong with it, then what this workstation says of itself.
  conditions() {
    const { conditions = [], unread, faulty } = this.state ?? {};
    const words = conditions.map(conditionWords).join("; ");
    const told = words ? [`${say("condition")}: ${words}`] : [];
    if (unread?.count) told.push(sayCount("unread", unread.count, { first: unread.first }));
    if (faulty) told.push(say("faulty"));
    return told;
  }

  drawQuiet(condition, names, open) {
    const alive = ALIVE.includes(condition);
    const well = condition === "current";
    const word = !alive ? "quiet_lost" : !well ? "quiet_shut" : open ? "list_empty" : "quiet";
    at("quiet").dataset.alive = String(well);
    put(at("quiet-title"), say(word));
    put(at("quiet-text"), say(`${word}_text`, { n: number(open) }));
    put(at("quiet-heartbeat"), names.age);
    put(at("quiet-since"), alive ? names.time : "–");
    put(at("quiet-gateway"), [names.gateway, this.gatewayClock()].filter(Boolean).join(" · "));
  }
}
