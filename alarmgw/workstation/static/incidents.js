// The open incidents as the process tells them, in the order in which they want to be handled.

const GROUPS = { new: 0, accepted: 2, parked: 3 };

export class Incidents {
  constructor() {
    this.byId = new Map();
  }

  // Takes rows that are new or changed, and ids that are gone; answers the ids that changed.
  take(change) {
    if (change.reset) this.byId.clear();
    for (const row of change.rows) this.byId.set(row.incident, row);
    for (const id of change.removed) this.byId.delete(id);
    return change.rows.map((row) => row.incident);
  }

  // With nobody signed on only what stands in every row then is known, until the process tells it.
  veil() {
    for (const [id, row] of this.byId) this.byId.set(id, veiled(row));
  }

  get(id) {
    return this.byId.get(id) ?? null;
  }

  get all() {
    return [...this.byId.values()];
  }

  of(list) {
    return this.all.filter((row) => listOf(row) === list);
  }

  count(list, state) {
    return this.of(list).filter((row) => row.state === state).length;
  }
}

// As the process tells a row with nobody signed on (`VEILED` there).
const VEILED = ["incident", "list", "state", "priority", "opened", "last", "count", "seq", "holder", "since"];

function veiled(row) {
  const told = Object.fromEntries(VEILED.map((name) => [name, row[name]]));
  return { ...told, list: listOf(row) === "unassigned" ? "unassigned" : row.list };
}

// Where an incident is shown: what belongs to nobody has a list of its own.
export function listOf(row) {
  if (row.list === "fault") return "faults";
  // A veiled row has no key and says it by its list.
  if (row.list === "unassigned") return "unassigned";
  return row.key?.startsWith("unassigned:") && !row.source ? "unassigned" : "incidents";
}

export function isFollowUpFor(row, operator) {
  return row.state === "new" && Boolean(operator) && row.offered_to === operator;
}

// How a list can be sorted; what nobody has taken is on top in each of them.
export const SORTS = {
  urgent: (a, b) => a.priority - b.priority || compare(a.opened, b.opened),
  newest: (a, b) => compare(b.last, a.last),
  place: (a, b) => compare(a.site ?? a.key, b.site ?? b.key) || compare(a.opened, b.opened),
};

// What nobody has taken comes first, the highest class and then the oldest on top; what I hold
// follows, then what others hold, then what waits for its time.
export function orderFor(operator, sort = "urgent") {
  const group = (row) => GROUPS[row.state] - (row.state === "accepted" && row.holder === operator ? 1 : 0);
  const within = SORTS[sort] ?? SORTS.urgent;
  // What is offered to me goes before others of its class, and never before a more urgent one.
  const offered = (a, b) => a.priority - b.priority
    || Number(isFollowUpFor(b, operator)) - Number(isFollowUpFor(a, operator));
  return (a, b) => group(a) - group(b)
    || (within === SORTS.urgent ? offered(a, b) : 0)
    || within(a, b)
    || compare(a.incident, b.incident);
}

function compare(a, b) {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
