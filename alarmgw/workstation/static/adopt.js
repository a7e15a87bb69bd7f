// Making a source of a sender that nobody knows yet.

import { command, refusal } from "./command.js";
import { askFor, field, toast } from "./dialog.js";
import { input } from "./tables.js";
import { say } from "./words.js";

// `alarm`: one of its alarms, which stands for all of its sender; answers whether it is a source now.
export async function adopt({ alarm, sender, peer, recipient }) {
  const address = input("email", "address", recipient || sender || "");
  address.required = true;
  const given = await askFor(say("adopt_title", { sender: sender || peer }), [
    field("address", "address", address),
    field("name", "name", input("text", "name")),
    field("site_number", "site", input("text", "site")),
  ], say("make_source"), say("adopt_text"));
  if (!given) return false;
  const answer = await command(null, 0, { do: "adopt", wanted: alarm, ...given });
  toast(answer.ok ? say("adopted", { address: given.address }) : answer.text ?? refusal(answer), { bad: !answer.ok });
  return answer.ok;
}

// Of an incident's key, "unassigned:SENDER|PEER"; nothing of another one.
export function senderOf(key) {
  if (!key?.startsWith("unassigned:")) return {};
  const [sender, peer] = key.slice("unassigned:".length).split(/\|(?=[^|]*$)/);
  return { sender, peer };
}
