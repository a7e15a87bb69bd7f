"""The words of alarmgw as values: frozen, and impossible to make wrong.

Times are aware datetimes in UTC.  Text is always valid Unicode: what came
from a device as something else was decoded, with replacements, by a codec.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta, timezone
from typing import Any, Protocol, TypeVar

import attrs
from attrs import field, frozen

#: What an alarm mail turned out to be (the contract's ``kind``).
KINDS = ("alarm", "restore", "fault", "test", "routine", "report", "info")

#: How an alarm is handled (the contract's ``handling``).
HANDLINGS = ("queue", "test", "suppressed", "disarmed", "commissioning", "external")

#: Where a mail came from (the contract's ``origin``).
ORIGINS = ("device", "gateway", "canary")

#: A node's name stands in ids, paths and host names.
NODE_PATTERN = re.compile(r"[a-z0-9]{1,16}\Z")

#: ``<node>-<YYYYMMDD>-<HHMMSS>-<ten hex digits>``, made at MAIL.
MAIL_ID_PATTERN = re.compile(r"[a-z0-9]{1,16}-\d{8}-\d{6}-[0-9a-f]{10}\Z")

#: ``<mail id>-<n>``, one for each source that a mail is for.
ALARM_ID_PATTERN = re.compile(r"[a-z0-9]{1,16}-\d{8}-\d{6}-[0-9a-f]{10}-[1-9]\d{0,3}\Z")

Randomness = Callable[[int], bytes]
"""``os.urandom`` or a fake: so many random bytes."""

Now = Callable[[], datetime]
"""The time, aware and in UTC; a fake clock in tests."""

T = TypeVar("T")


class Pace(Protocol):
    """How a long row of work is done: at once, or in slices between which others go on."""

    def __call__(self, rows: Iterable[T], /) -> Iterable[T]:
        """The same rows, some of them a little later."""


def at_once(rows: Iterable[T], /) -> Iterable[T]:
    """Work that nobody else waits for."""
    return rows


def utc_now() -> datetime:
    """The system's time as an aware UTC datetime; handed in wherever time is needed."""
    return datetime.now(timezone.utc)


def utc_text(moment: datetime, digits: int = 3) -> str:
    """RFC 3339 in UTC with ``digits`` (3 or 6) decimals: ``2026-11-21T20:45:02.123Z``."""
    spec = "milliseconds" if digits == 3 else "microseconds"
    return moment.astimezone(timezone.utc).isoformat(timespec=spec).replace("+00:00", "Z")


def utc_moment(text: str) -> datetime:
    """The moment that `utc_text` wrote.  Raises `ValueError` for anything else."""
    moment = datetime.fromisoformat(text)
    if moment.utcoffset() != timedelta(0):
        raise ValueError(f"{text!r} is not a time in UTC")
    return moment


def new_mail_id(node: str, now: datetime, randomness: Randomness) -> str:
    """A mail's id: node, time and 40 random bits, unique without asking anybody."""
    stamp = now.astimezone(timezone.utc).strftime("%Y%m%d-%H%M%S")
    return f"{node}-{stamp}-{randomness(5).hex()}"


def alarm_id(mail: str, number: int) -> str:
    """The id of the ``number``-th alarm (from 1) of a mail."""
    return f"{mail}-{number}"


def normal_address(address: str) -> str:
    """The form in which addresses are compared and stored: lower case, no blanks around."""
    return address.strip().lower()


def _one_of(allowed: tuple[str, ...]) -> Any:
    return attrs.validators.in_(allowed)


def _utc(instance: object, attribute: attrs.Attribute[datetime], value: datetime) -> None:
    if value.utcoffset() is None:
        raise ValueError(f"{attribute.name} has no time zone")


def _is_name(instance: object, attribute: attrs.Attribute[str], value: str) -> None:
    if value in ("", ".", "..") or "/" in value or "\0" in value:
        raise ValueError(f"{attribute.name} {value!r} is no file's name")


_hash = attrs.validators.matches_re(r"[0-9a-f]{64}\Z")
_natural = attrs.validators.ge(0)


@frozen(kw_only=True)
class Envelope:
    """Who spoke to us and what they said before the mail: ESMTP's envelope and session."""

    peer: str
    helo: str
    sender: str
    recipients: tuple[str, ...]
    login: str | None = None
    tls: str | None = None

    def as_json(self) -> dict[str, Any]:
        """The contract's ``envelope`` object."""
        return {
            "peer": self.peer,
            "helo": self.helo,
            "from": self.sender,
            "rcpt": list(self.recipients),
            "login": self.login,
            "tls": self.tls,
        }


