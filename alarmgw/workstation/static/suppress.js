// Holding back a source or a site for a while (Sperre): never without an end and a reason.

import { command, refusal } from "./command.js";
import { askFor, field, numberInput, selectInput, textInput, toast } from "./dialog.js";
import { siteWords, sourceWords } from "./places.js";
import { number, say } from "./words.js";

const MINUTES = 30;
const MOST_HOURS = { operator: 8, shift_leader: 72 };

// `whom`: {sources: [{source, source_name}], site, site_name, name}; answers whether one of them
// is suppressed now.
export async function suppress(whom, role) {
  const most = (MOST_HOURS[role] ?? MOST_HOURS.operator) * 60;
  const choices = [...whom.sources.map((one) => ["source", one.source, sourceWords(one)]),
    ...(whom.site ? [["site", whom.site, siteWords(whom.site, whom.site_name)]] : [])];
  const given = await askFor([say("suppress_title"), whom.name].filter(Boolean).join(": "), [
    field("suppress_whom", "whom", selectInput(choices.map(([kind, , words], n) => [String(n), say(kind === "site" ? "site" : "source", { [kind]: words })]))),
    field("minutes_most", "minutes", numberInput(MINUTES, 1, most), { n: number(most) }),
    field("reason", "reason", textInput(true)),
  ], say("do_suppress"), say("suppress_text"));
  if (!given) return false;
  const [kind, key, words] = choices[Number(given.whom)];
  const answer = await command(null, 0, { do: "suppress", [kind]: key,
    minutes: Number(given.minutes), reason: given.reason.trim() });
  toast(answer.ok ? say("suppressed_for", { name: words, n: given.minutes }) : refusal(answer), { bad: !answer.ok });
  return answer.ok;
}

export async function lift(suppression) {
  const answer = await command(null, 0, { do: "unsuppress", suppression });
  if (!answer.ok) toast(refusal(answer), { bad: true });
  return answer.ok;
}
