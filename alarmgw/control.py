"""The control socket: how commands of the CLI reach a running gateway.

One JSON object on a line asks, one answers, then the connection ends:

    {"command": "source add", "arguments": {"address": "bq3@ebues.internal"}}
    {"ok": true, "result": {...}}          or          {"ok": false, "error": "one line"}

Who asks with ``"progress": true`` gets lines before it, as the work goes on:

    {"progress": {"done": 400, "total": 10500}}

The socket is ``HOME/run/control``, mode 0600: who may open it is the user
that the gateway runs as.
"""

from __future__ import annotations

import json
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from twisted.application.service import Service
from twisted.internet.defer import Deferred, maybeDeferred, succeed
from twisted.internet.interfaces import IListeningPort
from twisted.internet.protocol import Factory
from twisted.logger import Logger
from twisted.protocols.basic import LineOnlyReceiver
from twisted.python.failure import Failure

from alarmgw.errors import Cause, Refusal, Refused
from alarmgw.fitting import encode

Tell = Callable[[int, int], None]
"""Takes how much is done, and of how much."""

Perform = Callable[[str, dict[str, Any], Tell], Awaitable[Any]]

#: Nobody types more; an import's rows come in a file (see `alarmgw.keeping`).
REQUEST_BYTES = 1024 * 1024


class ControlProtocol(LineOnlyReceiver):
    """One request and its answer."""

    delimiter = b"\n"
    MAX_LENGTH = REQUEST_BYTES
    _log = Logger()

    def __init__(self, perform: Perform) -> None:
        self._perform = perform

    def lineReceived(self, line: bytes) -> None:
        """Answer one request; whatever goes wrong, the asker gets a sentence."""
        answering = Deferred.fromCoroutine(self._answer(line))
        answering.addErrback(
            lambda failure: self._log.failure("the control socket failed", failure)
        )

    async def _answer(self, line: bytes) -> None:
        try:
            command, arguments, progress = _request(line)
            tell = self._tell if progress else _nobody_listens
            answer = {"ok": True, "result": await self._perform(command, arguments, tell)}
        except Refusal as refusal:
            answer = {"ok": False, "error": refusal.text}
        except Exception:
            self._log.failure("A command over the control socket failed")
            answer = {"ok": False, "error": "The gateway failed at this; its log says where"}
        self._say(answer)
        assert self.transport is not None
        self.transport.loseConnection()

    def _tell(self, done: int, total: int) -> None:
        self._say({"progress": {"done": done, "total": total}})

    def _say(self, value: dict[str, Any]) -> None:
        assert self.transport is not None
        self.transport.write(encode(value) + b"\n")


def _nobody_listens(done: int, total: int) -> None:
    """What becomes of progress that nobody has asked for."""


def _request(line: bytes) -> tuple[str, dict[str, Any], bool]:
    try:
        request = json.loads(line)
        arguments = dict(request.get("arguments") or {})
        return str(request["command"]), arguments, request.get("progress") is True
    except (ValueError, TypeError, KeyError) as error:
        raise Refused(Cause.BAD_VALUE, "That is no request: see alarmgw/control.py") from error


class ControlFactory(Factory):
    """Builds a `ControlProtocol` for each connection; ``perform`` runs a command."""

    noisy = False

    def __init__(self, perform: Perform) -> None:
        self._perform = perform

    def buildProtocol(self, addr: Any) -> ControlProtocol:
        """A protocol for one request."""
        protocol = ControlProtocol(self._perform)
        protocol.factory = self
        return protocol


class Control(Service):
    """Keeps the control socket of a home open."""

    def __init__(self, reactor: Any, home: Path, perform: Perform) -> None:
        self._reactor = reactor
        self._path = home / "run" / "control"
        self._factory = ControlFactory(perform)
        self._folder: int | None = None
        self._port: IListeningPort | None = None

    def startService(self) -> None:
        """Open the socket; one that a killed gateway left behind is replaced."""
        Service.startService(self)
        self._open()

    def is_there(self) -> bool:
        """Whether commands can find the socket; true as well while it need not be there."""
        return not self.running or self._path.is_socket()

    async def renew(self) -> None:
        """Open another socket in place of one that is gone.  Raises `OSError`."""
        await self._closed()
        self._path.parent.mkdir(mode=0o700, exist_ok=True)
        self._open()

    def _open(self) -> None:
        self._path.unlink(missing_ok=True)
        # The kernel takes 107 bytes of path; the descriptor of its folder is shorter than any home.
        self._folder = os.open(self._path.parent, os.O_RDONLY | os.O_DIRECTORY)
        short = f"/proc/self/fd/{self._folder}/{self._path.name}"
        self._port = self._reactor.listenUNIX(short, self._factory, mode=0o600)

    def stopService(self) -> Deferred[Any]:
        """Close it; commands take the home's lock from now on."""
        Service.stopService(self)
        return self._closed()

    def _closed(self) -> Deferred[Any]:
        port, self._port = self._port, None
        if port is None:
            return succeed(None)
        closing = maybeDeferred(port.stopListening)
        return closing.addErrback(_was_gone, port).addBoth(self._forget_folder)

    def _forget_folder(self, result: Any) -> Any:
        if self._folder is not None:
            os.close(self._folder)
            self._folder = None
        return result


def _was_gone(failure: Failure, port: Any) -> None:
    """Twisted removes the socket's file before it closes the socket, and stops at a missing one."""
    failure.trap(FileNotFoundError)
    port.socket.close()
