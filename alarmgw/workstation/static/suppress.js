// Holding back a source or a site for a while (Sperre): never without an end and a reason.

import { command, refusal } from "./command.js";
import { askFor, field, numberInput, selectInput, textInput, toast } from "./dialog.js";
import { number, say } from "./words.js";

const MINUTES = 30;
const MOST_HOURS = { operator: 8, shift_leader: 72 };

// `whom`: {source, site, name}; answers whether it is suppressed now.
export async function suppress(whom, role) {
  const most = (MOST_HOURS[role] ?? MOST_HOURS.operator) * 60;
  const choices = [["source", whom.source], ["site", whom.site]].filter(([, name]) => name)
    .map(([kind, name]) => [kind, `${say(`the_${kind}`)} ${name}`]);
  const given = await askFor(`${say("suppress_title")}: ${whom.name ?? whom.source ?? whom.site}`, [
    field("suppress_whom", "whom", selectInput(choices)),
    field("minutes_most", "minutes", numberInput(MINUTES, 1, most), { n: number(most) }),
    field("reason", "reason", textInput(true)),
  ], say("do_suppress"), say("suppress_text"));
  if (!given) return false;
  const answer = await command(null, 0, { do: "suppress", [given.whom]: whom[given.whom],
    minutes: Number(given.minutes), reason: given.reason.trim() });
  toast(answer.ok ? say("suppressed_for", { name: whom[given.whom], n: given.minutes }) : refusal(answer), { bad: !answer.ok });
  return answer.ok;
}

export async function lift(suppression) {
  const answer = await command(null, 0, { do: "unsuppress", suppression });
  if (!answer.ok) toast(refusal(answer), { bad: true });
  return answer.ok;
}
