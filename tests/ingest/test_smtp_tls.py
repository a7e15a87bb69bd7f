"""SMTP through real TLS, over the loopback interface."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, cast

import pytest
from attrs import evolve
from OpenSSL import crypto
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import TCP4ClientEndpoint, connectProtocol
from twisted.internet.error import ConnectionDone
from twisted.internet.protocol import Protocol, connectionDone
from twisted.internet.ssl import CertificateOptions
from twisted.logger import capturedLogs
from twisted.python.failure import Failure
from twisted.trial.unittest import TestCase

from alarmgw.certificates import Identity, load_pair, new_client
from alarmgw.directory import Directory
from alarmgw.ingest.login import device_portal
from alarmgw.ingest.smtp_factory import ESMTPFactory
from alarmgw.model import Login, utc_now
from alarmgw.tls import device_context
from tests.dialog import SETTINGS
from tests.fakes import MemoryIntake
from tests.homes import make_home

pytestmark = pytest.mark.sockets

MAIL = b"MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n"


def shown(identity: Identity) -> CertificateOptions:
    """What a device needs to show this certificate."""
    return CertificateOptions(
        privateKey=crypto.PKey.from_cryptography_key(identity.key),
        certificate=crypto.X509.from_cryptography(identity.certificate),
    )


class Device(Protocol):
    """A device that sends what it is told and waits for replies."""

    def __init__(self) -> None:
        self.received = b""
        self._waiting: Deferred[None] | None = None
        self.lost: Deferred[None] = Deferred()

    def dataReceived(self, data: bytes) -> None:
        """Keep it."""
        self.received += data
        self._wake()

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """Nothing more will come."""
        self.reason = reason
        self.lost.callback(None)
        self._wake()

    def _wake(self) -> None:
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            waiting.callback(None)

    async def says(self, data: bytes, replies: int = 1) -> list[str]:
        """Send, then wait for so many replies; their last lines."""
        self.transport.write(data)
        return [await self.reply() for _ in range(replies)]

    async def reply(self) -> str:
        """The last line of the next reply, or nothing after a close."""
        while not (found := re.match(rb"(?:\d{3}-.*\r\n)*(\d{3} .*)\r\n", self.received)):
            if self.lost.called:
                return ""
            self._waiting = Deferred()
            await self._waiting
        self.received = self.received[found.end() :]
        return found[1].decode()


class TLSTests(TestCase):
    """STARTTLS, implicit TLS and client certificates."""

    timeout = 20

    def setUp(self) -> None:
        """A certificate for the server, and one for the device."""
        self.intake = MemoryIntake()
        self.tls = make_home(Path(self.mktemp())) / "tls"
        self.client = new_client(load_pair(self.tls, "ca"), "device", utc_now())
        login = Login(name="bq3", salt=b"", digest=b"secret")
        directory = Directory.of([], [login], {self.client.fingerprint: "bq3"})
        self.portal = device_portal(lambda: directory, lambda one, word: one.digest == word)

    async def device(self, **settings: Any) -> Device:
        """A device connected to a listener with these settings."""
        from twisted.internet import reactor

        factory = self.factory(**settings)
        port = cast(Any, reactor).listenTCP(0, factory.for_endpoint(), interface="127.0.0.1")
        self.addCleanup(port.stopListening)
        self.addCleanup(factory.shutdown)
        endpoint = TCP4ClientEndpoint(reactor, "127.0.0.1", port.getHost().port)
        device = await connectProtocol(endpoint, Device())
        self.addCleanup(lambda: device.lost)
        self.addCleanup(device.transport.abortConnection)
        return device

    def factory(self, **settings: Any) -> ESMTPFactory:
        """A listener that trusts nobody and knows one login."""
        from twisted.internet import reactor

        asks = settings.get("client_certificates") == "accepted"
        return ESMTPFactory(
            intake=self.intake, portal=self.portal,
            settings=evolve(SETTINGS, trusted_networks=(), **settings),
            clock=cast(Any, reactor), now=utc_now, tls=device_context(self.tls, "modern", asks),
        )  # fmt: skip

    async def test_mail_through_starttls(self) -> None:
        """A login and its mail go through STARTTLS; the envelope tells TLS's version."""
        device = await self.device()
        await device.says(b"EHLO cam\r\nSTARTTLS\r\n", 3)
        device.transport.startTLS(CertificateOptions())
        said = await device.says(b"AUTH PLAIN AGJxMwBzZWNyZXQ=\r\n" + MAIL, 4)
        self.assertEqual([line[:3] for line in said], ["235", "250", "250", "354"])
        self.assertIn("stored as", (await device.says(b"x\r\n.\r\n"))[0])
        envelope = self.intake.mails[0].envelope
        self.assertEqual(envelope.login, "bq3")
        self.assertRegex(envelope.tls or "", r"TLSv1\.[23] \w+")

    async def test_h06_injected_command_is_not_answered_inside_tls(self) -> None:
        """H6: bytes behind STARTTLS in the same segment end the connection before TLS."""
        device = await self.device()
        said = await device.says(b"EHLO cam\r\nSTARTTLS\r\nNOOP\r\n", 3)
        self.assertEqual(said[-1][:3], "554")
        await device.lost

    async def test_implicit_tls(self) -> None:
        """With implicit TLS all goes through it, to the close that TLS wants."""
        device = await self.device(tls="implicit")
        device.transport.startTLS(CertificateOptions())
        said = await device.says(b"EHLO cam\r\nAUTH PLAIN AGJxMwBzZWNyZXQ=\r\nQUIT\r\n", 4)
        self.assertEqual([line[:3] for line in said], ["220", "250", "235", "221"])
        await device.lost
        device.reason.trap(ConnectionDone)

    async def test_client_certificate_is_a_login(self) -> None:
        """A device that shows its registered certificate needs no password."""
        device = await self.device(tls="implicit", client_certificates="accepted")
        device.transport.startTLS(shown(self.client))
        said = await device.says(b"EHLO cam\r\n" + MAIL, 5)
        self.assertEqual([line[:3] for line in said], ["220", "250", "250", "250", "354"])
        await device.says(b"x\r\n.\r\n")
        self.assertEqual(self.intake.mails[0].envelope.login, "bq3")

    async def test_device_without_tls_on_the_tls_port_is_explained(self) -> None:
        """One line says that a device has no TLS where TLS is implicit."""
        device = await self.device(tls="implicit")
        with capturedLogs() as events:
            device.transport.write(b"EHLO cam\r\n")
            await device.lost
        self.assertTrue([event for event in events if "no TLS" in event["log_format"]])

    async def test_broken_handshake_after_starttls_ends_it(self) -> None:
        """Plain commands after 220 are no handshake: nothing of them is answered."""
        device = await self.device()
        await device.says(b"EHLO cam\r\nSTARTTLS\r\n", 3)
        device.transport.write(b"MAIL FROM:<injected@x>\r\n")
        await device.lost
        self.assertNotIn(b"250", device.received)
