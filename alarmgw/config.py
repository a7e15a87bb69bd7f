"""``alarmgw.toml``, read once into frozen values; all that is wrong in it at once.

A configuration with any complaint never starts: `load` returns a whole
`Configuration` or raises `BadConfig` with every `Complaint`, each with the
file, the key and what to do.  Keys of the n-th ``[[listener]]`` are written
``listener[n].key``, counted from 1.
"""

from __future__ import annotations

import ipaddress
import os
import re
import tomllib
from collections.abc import Sequence
from datetime import timezone, tzinfo
from importlib import resources
from pathlib import Path
from typing import Any

from attrs import evolve, field, frozen
from twisted.internet.endpoints import serverFromString

from alarmgw.certificates import SERVER_PAIRS, BadCertificate, load_certificate, load_pair
from alarmgw.codec.outcomes import DEFAULT, Outcomes, read_outcomes
from alarmgw.errors import BadConfig, Complaint
from alarmgw.model import NODE_PATTERN
from alarmgw.store.timezones import machine_zone, zone_named
from alarmgw.tables import Table, whole_number

CONFIG_NAME = "alarmgw.toml"
OUTCOMES_NAME = "outcomes.toml"
TLS_MODES = ("none", "starttls", "implicit")
TLS_PROFILES = ("modern", "legacy")
LEGACY_WARNING = "legacy TLS: its traffic can be read by who really wants to"
AUTH_WITHOUT_TLS = ("never", "trusted")
CLIENT_CERTIFICATES = ("no", "accepted")
UNKNOWN_SOURCES = ("capture", "refuse")

#: An endpoint whose socket systemd opens; a unit's own name may have dots and dashes.
PASSED_SOCKET = re.compile(
    r"(haproxy:)?systemd:domain=(INET6?|UNIX):(index=[0-9]+|name=[\w.@-]+)", re.ASCII
)

#: The ports in the template; `write_default` moves them all by the same distance.
TEMPLATE_PORT = 2525

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@frozen(kw_only=True)
class ListenerSettings:
    """One ``[[listener]]``: an address that devices send to, and its rules."""

    endpoint: str
    tls: str = "starttls"
    tls_profile: str = "modern"
    trusted_networks: tuple[Network, ...] = ()
    auth_without_tls: str = "trusted"
    client_certificates: str = "no"
    unknown_sources: str = "capture"


@frozen
class SpaceFloor:
    """How much space must stay free: a share of the file system, or so many bytes."""

    percent: float | None = None
    bytes: int | None = None

    def of(self, total: int) -> int:
        """The floor in bytes on a file system of ``total`` bytes."""
        return int(total * self.percent / 100) if self.percent is not None else self.bytes or 0


@frozen(kw_only=True)
class Limits:
    """``[limits]``: how much the gateway takes."""

    message_bytes: int = 268435456
    connections: int = 10000
    connections_per_address: int = 100
    free_space_floor: SpaceFloor = SpaceFloor(percent=2.0)


@frozen(kw_only=True)
class Configuration:
    """Everything that ``alarmgw.toml`` says, checked."""

    home: Path
    name: str
    listeners: tuple[ListenerSettings, ...] = field()
    limits: Limits
    workstations: str
    time_zone: tzinfo = timezone.utc
    outcomes: Outcomes = DEFAULT

    @property
    def tls(self) -> Path:
        """The folder of the authority and the server certificates."""
        return self.home / "tls"


def load(home: Path) -> Configuration:
    """The configuration of ``home`` and what it needs there.  Raises `BadConfig`."""
    path = home / CONFIG_NAME
    configuration, complaints = read(path, _read_toml(path))
    complaints += _missing_files(configuration) + _apart(home)
    outcomes = _own_outcomes(home, complaints)
    if complaints:
        raise BadConfig(complaints)
    return evolve(configuration, outcomes=outcomes)


def _own_outcomes(home: Path, complaints: list[Complaint]) -> Outcomes:
    """Those of ``outcomes.toml``, where a control room has its own."""
    path = home / OUTCOMES_NAME
    try:
        return read_outcomes(path.read_text("utf-8"), str(path))
    except FileNotFoundError:
        return DEFAULT
    except BadConfig as bad:
        complaints += bad.complaints
    except (OSError, UnicodeDecodeError) as error:
        complaints.append(Complaint(str(path), "file", f"cannot be read: {error}"))
    return DEFAULT


def read_name(home: Path) -> str:
    """The node's name alone, for commands that need no more.  Raises `BadConfig`."""
    path = home / CONFIG_NAME
    configuration, complaints = read(path, _read_toml(path))
    wrong = [complaint for complaint in complaints if complaint.key in ("gateway", "gateway.name")]
    if wrong:
        raise BadConfig(wrong)
    return configuration.name


def write_default(home: Path, base_port: int = TEMPLATE_PORT) -> Path:
    """Writes the annotated file with its ports moved to ``base_port`` and the next ones."""
    path = home / CONFIG_NAME
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "w", encoding="utf-8") as file:
        file.write(template(base_port))
    return path


