"""`alarmgw.certificates`: the authority, the servers' two pairs, and workstations' identities."""

from __future__ import annotations

import hashlib
import ipaddress
import stat
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID
from cryptography.x509.verification import PolicyBuilder, Store

from alarmgw import certificates
from alarmgw.certificates import SERVER_NAME, BadCertificate
from tests.homes import make_home

NOW = datetime(2026, 11, 21, 20, 0, tzinfo=timezone.utc)


@pytest.fixture
def tls(tmp_path: Path) -> Path:
    """A TLS folder as `init` makes it."""
    return make_home(tmp_path) / "tls"


def test_server_pairs_are_elliptic_and_rsa(tls: Path) -> None:
    """A home begins with a P-256 and an RSA-2048 server certificate."""
    modern, old = (certificates.load_pair(tls, name) for name in certificates.SERVER_PAIRS)
    assert isinstance(modern.key, ec.EllipticCurvePrivateKey)
    assert modern.key.curve.name == "secp256r1"
    assert isinstance(old.key, rsa.RSAPrivateKey) and old.key.key_size == 2048


def test_every_file_is_for_its_owner_only(tls: Path) -> None:
    """Keys and certificates have mode 0600 from the first byte on."""
    modes = {stat.S_IMODE(path.stat().st_mode) for path in tls.iterdir()}
    assert modes == {0o600}
    assert len(list(tls.iterdir())) == 6


@pytest.mark.parametrize("name", certificates.SERVER_PAIRS)
def test_server_is_verified_by_its_fixed_name(tls: Path, name: str) -> None:
    """A strict verifier that knows the authority accepts the server by `SERVER_NAME`."""
    store = Store([certificates.load_certificate(tls / "ca.pem")])
    verifier = (
        PolicyBuilder().store(store).time(NOW).build_server_verifier(x509.DNSName(SERVER_NAME))
    )
    chain = verifier.verify(certificates.load_certificate(tls / f"{name}.pem"), [])
    assert len(chain) == 2


def test_server_also_answers_to_localhost(tls: Path) -> None:
    """The names are `SERVER_NAME`, localhost and the loopback addresses."""
    certificate = certificates.load_certificate(tls / "server.pem")
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == [SERVER_NAME, "localhost"]
    assert ipaddress.ip_address("127.0.0.1") in names.get_values_for_type(x509.IPAddress)


def test_client_is_no_server_and_no_authority() -> None:
    """A workstation's certificate serves for being a client and nothing else."""
    authority = certificates.new_authority("gw1", NOW)
    client = certificates.new_client(authority, "console", NOW).certificate
    uses = client.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    limits = client.extensions.get_extension_for_class(x509.BasicConstraints).value
    assert list(uses) == [ExtendedKeyUsageOID.CLIENT_AUTH] and not limits.ca
    assert certificates.issued_by(client, authority.certificate)


def test_foreign_client_was_not_issued_here() -> None:
    """An authority of the same name with another key has issued nothing of ours."""
    ours, theirs = (certificates.new_authority("gw1", NOW) for _ in range(2))
    client = certificates.new_client(theirs, "console", NOW)
    assert not certificates.issued_by(client.certificate, ours.certificate)


def test_fingerprint_is_sha_256_of_der() -> None:
    """The fingerprint is what openssl prints, in lower case without colons."""
    identity = certificates.new_authority("gw1", NOW)
    der = identity.certificate.public_bytes(Encoding.DER)
    assert identity.fingerprint == hashlib.sha256(der).hexdigest()


def test_certificate_is_valid_for_clocks_that_are_off() -> None:
    """A workstation whose clock is a day behind can connect on the first day."""
    certificate = certificates.new_authority("gw1", NOW).certificate
    assert certificate.not_valid_before_utc < NOW - timedelta(days=1)
    assert certificate.not_valid_after_utc > NOW + timedelta(days=19 * 365)


def test_pair_that_does_not_belong_together_is_refused(tls: Path) -> None:
    """A key from another backup than its certificate is told by name."""
    (tls / "server.key").write_bytes((tls / "ca.key").read_bytes())
    with pytest.raises(BadCertificate, match=r"server\.key does not belong to server\.pem"):
        certificates.load_pair(tls, "server")


@pytest.mark.parametrize(("file", "says"), [("server.key", "private key"), ("server.pem", "PEM")])
def test_garbage_is_told_by_file(tls: Path, file: str, says: str) -> None:
    """A file that is no key or certificate is named, with what it should be."""
    (tls / file).write_bytes(b"\x00garbage")
    with pytest.raises(BadCertificate, match=says):
        certificates.load_pair(tls, "server")


def test_key_never_overwrites(tls: Path) -> None:
    """Writing a pair where one is fails instead of losing the old key."""
    identity = certificates.new_authority("gw1", NOW)
    with pytest.raises(FileExistsError):
        certificates.write_pair(tls, "ca", identity)


def test_key_is_not_shown() -> None:
    """A log line with an identity in it shows no key."""
    assert "key" not in repr(certificates.new_authority("gw1", NOW)).lower()
