"""`alarmgw.control`: one request, one answer, over a socket that only its owner may open."""

from __future__ import annotations

import json
import os
import shutil
import socket
import stat
from pathlib import Path
from typing import Any

import pytest
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import UNIXClientEndpoint, connectProtocol
from twisted.internet.protocol import Protocol
from twisted.trial.unittest import TestCase

from alarmgw.control import Control, Tell
from alarmgw.errors import Cause, Refused
from tests.places import temporary_home

pytestmark = pytest.mark.sockets


class Asker(Protocol):
    """Collects an answer until the gateway ends the connection."""

    def __init__(self) -> None:
        self.answer = b""
        self.ended: Deferred[bytes] = Deferred()

    def dataReceived(self, data: bytes) -> None:
        """A piece of it."""
        self.answer += data

    def connectionLost(self, reason: Any = None) -> None:
        """All of it."""
        self.ended.callback(self.answer)


async def perform(command: str, arguments: dict[str, Any], tell: Tell) -> Any:
    """What this gateway can do."""
    tell(1, 2)
    if command == "refuse":
        raise Refused(Cause.BAD_VALUE, "That is no address")
    if command == "fail":
        raise ZeroDivisionError
    return {"command": command, "arguments": arguments}


class ControlTests(TestCase):
    """Over a real socket."""

    async def setUp(self) -> None:
        """An open socket."""
        from twisted.internet import reactor

        self.reactor: Any = reactor
        self.home = temporary_home(self)
        await self.open()

    async def open(self) -> None:
        """Open the control socket of the home."""
        self.path = self.home / "run" / "control"
        self.control = Control(self.reactor, self.home, perform)
        self.control.startService()
        self.addCleanup(self.control.stopService)

    async def lines(self, line: bytes, path: Path | None = None) -> list[Any]:
        """What one line is answered with."""
        endpoint = UNIXClientEndpoint(self.reactor, str(path or self.path))
        asker = await connectProtocol(endpoint, Asker())
        asker.transport.write(line)
        return [json.loads(one) for one in (await asker.ended).splitlines()]

    async def ask(self, line: bytes, path: Path | None = None) -> Any:
        """The answer to one line: another one."""
        [answer] = await self.lines(line, path)
        return answer

    async def test_request_is_answered_with_its_result(self) -> None:
        """Command and arguments arrive, and the result comes back on one line."""
        asked = {"command": "source add", "arguments": {"address": "bq3@ebues.internal"}}
        answer = await self.ask(json.dumps(asked).encode() + b"\n")
        self.assertEqual(answer, {"ok": True, "result": asked})

    async def test_request_may_come_without_arguments(self) -> None:
        """A command that needs nothing gets nothing."""
        answer = await self.ask(b'{"command": "status"}\n')
        self.assertEqual(answer["result"], {"command": "status", "arguments": {}})

    async def test_progress_comes_before_the_answer_if_it_was_asked_for(self) -> None:
        """A line each time; nobody else gets more than one line."""
        told = await self.lines(b'{"command": "status", "progress": true}\n')
        self.assertEqual(told[0], {"progress": {"done": 1, "total": 2}})
        self.assertEqual(told[1]["ok"], True)
        self.assertEqual(len(told), 2)

    async def test_refusal_is_answered_with_its_sentence(self) -> None:
        """Who asked for what cannot be reads why."""
        answer = await self.ask(b'{"command": "refuse"}\n')
        self.assertEqual(answer, {"ok": False, "error": "That is no address"})

    async def test_bug_is_answered_with_a_fixed_sentence_and_logged(self) -> None:
        """Nothing of the inside is told over the socket; the log has it."""
        answer = await self.ask(b'{"command": "fail"}\n')
        self.assertFalse(answer["ok"])
        self.assertNotIn("ZeroDivision", answer["error"])
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)

    async def test_garbage_is_answered_and_hinders_nobody(self) -> None:
        """Whatever comes, there is an answer, and the next request is served."""
        for garbage in (b"HELO cam\n", b"[1, 2]\n", b'{"command": "x", "arguments": 5}\n'):
            self.assertFalse((await self.ask(garbage))["ok"])
        self.flushLoggedErrors()
        self.assertTrue((await self.ask(b'{"command": "status"}\n'))["ok"])

    def test_socket_is_for_its_owner_only(self) -> None:
        """Mode 0600: who may open it is the user that the gateway runs as."""
        self.assertEqual(stat.S_IMODE(self.path.stat().st_mode), 0o600)

    async def test_socket_of_a_killed_gateway_is_replaced(self) -> None:
        """A socket file that nobody listens to does not hinder the start."""
        await self.control.stopService()
        with socket.socket(socket.AF_UNIX) as dead:
            dead.bind(str(self.path))
        await self.open()
        self.assertTrue((await self.ask(b'{"command": "status"}\n'))["ok"])

    async def test_socket_is_gone_after_the_stop(self) -> None:
        """Without a gateway there is nothing to connect to: commands take the lock."""
        await self.control.stopService()
        self.assertFalse(self.path.exists())

    async def test_socket_that_somebody_removed_is_made_again(self) -> None:
        """It is missed, with its folder or without, and the next one answers."""
        for remove in (self.path.unlink, lambda: shutil.rmtree(self.path.parent)):
            self.assertTrue(self.control.is_there())
            remove()
            self.assertFalse(self.control.is_there())
            await self.control.renew()
            self.assertTrue((await self.ask(b'{"command": "status"}\n'))["ok"])

    async def test_socket_that_is_gone_does_not_hinder_the_stop(self) -> None:
        """What somebody has removed need not be removed."""
        self.path.unlink()
        await self.control.stopService()
        self.assertTrue(self.control.is_there())

    async def test_home_may_have_a_long_path(self) -> None:
        """A home deeper than a socket's path may be long has its socket all the same."""
        await self.control.stopService()
        self.home = self.home / ("deep" * 30)
        (self.home / "run").mkdir(parents=True)
        await self.open()
        folder = os.open(self.path.parent, os.O_RDONLY)
        self.addCleanup(os.close, folder)
        short = Path(f"/proc/self/fd/{folder}/control")
        self.assertTrue((await self.ask(b'{"command": "status"}\n', short))["ok"])
