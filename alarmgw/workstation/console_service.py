"""Opens the console: listens on loopback and says in ``console-url`` where and with which token."""

# mypy: allow-untyped-calls
from __future__ import annotations

import os
from pathlib import Path
from typing import cast

from twisted.application.service import Service
from twisted.internet.address import IPv4Address
from twisted.internet.error import CannotListenError
from twisted.internet.interfaces import IListeningPort, IReactorTCP
from twisted.internet.protocol import ServerFactory
from twisted.logger import Logger
from twisted.web.server import Site

from alarmgw.workstation.access import Access

LOOPBACK = "127.0.0.1"
ADDRESS_NAME = "console-url"

log = Logger()


class CannotOpen(Exception):
    """The console's port or its address file cannot be had; says why in one line."""


class ConsoleService(Service):
    """The console's port, and the file with its address while it is open."""

    def __init__(
        self, site: Site, access: Access, *, port: int, folder: Path, reactor: IReactorTCP
    ) -> None:
        """``folder`` is the bundle's; ``port`` 0 takes any that is free."""
        self._site = site
        self._access = access
        self._wanted = port
        self._file = folder / ADDRESS_NAME
        self._reactor = reactor
        self._listening: IListeningPort | None = None

    def startService(self) -> None:
        """Listens, then writes the address.  Raises `CannotOpen`."""
        try:
            self._listening = self._reactor.listenTCP(
                self._wanted, cast(ServerFactory, self._site), interface=LOOPBACK
            )
            port = cast(IPv4Address, self._listening.getHost()).port
            write_private(self._file, self._access.serve_at(port) + "\n")
        except (CannotListenError, OSError) as error:
            raise CannotOpen(f"alarmgw-workstation: the console cannot open: {error}") from error
        super().startService()
        log.info(
            "the console is open on port {port}; its address is in {file}",
            port=port,
            file=str(self._file),
        )

    def stopService(self) -> object:
        """Takes the address away and stops listening."""
        super().stopService()
        listening, self._listening = self._listening, None
        if listening is None:
            return None
        self._file.unlink(missing_ok=True)
        return listening.stopListening()


def write_private(path: Path, text: str) -> None:
    """``path`` with this text, readable by its owner alone; never a half or an old one."""
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text)
    fresh.replace(path)
