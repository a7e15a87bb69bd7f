"""Entries: the lines of the journal, as finished UTF-8 JSON.

How an entry is kept.  Its public form is one JSON object.  Before it is
stored it is split in two of the same shape: the *body*, which is immutable
and hash-chained, and the *content*, what a mail or a person said (subject,
text, names, notes), which a deletion period may empty later.  In the body
every such value is null; the content enters the chain only as a salted hash
(``content_sha256``), so that emptying it neither breaks the chain nor leaves
something to guess against.  `join` makes the public form again.

An entry is at most 64 KB as encoded JSON (`alarmgw.fitting`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from attrs import evolve, field, frozen

from alarmgw.fitting import encode, fitted
from alarmgw.model import (
    Envelope,
    Handling,
    MailFacts,
    Meaning,
    Randomness,
    Source,
    Times,
    Unpacked,
    utc_text,
)
from alarmgw.workflow_entries import Who

TEXT_BYTES = 32 * 1024
PART_ROWS = 100
ADOPTED_ROWS = 100
SALT_BYTES = 16

#: The types of entries that keep a mail: each has an alarm's id and a folder of its own.
KEEPING = ("alarm", "resend")

_MAIL_CONTENT: Mapping[str, Sequence[str] | None] = {
    "subject": None,
    "text": None,
    "events": ("event_raw", "channel", "camera", "device"),
    "coordinates": None,
    "link": None,
    "pictures": ("name", "label"),
    "files": ("name", "label"),
}

#: Every entry type and, for those that are erasable, what in them is content.
#: A key names a value, or a list of objects and the names inside each of them.
CONTENT_OF: Mapping[str, Mapping[str, Sequence[str] | None]] = {
    "alarm": _MAIL_CONTENT,
    "resend": _MAIL_CONTENT,
    "accepted": {},
    "parked": {"note": None},
    "returned": {},
    "closed": {"note": None},
    "noted": {"note": None},
    "unattended": {},
    "late": {},
    "displayed": {},
    "overdue": {},
    "restored": {},
    "suppressed": {"reason": None},
    "suppression_notice": {},
    "unsuppressed": {},
    "signed_on": {},
    "signed_off": {},
    "handed_over": {"note": None},
    "adopted": {},
    "rebuilt": {"pictures": ("name", "label"), "files": ("name", "label")},
    "config": {},
    "system": {},
}


@frozen(kw_only=True)
class Record:
    """One entry ready for the journal: every field is finished bytes.

    ``public`` is the whole entry without its ``seq``; ``body`` and
    ``content`` are its two stored halves (``content`` None where the type has
    none).  ``alarm`` and ``mail`` are the ids it is looked up by.
    """

    type: str
    alarm: str | None
    mail: str | None
    public: bytes = field(repr=False)
    body: bytes = field(repr=False)
    content: bytes | None = field(repr=False)
    salt: bytes = field(repr=False)


def numbered(seq: int, public: bytes) -> bytes:
    """The public form with its number in front, as journals print and links carry it."""
    return b'{"seq":%d,' % seq + public[1:]


def split(entry: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """An entry's body (content values null) and its content (an overlay of the same shape)."""
    body, content = dict(entry), {}
    for key, inner in CONTENT_OF[entry["type"]].items():
        value = entry.get(key)
        if value is None:
            continue
        if inner is None:
            body[key], content[key] = None, value
        else:
            body[key] = [{**row, **dict.fromkeys(inner)} for row in value]
            content[key] = [{name: row[name] for name in inner} for row in value]
    return body, content


def join(body: bytes, content: bytes | None) -> bytes:
    """The public form of a stored entry; ``content`` None where it has none or was erased."""
    if content is None:
        return body
    entry = json.loads(body)
    for key, value in json.loads(content).items():
        if isinstance(value, list):
            entry[key] = [{**row, **over} for row, over in zip(entry[key], value, strict=True)]
        else:
            entry[key] = value
    return encode(entry)


def in_incident(line: Record, incident: str | None) -> Record:
    """An alarm's record when its incident is known; the bytes are not encoded a second time."""
    if incident is None:
        return line
    # Within a JSON text every quotation mark is escaped: the key can stand nowhere else.
    unknown, known = b'"incident":null', b'"incident":' + encode(incident)
    return evolve(
        line,
        public=line.public.replace(unknown, known, 1),
        body=line.body.replace(unknown, known, 1),
    )


def record(entry: Mapping[str, Any], randomness: Randomness) -> Record:
    """``entry`` (with ``time``, ``type`` and ``node``, without ``seq``) as a `Record`."""
    entry = fitted(entry)
    body, content = split(entry)
    salt, packed = b"", None
    if content:
        salt, packed = randomness(SALT_BYTES), encode(content)
        digest = hashlib.sha256(salt + packed).hexdigest()
        body["content_sha256"] = digest
        entry = {**entry, "content_sha256": digest}
    mail = entry.get("mail")
    return Record(
        type=entry["type"],
        alarm=entry.get("alarm"),
        mail=mail["id"] if isinstance(mail, dict) else mail,
        public=encode(entry),
        body=encode(body),
        content=packed,
        salt=salt,
    )


