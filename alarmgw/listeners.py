"""The listeners for devices: opened last, changed while running, closed first.

A port is opened here or was opened by systemd, which keeps it over a restart:
who connects meanwhile waits in its queue instead of being refused.  Closing
such a port closes our handle on it only.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from typing import Any, Protocol

from attrs import define, frozen
from twisted.application.service import Service
from twisted.internet.defer import Deferred, gatherResults, maybeDeferred, succeed
from twisted.internet.endpoints import serverFromString
from twisted.internet.error import CannotListenError
from twisted.internet.interfaces import (
    IAddress,
    IListeningPort,
    IProtocolFactory,
    IStreamServerEndpoint,
)
from twisted.internet.protocol import Factory
from twisted.internet.protocol import Protocol as TwistedProtocol
from twisted.logger import Logger
from twisted.protocols.haproxy import proxyEndpoint
from zope.interface import implementer

from alarmgw.certificates import BadCertificate, load_pair
from alarmgw.config import (
    CONFIG_NAME,
    LEGACY_WARNING,
    Configuration,
    ListenerSettings,
    bound_to,
)
from alarmgw.errors import BadConfig, Complaint
from alarmgw.gate import Closed, Gated
from alarmgw.outputs.broker import Broker, server_options


class Door(Protocol):
    """One listener's protocol: what its port hands connections to, and how it ends."""

    def for_endpoint(self) -> IProtocolFactory:
        """The factory for the port, TLS included."""

    def shutdown(self) -> Deferred[Any]:
        """Let transfers finish, or answer 421; fires when all connections have ended."""


class Build(Protocol):
    """Makes the door of one listener."""

    def __call__(self, name: str, settings: ListenerSettings, configuration: Configuration) -> Door:
        """The door of the listener called ``name``.  Raises `BadCertificate`."""


class Switch(Factory):
    """Stands between a port and its door, so that new rules need no new port."""

    noisy = False

    def __init__(self, inner: IProtocolFactory) -> None:
        self.inner = inner

    def buildProtocol(self, addr: IAddress | None) -> TwistedProtocol | None:
        """A protocol of the door that is in force now."""
        assert addr is not None
        built = self.inner.buildProtocol(addr)
        assert built is None or isinstance(built, TwistedProtocol)
        return built


@define
class _Listener:
    """An open port, what it leads to, and the settings that it was built from."""

    settings: ListenerSettings
    port: IListeningPort
    switch: Switch


#: What ``haproxy:`` before an endpoint means.
_WITH_PROXY: Callable[[IStreamServerEndpoint], IStreamServerEndpoint] = proxyEndpoint


@implementer(IStreamServerEndpoint)
@frozen
class _Passed:
    """A socket that systemd opened and passed on.

    Twisted's own endpoint closes the passed descriptor once it has a copy.
    Then a listener that a reload takes out and another one brings back would
    find some other file under that number.  So the passed one stays open.
    """

    reactor: Any
    descriptor: int
    family: socket.AddressFamily

    def listen(self, factory: IProtocolFactory) -> Deferred[IListeningPort]:
        """Take connections from it.  Fails with `OSError`, which says how to set it right."""
        return maybeDeferred(self._adopt, factory)

    def _adopt(self, factory: IProtocolFactory) -> IListeningPort:
        with socket.socket(fileno=os.dup(self.descriptor)) as passed:
            listens = passed.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
            if not listens or passed.type != socket.SOCK_STREAM:
                raise OSError("that socket does not listen; ListenStream= makes one that does")
            if passed.family != self.family:
                is_one = passed.family.name.removeprefix("AF_")
                raise OSError(f"that socket is one of domain={is_one}")
        os.set_blocking(self.descriptor, False)
        port: IListeningPort = self.reactor.adoptStreamPort(self.descriptor, self.family, factory)
        return port


def _endpoint(reactor: Any, text: str, closed: Closed) -> IStreamServerEndpoint:
    """The endpoint that ``text`` describes.  Raises `OSError` if its socket was not passed."""
    plain = text.removeprefix("haproxy:")
    endpoint = Gated(_plain_endpoint(reactor, plain), closed)
    return endpoint if plain == text else _WITH_PROXY(endpoint)


def _plain_endpoint(reactor: Any, plain: str) -> IStreamServerEndpoint:
    if not plain.startswith("systemd:"):
        opened: IStreamServerEndpoint = serverFromString(reactor, plain)
        return opened
    try:
        passed: Any = serverFromString(reactor, plain)
    except LookupError as error:
        raise OSError("systemd has passed no such socket; is alarmgw.socket started?") from error
    return _Passed(reactor, passed.fileno, passed.addressFamily)


def listen(
    reactor: Any, endpoint: str, factory: IProtocolFactory, closed: Closed
) -> IListeningPort:
    """An open port, at once; ``closed`` says to whom its gate is closed.

    Raises `CannotListenError` or `OSError`.
    """
    ports: list[IListeningPort] = []
    failures: list[Any] = []
    opening = _endpoint(reactor, endpoint, closed).listen(factory)
    opening.addCallbacks(ports.append, failures.append)
    if failures:
        failures[0].raiseException()
    return ports[0]


