"""What a mail's words mean: its kind and its events, whoever made the device.

A mail is read once into lines and pairs.  The format of which it shows most
says what they are; what that leaves open is looked for in the subject and in
sentences.  Unknown never means lost: then it is an unknown alarm.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from attrs import evolve

from alarmgw.codec.eventwords import UNKNOWN, EventWord, read_words, vocabulary
from alarmgw.codec.extras import coordinates_in, link_in
from alarmgw.codec.formats import Format, Formats, shipped_formats
from alarmgw.codec.groups import Group
from alarmgw.codec.mailtext import MailText, read_mail
from alarmgw.codec.places import has_digit, places_of
from alarmgw.codec.recognition import recognised
from alarmgw.codec.sighting import Sighting, sighted
from alarmgw.codec.templates import low
from alarmgw.codec.told import time_told
from alarmgw.model import Event, Meaning

#: Kinds from the most serious to the least.
_SERIOUS = ("alarm", "fault", "restore", "test", "routine", "report", "info")

#: The class of what is no alarm and no fault: information.
_INFORMATION = 5

#: Events of one mail, several cameras each; an entry has no room for more.
_EVENTS = 100
_EXTRAS = ("link", "coordinates")


def understand(
    subject: str | None,
    text: str | None,
    labels: Sequence[str] = (),
    formats: Formats | None = None,
) -> Meaning:
    """The kind and the events of a mail, from its words and the names of its pictures and files.

    >>> understand("Motion Detected", None, ()).events[0].event
    'motion'
    """
    known = formats or shipped_formats()
    mail = read_mail(subject, text, labels, known.known_keys)
    form = recognised(mail, known)
    sighting = sighted(mail, form, known.generic)
    times = _times(sighting, mail, form)
    found = [
        event
        for group, time in zip(sighting.groups, times, strict=True)
        for event in _events(group, time, sighting, form)
    ]
    named = [group.values.get(name) for group in sighting.groups for name in _EXTRAS]
    return Meaning(
        kind=kind_of(found),
        events=tuple(dict.fromkeys(found))[:_EVENTS],
        coordinates=coordinates_in(" \n".join(each for each in (*named, mail.text) if each)),
        link=link_in(mail.text, named),
    )


def kind_of(events: Sequence[Event]) -> str:
    """The kind of a mail with these events: that of the most serious of them."""
    kinds = {_kind(word, state) for word, state in {(each.event, each.state) for each in events}}
    return next(kind for kind in _SERIOUS if kind in kinds)


def narrowed(meaning: Meaning, events: tuple[Event, ...]) -> Meaning:
    """What a mail means for the one camera whom only these of its events concern."""
    if events == meaning.events:
        return meaning
    of_events = meaning.kind == kind_of(meaning.events)
    return evolve(meaning, events=events, kind=kind_of(events) if of_events else meaning.kind)


def priority_of(meaning: Meaning) -> int:
    """The class of a mail by default: that of its most urgent event, 1 (hold-up) to 5.

    >>> priority_of(understand("Fire alarm", None))
    1
    """
    if meaning.kind not in ("alarm", "fault"):
        return _INFORMATION
    words = vocabulary().words
    unknown = words[UNKNOWN]
    urgent = [
        words.get(event.event, unknown).priority for event in meaning.events if event.state != "end"
    ]
    return min(urgent, default=_INFORMATION)


def _events(group: Group, time: str | None, sighting: Sighting, form: Format) -> Iterator[Event]:
    """A group's events at that time: one for each camera that it names."""
    values = group.values
    raw = values.get("event")
    word, state = _said(group, sighting, form)
    if raw is None and sighting.told.clause is not None:
        raw = sighting.told.clause.raw
    spoken = None
    if len(sighting.groups) == 1 and not has_digit(values.get("channel", "")):
        spoken = sighting.told.channel
    for camera, channel in places_of(values, spoken):
        yield Event(
            event=word.word,
            event_raw=raw or None,
            state=state,
            channel=channel,
            camera=camera,
            device=values.get("device") or camera_stands_in(form, camera),
            device_time=time,
        )


def camera_stands_in(form: Format, camera: str | None) -> str | None:
    """The camera's name as the device's, where the format says so."""
    return camera if form.instead.get("device") == "camera" else None


def _said(group: Group, sighting: Sighting, form: Format) -> tuple[EventWord, str | None]:
    """The normalised word, and whether it is a beginning or an end."""
    raw = group.values.get("event", "")
    reading = read_words(raw)
    word = form.own_word(raw) or reading.word
    if word is None:
        detail = group.values.get("detail", "")
        word = (
            form.own_word(detail) or read_words(detail).word or _from_sentence(group, sighting)
        ) or vocabulary().words[UNKNOWN]
    state = reading.state or read_words(group.values.get("state", "")).state
    if not state and not raw and sighting.told.clause is not None:
        state = sighting.told.clause.reading.state
    return word, "end" if group.ended else state


def _from_sentence(group: Group, sighting: Sighting) -> EventWord | None:
    """The word that a sentence tells, unless it is only a name, or a name and the event's own word.

    Where the device has an event of its own that we do not know, no sentence
    makes a test or a report of it.
    """
    clause = sighting.told.clause
    if clause is None or ("event" in group.values and clause.kind not in ("alarm", "fault")):
        return None
    names = [low(group.values.get(name, "")) for name in ("camera", "cameras", "device")]
    rest = low(clause.raw)
    if any(rest in name for name in names):
        return None
    events = (each.values.get("event", "") for each in (group, sighting.subject))
    silent = (low(event) for event in events if read_words(event).word is None)
    for known in filter(None, (*names, *silent)):
        rest = rest.replace(known, " ")
    return clause.reading.word if any(map(str.isalnum, rest)) else None


def _times(sighting: Sighting, mail: MailText, form: Format) -> list[str | None]:
    """Each group's time; where none has one, that of the lines, the subject, a name for all."""
    times = [group.time(form.date_order) for group in sighting.groups]
    return times if any(times) else [time_told(mail, form.date_order)] * len(times)


def _kind(word: str, state: str | None) -> str:
    kind = vocabulary().words[word].kind
    return "restore" if state == "end" and kind in ("alarm", "fault") else kind
