"""Restart without a gap: the ports stay open while one gateway ends and the next one starts."""

from __future__ import annotations

import json
import random
import signal
import smtplib
import socket
import ssl
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests import kill
from tests.activation import ActivatedGateway
from tests.live import picture_mail, run, stored_as, watching
from tests.pace import allowed

pytestmark = [pytest.mark.sockets, pytest.mark.slow]

RESTARTS = 4
#: What was promised for a machine that has nothing else to do.
GREETING_SECONDS = 3.0


class Device(threading.Thread):
    """Delivers mails, and remembers what was promised and everything that must not happen."""

    def __init__(self, port: int, tls: bool, load: Load) -> None:
        super().__init__(daemon=True)
        self._port, self._tls, self._load = port, tls, load
        self._random = random.Random(port)
        self.start()

    def run(self) -> None:
        """Connect again whenever the gateway says 421."""
        while not self._load.over.is_set():
            try:
                client = self._connected()
            except OSError as error:
                self._load.faults.append(f"a connection failed: {error!r}")
                continue
            except smtplib.SMTPConnectError as error:
                if error.smtp_code != 421:
                    self._load.faults.append(f"greeted with {error.smtp_code}")
                continue
            self._converse(client)
            client.close()

    def _connected(self) -> smtplib.SMTP:
        if not self._tls:
            return smtplib.SMTP("127.0.0.1", self._port, timeout=20)
        trusting = ssl._create_unverified_context()
        return smtplib.SMTP_SSL("127.0.0.1", self._port, timeout=20, context=trusting)

    def _converse(self, client: smtplib.SMTP) -> None:
        """One mail after the other; a farewell between two of them is no fault."""
        try:
            while not self._load.over.is_set():
                message = picture_mail(self._random.choice((500, 200_000)))
                client.ehlo_or_helo_if_needed()
                if client.mail("cam@site.example")[0] != 250:
                    return
                if [client.rcpt(source)[0] for source in kill.SOURCES] != [250, 250]:
                    return
                self._transfer(client, message)
        except (OSError, smtplib.SMTPException):
            self._load.farewells += 1

    def _transfer(self, client: smtplib.SMTP, message: bytes) -> None:
        """DATA: from the 354 on there must be an answer, whatever the gateway does."""
        client.putcmd("data")
        code, text = client.getreply()
        if code != 354:
            raise smtplib.SMTPServerDisconnected(text)
        try:
            client.send(message + b".\r\n")
            code, text = client.getreply()
        except (OSError, smtplib.SMTPException) as error:
            self._load.faults.append(f"a mail in transfer got no answer: {error!r}")
            raise
        if code == 250:
            self._load.promised[stored_as(text)] = kill.digest(message)
        elif code != 421:
            self._load.faults.append(f"a mail in transfer got {code} {text!r}")


class Caller(threading.Thread):
    """Connects over and over, and remembers when it was greeted."""

    def __init__(self, port: int, load: Load) -> None:
        super().__init__(daemon=True)
        self._port, self._load = port, load
        self.greeted: list[float] = []
        self.start()

    def run(self) -> None:
        """Hear the greeting, hang up, and call again."""
        while not self._load.over.is_set():
            try:
                with socket.create_connection(("127.0.0.1", self._port), 20) as sock:
                    if sock.recv(100).startswith(b"220"):
                        self.greeted.append(time.monotonic())
            except OSError as error:
                self._load.faults.append(f"a caller was not greeted: {error!r}")
            time.sleep(0.005)

    def first_after(self, moment: float) -> float | None:
        """When it was first greeted at or after ``moment``."""
        return next((greeting for greeting in self.greeted if greeting >= moment), None)

    def longest_silence(self) -> float:
        """The longest time between two greetings."""
        pairs = zip(self.greeted, self.greeted[1:], strict=False)
        return max(after - before for before, after in pairs)


class Load:
    """What many devices do at a time, and what they have seen."""

    def __init__(self, gateway: ActivatedGateway) -> None:
        self.over = threading.Event()
        self.promised: dict[str, str] = {}
        self.faults: list[str] = []
        self.farewells = 0
        self.caller = Caller(gateway.port, self)
        self._threads = [self.caller, *(Device(gateway.port, False, self) for _ in range(3))]
        self._threads.append(Device(gateway.port + 1, True, self))

    def end(self) -> None:
        """Everybody goes home."""
        self.over.set()
        for thread in self._threads:
            thread.join(30)


@contextmanager
def loaded(gateway: ActivatedGateway) -> Iterator[Load]:
    """A gateway under load."""
    load = Load(gateway)
    try:
        yield load
    finally:
        load.end()


@contextmanager
def activated() -> Iterator[ActivatedGateway]:
    """A running gateway on sockets that outlive it, with the sources that `kill` sends to."""
    with ActivatedGateway() as gateway:
        kill.add_sources(gateway, kill.SOURCES)
        yield gateway


def restarted(gateway: ActivatedGateway, load: Load) -> float:
    """Restart under load; how long after the SIGTERM the next gateway greeted first."""
    begun, code = gateway.restart()
    ended = time.monotonic()
    assert code == 0, gateway.log[-3000:]
    while (first := load.caller.first_after(ended)) is None:
        assert time.monotonic() < ended + 20, gateway.log[-3000:]
        time.sleep(0.01)
    return first - begun


