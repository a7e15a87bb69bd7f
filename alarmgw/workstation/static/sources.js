// The board of sources: found by number, name or town in an instant; how each of them is.

import { adopt } from "./adopt.js";
import { ask } from "./command.js";
import { toast } from "./dialog.js";
import { element } from "./dom.js";
import { gatewayNow } from "./now.js";
import { siteWords, sourceBox, suppressedBox } from "./places.js";
import { lift, suppress } from "./suppress.js";
import { bar, button, choice, empty, head, input, labelled, table, whenStill } from "./tables.js";
import { age, clock, currentLanguage, minute, number, phrase, say, sayCode } from "./words.js";

const STATES = ["all", "silent", "suppressed", "clock", "lenient", "disabled"];
const REFRESH_MS = 15000;

export function sheet(box, context) {
  const search = input("search", "search");
  const state = choice("state", STATES.map((one) => [one, say(`sources_${one}`)]));
  const count = element("span", "is-empty");
  const body = element("div");
  const unknown = element("div");
  const held = element("div");
  const log = element("div");
  box.replaceChildren(head(say("view_sources"), say("sources_text")),
    bar(labelled("search_source", search), labelled("sources_state", state), count), log, held, unknown, body);
  let asked = 0;
  const find = async () => {
    const mine = (asked += 1);
    const found = await ask("sources", { search: search.value.trim(), state: state.value });
    if (mine !== asked) return; // a newer question is under way
    draw(body, count, found, context, log, find);
  };
  const soon = whenStill(find);
  search.addEventListener("input", soon);
  state.addEventListener("change", find);
  const refreshing = setInterval(() => body.contains(document.activeElement) || find(), REFRESH_MS);
  const changed = () => drawSuppressions(held, context);
  drawUnassigned(unknown, context);
  changed();
  find();
  requestAnimationFrame(() => search.focus());
  return { changed, close: () => clearInterval(refreshing) };
}

function draw(body, count, found, context, log, again) {
  if (!found) {
    body.replaceChildren(empty(say("not_available")));
    return;
  }
  count.textContent = say("sources_found", { n: number(found.found), of: number(found.total) });
  body.replaceChildren(found.rows.length ? list(found.rows, context, log, again) : empty(say("sources_none")));
}

function list(rows, context, log, again) {
  return table([
    { word: "column_source", of: (row) => sourceBox(asSource(row), row.name ? "" : row.make) },
    { word: "column_site", of: (row) => [siteWords(row.site, row.site_name), row.town].filter(Boolean).join(" · ") },
    { word: "column_heard", of: (row) => heard(row) },
    { word: "column_state", of: stateOf },
    { word: "column_alarms", of: (row) => number(row.alarms_24h ?? 0), number: true },
    { word: "column_do", of: (row) => doings(row, context, log, again) },
  ], rows);
}

function asSource({ address, name }) {
  return { source: address, source_name: name };
}

function heard(row) {
  if (!row.last_heard) return say("never_heard");
  const seconds = (gatewayNow() - Date.parse(row.last_heard)) / 1000;
  return [age(seconds), row.last_kind ? sayCode("kind", row.last_kind) : ""].filter(Boolean).join(" · ");
}

function stateOf(row) {
  const box = element("div", "states");
  const add = (words, className) => box.append(element("span", `badge ${className ?? ""}`, words));
  if (row.disabled) add(say("is_disabled"), "badge-unattended");
  if (row.suppressed_until) add(say("suppressed_until", { time: clock(new Date(row.suppressed_until)) }), "badge-offered");
  if (row.legacy_tls) add(say("old_tls"), "badge-offered");
  const off = row.clock_offset_s;
  if (off !== null && off !== undefined && Math.abs(off) > 120) {
    add(say(off > 0 ? "clock_fast" : "clock_slow", { n: number(Math.abs(off) / 60) }), Math.abs(off) > 600 ? "badge-unattended" : "badge-offered");
  }
  for (const one of row.leniencies ?? []) add(`${lenience(one.what)} ×${number(one.n)}`);
  return box;
}

// What was tolerated: of the conversation, or of the mail itself.
function lenience(code) {
  return phrase(`leniency_${code}`) ?? sayCode("note", code);
}

