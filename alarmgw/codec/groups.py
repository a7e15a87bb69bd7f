"""Groups: the values that a mail gives for each of its events.

A recorder may merge several events into one mail.  A key that tells of an event
and comes a second time begins the next one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from attrs import Factory, define, frozen

from alarmgw.codec.clauses import best_clause
from alarmgw.codec.devicetime import Stamp, order_of
from alarmgw.codec.eventwords import RAW_CHARACTERS
from alarmgw.codec.formats import Format
from alarmgw.codec.lines import MARKS_AND_BLANKS, Line, Marked, Pair
from alarmgw.codec.mailtext import MailText
from alarmgw.codec.templates import Kept, Template

#: Fields that each event has for itself.
_OWN = frozenset(("event", "channel", "camera", "cameras"))
_TIMES = frozenset(("device_time", "day_first_time", "end_time"))
_NO_TEXTS = _TIMES | {"channel_in_key", "ignore"}

#: Events of one mail that are told apart.
GROUPS = 64

#: What firmware writes where nobody has set a name.
UNSET = "(null)"

Understood = Callable[[str], bool]
"""Whether a device's own word for an event means anything to us."""

#: Generic keys come after the maker's own.
_GENERIC = 1000
#: No key comes after this.
_LAST = 1 << 30


@define
class Group:
    """What is known of one event: the best value for each field, and the times found."""

    values: dict[str, str] = Factory(dict)
    stamps: list[tuple[int, Stamp, str | None]] = Factory(list)
    ended: bool = False

    def fill(self, values: Mapping[str, str]) -> None:
        """Take what is missing here from ``values``."""
        for name, value in values.items():
            self.values.setdefault(name, value)

    def time(self, fallback_order: str | None) -> str | None:
        """The event's time: the best one that is whole, else a date and a clock put together."""
        ordered = sorted(self.stamps, key=_rank) if len(self.stamps) > 1 else self.stamps
        for _, stamp, order in ordered:
            text = stamp.text(order or fallback_order)
            if text is not None:
                return text
        date = next(((s, order) for _, s, order in ordered if s.date and not s.clock), None)
        clock = next((s for _, s, _ in ordered if s.clock and not s.date), None)
        if date is None or clock is None:
            return None
        return date[0].joined(clock).text(date[1] or fallback_order)


def _rank(stamp: tuple[int, Stamp, str | None]) -> int:
    return stamp[0]


def groups_of_pairs(
    pairs: Iterable[Pair], form: Format, generic: Format, marked: Marked
) -> list[Group]:
    """The groups that a mail's pairs make."""
    group = Group()
    groups, ranks, keys = [group], dict[str, int](), set[str]()
    uses: dict[tuple[str, str], _Use] = {}
    for key, hint, value in pairs:
        use = uses.get((key, hint))
        if use is None:
            use = uses[key, hint] = _use_of(key, hint, form, generic)
        if not value and not use.tells_alone:
            continue
        if use.is_own:
            if key in keys:
                if len(groups) == GROUPS:
                    break
                group = Group()
                groups.append(group)
                ranks, keys = {}, set()
            keys.add(key)
        for name, rank, limit in use.texts:
            text = hint if limit is None else marked.written(value)[:limit].strip()
            if text and text != UNSET and rank < ranks.get(name, _LAST):
                group.values[name], ranks[name] = text, rank
        for rank, order in use.times:
            group.stamps += [(rank, stamp, order) for stamp in marked.stamps(value)]
        group.ended = group.ended or use.ends
    return [group for group in groups if group.values or group.stamps]


@frozen
class _Use:
    """What a key is for: ``tells_alone`` without a value too, ``is_own`` to each event.

    ``texts`` have the place of a text, its rank and how much of it is kept (None: it is the
    bracket in the key); ``times`` the rank of a time and the order that its label states.
    ``ends``: the key alone says that it is an end.
    """

    texts: Sequence[tuple[str, int, int | None]]
    times: Sequence[tuple[int, str | None]]
    ends: bool
    tells_alone: bool
    is_own: bool


def _use_of(key: str, hint: str, form: Format, generic: Format) -> _Use:
    places = form.places(key, hint)
    if places is None:
        places = [(name, _GENERIC + rank) for name, rank in generic.places(key, hint) or ()]
    names = {name for name, _ in places}
    texts = [(name, rank, _limit(name)) for name, rank in places if name not in _NO_TEXTS]
    texts += [("channel", rank, None) for name, rank in places if name == "channel_in_key"]
    stated = order_of(hint)
    times = [
        (rank, stated or ("dmy" if name == "day_first_time" else None))
        for name, rank in places
        if name in _TIMES
    ]
    return _Use(texts, times, "end_time" in names, "state" in names, not names.isdisjoint(_OWN))


def _limit(name: str) -> int | None:
    return 4 * RAW_CHARACTERS if name in ("cameras", "link") else RAW_CHARACTERS


def groups_of_lines(
    mail: MailText, templates: Sequence[Template], understood: Understood
) -> Iterator[Group]:
    """What the mail's lines say that are worded as one of the templates."""
    likely = [template for template in templates if template.literal in mail.wording]
    if not likely:
        return
    for line in zip(mail.lines, mail.wordings, strict=True):
        group = group_of_line(line, likely, mail.marked, understood)
        if group is not None:
            yield group


def group_of_line(
    line: Line, templates: Sequence[Template], marked: Marked, understood: Understood
) -> Group | None:
    """What the first template that fits makes of a line."""
    marked_line, wording = line
    for template in templates:
        places = template.match(wording)
        if places is None:
            continue
        group = _captured(marked_line, places, marked)
        if not template.bare_event:
            return group
        if understood(group.values.get("event", "")):
            event = [marked_line[start:end] for name, start, end in places if name == "event"]
            clause = best_clause(event[-1])
            if clause is not None:
                group.values["event"] = clause.raw
            return group
    return None


def _captured(line: str, places: Iterable[Kept], marked: Marked) -> Group:
    group = Group()
    for name, start, end in places:
        piece = line[start:end]
        if name in _TIMES:
            for stamp in marked.stamps(piece):
                group.stamps.append((0, stamp, None))
            continue
        if piece.isascii():
            text = piece.strip(" \t")
        else:  # a time beside a name tells when, and is no part of the name
            text = marked.written(piece.strip(MARKS_AND_BLANKS))
        text = text[:RAW_CHARACTERS].strip()
        if text and text != UNSET:
            group.values[name] = text
    return group
