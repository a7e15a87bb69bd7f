"""A disk that fails and works again: EIO on each operation, and read-only altogether."""

from __future__ import annotations

import errno
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.house import FaultyGateway, House, house, until
from tests.powercut.disk import missing

if missing():
    pytest.skip(missing(), allow_module_level=True)

from tests.faults.disk import CHANGING, FaultyDisk


@pytest.fixture(scope="module")
def disk() -> Iterator[FaultyDisk]:
    """A disk for the gateway's home."""
    with FaultyDisk(Path(tempfile.mkdtemp(prefix="alarmgw-faults-"))) as faulty:
        yield faulty


@pytest.fixture(scope="module")
def suffering(disk: FaultyDisk) -> Iterator[House]:
    """A gateway on that disk; each test leaves it well."""
    with house(FaultyGateway(disk.mountpoint.parent)) as there:
        yield there


CLOSING = [
    pytest.param("write", "/spool/", "Mail cannot be stored", "spool_failed", id="write"),
    pytest.param("fsync", "/spool/", "Mail cannot be stored", "spool_failed", id="sync"),
    pytest.param("fsyncdir", "/spool", "Mail cannot be stored", "spool_failed", id="sync-names"),
    pytest.param("create", "/spool/", "Mail cannot be stored", "spool_failed", id="create"),
    pytest.param("write", "-wal", "journal cannot be written", "journal_failed", id="log-write"),
    pytest.param("fsync", "-wal", "journal cannot be written", "journal_failed", id="log-sync"),
]


@pytest.mark.parametrize(("operation", "name", "reason", "condition"), CLOSING)
def test_a_store_that_fails_closes_the_door_until_it_works(
    suffering: House, disk: FaultyDisk, operation: str, name: str, reason: str, condition: str
) -> None:
    """451, the reason in the heartbeats, one entry for its beginning and one for its end."""
    suffering.begin()
    known = len(suffering.told(condition))
    disk.fail(errno.EIO, [operation], name)
    assert suffering.send().startswith("451 4.3.0")
    suffering.disturbed(reason)
    assert suffering.send().startswith("451 4.3.0")
    disk.mend()
    suffering.recovered()
    assert suffering.told(condition)[known:] == ["start", "end"]
    assert suffering.tracebacks() == 0


def test_a_volume_that_is_read_only_closes_the_door_until_it_is_not(
    suffering: House, disk: FaultyDisk
) -> None:
    """Spool and journal fail together, and come back together."""
    suffering.begin()
    disk.fail(errno.EROFS, CHANGING)
    assert suffering.send().startswith("451 4.3.0")
    suffering.disturbed("Read-only file system")
    disk.mend()
    suffering.recovered()
    assert suffering.tracebacks() == 0


def test_a_rename_that_fails_costs_no_promise(suffering: House, disk: FaultyDisk) -> None:
    """250: the mail and its line are on disk; the folder moves when that works again."""
    suffering.begin()
    until("it is settled", lambda: suffering.heard.reasons == [])
    disk.fail(errno.EIO, ["rename"], "/spool/")
    assert suffering.send() == ""
    suffering.disturbed("could not be moved into the archive")
    disk.mend()
    suffering.recovered()
    assert suffering.told("unpublished") == ["start", "end"]
    assert suffering.tracebacks() == 0


@pytest.mark.parametrize("fault", [errno.EIO, errno.ENOSPC])
def test_settling_that_fails_is_told_and_taken_up_again(
    suffering: House, disk: FaultyDisk, fault: int
) -> None:
    """250 all the same; pictures that could not be synced are made anew from the mail."""
    suffering.begin()
    known = len(suffering.told("settling_failed"))
    disk.fail(fault, ["fsync", "create", "fsyncdir"], ".jpg")
    assert suffering.send() == ""
    suffering.disturbed("Pictures cannot be written")
    disk.mend()
    suffering.recovered()
    assert suffering.told("settling_failed")[known:] == ["start", "end"]
    assert suffering.tracebacks() == 0
