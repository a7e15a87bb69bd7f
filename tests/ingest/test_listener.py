"""A listener's rules as a value."""

from __future__ import annotations

import pytest

from alarmgw.ingest.listener import ip_address
from tests.dialog import SETTINGS


@pytest.mark.parametrize("host", ["10.8.0.7", "::ffff:10.8.0.7"])
def test_address_inside_is_trusted(host: str) -> None:
    """IPv4 is trusted in its IPv6 form too: a dual-stack socket shows it so."""
    assert SETTINGS.trusts(host)


@pytest.mark.parametrize(
    "host", ["10.8.1.7", "::1", "fe80::1%eth0", "", "/run/socket", "10.8.0.7x"]
)
def test_everything_else_is_not(host: str) -> None:
    """Another network, another family or no address at all is not trusted."""
    assert not SETTINGS.trusts(host)


def test_what_is_no_address_is_none() -> None:
    """A path or nothing is no address."""
    assert ip_address("/run/socket") is None