class Listeners(Service):
    """Keeps the configured listeners open."""

    _log = Logger()

    def __init__(
        self,
        reactor: Any,
        build: Build,
        configuration: Configuration,
        crowded: Closed = lambda host: False,
    ) -> None:
        """``crowded``: whether who comes from there cannot even be told that he is turned away."""
        self._reactor = reactor
        self._build = build
        self._configuration = configuration
        self._crowded = crowded
        self._listeners: dict[str, _Listener] = {}
        self._doors: list[Door] = []

    def startService(self) -> None:
        """Open all of them.  Raises `BadConfig` if one cannot be had."""
        Service.startService(self)
        self.change(self._configuration)

    def change(self, configuration: Configuration) -> None:
        """Listen as ``configuration`` says: all of it, or `BadConfig` and nothing has changed.

        Connections that exist go on by the rules that they began with.
        """
        doors = self._built(configuration)
        switches = {endpoint: Switch(door.for_endpoint()) for endpoint, door in doors.items()}
        fresh = self._opened(configuration, switches)
        for endpoint in self._listeners.keys() - doors.keys():
            self._listeners.pop(endpoint).port.stopListening()
        for settings in configuration.listeners:
            known = self._listeners.get(settings.endpoint)
            if known is None:
                port = fresh[settings.endpoint]
                known = _Listener(settings, port, switches[settings.endpoint])
                self._listeners[settings.endpoint] = known
            known.settings, known.switch.inner = settings, switches[settings.endpoint].inner
        self._configuration = configuration
        self._doors += doors.values()

    def facts(self) -> list[dict[str, Any]]:
        """What ``alarmgw status`` tells of the listeners; a legacy profile is a warning."""
        return [
            {
                "endpoint": endpoint,
                "tls": listener.settings.tls,
                "tls_profile": listener.settings.tls_profile,
                "unknown_sources": listener.settings.unknown_sources,
                "warning": LEGACY_WARNING if listener.settings.tls_profile == "legacy" else None,
            }
            for endpoint, listener in self._listeners.items()
        ]

    def stopService(self) -> Deferred[Any]:
        """Take no more connections; those that are there finish, or get 421."""
        Service.stopService(self)
        for listener in self._listeners.values():
            listener.port.stopListening()
        return gatherResults([door.shutdown() for door in self._doors], consumeErrors=True)

    def _built(self, configuration: Configuration) -> dict[str, Door]:
        """The doors of all listeners, by endpoint.  Raises `BadConfig`."""
        doors, complaints = {}, []
        for number, settings in enumerate(configuration.listeners, 1):
            name = f"listener[{number}]"
            try:
                doors[settings.endpoint] = self._build(name, settings, configuration)
            except BadCertificate as error:
                complaints.append(_complaint(configuration, f"{name}.tls", str(error)))
        if complaints:
            raise BadConfig(complaints)
        return doors

    def _opened(
        self, configuration: Configuration, switches: dict[str, Switch]
    ) -> dict[str, IListeningPort]:
        """The ports that are not open yet, opened; none of them if one cannot be had."""
        ports: dict[str, IListeningPort] = {}
        for number, settings in enumerate(configuration.listeners, 1):
            endpoint = settings.endpoint
            if endpoint in self._listeners:
                continue
            key = f"listener[{number}].endpoint"
            if _place(endpoint) in map(_place, self._listeners):
                text = f"{endpoint!r} changes an open port; restart the gateway for that"
                raise BadConfig([_complaint(configuration, key, text)])
            try:
                switch = switches[endpoint]
                ports[endpoint] = listen(self._reactor, endpoint, switch, self._crowded)
            except (CannotListenError, OSError) as error:
                for port in ports.values():
                    port.stopListening()
                text = f"{endpoint!r} cannot be used: {error}"
                raise BadConfig([_complaint(configuration, key, text)]) from error
        return ports


class Links(Service):
    """Keeps the broker's endpoint open."""

    def __init__(self, reactor: Any, configuration: Configuration, broker: Broker) -> None:
        self._reactor = reactor
        self._configuration = configuration
        self._broker = broker
        self._port: IListeningPort | None = None

    def startService(self) -> None:
        """Open it.  Raises `BadConfig` if it cannot be had."""
        Service.startService(self)
        pair = load_pair(self._configuration.tls, "server")
        authority = (self._configuration.tls / "ca.pem").read_bytes()
        options = server_options(pair.key_pem, pair.certificate_pem, authority)
        endpoint, inside = self._configuration.workstations, self._broker.over_tls(options)
        try:
            self._port = listen(self._reactor, endpoint, inside, lambda _: self._broker.full())
        except (CannotListenError, OSError) as error:
            text = f"{endpoint!r} cannot be used: {error}"
            complaint = _complaint(self._configuration, "workstations.endpoint", text)
            raise BadConfig([complaint]) from error
        self._broker.start()

    def stopService(self) -> Deferred[Any]:
        """Close it and cut every link; workstations come back by themselves."""
        Service.stopService(self)
        self._broker.stop()
        return maybeDeferred(self._port.stopListening) if self._port else succeed(None)


def _place(endpoint: str) -> tuple[str, int] | str:
    """What two endpoints cannot both have: an address, or a socket of systemd's."""
    plain = endpoint.removeprefix("haproxy:")
    return plain if plain.startswith("systemd:") else bound_to(endpoint)


def _complaint(configuration: Configuration, key: str, text: str) -> Complaint:
    return Complaint(str(configuration.home / CONFIG_NAME), key, text)
