"""The gateway's own certificate authority, its server certificates, and workstations' identities.

Everything lives in ``HOME/tls``: ``ca.pem ca.key`` (P-256), ``server.pem
server.key`` (P-256), ``server-rsa.pem server-rsa.key`` (for cameras that know
RSA only).  The authority only filters who may knock; who somebody *is* is
decided by the registered `fingerprint`.
"""

from __future__ import annotations

import ipaddress
import os
from datetime import datetime, timedelta
from pathlib import Path

from attrs import field, frozen
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

#: Workstations verify this name, whatever address they reach the gateway by.
SERVER_NAME = "gateway.alarmgw.internal"

#: The pairs in ``HOME/tls`` that a listener presents.
SERVER_PAIRS = ("server", "server-rsa")

#: Long, because an expired certificate silences a control room; revoking is by registration.
AUTHORITY_LIFE = timedelta(days=20 * 365)
CERTIFICATE_LIFE = timedelta(days=10 * 365)

#: Clocks of workstations and devices are off; a certificate is valid a little before its birth.
BACKDATED = timedelta(days=2)

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


class BadCertificate(Exception):
    """A key or certificate file that cannot be used; says which file and what to do."""


@frozen
class Identity:
    """A private key with its certificate."""

    key: Key = field(repr=False)
    certificate: x509.Certificate

    @property
    def key_pem(self) -> bytes:
        """The private key as PKCS#8, unencrypted: the file's mode protects it."""
        return self.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )

    @property
    def certificate_pem(self) -> bytes:
        """The certificate as PEM."""
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    @property
    def fingerprint(self) -> str:
        """By what the gateway knows its owner."""
        return fingerprint(self.certificate)


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 of the certificate's DER form, lower-case hex."""
    return certificate.fingerprint(hashes.SHA256()).hex()


def new_authority(node: str, now: datetime) -> Identity:
    """A fresh authority for one gateway."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name(f"alarmgw {node} CA")
    builder = _builder(name, name, key, now, AUTHORITY_LIFE)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    builder = builder.add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
    return Identity(key, builder.sign(key, hashes.SHA256()))


def new_server(authority: Identity, key: Key, now: datetime) -> Identity:
    """A server certificate for `SERVER_NAME`, localhost and the loopback addresses."""
    builder = _builder(
        authority.certificate.subject, _name(SERVER_NAME), key, now, CERTIFICATE_LIFE
    )
    names: list[x509.GeneralName] = [x509.DNSName(SERVER_NAME), x509.DNSName("localhost")]
    names += [x509.IPAddress(ipaddress.ip_address(text)) for text in ("127.0.0.1", "::1")]
    builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return _leaf(builder, authority, key, ExtendedKeyUsageOID.SERVER_AUTH)


def new_client(authority: Identity, name: str, now: datetime) -> Identity:
    """A client certificate (P-256) for the workstation or device called ``name``."""
    key = ec.generate_private_key(ec.SECP256R1())
    builder = _builder(authority.certificate.subject, _name(name), key, now, CERTIFICATE_LIFE)
    return _leaf(builder, authority, key, ExtendedKeyUsageOID.CLIENT_AUTH)


def create_all(folder: Path, node: str, now: datetime) -> Identity:
    """Everything that ``HOME/tls`` needs, written there; returns the authority."""
    authority = new_authority(node, now)
    write_pair(folder, "ca", authority)
    keys: tuple[Key, Key] = (
        ec.generate_private_key(ec.SECP256R1()),
        rsa.generate_private_key(public_exponent=65537, key_size=2048),
    )
    for name, key in zip(SERVER_PAIRS, keys, strict=True):
        write_pair(folder, name, new_server(authority, key, now))
    return authority


def write_pair(folder: Path, name: str, identity: Identity) -> None:
    """``name.key`` and ``name.pem`` into ``folder``, for their owner's eyes only."""
    write_private(folder / f"{name}.key", identity.key_pem)
    write_private(folder / f"{name}.pem", identity.certificate_pem)


def write_private(path: Path, data: bytes) -> None:
    """A new file with mode 0600 from its first byte on.  Raises `FileExistsError`."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "wb") as file:
        file.write(data)


def load_pair(folder: Path, name: str) -> Identity:
    """The pair that `write_pair` wrote (or somebody put there).  Raises `BadCertificate`."""
    certificate = load_certificate(folder / f"{name}.pem")
    path = folder / f"{name}.key"
    try:
        key = serialization.load_pem_private_key(_read(path), None)
    except (ValueError, TypeError) as error:
        raise BadCertificate(f"{path} is no private key in PEM without a password") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
        raise BadCertificate(f"{path} is neither an elliptic curve nor an RSA key")
    if key.public_key() != certificate.public_key():
        raise BadCertificate(f"{path} does not belong to {name}.pem; put both back from one backup")
    return Identity(key, certificate)


def load_certificate(path: Path) -> x509.Certificate:
    """The (first) certificate of a PEM file.  Raises `BadCertificate`."""
    try:
        return x509.load_pem_x509_certificate(_read(path))
    except ValueError as error:
        raise BadCertificate(f"{path} is no certificate in PEM") from error


def issued_by(certificate: x509.Certificate, authority: x509.Certificate) -> bool:
    """Whether ``authority`` signed ``certificate``."""
    try:
        certificate.verify_directly_issued_by(authority)
    except (InvalidSignature, ValueError, TypeError):
        return False
    return True


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadCertificate(f"{path} cannot be read: {error.strerror}") from error


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _builder(
    issuer: x509.Name, subject: x509.Name, key: Key, now: datetime, life: timedelta
) -> x509.CertificateBuilder:
    """What all our certificates have in common."""
    return (
        x509.CertificateBuilder()
        .issuer_name(issuer)
        .subject_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATED)
        .not_valid_after(now + life)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _leaf(
    builder: x509.CertificateBuilder, authority: Identity, key: Key, use: x509.ObjectIdentifier
) -> Identity:
    """Signs what is no authority itself."""
    # Old cameras choose RSA key exchange, which needs key_encipherment.
    usage = _usage(digital_signature=True, key_encipherment=isinstance(key, rsa.RSAPrivateKey))
    issuer = authority.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
    marked = (
        builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.ExtendedKeyUsage([use]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(issuer.value),
            critical=False,
        )
    )
    return Identity(key, marked.sign(authority.key, hashes.SHA256()))


def _usage(**allowed: bool) -> x509.KeyUsage:
    names = (
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    )
    return x509.KeyUsage(**{name: allowed.get(name, False) for name in names})
