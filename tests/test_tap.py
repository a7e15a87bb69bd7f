"""`alarmgw.tap`: a whole gateway from its home, or one sentence for each reason why not."""

from __future__ import annotations

import json
import os
import signal
import smtplib
import socket
from pathlib import Path
from typing import Any

import pytest
from twisted.internet.defer import Deferred
from twisted.internet.threads import deferToThread
from twisted.trial.unittest import SynchronousTestCase, TestCase

from alarmgw import config, tap
from alarmgw.errors import BadConfig
from alarmgw.store.journal import JournalReader
from alarmgw.store.lock import HomeLock
from tests.homes import make_home
from tests.live import free_base_port
from tests.places import temporary_home
from tests.store.lives import mail_of, picture

MAIL = mail_of(picture(size=60_000))


def options(home: Path) -> tap.Options:
    """``--home HOME``."""
    given = tap.Options()
    given.parseOptions(["--home", str(home)])
    return given


def edit(home: Path, old: str, new: str) -> None:
    """Change the configuration."""
    path = home / config.CONFIG_NAME
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


class NoStartTests(SynchronousTestCase):
    """Why a gateway does not start."""

    def setUp(self) -> None:
        """A sound home."""
        self.home = make_home(temporary_home(self) / "home")

    def sentence(self) -> str:
        """What `makeService` ends with."""
        with self.assertRaises(SystemExit) as caught:
            tap.makeService(options(self.home))
        return str(caught.exception)

    def test_all_complaints_are_made_at_once(self) -> None:
        """Each on a line of its own, with file and key."""
        edit(self.home, 'tls_profile = "modern"', 'tls_profile = "ancient"')
        edit(self.home, 'name = "gw1"', 'name = "Gateway One"')
        (self.home / "tls" / "server.pem").unlink()
        lines = self.sentence().splitlines()
        for key in ("gateway.name", "listener[1].tls_profile", "listener[2].tls_profile"):
            self.assertTrue(any(f"alarmgw.toml: {key}: " in line for line in lines), key)
        self.assertTrue(any("server.pem" in line for line in lines))

    def test_home_that_is_none_is_told(self) -> None:
        """A folder without configuration is named."""
        self.home = self.home / "nowhere"
        self.assertIn(str(self.home), self.sentence())

    def test_second_gateway_on_a_home_says_who_holds_it(self) -> None:
        """Two gateways on one home would break every promise: the second names the first."""
        lock = HomeLock(self.home)
        self.addCleanup(lock.release)
        said = self.sentence()
        self.assertIn(f"process {os.getpid()}", said)
        self.assertEqual(said.count("\n"), 0)

    def test_home_comes_from_the_environment_too(self) -> None:
        """Without ``--home``, ``$ALARMGW_HOME`` names the home."""
        self.patch(tap.os, "environ", {"ALARMGW_HOME": str(self.home / "elsewhere")})
        with self.assertRaises(SystemExit) as caught:
            tap.makeService(tap.Options())
        self.assertIn("elsewhere", str(caught.exception))


@pytest.mark.sockets
class GatewayTests(TestCase):
    """A gateway that runs."""

    def setUp(self) -> None:
        """Started; the process's signals come back afterwards."""
        for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
            self.addCleanup(signal.signal, number, signal.getsignal(number))
        self.base = free_base_port()
        toml = config.template(self.base)
        self.home = make_home(temporary_home(self) / "home", toml)
        self.service: Any = tap.makeService(options(self.home))
        self.addCleanup(self.stop)
        self.service.startService()

    async def stop(self) -> None:
        """Stop unless the test has."""
        if self.service.running:
            await self.service.stopService()

    def send(self) -> Deferred[Any]:
        """Send a mail as a camera does, in a thread; the answer to MAIL or to the final dot."""
        return deferToThread(_send, self.base)

    async def ask(self, command: str, **arguments: Any) -> Any:
        """What the control socket answers."""
        request = json.dumps({"command": command, "arguments": arguments}).encode()
        answer = await deferToThread(_ask, self.home / "run" / "control", request + b"\n")
        return json.loads(answer)["result"]

    def alarms(self) -> list[dict[str, Any]]:
        """The alarms in the journal."""
        reader = JournalReader(self.home / tap.JOURNAL_NAME)
        found = [json.loads(line) for _, line in reader.read(0)]
        reader.close()
        return [entry for entry in found if entry["type"] == "alarm"]

    async def test_mail_is_an_alarm_with_its_folder(self) -> None:
        """From the device's dot to the archive, through everything that the root has made."""
        code, text = await self.send()
        [alarm] = self.alarms()
        self.assertEqual(code, 250)
        self.assertIn(alarm["mail"]["id"], text.decode())
        names = {path.name for path in (self.home / alarm["path"]).iterdir()}
        self.assertEqual(names, {"message.eml", "text.txt", "alarm.json", "01-bild1.jpg"})

    async def test_source_that_is_added_owns_its_mail_at_once(self) -> None:
        """A change over the control socket is true for the next mail."""
        await self.ask("source add", address="bq3@ebues.internal")
        await self.send()
        self.assertEqual([alarm["source"] for alarm in self.alarms()], ["bq3@ebues.internal"])

    async def test_status_is_asked_over_the_control_socket(self) -> None:
        """The commands of the administration, and "status"."""
        await self.send()
        told = await self.ask("status")
        self.assertEqual((told["state"], told["open"], told["connections"]), ("ok", 1, 0))
        self.assertEqual([one["tls"] for one in told["listeners"]], ["starttls", "implicit"])

    async def test_home_is_free_after_the_stop(self) -> None:
        """After a stop the next gateway may start, and nobody answers."""
        await self.service.stopService()
        HomeLock(self.home).release()
        with self.assertRaises(ConnectionRefusedError):
            await self.send()

    async def test_reload_obeys_what_may_change(self) -> None:
        """SIGHUP: the limit for a mail is another one from now on."""
        edit(self.home, "message_bytes = 268435456", "message_bytes = 65536")
        self.assertEqual((await self.send())[0], 250)
        self.assertEqual(self.reload(), "")
        self.assertEqual((await self.send())[0], 552)

    async def test_reload_refuses_what_may_not_change(self) -> None:
        """A name is for a run's whole life: nothing of such a reload is obeyed."""
        edit(self.home, "message_bytes = 268435456", "message_bytes = 65536")
        edit(self.home, 'name = "gw1"', 'name = "gw2"')
        self.assertIn("gateway.name: cannot change", self.reload())
        self.assertEqual((await self.send())[0], 250)

    def reload(self) -> str:
        """Reload as SIGHUP does; what was wrong."""
        [reload] = [one for one in self.service if type(one).__name__ == "Reload"]
        try:
            reload._reload()
        except BadConfig as error:
            return str(error)
        return ""


def _send(port: int) -> tuple[int, bytes]:
    with smtplib.SMTP("127.0.0.1", port, timeout=20) as device:
        device.ehlo("cam")
        begun = device.mail("cam@example.org", [f"SIZE={len(MAIL)}"])
        if begun[0] != 250:
            return begun
        device.rcpt("bq3@ebues.internal")
        return device.data(MAIL)


def _ask(path: Path, request: bytes) -> bytes:
    with socket.socket(socket.AF_UNIX) as asker:
        asker.settimeout(20)
        asker.connect(str(path))
        asker.sendall(request)
        return asker.makefile("rb").readline()
