// Making a source of a sender that nobody knows yet.

import { command, refusal } from "./command.js";
import { askFor, field, toast } from "./dialog.js";
import { input } from "./tables.js";
import { say } from "./words.js";

// As in the gateway; a new site's number has fewer, which it says itself.
const LONGEST = { address: 254, name: 200, site: 200 };

// `alarm`: one of its alarms, which stands for all of its sender; answers whether it is a source now.
// `typed`: what stood in the fields before.
export async function adopt({ alarm, sender, peer, recipient }, typed = {}) {
  const fields = Object.entries(LONGEST).map(([name, maxLength]) =>
    Object.assign(input(name === "address" ? "email" : "text", name, typed[name] ?? ""), { maxLength }));
  const [address] = fields;
  address.required = true;
  address.value ||= recipient || sender || "";
  const words = { address: "address", name: "name", site: "site_number" };
  const given = await askFor(say("adopt_title", { sender: sender || peer }),
    fields.map((one) => field(words[one.name], one.name, one)), say("make_source"), say("adopt_text"));
  if (!given) return false;
  const action = { do: "adopt", wanted: alarm, ...given };
  let answer = await command(null, 0, action);
  if (answer.error === "unknown_site") {
    const site = given.site.trim();
    const sure = await askFor(say("new_site_title", { site }), [], say("make_site"), say("new_site_text", { site }));
    if (!sure) return adopt({ alarm, sender, peer, recipient }, given);
    answer = await command(null, 0, { ...action, new_site: true });
  }
  toast(answer.ok ? say("adopted", { address: given.address }) : refusal(answer), { bad: !answer.ok });
  return answer.ok;
}

// Of an incident's key, "unassigned:SENDER|PEER"; nothing of another one.
export function senderOf(key) {
  if (!key?.startsWith("unassigned:")) return {};
  const [sender, peer] = key.slice("unassigned:".length).split(/\|(?=[^|]*$)/);
  return { sender, peer };
}
