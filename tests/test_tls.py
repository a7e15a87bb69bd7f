"""`alarmgw.tls`: what OpenSSL's own client sees of a listener, and what the listener sees of it."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest
from twisted.internet.defer import Deferred
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.threads import deferToThread
from twisted.protocols.tls import TLSMemoryBIOFactory
from twisted.trial.unittest import TestCase

from alarmgw.certificates import BadCertificate, create_all, load_pair, new_client
from alarmgw.model import utc_now
from alarmgw.outputs.broker import peer_fingerprint
from alarmgw.tls import device_context
from tests.homes import make_home
from tests.places import temporary_home

pytestmark = pytest.mark.sockets


class Door(Protocol):
    """Says one line to whoever has finished the handshake, and notes the certificate shown."""

    def __init__(self, case: DeviceCase) -> None:
        self._case = case

    def dataReceived(self, data: bytes) -> None:
        """Answer, now that the handshake is over."""
        self._case.shown.append(peer_fingerprint(self.transport))
        self.transport.write(b"220 gw1\r\n")
        self.transport.loseConnection()

    def connectionLost(self, reason: Any = None) -> None:
        """The conversation is over."""
        self._case.over.callback(None)


class DeviceCase(TestCase):
    """`openssl s_client` against one listener."""

    def setUp(self) -> None:
        """Certificates as `init` makes them."""
        self.folder = make_home(temporary_home(self) / "home") / "tls"
        self.shown: list[str | None] = []

    async def talk(self, profile: str, *options: str, ask: bool = False) -> str:
        """What s_client says of a handshake; empty where there was none."""
        from twisted.internet import reactor

        self.over: Deferred[None] = Deferred()
        factory = Factory.forProtocol(lambda: Door(self))
        context = device_context(self.folder, profile, ask)
        layered = TLSMemoryBIOFactory(context, False, factory)
        port = reactor.listenTCP(0, layered, interface="127.0.0.1")
        self.addCleanup(port.stopListening)
        said = await deferToThread(_s_client, port.getHost().port, *options)
        await self.over
        return said


def _s_client(port: int, *options: str) -> str:
    done = subprocess.run(
        ["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-ign_eof", *options],
        input=b"EHLO cam\r\n",
        capture_output=True,
        timeout=30,
    )
    said = done.stdout.decode("utf-8", "replace")
    return said if "220 gw1" in said else ""


#: Without these, today's client would not even try what old devices speak.
OLD = ("-cipher", "ALL:@SECLEVEL=0")


class ModernTests(DeviceCase):
    """The usual profile."""

    async def test_tls_1_2_and_1_3_are_spoken(self) -> None:
        """What devices of the last ten years speak is spoken."""
        for option, version in (("-tls1_2", "TLSv1.2"), ("-tls1_3", "TLSv1.3")):
            said = await self.talk("modern", option)
            self.assertIn(f"New, {version}, Cipher is", said)

    async def test_tls_1_0_and_1_1_are_refused(self) -> None:
        """What is broken is refused, even to a client that would take anything."""
        for option in ("-tls1", "-tls1_1"):
            self.assertEqual(await self.talk("modern", option, *OLD), "")


class LegacyTests(DeviceCase):
    """For firmware that knows nothing else."""

    async def test_tls_1_0_with_rsa_key_exchange_is_really_spoken(self) -> None:
        """A camera that knows TLS 1.0 and AES128-SHA alone can send its mail."""
        said = await self.talk("legacy", "-tls1", "-cipher", "AES128-SHA:@SECLEVEL=0")
        self.assertIn("Protocol  : TLSv1\n", said)
        self.assertIn("Cipher    : AES128-SHA\n", said)

    async def test_tls_1_1_is_spoken(self) -> None:
        """So is the version between."""
        said = await self.talk("legacy", "-tls1_1", *OLD)
        self.assertIn("Protocol  : TLSv1.1\n", said)

    async def test_new_devices_lose_nothing(self) -> None:
        """A device that knows TLS 1.3 speaks it on a legacy listener too."""
        self.assertIn("New, TLSv1.3, Cipher is", await self.talk("legacy", "-tls1_3"))

    async def test_nobody_is_anonymous(self) -> None:
        """Suites without a certificate are refused in every profile."""
        said = await self.talk("legacy", "-tls1_2", "-cipher", "aNULL:@SECLEVEL=0")
        self.assertEqual(said, "")


class CertificateTests(DeviceCase):
    """Two certificates, and each peer takes the one it understands."""

    def key(self, said: str) -> str:
        """The kind of the server's key, as s_client names it."""
        [line] = [line for line in said.splitlines() if line.startswith("Peer signature type:")]
        return line.split(": ")[1]

    async def test_both_certificates_are_presented(self) -> None:
        """In both profiles: P-256 to whoever understands it, RSA to whoever does not."""
        for profile in ("modern", "legacy"):
            for kind, signature in (("ECDSA", "ECDSA"), ("RSA", "RSA")):
                cipher = f"ECDHE-{kind}-AES128-GCM-SHA256"
                said = await self.talk(profile, "-tls1_2", "-cipher", cipher)
                self.assertIn(signature, self.key(said))

    async def test_both_are_verified_by_name_and_authority(self) -> None:
        """A device that knows our authority and our name finds nothing wrong."""
        verified = ("-CAfile", str(self.folder / "ca.pem"), "-verify_return_error")
        named = ("-verify_hostname", "gateway.alarmgw.internal")
        for kind in ("ECDSA", "RSA"):
            cipher = ("-tls1_2", "-cipher", f"ECDHE-{kind}-AES128-GCM-SHA256")
            said = await self.talk("modern", *cipher, *verified, *named)
            self.assertIn("Verify return code: 0 (ok)", said)

    def test_folder_without_certificates_is_told(self) -> None:
        """A listener without its certificate cannot be built, and the sentence names the file."""
        (self.folder / "server-rsa.pem").unlink()
        with self.assertRaises(BadCertificate) as caught:
            device_context(self.folder, "modern", False)
        self.assertIn("server-rsa", str(caught.exception))


