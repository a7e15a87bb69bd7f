"""What one SMTP listener allows: its rules and limits, as a value."""

from __future__ import annotations

import ipaddress

from attrs import frozen

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@frozen(kw_only=True)
class ListenerSettings:
    """One listener's rules; ``name`` stands in logs and sessions, ``node`` in the greeting."""

    name: str
    node: str
    tls: str = "starttls"  # none | starttls | implicit
    trusted_networks: tuple[Network, ...] = ()
    auth_without_tls: str = "trusted"  # never | trusted
    client_certificates: str = "no"  # no | accepted
    unknown_sources: str = "capture"  # capture (trusted networks only) | refuse
    message_bytes: int = 268435456
    proxied: bool = False  # the PROXY protocol tells who the peer is, with its first bytes
    recipients: int = 100
    errors: int = 10
    idle_seconds: float = 60.0
    transfer_seconds: float = 600.0

    def trusts(self, host: str) -> bool:
        """Whether an IP address is inside the trusted networks."""
        address = ip_address(host)
        return address is not None and any(address in net for net in self.trusted_networks)


def ip_address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """``host`` as an address (an IPv4 one inside IPv6 as IPv4), or None if it is none."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
