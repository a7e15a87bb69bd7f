"""Opening the console: the port and the file that says where it is."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from twisted.internet.defer import Deferred
from twisted.internet.threads import deferToThread
from twisted.trial.unittest import TestCase
from twisted.web.resource import Resource

from alarmgw.workstation.access import Access
from alarmgw.workstation.console_service import CannotOpen, ConsoleService, write_private
from alarmgw.workstation.door import ConsoleSite, Door, Plain


def test_address_is_private_and_whole(tmp_path: Path) -> None:
    """The file has mode 0600 even where an old one was open to all, and holds only the new text."""
    path = tmp_path / "console-url"
    path.write_text("something old and long\n")
    path.chmod(0o644)
    write_private(path, "new\n")
    assert path.read_text() == "new\n"
    assert os.name == "nt" or stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.sockets
class ConsoleServiceTests(TestCase):
    """`ConsoleService` on a real port."""

    def setUp(self) -> None:
        """A console with one page, on any free port."""
        self.folder = Path(self.mktemp())
        self.folder.mkdir()
        self.service = self.made(0)
        self.service.startService()
        self.addCleanup(self.service.stopService)
        self.address = (self.folder / "console-url").read_text().strip()

    def made(self, port: int) -> ConsoleService:
        """A console service that is not started yet."""
        from twisted.internet import reactor

        access, inside = Access(os.urandom), Resource()
        inside.putChild(b"", Plain(200, "inside"))
        site = ConsoleSite(Door(access, inside))
        return ConsoleService(site, access, port=port, folder=self.folder, reactor=reactor)

    async def fetched(self, address: str, **headers: str) -> str:
        """The page at that address, fetched in a thread."""

        def fetch() -> str:
            with urlopen(Request(address, headers=headers), timeout=10) as answer:
                self.cookie = answer.headers["Set-Cookie"]
                return str(answer.read().decode())

        return await deferToThread(fetch)

    def test_address_in_the_file_opens_the_console(self) -> Deferred[None]:
        """Whoever can read console-url gets in; the cookie is needed after that."""

        async def visit() -> None:
            with self.assertRaisesRegex(OSError, "403"):
                await self.fetched(self.address)  # urllib follows the redirect without the cookie
            cookie = self.service._access.set_cookie.partition(";")[0]
            root = self.address.partition("?")[0]
            self.assertEqual(await self.fetched(root, Cookie=cookie), "inside")

        return Deferred.fromCoroutine(visit())

    def test_taken_port_ends_in_one_line(self) -> None:
        """A port in use ends the start with one sentence; the file stays the first one's."""
        port = int(self.address.partition("?")[0].rstrip("/").rpartition(":")[2])
        with self.assertRaisesRegex(CannotOpen, "the console cannot open: .*in use"):
            self.made(port).startService()
        self.assertEqual((self.folder / "console-url").read_text().strip(), self.address)

    async def test_stopped_console_leaves_no_address(self) -> None:
        """After the stop the file is gone and nobody listens."""
        await self.service.stopService()
        self.assertEqual(list(self.folder.iterdir()), [])
        with self.assertRaises(OSError):
            await self.fetched(self.address)
