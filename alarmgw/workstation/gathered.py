"""What is in memory of one incident: its newest alarms, and what people did with it."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from attrs import evolve, field, frozen

from alarmgw.workstation.rows import sender_of, short

Entry = dict[str, Any]

#: Different events that a row names.
WORDS = 4

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

    @property
    def urgency(self) -> tuple[int, int]:
        """The most urgent of several comes first, and of those the earliest."""
        return (self.entry.get("priority") or 9, self.seq)

    def slim(self) -> Alarm:
        """Only what a row may tell of it."""
        entry = self.entry
        envelope = entry.get("envelope") or {}
        events = (entry.get("events") or ())[:WORDS]
        pictures = [part for part in entry.get("pictures") or () if part.get("name")][:1]
        told = {
            **{name: entry.get(name) for name in ("alarm", "seq", "priority", "source", "site")},
            "subject": short(entry.get("subject")),
            "events": [{name: short(event.get(name)) for name in _OF_EVENT} for event in events],
            "pictures": [{"name": part["name"]} for part in pictures],
            "envelope": {name: short(envelope.get(name)) for name in ("from", "peer")},
        }
        return evolve(self, entry=told)

    def again(self) -> Alarm:
        """After its mail came once more."""
        return evolve(self, resends=self.resends + 1)

    def belonging_to(self, adopted: Entry) -> Alarm:
        """After an ``adopted`` entry said whose it is; the journal's own entry stays as it is."""
        owner = {name: adopted.get(name) for name in ("source", "site", "tenant")}
        return evolve(self, entry={**self.entry, **owner}, adopted=True)


def told_alarms(answer: Mapping[str, Any]) -> list[Alarm]:
    """The alarms of a gateway's answer, as they are now: sent again, adopted."""
    again, owners = answer.get("resends") or {}, answer.get("adopted") or {}
    found = []
    for entry in answer.get("alarms") or ():
        alarm = Alarm(entry=entry, resends=again.get(entry["alarm"], 0))
        owner = owners.get(alarm.id)
        found.append(alarm if owner is None else alarm.belonging_to(owner))
    return found


class Gathered:
    """The alarms of one incident in the journal's order, and its steps."""

    def __init__(self) -> None:
        self.alarms: dict[str, Alarm] = {}
        self.steps: deque[Entry] = deque(maxlen=KEPT_STEPS)
        #: How often it sounded again because a more urgent alarm came.
        self.sounded = 0
        #: Whether the gateway was asked for what was not heard.
        self.is_recalled = False
        # Of alarms that are not kept: those that a row is made of, and counts.
        self._left: tuple[Alarm, ...] = ()
        self._left_count = 0
        self._left_pictures = 0
        self._left_sources: set[str | None] = set()

    @property
    def count(self) -> int:
        """How many alarms are known, those that are no longer kept included."""
        return self._left_count + len(self.alarms)

    @property
    def pictures(self) -> int:
        """How many pictures came, those of alarms that are no longer kept included."""
        return self._left_pictures + sum(alarm.pictures for alarm in self.alarms.values())

    @property
    def sources(self) -> int:
        """From how many different sources or senders they came."""
        kept = {_source_of(alarm) for alarm in self.alarms.values()}
        return len(self._left_sources | kept)

    def telling(self) -> tuple[Alarm, ...]:
        """The alarms that a row is made of, in the journal's order."""
        if not self._left:
            return tuple(self.alarms.values())
        return tuple(sorted((*self._left, *self.alarms.values()), key=lambda one: one.seq))

    def add(self, alarm: Alarm) -> str | None:
        """One more alarm; answers the id of the one that had to leave for it."""
        self.alarms[alarm.id] = alarm
        if len(self.alarms) <= KEPT_ALARMS:
            return None
        return self.leave(next(iter(self.alarms)))

    def leave(self, id_: str) -> str:
        """An alarm is kept no longer; what a row tells of it stays."""
        self._leave(self.alarms.pop(id_))
        return id_

    def recall(self, told: Iterable[Alarm]) -> None:
        """The gateway told of all its alarms; what is not kept here is known by a row's facts."""
        self._left, self._left_count, self._left_pictures = (), 0, 0
        self._left_sources.clear()
        self.is_recalled = True
        for alarm in told:
            if alarm.id not in self.alarms:
                self._leave(alarm)

    def _leave(self, alarm: Alarm) -> None:
        self._left_count += 1
        self._left_pictures += alarm.pictures
        if len(self._left_sources) < KEPT_ALARMS:
            self._left_sources.add(_source_of(alarm))
        self._left = _gist((*self._left, alarm.slim()))

    def adopted(self, ids: Collection[str], owner: Entry) -> bool:
        """Of alarms that are no longer kept, these are somebody's now; whether a row tells it."""
        theirs = [alarm for alarm in self._left if alarm.id in ids]
        for alarm in theirs:
            self._left_sources.discard(_source_of(alarm))
            self._left_sources.add(owner.get("source"))
        if theirs:
            self._left = tuple(
                alarm.belonging_to(owner) if alarm.id in ids else alarm for alarm in self._left
            )
        return bool(theirs)

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


_OF_EVENT = ("event", "state", "channel", "camera")


def _source_of(alarm: Alarm) -> str | None:
    return alarm.entry.get("source") or sender_of(alarm.entry)


def _gist(alarms: tuple[Alarm, ...]) -> tuple[Alarm, ...]:
    """Of these, the most urgent, the newest, the newest with a picture, and new words' first."""
    newest = max(alarms, key=lambda one: one.seq)
    pictured = [one for one in alarms if one.entry["pictures"]]
    chosen = {newest.id: newest}
    if pictured:
        last = max(pictured, key=lambda one: one.seq)
        chosen[last.id] = last
    words: set[str | None] = set()
    for alarm in sorted(alarms, key=lambda one: one.urgency):
        new = {event["event"] for event in alarm.entry["events"]} - words
        if not words or (new and len(words) < WORDS):
            chosen[alarm.id] = alarm
            words |= new or {None}
    return tuple(chosen.values())