def alarms_heard(watch: subprocess.Popen[str], last: int) -> list[str]:
    """The alarms that a workstation prints up to entry ``last``, in order."""
    heard: list[str] = []
    assert watch.stdout is not None
    for line in watch.stdout:
        entry = json.loads(line)
        if entry["type"] == "alarm":
            heard.append(entry["alarm"])
        if entry.get("seq", 0) >= last:
            return heard
    raise AssertionError("watch has ended")


def test_restart_under_load_refuses_nobody_and_greets_in_time() -> None:
    """No connection is refused, no transfer goes unanswered, no 250 is lost; under 3 s."""
    with activated() as gateway:
        heard: list[str] = []
        with watching(gateway, "--since", "0") as watch:
            with loaded(gateway) as load:
                took = []
                for _ in range(RESTARTS):
                    time.sleep(0.7)
                    took.append(restarted(gateway, load))
            journal = gateway.journal()
            heard = alarms_heard(watch, max(e["seq"] for e in journal if e["type"] == "alarm"))
        sys.stdout.write(
            f"{RESTARTS} restarts under load, {len(load.promised)} mails promised, "
            f"{len(load.caller.greeted)} greetings; SIGTERM to the next gateway's greeting "
            f"{', '.join(f'{seconds:.2f}' for seconds in took)} s; "
            f"longest time without one {load.caller.longest_silence():.2f} s\n"
        )
        assert load.faults == []
        assert len(load.promised) > RESTARTS
        assert kill.faults(gateway, load.promised) == []
        assert heard == [entry["alarm"] for entry in journal if entry["type"] == "alarm"]
        assert statistics.median(took) < allowed(GREETING_SECONDS)


def in_data(gateway: ActivatedGateway) -> smtplib.SMTP:
    """A device that has begun to send a mail."""
    client = gateway.smtp()
    client.ehlo("cam")
    client.mail("cam@site.example")
    client.rcpt(kill.SOURCES[0])
    client.putcmd("data")
    assert client.getreply()[0] == 354
    client.send(b"Subject: slow\r\n\r\n")
    return client


def wait_in_queue(port: int) -> None:
    """Connect until a connection is neither refused nor answered: the gateway has let go."""
    while True:
        with socket.create_connection(("127.0.0.1", port), 0.3) as waiting:
            try:
                waiting.recv(100)
            except TimeoutError:
                return


def test_transfer_finishes_before_the_next_gateway_and_late_ones_get_421() -> None:
    """One device ends its mail after the SIGTERM: 250.  One never does: 421, soon."""
    with activated() as gateway:
        quick, slow = in_data(gateway), in_data(gateway)
        assert gateway.process is not None
        gateway.process.send_signal(signal.SIGTERM)
        begun = time.monotonic()
        wait_in_queue(gateway.port)
        quick.send(b"the end\r\n.\r\n")
        code, text = quick.getreply()
        assert code == 250
        assert slow.getreply()[0] == 421
        assert gateway.process.wait(10) == 0
        gateway.start()
        sys.stdout.write(
            f"with a transfer that does not end: next greeting after "
            f"{time.monotonic() - begun:.2f} s\n"
        )
        assert [entry["mail"]["id"] for entry in gateway.alarms()] == [stored_as(text)]


def test_devices_that_say_nothing_do_not_hold_a_restart_up() -> None:
    """Idle connections, in clear and in TLS, are sent away, and who comes is greeted in time."""
    with activated() as gateway:
        trusting = ssl._create_unverified_context()
        with (
            gateway.smtp() as idle,
            smtplib.SMTP_SSL("127.0.0.1", gateway.port + 1, context=trusting) as secret,
            socket.create_connection(("127.0.0.1", gateway.port + 1)),
        ):
            begun, code = gateway.restart()
            with gateway.smtp():
                took = time.monotonic() - begun
            assert code == 0
            assert idle.getreply()[0] == secret.getreply()[0] == 421
            idle.close()
            secret.close()
        sys.stdout.write(f"with idle devices: next greeting after {took:.2f} s\n")
        assert took < allowed(GREETING_SECONDS)


def test_reload_and_status_know_ports_of_systemds() -> None:
    """SIGHUP takes new rules for a passed socket, and `status` and `check` show it."""
    with activated() as gateway:
        config = gateway.home / "alarmgw.toml"
        config.write_text(config.read_text().replace('"capture"', '"refuse"'))
        assert gateway.process is not None
        gateway.process.send_signal(signal.SIGHUP)
        deadline = time.monotonic() + 10
        while (code := recipient_code(gateway)) == 250 and time.monotonic() < deadline:
            time.sleep(0.05)
        assert code == 550
        told = json.loads(run("status", "--home", gateway.home, "--json").stdout)
        assert told["listeners"][0]["endpoint"] == "systemd:domain=INET:index=0"
        assert "systemd:domain=INET:index=2" in run("check", "--home", gateway.home).stdout


def recipient_code(gateway: ActivatedGateway) -> int:
    """What nobody's recipient is answered."""
    with gateway.smtp() as client:
        client.ehlo("cam")
        client.mail("nobody@site.example")
        return client.rcpt("unknown@gw.example")[0]
