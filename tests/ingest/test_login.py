"""Logins by password and by certificate."""

from __future__ import annotations

import pytest
from twisted.cred.credentials import UsernamePassword
from twisted.cred.error import UnauthorizedLogin
from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from alarmgw.directory import Directory
from alarmgw.ingest.login import Device, IDevice, PeerCertificate, UnknownLogin, device_portal
from alarmgw.model import Login

BQ3 = Login(name="bq3", salt=b"", digest=b"secret")
DIRECTORY = Directory.of([], [BQ3], {"ab" * 32: "bq3"})


def log_in(credentials: object) -> object:
    """What the portal answers: the device, or the class of the failure."""
    portal = device_portal(lambda: DIRECTORY, lambda login, word: login.digest == word)
    answers: list[object] = []
    done: Deferred[object] = portal.login(credentials, None, IDevice)
    done.addBoth(answers.append)
    (answer,) = answers
    return answer.type if isinstance(answer, Failure) else answer[1]  # type: ignore[index]


@pytest.mark.parametrize("name", [b"bq3", b"BQ3"])
def test_right_password_is_the_login(name: bytes) -> None:
    """Name in any case and the right password prove the login, by its registered name."""
    assert log_in(UsernamePassword(name, b"secret")) == Device("bq3")


def test_wrong_password_is_not_an_unknown_name() -> None:
    """The two are told apart: inside a trusted network only one of them is a mistake."""
    assert log_in(UsernamePassword(b"bq3", b"wrong")) is UnauthorizedLogin
    assert log_in(UsernamePassword(b"bq4", b"secret")) is UnknownLogin
    assert log_in(UsernamePassword(b"\xff\x00", b"")) is UnknownLogin


def test_nobody_is_no_login() -> None:
    """No name and no password prove nothing, whatever the stand-in for unknown names is."""
    assert log_in(UsernamePassword(b"", bytes(32))) is UnknownLogin


def test_registered_certificate_is_its_login() -> None:
    """A fingerprint proves the login that it is registered for, and no other."""
    assert log_in(PeerCertificate("ab" * 32)) == Device("bq3")
    assert log_in(PeerCertificate("cd" * 32)) is UnknownLogin