def template(base_port: int = TEMPLATE_PORT) -> str:
    """The annotated ``alarmgw.toml``, listening on ``base_port`` and the next two."""
    text = (resources.files("alarmgw") / "default.toml").read_text(encoding="utf-8")
    return re.sub(
        r'"tcp:(\d+)', lambda port: f'"tcp:{int(port[1]) - TEMPLATE_PORT + base_port}', text
    )


def read(path: Path, document: dict[str, Any]) -> tuple[Configuration, list[Complaint]]:
    """``document`` as a configuration, and every complaint about it (then do not use it)."""
    complaints: list[Complaint] = []
    whole = Table(str(path), "", document, complaints)
    gateway, limits = whole.table("gateway"), whole.table("limits", needed=False)
    stations = whole.table("workstations")
    listeners = [_listener(table) for table in whole.tables("listener")]
    configuration = Configuration(
        home=path.parent,
        name=gateway.value("name", _node_name, "gw1", needed=True),
        listeners=tuple(listeners),
        limits=_limits(limits),
        workstations=stations.value("endpoint", _endpoint, "", needed=True),
        time_zone=gateway.value("time_zone", _time_zone, machine_zone()),
    )
    for table in (whole, gateway, limits, stations):
        table.finish()
    complaints += _ports_used_twice(str(path), configuration)
    complaints += _certificates_without_tls(str(path), configuration)
    return configuration, complaints


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        text = f"cannot be read ({error.strerror}); `alarmgw init HOME` makes a home"
        raise BadConfig([Complaint(str(path), "-", text)]) from error
    except UnicodeDecodeError as error:
        raise BadConfig([Complaint(str(path), "-", "is not UTF-8; save it as UTF-8")]) from error
    except tomllib.TOMLDecodeError as error:
        raise BadConfig([Complaint(str(path), "-", f"is not TOML: {error}")]) from error


def _listener(table: Table) -> ListenerSettings:
    settings = ListenerSettings(
        endpoint=table.value("endpoint", _endpoint, "", needed=True),
        tls=table.word("tls", TLS_MODES, "starttls"),
        tls_profile=table.word("tls_profile", TLS_PROFILES, "modern"),
        trusted_networks=table.value("trusted_networks", _networks, ()),
        auth_without_tls=table.word("auth_without_tls", AUTH_WITHOUT_TLS, "trusted"),
        client_certificates=table.word("client_certificates", CLIENT_CERTIFICATES, "no"),
        unknown_sources=table.word("unknown_sources", UNKNOWN_SOURCES, "capture"),
    )
    table.finish()
    return settings


def _limits(table: Table) -> Limits:
    plain = Limits()
    return Limits(
        message_bytes=table.value(
            "message_bytes", whole_number(65536, 1 << 40), plain.message_bytes
        ),
        connections=table.value("connections", whole_number(1, 1_000_000), plain.connections),
        connections_per_address=table.value(
            "connections_per_address", whole_number(1, 1_000_000), plain.connections_per_address
        ),
        free_space_floor=table.value("free_space_floor", _space, plain.free_space_floor),
    )


def _node_name(value: Any) -> str:
    if not isinstance(value, str) or not NODE_PATTERN.match(value):
        raise ValueError(f"{value!r} is no node name; use 1 to 16 lower-case letters and digits")
    return value


def _time_zone(value: Any) -> tzinfo:
    """``"local"`` or an IANA name."""
    if value == "local":
        return machine_zone()
    if not isinstance(value, str):
        raise ValueError(f'{value!r} is no text; write "local" or for example "Europe/Berlin"')
    return zone_named(value)


def _networks(value: Any) -> tuple[Network, ...]:
    if not isinstance(value, list):
        raise ValueError('is no list; write for example ["10.8.0.0/24"]')
    return tuple(_network(text) for text in value)


def _network(text: Any) -> Network:
    if not isinstance(text, str):
        raise ValueError(f'{text!r} is no text; write for example "10.8.0.0/24"')
    try:
        return ipaddress.ip_network(text)
    except ValueError:
        pass
    try:
        meant = ipaddress.ip_network(text, strict=False)
    except ValueError as error:
        raise ValueError(f'{text!r} is no network; write for example "10.8.0.0/24"') from error
    raise ValueError(f"{text!r} is an address inside a network; did you mean {str(meant)!r}?")


def _space(value: Any) -> SpaceFloor:
    """``"2%"`` or a number of bytes."""
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return SpaceFloor(bytes=value)
    share = re.fullmatch(r"(\d{1,2}(?:\.\d+)?)\s*%", value) if isinstance(value, str) else None
    if share is None:
        raise ValueError(f'{value!r} is neither a share below 100% like "2%" nor a number of bytes')
    return SpaceFloor(percent=float(share[1]))


