"""TLS for listeners: what devices may speak, and what they may not.

Every context presents two certificates, P-256 and RSA, and each peer takes
the one it understands.  The profile ``legacy`` really talks TLS 1.0 with
AES-CBC and RSA key exchange, for firmware that knows nothing else; RC4, 3DES
and SSLv3 are no longer in OpenSSL.
"""

from __future__ import annotations

from pathlib import Path

from OpenSSL import SSL, crypto
from twisted.internet.interfaces import IOpenSSLContextFactory
from twisted.internet.ssl import CertificateOptions, TLSVersion
from zope.interface import implementer

from alarmgw.certificates import load_certificate, load_pair

#: The level-0 suites that old cameras need.  Security levels are lost by
#: Twisted's `AcceptableCiphers`, so they are set on the context itself.
LEGACY_CIPHERS = b"DEFAULT:AES256-SHA:AES128-SHA:!aNULL:@SECLEVEL=0"


@implementer(IOpenSSLContextFactory)
class ServerContext:
    """A server's TLS context, made once, in the form that `startTLS` takes."""

    def __init__(self, context: SSL.Context) -> None:
        self._context = context

    def getContext(self) -> SSL.Context:
        """The context; Twisted asks for it at every handshake."""
        return self._context


def device_context(folder: Path, profile: str, ask_certificate: bool) -> ServerContext:
    """What a listener for devices speaks.  Raises `BadCertificate`.

    ``ask_certificate``: a client certificate is asked for and never required;
    whose it is is decided by its registered fingerprint, so an unknown one
    does not end the handshake.
    """
    lowest = TLSVersion.TLSv1_2 if profile == "modern" else TLSVersion.TLSv1_0
    pair = load_pair(folder, "server")
    options = CertificateOptions(
        privateKey=crypto.PKey.from_cryptography_key(pair.key),
        certificate=crypto.X509.from_cryptography(pair.certificate),
        insecurelyLowerMinimumTo=lowest,
    )
    context = options.getContext()
    second = load_pair(folder, "server-rsa")
    context.use_certificate(second.certificate)
    context.use_privatekey(second.key)
    if profile == "legacy":
        context.set_cipher_list(LEGACY_CIPHERS)
    if ask_certificate:
        context.add_client_ca(load_certificate(folder / "ca.pem"))
        context.set_verify(SSL.VERIFY_PEER, lambda *_: True)
    return ServerContext(context)
