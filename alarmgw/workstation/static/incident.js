// The incident that is selected: pictures, what to do, whom to call, what was said and done.

import { AlarmBoxes } from "./alarm_box.js";
import { badges } from "./alarm_words.js";
import { ask } from "./command.js";
import { element, put } from "./dom.js";
import { Film, framesOf } from "./film.js";
import { incidentPlace, incidentTitle, isBack, isOffered, lateness, offerWords, waitsSince } from "./incident_row.js";
import { side } from "./incident_side.js";
import { gatewayNow } from "./now.js";
import { age, clock, minute, number, say, sayCode } from "./words.js";

const REFETCH_MS = 120;

export class IncidentView {
  // `told(incident, what, alarms)`: these alarms are on the screen now.
  // `bar(box, row)` fills the bar with what can be done; `past(incident)` shows an earlier one.
  // A row that is `alone` is an alarm in no incident.
  constructor(box, { told, bar, targets, operator, past }) {
    Object.assign(this, { box, told, bar, targets, operator, past });
    this.film = new Film((alarm) => this.pictureDrawn(alarm));
    this.head = element("div", "detail-head");
    this.buttons = element("div", "bar");
    this.buttons.setAttribute("role", "toolbar");
    this.alarms = element("section", "alarms");
    this.boxes = new AlarmBoxes();
    this.side = element("aside", "side");
    this.side.tabIndex = 0; // it may be longer than the window
    const body = element("div", "incident-body");
    this.main = element("div", "incident-main");
    this.main.append(this.film.box, this.alarms);
    body.append(this.main, this.side);
    this.box.append(this.head, this.buttons, body);
    this.clear();
  }

  clear() {
    this.row = null;
    this.data = null;
    this.card = null;
    this.cardLacks = false; // it was asked for, and cannot be had now
    this.cardSources = new Set();
    this.drawnUpTo = 0; // the newest alarm of it that has been on the screen
    this.pictureAt = null; // when its first picture was on the screen
    this.asked = (this.asked ?? 0) + 1;
    this.toldAlarms = new Set();
    this.toldPictures = new Set();
    clearTimeout(this.refetching);
    this.refetching = null;
    this.film.clear();
    this.boxes.clear();
    this.alarms.replaceChildren();
    this.side.replaceChildren();
    this.head.replaceChildren();
    this.buttons.replaceChildren();
    this.buttons.dataset.same = "";
    this.box.hidden = true;
  }

  // Shows what the row knows at once, and the rest as soon as it is here.
  // `chosen`: by the operator's own hand, not by itself.
  async show(row, chosen = false) {
    this.clear();
    if (!row) return;
    this.row = row;
    this.chosen = chosen;
    this.openedAt = performance.now();
    this.box.hidden = false;
    this.main.scrollTop = 0;
    this.film.first(row.picture);
    this.drawHead();
    await this.fetch();
    if (this.row?.incident === row.incident) this.fetchCard();
  }

  // The row has changed: more alarms, another holder.
  change(row) {
    this.row = row;
    this.drawHead();
    this.refetching ??= setTimeout(() => this.fetch(), REFETCH_MS);
  }

  async fetch() {
    this.refetching = null;
    const mine = (this.asked += 1);
    let data = null;
    try {
      const answer = await fetch(`/${this.row.alone ? "alone" : "incidents"}/${encodeURIComponent(this.row.incident)}`);
      if (answer.ok) data = await answer.json();
    } catch {
      data = null;
    }
    if (mine !== this.asked) return; // another one was selected, or a newer answer is under way
    if (data) this.take(data);
    else if (!this.data) this.alarms.replaceChildren(element("p", "is-empty", say("detail_failed")));
  }

  take(data) {
    this.data = data;
    this.draw();
    if (this.card && this.sources.some((source) => !this.cardSources.has(source))) this.fetchCard();
    const incident = this.row.incident;
    const upTo = Math.max(0, ...data.alarms.map((alarm) => alarm.seq));
    requestAnimationFrame(() => requestAnimationFrame(() => this.drawn(incident, upTo)));
  }

  // Two frames later it is on the screen: a closing covers this and nothing that came after it.
  drawn(incident, upTo) {
    if (this.row?.incident !== incident || !this.data || document.hidden) return;
    this.drawnUpTo = Math.max(this.drawnUpTo, upTo);
    const fresh = this.data.alarms.map((alarm) => alarm.alarm).filter((id) => !this.toldAlarms.has(id));
    for (const id of fresh) this.toldAlarms.add(id);
    if (fresh.length) this.told(incident, "alarm", fresh);
    if (!this.film.frames.length) this.pictureAt ??= performance.now();
    this.drawBar();
  }