def _endpoint(value: Any) -> str:
    """An endpoint that Twisted will understand; nothing is opened to find out."""
    example = 'for example "tcp:2525:interface=10.8.0.1"'
    if not isinstance(value, str):
        raise ValueError(f"{value!r} is no endpoint; write {example}")
    kind = value.removeprefix("haproxy:").partition(":")[0]
    if kind in ("ssl", "tls"):
        raise ValueError(f"{value!r}: TLS is alarmgw's own; write tcp and set the key tls")
    if kind not in ("tcp", "tcp6", "systemd"):
        raise ValueError(f"{value!r} begins with none of tcp, systemd, haproxy; write {example}")
    if kind == "systemd":
        if not PASSED_SOCKET.fullmatch(value):
            raise ValueError(f'{value!r} is not of the form "systemd:domain=INET:index=0"')
        return value
    return _parsed(value, example)


def _parsed(value: str, example: str) -> str:
    nowhere: Any = None
    try:
        serverFromString(nowhere, value)
    except (ValueError, TypeError, KeyError, IndexError) as error:
        raise ValueError(f"{value!r} is no endpoint ({error}); write {example}") from error
    address, port = bound_to(value)
    if not 0 <= port <= 65535:
        raise ValueError(f"{value!r}: there is no port {port}; ports end at 65535")
    if address:
        _checked_interface(value, address)
    return value


def _checked_interface(value: str, address: str) -> None:
    try:
        ipaddress.ip_address(address)
    except ValueError as error:
        raise ValueError(
            f"{value!r}: {address!r} is no IP address; in IPv6 write each colon as \\\\:"
        ) from error


def bound_to(endpoint: str) -> tuple[str, int]:
    """The interface ("" for all) and port of a tcp endpoint; port 0 for any other kind."""
    words = re.split(r"(?<!\\):", endpoint.removeprefix("haproxy:"))
    named = dict(word.split("=", 1) for word in words if "=" in word)
    plain = [word for word in words[1:] if "=" not in word]
    port = named.get("port", plain[0] if plain else "0")
    interface = named.get("interface", plain[1] if len(plain) > 1 else "").replace("\\:", ":")
    return interface, int(port) if port.isdigit() and words[0] in ("tcp", "tcp6") else 0


def _ports_used_twice(file: str, configuration: Configuration) -> list[Complaint]:
    named = [
        (f"listener[{number}].endpoint", listener.endpoint)
        for number, listener in enumerate(configuration.listeners, 1)
    ]
    named.append(("workstations.endpoint", configuration.workstations))
    complaints, seen, passed = [], list[tuple[str, str, int]](), dict[str, str]()
    for key, endpoint in named:
        plain = endpoint.removeprefix("haproxy:")
        if PASSED_SOCKET.fullmatch(plain) and passed.setdefault(plain, key) != key:
            text = f"{plain!r} is the socket of {passed[plain]} already; give each its own"
            complaints.append(Complaint(file, key, text))
        address, port = bound_to(endpoint)
        for other, taken, number in seen:
            if port == number != 0 and _overlap(address, taken):
                text = f"port {port} is used by {other} already; give each its own"
                complaints.append(Complaint(file, key, text))
        seen.append((key, address, port))
    return complaints


def _certificates_without_tls(file: str, configuration: Configuration) -> list[Complaint]:
    text = 'is "accepted" on a listener without TLS; set its tls to starttls or implicit'
    return [
        Complaint(file, f"listener[{number}].client_certificates", text)
        for number, listener in enumerate(configuration.listeners, 1)
        if listener.tls == "none" and listener.client_certificates == "accepted"
    ]


def _overlap(one: str, other: str) -> bool:
    everywhere = {"", "0.0.0.0", "::"}
    return one == other or one in everywhere or other in everywhere


def _missing_files(configuration: Configuration) -> list[Complaint]:
    """What in ``HOME/tls`` cannot be used, told at the key that needs it."""
    file = str(configuration.home / CONFIG_NAME)
    pairs = [("workstations.endpoint", SERVER_PAIRS[0])]
    for number, listener in enumerate(configuration.listeners, 1):
        if listener.tls != "none":
            pairs += [(f"listener[{number}].tls", name) for name in SERVER_PAIRS]
    complaints, told = [], set[str]()
    for key, text in [*_bad_pairs(configuration.tls, pairs), *_bad_authority(configuration.tls)]:
        if text not in told:
            complaints.append(Complaint(file, key, text))
            told.add(text)
    return complaints


def _bad_pairs(folder: Path, pairs: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    bad = []
    for key, name in pairs:
        try:
            load_pair(folder, name)
        except BadCertificate as error:
            bad.append((key, str(error)))
    return bad


def _bad_authority(folder: Path) -> list[tuple[str, str]]:
    try:
        load_certificate(folder / "ca.pem")
    except BadCertificate as error:
        return [("workstations.endpoint", str(error))]
    return []


def _apart(home: Path) -> list[Complaint]:
    """Archive and spool must be one file system: a mail is published by renaming its folder."""
    devices = {}
    complaints = []
    for name in ("archive", "spool"):
        path = home / name
        try:
            devices[name] = path.stat().st_dev
        except OSError as error:
            text = f"{error.strerror}; is its disk mounted? A new home has it from `alarmgw init`"
            complaints.append(Complaint(str(path), name, text))
    if len(set(devices.values())) > 1:
        text = "is on another file system than archive; mount the disk at HOME, not inside it"
        complaints.append(Complaint(str(home / "spool"), "spool", text))
    return complaints
