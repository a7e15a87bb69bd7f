"""What gateway and workstation say to each other: names, sizes, and each message both ways.

Perspective Broker carries the calls (docs/wire.rst); every message is one
JSON object in one ``bytes`` argument.  A message that its reader does not
accept raises `Refused` (``BAD_VALUE``): a peer's words are checked here, once.
"""

from __future__ import annotations

import enum
import json
from collections.abc import Callable, Sequence
from typing import Any, NoReturn, TypeVar

import attrs
from attrs import field, frozen

from alarmgw.errors import Cause, Refused
from alarmgw.fitting import encode

VERSION = 1

#: A batch of entries is at most this long, as encoded JSON (an entry: 64 KB).
BATCH_BYTES = 256 * 1024
BATCH_ENTRIES = 500

#: Room for the entries of a batch: the frame around them and the commas between them are off.
BATCH_ROOM = BATCH_BYTES - BATCH_ENTRIES - 128

#: So many batches may be unanswered; the answer is the credit for the next one.
WINDOW = 4

#: Pictures travel in pieces of this size; a shorter one is the last.
CHUNK_BYTES = 64 * 1024

#: So many pieces may be under way on one link: they stand before the next alarm.
PIECES = 2

#: Anything a workstation says in one message: requests, answers.
REQUEST_BYTES = 1024

#: A fresh workstation gets at most so many of the newest open alarms.
SNAPSHOT_ENTRIES = 500

#: ... and so many bytes of them, because they wait in memory until it has read them.
SNAPSHOT_BYTES = 4 * 1024 * 1024

HEARTBEAT_SECONDS = 5
LOST_SECONDS = 15
STALLED_SECONDS = 10
CUT_SECONDS = 30
LOGIN_SECONDS = 5

_LARGEST = 2**63 - 1

T = TypeVar("T")


class Fault(enum.Enum):
    """Every error that crosses the wire.  The value is the fixed text that does."""

    NOT_REGISTERED = "this workstation's certificate is not registered with the gateway"
    BAD_VERSION = "the gateway speaks another version of the protocol"
    BAD_REQUEST = "the request is malformed"
    NOT_FOUND = "no such alarm or file"
    BUSY = "too many requests at once"
    TRY_LATER = "the gateway cannot do this now"
    INTERNAL = "the other end failed to do this"


class PeerFault(Exception):
    """A `Fault`: raised by what is called, to be sent, and by a call that the peer refused."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


class Mode(enum.Enum):
    """How a subscription goes on: after the cursor, or with what is open and then what follows."""

    RESUME = "resume"
    SNAPSHOT = "snapshot"


def _number(*, optional: bool = False) -> Callable[[Any, Any, Any], None]:
    def check(_: Any, attribute: Any, value: Any) -> None:
        if optional and value is None:
            return
        if type(value) is not int or not 0 <= value <= _LARGEST:
            raise ValueError(f"{attribute.name} is no number")

    return check


def _text(limit: int, *, optional: bool = False) -> Callable[[Any, Any, Any], None]:
    def check(_: Any, attribute: Any, value: Any) -> None:
        if optional and value is None:
            return
        if type(value) is not str or len(value) > limit or not value.isprintable():
            raise ValueError(f"{attribute.name} is no text of up to {limit} characters")

    return check


def _list(_: Any, attribute: Any, value: Any) -> None:
    if not isinstance(value, list):
        raise ValueError(f"{attribute.name} is no list")


@frozen(kw_only=True)
class Hello:
    """A workstation's first words: the protocol it speaks and the program it is."""

    version: int = field(validator=_number())
    client: str = field(validator=_text(100))


@frozen(kw_only=True)
class Request:
    """Where a workstation wants to go on: the journal it knows and the last number it has.

    Without a journal the number is meant for whatever journal the gateway has.
    """

    journal: str | None = field(default=None, validator=_text(64, optional=True))
    cursor: int | None = field(default=None, validator=_number(optional=True))