def alarm_entry(
    *,
    time: datetime,
    node: str,
    alarm: str,
    mail: MailFacts,
    path: str,
    source: Source | None,
    meaning: Meaning,
    unpacked: Unpacked,
    handling: Handling,
    envelope: Envelope,
    times: Times,
    notes: Sequence[str] = (),
    origin: str = "device",
) -> dict[str, Any]:
    """One mail for one source as the contract's alarm entry, at most 64 KB when encoded."""
    listed = _listed(unpacked)
    text, cut = _cut(listed.text, TEXT_BYTES)
    entry = {
        "time": utc_text(time),
        "type": "alarm",
        "node": node,
        "alarm": alarm,
        "mail": mail.as_json(),
        "path": path,
        **_owner(source),
        "incident": None,
        "kind": meaning.kind,
        "events": [event.as_json() for event in meaning.events],
        "coordinates": meaning.coordinates,
        "link": meaning.link,
        "subject": listed.subject,
        "text": text,
        "text_cut": cut or listed.text_cut,
        "pictures": [part.as_json() for part in listed.pictures],
        "files": [part.as_json() for part in listed.files],
        "priority": handling.priority,
        "handling": handling.handling,
        "rule": handling.rule,
        "envelope": envelope.as_json(),
        "times": times.as_json(),
        "notes": list(dict.fromkeys((*listed.notes, *notes))),
        "origin": origin,
    }
    return fitted({**entry, "joins": None})


def resend_entry(entry: Mapping[str, Any], first: str) -> dict[str, Any]:
    """An alarm's entry as that of a mail which alarm ``first`` has raised already."""
    return {**entry, "type": "resend", "first": first}


def joining_entry(entry: Mapping[str, Any], first: str) -> dict[str, Any]:
    """An alarm's entry as that of pictures which come late for alarm ``first``."""
    return {**entry, "joins": first}


def _owner(source: Source | None) -> dict[str, Any]:
    """Whose an alarm is; null where nobody knows."""
    if source is None:
        return {"source": None, "site": None, "tenant": None}
    return {"source": source.address, "site": source.site, "tenant": source.tenant}


def system_entry(
    *, time: datetime, node: str, event: str, text: str, **facts: Any
) -> dict[str, Any]:
    """Something that happened to the gateway itself; ``facts`` are fields of that event."""
    return {
        "time": utc_text(time),
        "type": "system",
        "node": node,
        "event": event,
        "text": text,
        **facts,
    }


def config_entry(
    *, time: datetime, node: str, event: str, doer: Who | None = None, **facts: Any
) -> dict[str, Any]:
    """A changed record (source, operator, workstation …); never with a password in it.

    ``doer`` is the operator who changed it; None: it was administration.
    """
    return {
        "time": utc_text(time),
        "type": "config",
        "node": node,
        "event": event,
        "by": _who(doer) if doer is not None else None,
        **facts,
    }


def adopted_entry(
    *,
    time: datetime,
    node: str,
    source: Source,
    alarms: Sequence[str],
    doer: Who | None = None,
) -> dict[str, Any]:
    """Unassigned alarms (at most `ADOPTED_ROWS`) that are a source's from now on.

    ``doer`` is the operator who adopted them; None: it was administration.
    """
    if not 0 < len(alarms) <= ADOPTED_ROWS:
        raise ValueError(f"an entry adopts 1 to {ADOPTED_ROWS} alarms, not {len(alarms)}")
    return {
        "time": utc_text(time),
        "type": "adopted",
        "node": node,
        "source": source.address,
        "site": source.site,
        "tenant": source.tenant,
        "alarms": list(alarms),
        **_who(doer),
    }


def _who(doer: Who | None) -> dict[str, Any]:
    """Which person did it, and where."""
    if doer is None:
        return {"operator": None, "workstation": None}
    return {"operator": doer.operator, "workstation": doer.workstation}


def _listed(unpacked: Unpacked) -> Unpacked:
    """The parts that an entry lists: the first `PART_ROWS`, pictures before files."""
    rows = len(unpacked.pictures) + len(unpacked.files)
    if rows <= PART_ROWS:
        return unpacked
    pictures = unpacked.pictures[:PART_ROWS]
    files = unpacked.files[: PART_ROWS - len(pictures)]
    return evolve(unpacked, pictures=pictures, files=files, notes=(*unpacked.notes, "more_parts"))


def _cut(text: str | None, limit: int) -> tuple[str | None, bool]:
    """``text`` within ``limit`` UTF-8 bytes, at a whole character; and whether it was cut."""
    if text is None:
        return None, False
    raw = text.encode("utf-8", "replace")
    if len(raw) <= limit:
        return text, False
    return raw[:limit].decode("utf-8", "ignore"), True