@frozen(kw_only=True)
class Times:
    """When things happened to one mail, by the gateway's clock."""

    connected: datetime = field(validator=_utc)
    data: datetime = field(validator=_utc)
    eom: datetime = field(validator=_utc)
    synced: datetime = field(validator=_utc)
    clock_offset_s: float | None = None

    def as_json(self) -> dict[str, Any]:
        """The contract's ``times`` object, RFC 3339 with microseconds."""
        moments = {
            name: utc_text(getattr(self, name), 6)
            for name in ("connected", "data", "eom", "synced")
        }
        return {**moments, "clock_offset_s": self.clock_offset_s}


@frozen(kw_only=True)
class Event:
    """One thing that a device says has happened; several cameras are several events."""

    event: str
    event_raw: str | None = None
    state: str | None = field(default=None, validator=_one_of((None, "start", "end")))  # type: ignore[arg-type]
    channel: str | None = None
    camera: str | None = None
    device: str | None = None
    device_time: str | None = None

    def as_json(self) -> dict[str, Any]:
        """One element of the contract's ``events`` list."""
        return attrs.asdict(self)


@frozen(kw_only=True)
class Part:
    """One picture or file that fell out of a mail and stands in the alarm's folder."""

    name: str = field(validator=_is_name)
    label: str | None
    media_type: str
    size: int = field(validator=_natural)
    sha256: str = field(validator=_hash)

    def as_json(self) -> dict[str, Any]:
        """One element of the contract's ``pictures`` and ``files`` lists."""
        return attrs.asdict(self)


@frozen(kw_only=True)
class MailFacts:
    """A stored mail's identity: what ``message.eml`` is, octet for octet."""

    id: str = field(validator=attrs.validators.matches_re(MAIL_ID_PATTERN))
    size: int = field(validator=_natural)
    sha256: str = field(validator=_hash)

    def as_json(self) -> dict[str, Any]:
        """The contract's ``mail`` object."""
        return attrs.asdict(self)


@frozen(kw_only=True)
class Unpacked:
    """What understanding a mail brought to light.  Derived, and rebuildable from the mail.

    ``labels`` are the names of pictures and files in their order, those of empty parts too.
    """

    subject: str | None = None
    text: str | None = None
    text_cut: bool = False
    pictures: tuple[Part, ...] = ()
    files: tuple[Part, ...] = ()
    labels: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@frozen(kw_only=True)
class Meaning:
    """What a mail's words mean: its kind and, in their order, its events (at least one).

    ``coordinates`` are latitude and longitude in degrees, ``link`` leads to pictures.
    """

    kind: str = field(validator=_one_of(KINDS))
    events: tuple[Event, ...] = field(validator=attrs.validators.min_len(1))
    coordinates: str | None = None
    link: str | None = None


@frozen(kw_only=True)
class Handling:
    """What is done with an alarm: class 1 (hold-up) to 5 (information), where, by which rule."""

    priority: int = field(validator=[attrs.validators.ge(1), attrs.validators.le(5)])
    handling: str = field(validator=_one_of(HANDLINGS))
    rule: str


def _networks(values: Any) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    return tuple(ipaddress.ip_network(value) for value in values)


def _addresses(values: Any) -> tuple[str, ...]:
    return tuple(map(normal_address, values))


@frozen(kw_only=True)
class ActionText:
    """What is done at an alarm with this event (Maßnahmentext), instead of the usual."""

    event: str
    text: str


@frozen(kw_only=True)
class Source:
    """A camera, recorder or panel (Bildquelle), known by a mail address.

    ``aliases`` are other names by which its mails name it; ``keys`` (`alarmgw.textkeys`) choose
    it among the sources of its login.  ``priority`` and ``handling`` are null where the mail's
    kind decides; ``disabled`` is the time since when it is out of use.
    """

    address: str = field(converter=normal_address, validator=attrs.validators.min_len(1))
    name: str | None = None
    site: str | None = None
    tenant: str | None = None
    login: str | None = None
    networks: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...] = field(
        default=(), converter=_networks
    )
    aliases: tuple[str, ...] = field(default=(), converter=_addresses)
    keys: tuple[str, ...] = ()
    make: str | None = None
    pre_alarm_pictures: int | None = None
    routine_minutes: int | None = None
    late_pictures_seconds: int | None = None
    priority: int | None = None
    handling: str | None = None
    action_text: str | None = None
    action_texts: tuple[ActionText, ...] = ()
    notes: str | None = None
    disabled: str | None = None


@frozen(kw_only=True)
class Contact:
    """Somebody who is called about a site (Ansprechpartner)."""

    name: str
    phone: str


@frozen(kw_only=True)
class Login:
    """A name that devices log in with; its password only as a salted HMAC-SHA256."""

    name: str
    salt: bytes = field(repr=False)
    digest: bytes = field(repr=False)