  // Each alarm's first one is told.  `null`: it cannot be had, and the page says so; there is
  // nothing more to look at.
  pictureDrawn(alarm) {
    if (!this.row) return;
    this.pictureAt ??= performance.now();
    if (alarm && !this.toldPictures.has(alarm)) {
      this.toldPictures.add(alarm);
      this.told(this.row.incident, "picture", [alarm]);
    }
    this.drawBar();
  }

  // The sources of its alarms, the newest first.
  get sources() {
    const alarms = [...(this.data?.alarms ?? [])].reverse();
    return [...new Set([...alarms.map((alarm) => alarm.source), this.row.source])].filter(Boolean);
  }

  async fetchCard() {
    const wanted = this.row.incident;
    this.cardSources = new Set(this.sources); // a source that comes later is asked for once
    const card = await ask("card", { [this.row.alone ? "alarm" : "incident"]: wanted });
    if (this.row?.incident !== wanted) return;
    this.cardLacks = !card && !this.card;
    if (!card) return this.drawSide();
    this.card = card;
    this.drawHead();
    if (this.data) this.draw();
    else this.drawSide();
  }

  retry() {
    if (!this.row) return;
    this.film.retry();
    this.fetch();
    if (!this.card) this.fetchCard();
  }

  redraw() {
    if (!this.row) return;
    this.boxes.clear();
    this.drawHead();
    if (!this.data) return;
    this.draw();
    this.film.relabel();
  }

  tick(now) {
    if (!this.row) return;
    const seconds = (now - waitsSince(this.row)) / 1000;
    const shown = this.head.querySelector(".head-age");
    if (shown) put(shown, isBack(this.row) ? say("new_again", { time: age(seconds) }) : age(seconds));
    const state = this.head.querySelector(".head-state b");
    if (state) put(state, stateWords(this.row, this.operator(), now));
    this.head.dataset.late = this.row.state === "new" ? lateness(this.row.priority, seconds, this.targets()) : "";
  }

  drawHead() {
    const row = this.row;
    const chip = element("span", "class-chip", String(row.priority));
    chip.dataset.class = row.priority;
    chip.title = say(`class_${row.priority}`);
    const name = element("div", "detail-name");
    const site = this.card?.site;
    const where = [incidentPlace({ ...row, site_name: row.site_name ?? site?.name, source_name: this.sourceName(row.source) }), site?.address].filter(Boolean).join(" · ");
    name.append(element("h2", null, incidentTitle(row)), element("p", "head-place", where));
    const state = element("div", `head-state is-${row.state}`);
    state.append(element("b"));
    if (row.follows) state.append(element("span", "badge badge-follows", say("follow_up")));
    if (row.unattended) state.append(element("span", "badge badge-unattended", say("unattended")));
    const when = element("div", "detail-when");
    when.append(element("b", null, clock(new Date(row.opened))), element("span", "head-age"));
    this.head.replaceChildren(chip, name, state, when);
    this.tick(gatewayNow());
    this.drawBar();
  }

  drawBar() {
    if (this.row) this.bar(this.buttons, this.row);
  }

  draw() {
    this.drawFilm();
    const { more } = this.data;
    const alarms = this.named();
    const title = alarms.length === 1 ? say("alarm_said") : say("alarms_said", { n: number(alarms.length) });
    const cut = more ? [element("p", "is-empty", say("alarms_more", { n: number(more) }))] : [];
    this.boxes.draw(this.alarms, element("h3", null, title), [...alarms].reverse(), cut);
    this.drawSide();
  }

  drawFilm() {
    if (!this.data) return;
    const before = (source) => this.card?.sources?.[source]?.pre_alarm_pictures ?? 0;
    this.film.show(framesOf(this.named(), before));
  }

  // Its alarms, each with its source's name.
  named() {
    return this.data.alarms.map((alarm) => ({ ...alarm, source_name: this.sourceName(alarm.source) }));
  }

  sourceName(address) {
    const own = address && address === this.row.source ? this.row.source_name : null;
    return this.card?.sources?.[address]?.name ?? own ?? null;
  }

  drawSide() {
    this.side.replaceChildren(...side(this.card, this.data, this.past, this.cardLacks));
  }
}

export function stateWords(row, operator, now = gatewayNow()) {
  if (row.alone) return badges(row).join(" · ") || sayCode("kind", row.kind);
  if (row.state === "accepted") {
    return row.holder === operator ? say("held_by_me") : say("held_by", { operator: row.holder ?? "" });
  }
  if (row.state === "parked" && row.due) return say("parked_by", { time: minute(new Date(row.due)), operator: row.holder ?? "" });
  if (isOffered(row, now)) return offerWords(row, operator);
  return say(`state_${row.state}`);
}
