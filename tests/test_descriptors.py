"""`alarmgw.descriptors`: shares that add up, and what devices have of theirs."""

from __future__ import annotations

import pytest

from alarmgw.descriptors import (
    CONNECTION_FILES,
    LINKS,
    MAIL_FILES,
    OWN_FILES,
    Descriptors,
    files_wanted,
    shares,
)


@pytest.mark.parametrize("files", [0, 1, 72, 256, 300, 1024, 4096, 20_000, 65_536])
def test_shares_never_exceed_what_may_be_open(files: int) -> None:
    """Whatever the system allows: own files, links, connections and mails fit into it."""
    parts = shares(files)
    assert parts.own + parts.links + parts.devices == files
    assert 0 <= parts.connections <= parts.devices
    assert parts.away <= parts.own


@pytest.mark.parametrize("files", [72, 256, 1024, 20_000])
def test_all_connections_leave_room_for_mails(files: int) -> None:
    """Devices that only wait cannot take what the mails of those who send need."""
    parts = shares(files)
    left = parts.devices - parts.connections * CONNECTION_FILES
    assert left // MAIL_FILES >= parts.connections // 4


def test_few_files_are_shared_evenly() -> None:
    """Small limits leave half to the gateway itself; large ones leave all that remains."""
    assert shares(300).own == 150
    assert shares(20_000).own == OWN_FILES
    assert shares(20_000).links == LINKS


@pytest.mark.parametrize("connections", [1, 100, 10_000])
def test_what_is_wanted_lets_all_of_them_send(connections: int) -> None:
    """With so many files every connection there may be can have its mail at the same time."""
    parts = shares(files_wanted(connections))
    assert parts.connections >= connections
    assert parts.devices >= connections * (CONNECTION_FILES + MAIL_FILES)


def test_what_is_taken_is_missing_until_it_is_given_back() -> None:
    """The last one counts, and the first one too many does not fit."""
    descriptors = Descriptors(5)
    descriptors.take(3)
    assert descriptors.has(2) and not descriptors.has(3)
    descriptors.take(2)
    assert not descriptors.has(1)
    descriptors.give_back(3)
    assert descriptors.has(3)
