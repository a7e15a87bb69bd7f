"""The file operations: what each does, and what a fault in it leaves behind."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from alarmgw.errors import Cause
from alarmgw.store.safefile import Files, later
from tests.fakes_files import FailingFiles


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_volume_or_quota_is_no_space(number: int) -> None:
    """`later` tells a full volume from a broken one."""
    assert later(OSError(number, "full")).cause is Cause.NO_SPACE


def test_any_other_fault_is_the_store_s() -> None:
    """`later` names the reason of a fault that is not about space."""
    refusal = later(OSError(errno.EIO, os.strerror(errno.EIO)))
    assert refusal.cause is Cause.STORE_FAILED
    assert "Input/output error" in refusal.text


def test_a_new_file_is_for_us_alone_and_new(tmp_path: Path) -> None:
    """`Files.create` makes a file of mode 0600 and refuses one that exists."""
    path = tmp_path / "a"
    Files().close(Files().create(path))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(FileExistsError):
        Files().create(path)


def test_write_goes_on_until_all_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`Files.write` writes all bytes even when the system takes three at a time."""
    fd = Files().create(tmp_path / "a")
    write = os.write
    monkeypatch.setattr(os, "write", lambda fd, data: write(fd, bytes(data[:3])))
    Files().write(fd, b"0123456789")
    Files().close(fd)
    assert (tmp_path / "a").read_bytes() == b"0123456789"


def test_write_whole_leaves_no_half_of_a_file(tmp_path: Path) -> None:
    """`Files.write_whole` removes the file that it could not write."""
    with pytest.raises(OSError, match="No space"):
        FailingFiles("write", errno.ENOSPC).write_whole(tmp_path / "a", b"data")
    assert list(tmp_path.iterdir()) == []


def test_make_parents_tells_what_is_new(tmp_path: Path) -> None:
    """`Files.make_parents` returns the folders that it made, highest first, and only those."""
    path = tmp_path / "a" / "b" / "c"
    assert Files().make_parents(path) == [tmp_path / "a", tmp_path / "a" / "b"]
    assert Files().make_parents(path) == []
    assert not path.exists()


def test_make_parents_lets_another_thread_be_quicker(tmp_path: Path) -> None:
    """`Files.make_parents` takes a folder that appears meanwhile as it is."""

    class Overtaken(Files):
        def mkdir(self, path: Path) -> None:
            os.mkdir(path)
            super().mkdir(path)

    assert Overtaken().make_parents(tmp_path / "a" / "b") == []
    assert (tmp_path / "a").is_dir()


def test_a_link_is_another_name_of_the_file(tmp_path: Path) -> None:
    """`Files.link` makes a hard link."""
    (tmp_path / "a").write_bytes(b"x")
    Files().link(tmp_path / "a", tmp_path / "b")
    assert (tmp_path / "a").samefile(tmp_path / "b")


def test_a_link_is_a_copy_where_links_are_impossible(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`Files.link` copies on a file system without hard links."""

    def refused(source: Path, target: Path) -> None:
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(os, "link", refused)
    (tmp_path / "a").write_bytes(b"x")
    Files().link(tmp_path / "a", tmp_path / "b")
    assert (tmp_path / "b").read_bytes() == b"x"


def test_a_link_that_fails_otherwise_fails(tmp_path: Path) -> None:
    """`Files.link` copies nothing when the file is not there or the name is taken."""
    with pytest.raises(FileNotFoundError):
        Files().link(tmp_path / "a", tmp_path / "b")


def test_remove_tree_follows_no_link(tmp_path: Path) -> None:
    """`Files.remove_tree` removes links to folders, never what they lead to."""
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "file").touch()
    tree = tmp_path / "tree"
    (tree / "inner").mkdir(parents=True)
    (tree / "inner" / "link").symlink_to(kept)
    Files().remove_tree(tree)
    assert not tree.exists()
    assert (kept / "file").exists()


def test_syncs_of_what_is_not_there_fail(tmp_path: Path) -> None:
    """`Files.sync_folder` and `Files.sync_file` never call a missing thing durable."""
    (tmp_path / "file").touch()
    with pytest.raises(NotADirectoryError):
        Files().sync_folder(tmp_path / "file")
    with pytest.raises(FileNotFoundError):
        Files().sync_file(tmp_path / "missing")
    Files().sync_file(tmp_path / "file")
    Files().sync_folder(tmp_path)


def test_free_is_part_of_the_whole(tmp_path: Path) -> None:
    """`Files.free` tells free and total bytes of the volume."""
    free, total = Files().free(tmp_path)
    assert 0 < free <= total