@frozen(kw_only=True)
class Subscribed:
    """The gateway's answer to a `Request`: what it has and how it goes on."""

    journal: str = field(validator=_text(64))
    node: str = field(validator=_text(16))
    first: int = field(validator=_number())
    head: int = field(validator=_number())
    mode: Mode = field(converter=Mode)
    open_total: int | None = field(default=None, validator=_number(optional=True))
    more_incidents: int | None = field(default=None, validator=_number(optional=True))
    last_alarm: str | None = field(default=None, validator=_text(64, optional=True))


@frozen(kw_only=True)
class Batch:
    """Entries after number ``after``: whatever there is for this reader up to number ``up_to``."""

    after: int = field(validator=_number())
    up_to: int = field(validator=_number())
    entries: list[dict[str, Any]] = field(validator=_list)


@frozen(kw_only=True)
class Heartbeat:
    """The gateway's sign of life: its time and newest number, and what is wrong with it.

    ``reasons`` are sentences; ``conditions`` say the same by name, for whoever has words of his
    own: objects with name, subject, detail, text, since and shut (all, some or null).
    """

    journal: str = field(validator=_text(64))
    head: int = field(validator=_number())
    time: str = field(validator=_text(40))
    state: str = field(validator=_text(40))
    reasons: list[Any] = field(factory=list, validator=_list)
    conditions: list[Any] = field(factory=list, validator=_list)


@frozen(kw_only=True)
class Drawn:
    """A workstation's answer to a heartbeat: the last number that its screen has shown."""

    drawn: int | None = field(default=None, validator=_number(optional=True))


def pack(message: attrs.AttrsInstance) -> bytes:
    """A message as its one ``bytes`` argument."""
    return encode(attrs.asdict(message, value_serializer=_plain))


def unpack(kind: type[T], data: object, limit: int = REQUEST_BYTES) -> T:
    """The message of this ``kind`` in ``data``.  Unknown fields are a newer peer's: left out.

    Raises `Refused` for anything else, or longer than ``limit``.
    """
    if not isinstance(data, bytes) or len(data) > limit:
        _refuse(kind)
    try:
        value = json.loads(data, parse_constant=_no_constant)
        known = {name.name for name in attrs.fields(kind)}  # type: ignore[arg-type]
        return kind(**{name: value[name] for name in known & value.keys()})
    except (ValueError, TypeError, AttributeError, RecursionError):
        _refuse(kind)


def pack_batch(after: int, up_to: int, entries: Sequence[bytes]) -> bytes:
    """A `Batch` of entries that are encoded already, as their one ``bytes`` argument."""
    frame = b'{"after":%d,"up_to":%d,"entries":[' % (after, up_to)
    return b"".join((frame, b",".join(entries), b"]}"))


def unpack_batch(data: object) -> Batch:
    """The `Batch` in ``data``, its entries numbered upwards.  Raises `Refused`."""
    batch = unpack(Batch, data, BATCH_BYTES)
    last = 0
    for entry in batch.entries:
        seq = entry.get("seq") if isinstance(entry, dict) else None
        if type(seq) is not int or not last < seq <= batch.up_to:
            _refuse(Batch)
        last = seq
    return batch


def unpack_piece(arguments: Sequence[object]) -> tuple[str, str, int]:
    """The (alarm, name, offset) of a request for a piece of a picture.  Raises `Refused`."""
    if len(arguments) != 3:
        _refuse(Request)
    alarm, name, offset = arguments
    if not (isinstance(alarm, str) and isinstance(name, str) and len(alarm) + len(name) <= 512):
        _refuse(Request)
    if type(offset) is not int or not 0 <= offset <= _LARGEST:
        _refuse(Request)
    return alarm, name, offset


def _plain(_: object, __: object, value: Any) -> Any:
    return value.value if isinstance(value, enum.Enum) else value


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _refuse(kind: type[object]) -> NoReturn:
    raise Refused(Cause.BAD_VALUE, f"not a {kind.__name__} message")
