"""A workstation's bundle: the folder that `alarmgw workstation add` wrote for it.

``bundle.toml`` says where the gateway is, ``key.pem``, ``certificate.pem`` and
``ca.pem`` who we are and whom we believe.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from attrs import field, frozen
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from alarmgw.errors import BadConfig, Complaint

SETTINGS = "bundle.toml"
PEM_FILES = ("key.pem", "certificate.pem", "ca.pem")

_HOST_PORT = re.compile(r"(?:\[(?P<v6>[0-9a-fA-F:.]+)\]|(?P<host>[^\s:\[\]]+)):(?P<port>\d{1,5})\Z")
_DNS_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?\Z")


@frozen(kw_only=True)
class Bundle:
    """Where the gateway is, whom we believe, and who we are.

    ``player`` is the command that plays a tone, None for the machine's usual one.
    """

    folder: Path
    name: str
    host: str
    port: int
    server_name: str
    console_port: int
    player: tuple[str, ...] | None = None
    key: bytes = field(repr=False)
    certificate: bytes = field(repr=False)
    ca: bytes = field(repr=False)

    @property
    def fingerprint(self) -> str:
        """The certificate's, as the gateway registered it and names it in entries."""
        return x509.load_pem_x509_certificate(self.certificate).fingerprint(hashes.SHA256()).hex()


def load_bundle(folder: Path) -> Bundle:
    """The bundle in ``folder``.  Raises `BadConfig` with everything that is wrong with it."""
    complaints: list[Complaint] = []
    settings = _settings(folder / SETTINGS, complaints)
    pems = {name: _pem(folder / name, complaints) for name in PEM_FILES}
    if not complaints:
        _belongs(folder, pems["key.pem"], pems["certificate.pem"], complaints)
    if complaints:
        raise BadConfig(complaints)
    return Bundle(
        folder=folder,
        key=pems["key.pem"],
        certificate=pems["certificate.pem"],
        ca=pems["ca.pem"],
        **settings,
    )


def _settings(path: Path, complaints: list[Complaint]) -> dict[str, Any]:
    try:
        given = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        complaints.append(Complaint(str(path), "file", f"cannot be read: {error.strerror}"))
        return {}
    except ValueError as error:
        complaints.append(Complaint(str(path), "file", f"is no TOML: {error}"))
        return {}
    settings: dict[str, Any] = {}
    for key, (read, wanted) in _KEYS.items():
        found = read(given.get(key))
        if found is None:
            complaints.append(Complaint(str(path), key, f"must be {wanted}"))
        else:
            settings.update(found)
    for key in given.keys() - _KEYS.keys():
        complaints.append(Complaint(str(path), key, "is not known here"))
    return settings


def _name(value: object) -> dict[str, Any] | None:
    good = isinstance(value, str) and 0 < len(value) <= 100 and value.isprintable()
    return {"name": value} if good else None


def _gateway(value: object) -> dict[str, Any] | None:
    found = _HOST_PORT.match(value) if isinstance(value, str) else None
    if found is None or not 0 < int(found["port"]) < 65536:
        return None
    return {"host": found["v6"] or found["host"], "port": int(found["port"])}


def _server_name(value: object) -> dict[str, Any] | None:
    good = isinstance(value, str) and _DNS_NAME.match(value)
    return {"server_name": value} if good else None


def _console_port(value: object) -> dict[str, Any] | None:
    return {"console_port": value} if type(value) is int and 0 <= value < 65536 else None


def _player(value: object) -> dict[str, Any] | None:
    if value is None:
        return {"player": None}
    words = value if isinstance(value, list) else []
    good = all(isinstance(word, str) and word.isprintable() for word in words)
    named = good and any("{file}" in word for word in words[1:])
    return {"player": tuple(words)} if named else None


_KEYS: dict[str, tuple[Callable[[object], dict[str, Any] | None], str]] = {
    "name": (_name, "the workstation's name"),
    "gateway": (_gateway, 'the gateway\'s address as "HOST:PORT"'),
    "server_name": (_server_name, "the name in the gateway's certificate"),
    "console_port": (_console_port, "a port number (0: any free one)"),
    "player": (_player, 'a program and its words, as ["aplay", "-q", "{file}"]'),
}


def _pem(path: Path, complaints: list[Complaint]) -> bytes:
    try:
        data = path.read_bytes()
        if path.name == "key.pem":
            serialization.load_pem_private_key(data, None)
        else:
            x509.load_pem_x509_certificate(data)
    except OSError as error:
        complaints.append(Complaint(str(path), "file", f"cannot be read: {error.strerror}"))
    except (ValueError, TypeError):
        kind = "private key without a password" if path.name == "key.pem" else "certificate"
        complaints.append(Complaint(str(path), "file", f"is no {kind} in PEM"))
    else:
        return data
    return b""


def _belongs(folder: Path, key: bytes, certificate: bytes, complaints: list[Complaint]) -> None:
    ours = serialization.load_pem_private_key(key, None).public_key()
    if x509.load_pem_x509_certificate(certificate).public_key() != ours:
        path = str(folder / "key.pem")
        complaints.append(Complaint(path, "file", "does not belong to certificate.pem"))
