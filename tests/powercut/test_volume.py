"""The model itself: what a cut may take, and what it may not."""

from __future__ import annotations

import random
import stat

import pytest

from tests.powercut.survival import SECTOR, survivor
from tests.powercut.volume import Volume

CHANCES = 60


def names(volume: Volume, path: str = "/") -> set[str]:
    """The names in a folder; none if it is gone."""
    try:
        return set(volume.folder(path).live)
    except OSError:
        return set()


def new_file(volume: Volume, path: str, data: bytes = b"") -> None:
    """A file with these bytes, not synced."""
    volume.make_file(path, stat.S_IFREG | 0o600).write(0, data)


def content(volume: Volume, path: str) -> bytes | None:
    """The bytes of a file; None if it is gone."""
    try:
        return bytes(volume.file(path).live)
    except OSError:
        return None


def left(build: object, look: object) -> set[object]:
    """All that is seen after cuts of what ``build`` has made."""
    seen = set()
    for seed in range(CHANCES):
        volume = Volume()
        build(volume)  # type: ignore[operator]
        seen.add(look(survivor(volume, random.Random(seed))))  # type: ignore[operator]
    return seen


def test_a_synced_file_in_a_synced_folder_stays() -> None:
    """Both syncs together are a promise."""

    def build(volume: Volume) -> None:
        new_file(volume, "/a", b"whole")
        volume.sync_file(volume.file("/a"))
        volume.sync_folder(volume.root)

    assert left(build, lambda volume: content(volume, "/a")) == {b"whole"}


def test_the_sync_of_a_file_does_not_keep_its_name() -> None:
    """What ext4 does besides is not assumed."""

    def build(volume: Volume) -> None:
        new_file(volume, "/a", b"whole")
        volume.sync_file(volume.file("/a"))

    assert left(build, lambda volume: content(volume, "/a")) == {b"whole", None}


def test_the_sync_of_a_folder_keeps_names_and_no_bytes() -> None:
    """Of bytes that were not synced anything may be left: none, some, all."""

    def build(volume: Volume) -> None:
        new_file(volume, "/a", bytes(range(1, 200)) * 20)
        volume.sync_folder(volume.root)

    seen = left(build, lambda volume: content(volume, "/a"))
    assert None not in seen
    assert {b"", bytes(range(1, 200)) * 20} < seen


def test_the_sync_of_a_folder_does_not_keep_its_own_name() -> None:
    """A folder's name belongs to the folder above."""

    def build(volume: Volume) -> None:
        volume.make_folder("/d", 0o700)
        new_file(volume, "/d/a")
        volume.sync_folder(volume.folder("/d"))

    seen = left(build, lambda volume: ("d" in names(volume), "a" in names(volume, "/d")))
    assert seen == {(False, False), (True, True)}


def test_a_removed_name_may_come_back() -> None:
    """An unlink is a change of names like any other."""

    def build(volume: Volume) -> None:
        new_file(volume, "/a", b"old")
        volume.sync_all()
        volume.remove("/a")

    assert left(build, lambda volume: content(volume, "/a")) == {b"old", None}


@pytest.mark.parametrize("synced", ["", "/old", "/new"])
def test_a_rename_is_one_step(synced: str) -> None:
    """Something renamed has one name of the two, and the new one after a sync of either folder."""

    def build(volume: Volume) -> None:
        volume.make_folder("/old", 0o700)
        volume.make_folder("/old/d", 0o700)
        volume.sync_all()
        volume.make_folder("/new", 0o700)
        volume.rename("/old/d", "/new/e")
        if synced:
            volume.sync_folder(volume.folder(synced))

    seen = left(build, lambda volume: (*names(volume, "/old"), *names(volume, "/new")))
    assert seen == ({("e",)} if synced else {("d",), ("e",)})


def test_changes_of_one_name_keep_their_order() -> None:
    """A later sync does not bring back a name from which something has moved durably."""
    volume = Volume()
    volume.make_folder("/old", 0o700)
    volume.make_folder("/new", 0o700)
    volume.make_folder("/old/d", 0o700)
    volume.rename("/old/d", "/new/d")
    volume.sync_folder(volume.folder("/new"))
    volume.sync_folder(volume.folder("/old"))
    volume.sync_folder(volume.root)
    after = survivor(volume, random.Random(1))
    assert (names(after, "/old"), names(after, "/new")) == (set(), {"d"})


def test_two_names_of_a_file_stay_names_of_one_file() -> None:
    """What is written after the cut is seen by both."""
    volume = Volume()
    new_file(volume, "/a", b"x")
    volume.link("/a", "/b")
    volume.sync_all()
    after = survivor(volume, random.Random(1))
    after.file("/a").write(0, b"y")
    assert content(after, "/b") == b"y"
    assert after.file("/b").names == 2


def test_an_overwritten_sector_is_old_or_new() -> None:
    """Nothing else appears where something was overwritten by whole sectors in one write."""

    def build(volume: Volume) -> None:
        new_file(volume, "/a", b"o" * 4 * SECTOR)
        volume.sync_all()
        volume.file("/a").write(SECTOR, b"n" * 2 * SECTOR)

    for data in left(build, lambda volume: content(volume, "/a")):
        assert isinstance(data, bytes)
        assert data[:SECTOR] == data[3 * SECTOR :] == b"o" * SECTOR
        assert set(data[SECTOR : 3 * SECTOR]) <= set(b"on")


def test_the_same_seed_leaves_the_same() -> None:
    """A cut can be made again."""

    def after(seed: int) -> bytes | None:
        volume = Volume()
        new_file(volume, "/a", bytes(range(256)) * 50)
        volume.sync_folder(volume.root)
        return content(survivor(volume, random.Random(seed)), "/a")

    assert [after(seed) for seed in range(20)] == [after(seed) for seed in range(20)]