function doings(row, context, log, again) {
  const box = element("div", "doings");
  box.append(
    button("show_conversations", () => conversations(row, log), "plain"),
    button(row.suppressed_until ? "do_unsuppress" : "do_suppress",
      () => (row.suppressed_until ? letThrough(row, context, again) : holdBack(row, context, again)), "plain"),
  );
  return box;
}

async function holdBack(row, context, again) {
  const whom = { sources: [asSource(row)], site: row.site, site_name: row.site_name, name: row.name ?? row.address };
  if (await suppress(whom, context.seat.role)) again();
}

// Either its own or that of its site.
async function letThrough(row, context, again) {
  const active = context.state()?.suppressions ?? [];
  const found = active.find((one) => one.source === row.address) ?? active.find((one) => one.site && one.site === row.site);
  const id = row.suppression ?? found?.suppression;
  if (id && (await lift(id))) toast(say("lifted"));
  again();
}

// What the installer on the telephone wants to know.
async function conversations(row, log) {
  const before = document.activeElement;
  const name = row.address;
  log.replaceChildren(empty(say("loading")));
  log.scrollIntoView({ block: "nearest" });
  const told = await ask("source_log", { name });
  if (!told) return log.replaceChildren(empty(say("not_available")));
  const box = element("section", "panel conversation");
  const german = currentLanguage() === "de";
  box.append(element("h3", null, say("conversations_of", { name: row.name ? `${row.name} (${name})` : name })));
  const sentence = german ? told.text_de : told.text_en;
  if (sentence) box.append(element("p", "action-text", sentence));
  for (const one of told.conversations.slice(0, 20)) {
    const part = element("details");
    const title = element("summary");
    title.append(element("time", null, clock(new Date(one.time))), element("span", null, ` ${german ? one.summary_de : one.summary_en}`));
    part.append(title, element("pre", null, one.lines.join("\n")));
    box.append(part);
  }
  if (!told.conversations.length) box.append(empty(say("conversations_none")));
  const close = button("close_panel", () => {
    log.replaceChildren();
    if (before?.isConnected) before.focus();
  }, "plain");
  box.append(close);
  log.replaceChildren(box);
  close.focus();
  box.scrollIntoView({ block: "nearest" });
}

async function drawUnassigned(box, context) {
  const told = await ask("unassigned");
  if (!told?.rows.length) return box.replaceChildren();
  const again = () => drawUnassigned(box, context);
  box.replaceChildren(element("h2", "sheet-part", say("unassigned_title", { n: number(told.total) })), table([
    { word: "column_sender", of: (row) => row.sender || "<>" },
    { word: "column_peer", of: (row) => row.peer },
    { word: "column_recipients", of: (row) => (row.recipients ?? []).join(", ") },
    { word: "column_subject", of: (row) => row.subject ?? "" },
    { word: "column_count", of: (row) => number(row.count), number: true },
    { word: "column_last", of: (row) => clock(new Date(row.last)) },
    { word: "column_do", of: (row) => button("make_source", () => makeSource(row, again), "plain") },
  ], told.rows), element("h2", "sheet-part", say("sources_title")));
}

async function makeSource(row, again) {
  if (await adopt({ alarm: row.alarm, sender: row.sender, peer: row.peer, recipient: row.recipients?.[0] })) again();
}

// What is held back now, whose it is and until when.
function drawSuppressions(box, context) {
  const state = context.state();
  const rows = state?.suppressions ?? [];
  const now = JSON.stringify(rows);
  if (box.dataset.now === now) return;
  box.dataset.now = now;
  if (!rows.length) return box.replaceChildren();
  const title = say("suppressions_now", { n: number(state.suppressions_total ?? rows.length) });
  box.replaceChildren(element("h2", "sheet-part", title), table([
    { word: "suppress_whom", of: suppressedBox },
    { word: "until", of: (row) => minute(new Date(row.until)) },
    { word: "reason", of: (row) => row.reason ?? "" },
    { word: "operator", of: (row) => row.operator ?? "" },
    { word: "held_back", of: (row) => number(row.held ?? 0), number: true },
    { word: "column_do", of: (row) => button("do_unsuppress", async () => {
      if (await lift(row.suppression)) toast(say("lifted"));
    }, "plain") },
  ], rows));
}
