"""Sharing: what of a mail is whose, where one login sends for several sources.

A recorder is a login with several sources.  Those with text keys are its
cameras, chosen by what the mail's events say; the one without keys is the
recorder itself, for whatever is no camera's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from attrs import field, frozen

from alarmgw.model import Event, Pace, Source, at_once
from alarmgw.textkeys import SHAPES, TextKey, compared, possible_keys, shape_of, without_letters

#: An event names a camera that is no source.
KEY_UNKNOWN = "key_unknown"

#: What is no longer so when keys name a source.
NO_SOURCE = "login_names_no_source"


@frozen
class Share:
    """What of a mail is one source's (None: nobody's): its events, and what was odd."""

    source: Source | None
    events: tuple[Event, ...]
    notes: tuple[str, ...] = ()


@frozen
class Recorder:
    """The sources of one login that are told apart by keys; ``own`` is the one without any.

    ``shapes`` are those that its keys have, so that an event costs a few look-ups.
    ``by_number`` has those whose channel has letters by its number, where one alone has it.
    """

    own: Source | None
    by_key: Mapping[TextKey, Source]
    shapes: tuple[tuple[str, ...], ...]
    by_number: Mapping[TextKey, Source] = field(factory=dict)

    @classmethod
    def of(cls, sources: Iterable[Source]) -> Recorder:
        """The recorder whose sources these are."""
        listed = list(sources)
        plain = [source for source in listed if not source.keys]
        by_key = {compared(key): source for source in listed for key in source.keys}
        used = set(map(shape_of, by_key))
        own = plain[0] if len(plain) == 1 else None
        shapes = tuple(shape for shape in SHAPES if shape in used)
        return cls(own, by_key, shapes, _by_number(by_key))

    def camera(self, event: Event) -> Source | None:
        """The source whose key fits an event; of several the one whose key tells most."""
        keys = possible_keys(event, self.shapes)
        return next(filter(None, map(self._source, keys)), None)

    def _source(self, key: TextKey) -> Source | None:
        """Who has this key, or the only one that can be meant: 4 for D4, D4 for 4."""
        exact = self.by_key.get(key)
        if exact is not None:
            return exact
        number = without_letters(key)
        return self.by_number.get(key) if number == key else self.by_key.get(number)

    def shares(
        self, events: Sequence[Event], rest: Source | None, notes: tuple[str, ...]
    ) -> list[Share]:
        """The cameras' shares; what names an unknown camera, or all if no key fits, is ``rest``'s.

        An event that names no camera goes with each camera that another event names.  Where
        ``rest`` is a camera itself, an unknown one is not that but the recorder's.
        """
        found = [(event, self.camera(event)) for event in events]
        cameras = dict.fromkeys(camera for _, camera in found if camera is not None)
        strange = {event for event, camera in found if camera is None and self._names(event)}
        odd = (*notes, KEY_UNKNOWN) if strange else notes
        if strange and rest is not None and rest.keys:
            rest = self.own or rest
        if not cameras:
            return [Share(rest, tuple(events), odd)]
        theirs = tuple(note for note in notes if note != NO_SOURCE)
        shares = []
        for one in cameras:
            own = (e for e, camera in found if camera is one or not (camera or e in strange))
            shares.append(Share(one, tuple(own), theirs))
        if strange:
            shares.append(Share(rest, tuple(event for event in events if event in strange), odd))
        return shares

    def _names(self, event: Event) -> bool:
        return any(True for _ in possible_keys(event, self.shapes))


def _by_number(by_key: Mapping[TextKey, Source]) -> dict[TextKey, Source]:
    lettered = defaultdict[TextKey, list[Source]](list)
    for key, source in by_key.items():
        number = without_letters(key)
        if number != key:
            lettered[number].append(source)
    return {number: found[0] for number, found in lettered.items() if len(found) == 1}


def recorders(
    by_login: Mapping[str, Sequence[Source]], pace: Pace = at_once
) -> dict[str, Recorder]:
    """The logins whose sources have keys."""
    return {
        name: Recorder.of(owned)
        for name, owned in pace(by_login.items())
        if any(source.keys for source in owned)
    }


def merged(shares: Iterable[Share]) -> tuple[Share, ...]:
    """One share for each source, with all that is its."""
    found: dict[str | None, Share] = {}
    for share in shares:
        name = share.source.address if share.source else None
        known = found.get(name, Share(share.source, ()))
        events = dict.fromkeys((*known.events, *share.events))
        found[name] = Share(share.source, tuple(events), (*known.notes, *share.notes))
    return tuple(found.values())