class ClientCertificateTests(DeviceCase):
    """Asked for, never required."""

    def shows(self, authority: Path) -> tuple[tuple[str, ...], str]:
        """Options that show a device's certificate of that authority, and its fingerprint."""
        device = new_client(load_pair(authority, "ca"), "camera", utc_now())
        path = self.folder / "device.pem"
        path.write_bytes(device.key_pem + device.certificate_pem)
        return ("-cert", str(path), "-key", str(path)), device.fingerprint

    async def test_without_asking_nobody_shows_one(self) -> None:
        """A listener that does not accept certificates does not ask: some firmware stumbles."""
        options, _ = self.shows(self.folder)
        said = await self.talk("modern", *options)
        self.assertIn("No client certificate CA names sent", said)
        self.assertEqual(self.shown, [None])

    async def test_asking_does_not_end_the_handshake_of_one_without(self) -> None:
        """A device without a certificate may still log in."""
        for profile, version in (("modern", "-tls1_2"), ("modern", "-tls1_3"), ("legacy", "-tls1")):
            said = await self.talk(profile, version, *OLD, ask=True)
            self.assertIn("Acceptable client certificate CA names", said)
        self.assertEqual(self.shown, [None, None, None])

    async def test_certificate_that_is_shown_is_known(self) -> None:
        """Its fingerprint is what a device is recognised by."""
        options, shown = self.shows(self.folder)
        await self.talk("modern", *options, ask=True)
        self.assertEqual(self.shown, [shown])

    async def test_certificate_of_another_authority_does_not_end_the_handshake(self) -> None:
        """Whose it is is decided by its fingerprint, not by who signed it."""
        elsewhere = temporary_home(self)
        create_all(elsewhere, "gw2", utc_now())
        options, shown = self.shows(elsewhere)
        await self.talk("modern", *options, ask=True)
        self.assertEqual(self.shown, [shown])
