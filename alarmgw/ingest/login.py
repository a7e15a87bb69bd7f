"""Device logins for `twisted.cred`: what a portal for SMTP AUTH is made of.

A device proves its login by name and password, or by a registered client
certificate.  A name that nobody knows is told apart from a wrong password
(`UnknownLogin`): inside a trusted network a device may have to invent a name
because its menu demands one, while a wrong password for a known name is a
mistake that somebody must hear of.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from attrs import frozen
from twisted.cred.checkers import ICredentialsChecker
from twisted.cred.credentials import ICredentials, IUsernamePassword
from twisted.cred.error import UnauthorizedLogin
from twisted.cred.portal import IRealm, Portal
from zope.interface import Attribute, Interface, implementer

from alarmgw.directory import Directory
from alarmgw.model import Login

RightPassword = Callable[[Login, bytes], bool]
"""Whether a password is that login's; compares in constant time."""


class UnknownLogin(UnauthorizedLogin):
    """No login of that name is registered."""


class IPeerCertificate(ICredentials):
    """A client certificate that TLS has verified."""

    fingerprint = Attribute("SHA-256 of its DER form, lower-case hex")


class IDevice(Interface):
    """A device that has proved who it is."""

    name = Attribute("its login's name")


@implementer(IPeerCertificate)
@frozen
class PeerCertificate:
    """The certificate that a peer has shown."""

    fingerprint: str


@implementer(IDevice)
@frozen
class Device:
    """A device that is logged in."""

    name: str


@implementer(ICredentialsChecker)
class DeviceChecker:
    """Looks names, passwords and certificates up in the directory of the moment."""

    credentialInterfaces = (IUsernamePassword, IPeerCertificate)

    def __init__(self, directory: Callable[[], Directory], right_password: RightPassword) -> None:
        self._directory = directory
        self._right_password = right_password
        self._nobody = Login(name="", salt=bytes(16), digest=bytes(32))

    def requestAvatarId(self, credentials: Any) -> Any:
        """The login's name.  Raises `UnknownLogin` or `UnauthorizedLogin`; the portal defers it."""
        if IPeerCertificate.providedBy(credentials):
            return self._by_certificate(credentials.fingerprint)
        return self._by_password(credentials.username, credentials.password)

    def _by_certificate(self, fingerprint: str) -> str:
        name = self._directory().certificates.get(fingerprint)
        if name is None:
            raise UnknownLogin("no login has that certificate")
        return name

    def _by_password(self, name: bytes, password: bytes) -> str:
        login = self._directory().login(login_name(name))
        # An unknown name costs as much time as a known one.
        right = self._right_password(login or self._nobody, password)
        if login is None:
            raise UnknownLogin("no such login")
        if not right:
            raise UnauthorizedLogin("wrong password")
        return login.name


@implementer(IRealm)
class DeviceRealm:
    """Gives every proved login its `Device`."""

    def requestAvatar(
        self, avatarId: Any, mind: object, *interfaces: Any
    ) -> tuple[Any, Any, Callable[[], None]]:
        """The device behind a proved name."""
        if IDevice not in interfaces:
            raise NotImplementedError("devices only")
        return IDevice, Device(avatarId), _logged_out


def device_portal(directory: Callable[[], Directory], right_password: RightPassword) -> Portal:
    """The portal for every SMTP listener."""
    return Portal(DeviceRealm(), [DeviceChecker(directory, right_password)])


def login_name(raw: bytes) -> str:
    """A name as a device sent it: UTF-8, else whatever Latin-1 makes of it."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _logged_out() -> None:
    """Nothing is held for a login, so nothing is given back."""
