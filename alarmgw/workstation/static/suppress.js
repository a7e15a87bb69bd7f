// Holding back a source or a site for a while (Sperre): never without an end and a reason.

import { command, refusal } from "./command.js";
import { askFor, field, numberInput, selectInput, textInput, toast } from "./dialog.js";
import { number, say } from "./words.js";

const MINUTES = 30;
const MOST_HOURS = { operator: 8, shift_leader: 72 };

// `whom`: {sources, site, name}; answers whether one of them is suppressed now.
export async function suppress(whom, role) {
  const most = (MOST_HOURS[role] ?? MOST_HOURS.operator) * 60;
  const choices = [...whom.sources.map((source) => ["source", source]), ...(whom.site ? [["site", whom.site]] : [])];
  const given = await askFor([say("suppress_title"), whom.name].filter(Boolean).join(": "), [
    field("suppress_whom", "whom", selectInput(choices.map(([kind, name], n) => [String(n), `${say(`the_${kind}`)} ${name}`]))),
    field("minutes_most", "minutes", numberInput(MINUTES, 1, most), { n: number(most) }),
    field("reason", "reason", textInput(true)),
  ], say("do_suppress"), say("suppress_text"));
  if (!given) return false;
  const [kind, name] = choices[Number(given.whom)];
  const answer = await command(null, 0, { do: "suppress", [kind]: name,
    minutes: Number(given.minutes), reason: given.reason.trim() });
  toast(answer.ok ? say("suppressed_for", { name, n: given.minutes }) : refusal(answer), { bad: !answer.ok });
  return answer.ok;
}

export async function lift(suppression) {
  const answer = await command(null, 0, { do: "unsuppress", suppression });
  if (!answer.ok) toast(refusal(answer), { bad: true });
  return answer.ok;
}
