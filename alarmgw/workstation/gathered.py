"""What is in memory of one incident: its newest alarms, and what people did with it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import Any

from attrs import evolve, field, frozen

Entry = dict[str, Any]

#: Alarms kept of one incident, the newest; the gateway has all of them.
KEPT_ALARMS = 200

#: Steps kept of one incident, the newest.
KEPT_STEPS = 200


@frozen(kw_only=True)
class Alarm:
    """An alarm's entry, how often its mail came again, and whether it was adopted since."""

    entry: Entry = field(repr=False)
    resends: int = 0
    adopted: bool = False

    @property
    def id(self) -> str:
        """The alarm's id."""
        return str(self.entry["alarm"])

    @property
    def seq(self) -> int:
        """Its journal number."""
        return int(self.entry["seq"])

    @property
    def pictures(self) -> int:
        """How many pictures came with it."""
        return len(self.entry.get("pictures") or ())

    def again(self) -> Alarm:
        """After its mail came once more."""
        return evolve(self, resends=self.resends + 1)

    def belonging_to(self, adopted: Entry) -> Alarm:
        """After an ``adopted`` entry said whose it is; the journal's own entry stays as it is."""
        owner = {name: adopted.get(name) for name in ("source", "site", "tenant")}
        return evolve(self, entry={**self.entry, **owner}, adopted=True)


class Gathered:
    """The alarms of one incident in the journal's order, and its steps."""

    def __init__(self) -> None:
        self.alarms: dict[str, Alarm] = {}
        self.steps: deque[Entry] = deque(maxlen=KEPT_STEPS)
        #: How often it sounded again because a more urgent alarm came.
        self.sounded = 0
        self._left_pictures = 0

    @property
    def pictures(self) -> int:
        """How many pictures came, those of alarms that are no longer kept included."""
        return self._left_pictures + sum(alarm.pictures for alarm in self.alarms.values())

    def add(self, alarm: Alarm) -> str | None:
        """One more alarm; answers the id of the one that had to leave for it."""
        self.alarms[alarm.id] = alarm
        if len(self.alarms) <= KEPT_ALARMS:
            return None
        return self.leave(next(iter(self.alarms)))

    def leave(self, id_: str) -> str:
        """An alarm is kept no longer; its pictures stay counted."""
        self._left_pictures += self.alarms.pop(id_).pictures
        return id_

    def step(self, entry: Entry) -> None:
        """Somebody did something with the incident; whoever repeats himself is heard once."""
        if not self.steps or self.steps[-1]["seq"] < entry["seq"]:
            self.steps.append(entry)

    def take_from(self, other: Gathered, wanted: Iterable[Alarm]) -> None:
        """These alarms of another incident belong here now."""
        for alarm in wanted:
            del other.alarms[alarm.id]
            self.alarms[alarm.id] = alarm
        in_order = sorted(self.alarms.values(), key=lambda one: one.seq)
        self.alarms = {alarm.id: alarm for alarm in in_order}
