"""A full volume, the journal on it too."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.house import FaultyGateway, house


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A file system of 16 MB."""
    folder = Path(tempfile.mkdtemp(prefix="alarmgw-disk-"))
    words = ["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", folder]
    if subprocess.run(words, capture_output=True).returncode != 0:
        folder.rmdir()
        pytest.skip("a small file system cannot be mounted here: that needs root")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)
    folder.rmdir()


@pytest.mark.parametrize("floor", ["0", '"2%"'])
def test_a_full_volume_closes_the_door_until_there_is_room(small_disk: Path, floor: str) -> None:
    """4xx, told by heartbeat where not even the journal can grow, and journalled afterwards."""
    work = small_disk / "work"
    work.mkdir()
    gateway = FaultyGateway(work, edit=[('floor = "2%"', f"floor = {floor}")])
    with house(gateway) as suffering:
        suffering.begin()
        ballast = small_disk / "ballast"
        fill(ballast)
        assert suffering.send()[:3] in ("451", "452")
        suffering.disturbed("no mail is accepted")
        assert suffering.send()[:3] in ("451", "452")
        ballast.unlink()
        suffering.recovered()
        assert suffering.told("no_space")[-1] == "end"
        assert suffering.told("mail_refused")
        assert suffering.tracebacks() == 0


def fill(ballast: Path) -> None:
    """Use the last byte of a volume."""
    with ballast.open("wb", buffering=0) as file:
        try:
            while file.write(bytes(4096)):
                pass
        except OSError:
            assert os.statvfs(ballast).f_bavail == 0
