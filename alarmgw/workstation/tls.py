"""TLS towards the gateway: whom we believe, who we are, and how its failures are worded."""

# mypy: disallow-untyped-calls=False

from __future__ import annotations

from typing import Any

from OpenSSL import SSL
from service_identity import VerificationError
from twisted.internet.endpoints import HostnameEndpoint, wrapClientTLS
from twisted.internet.interfaces import IStreamClientEndpoint
from twisted.internet.ssl import (
    Certificate,
    PrivateCertificate,
    optionsForClientTLS,
    trustRootFromCertificates,
)
from twisted.python.failure import Failure

from alarmgw.workstation.bundle import Bundle

CONNECT_SECONDS = 10


def gateway_endpoint(bundle: Bundle, reactor: Any) -> IStreamClientEndpoint:
    """The way to the gateway: its certificate must bear the bundle's fixed name, by its CA.

    The address does not count: a VPN, a NAT or a second line may change it.
    """
    options = optionsForClientTLS(
        bundle.server_name,
        trustRoot=trustRootFromCertificates([Certificate.loadPEM(bundle.ca)]),
        clientCertificate=PrivateCertificate.loadPEM(bundle.key + b"\n" + bundle.certificate),
    )
    address = HostnameEndpoint(reactor, bundle.host, bundle.port, timeout=CONNECT_SECONDS)
    return wrapClientTLS(options, address)


def worded(why: Failure) -> tuple[str, str]:
    """A lost connection as a link's state ("refused" or "lost") and its reason.

    Refused is what does not mend itself: somebody has to do something about a
    certificate.
    """
    if why.check(VerificationError):
        return "refused", "the gateway's certificate bears another name"
    words = _words(why.value) if why.check(SSL.Error) else []
    if words:
        return "refused", "TLS: " + ", ".join(words)
    return "lost", why.getErrorMessage() or "the connection was lost"


def _words(error: BaseException | None) -> list[str]:
    """OpenSSL's reasons; none where the connection just broke off."""
    given = error.args[0] if error is not None and error.args else None
    rows = given if isinstance(given, list) else []
    return [row[2] for row in rows if isinstance(row, tuple) and len(row) == 3 and row[2]]
