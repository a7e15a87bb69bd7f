"""A disk that loses its power: real files, brought back to what was synced.

Every folder is kept twice, as programs see it and as it is on disk; of a file
that was never synced any beginning may be left.
"""

from __future__ import annotations

import os
import random
import shutil
from pathlib import Path

from alarmgw.store.safefile import Files


class _File:
    """A file and what of it is on disk; ``synced`` None: perhaps nothing."""

    def __init__(self, synced: bytes | None = None) -> None:
        self.synced = synced


class _Folder:
    """A folder: the names that programs see, and those that are on disk."""

    def __init__(self, parent: _Folder | None = None, name: str = "") -> None:
        self.parent, self.name = parent, name
        self.seen: dict[str, _Node] = {}
        self.synced: dict[str, _Node] = {}


_Node = _File | _Folder
_Rename = tuple[_Folder, str, _Folder, str, _Node]


class VolatileFiles(Files):
    """Real files below ``root`` that `lose_power` brings back to what was synced.

    As on a journaling file system a rename is one step: it is on disk with
    both its ends, and with the folders above them, or with neither.
    """

    def __init__(self, root: Path, chance: random.Random) -> None:
        self.root = root
        self._chance = chance
        self._paths: dict[int, Path] = {}
        self._pending: list[_Rename] = []
        self._tree = _Folder()
        self._scan(root, self._tree)

    def lose_power(self) -> None:
        """Forget what no sync has made durable."""
        content: dict[int, bytes] = {}
        self._collect(self.root, self._tree, content)
        shutil.rmtree(self.root)
        self._write(self.root, self._tree, content, {})

    def mkdir(self, path: Path) -> None:
        """Make a folder whose name is not on disk yet."""
        super().mkdir(path)
        parent = self._folder(path.parent)
        parent.seen[path.name] = _Folder(parent, path.name)

    def create(self, path: Path) -> int:
        """Make a file of which nothing is on disk yet."""
        fd = super().create(path)
        self._folder(path.parent).seen[path.name] = _File()
        self._paths[fd] = path
        return fd

    def sync(self, fd: int) -> None:
        """Put a new file's bytes on disk."""
        self.sync_file(self._paths[fd])

    def sync_file(self, path: Path) -> None:
        """Put a file's bytes on disk."""
        node = self._folder(path.parent).seen[path.name]
        assert isinstance(node, _File)
        node.synced = path.read_bytes()

    def sync_folder(self, path: Path) -> None:
        """Put a folder's names on disk, and renames that concern it."""
        folder = self._folder(path)
        for rename in [row for row in self._pending if folder in (row[0], row[2])]:
            self._pending.remove(rename)
            _make_durable(rename)
        folder.synced = dict(folder.seen)

    def rename(self, source: Path, target: Path) -> None:
        """Rename, which is not on disk yet."""
        super().rename(source, target)
        old, new = self._folder(source.parent), self._folder(target.parent)
        node = old.seen.pop(source.name)
        if isinstance(node, _Folder):
            node.parent, node.name = new, target.name
        new.seen[target.name] = node
        self._pending.append((old, source.name, new, target.name, node))

    def link(self, source: Path, target: Path) -> None:
        """Make another name, not on disk yet."""
        super().link(source, target)
        node = self._folder(source.parent).seen[source.name]
        self._folder(target.parent).seen[target.name] = node

    def unlink(self, path: Path) -> None:
        """Remove a name that stays on disk until its folder is synced."""
        super().unlink(path)
        del self._folder(path.parent).seen[path.name]

    def rmdir(self, path: Path) -> None:
        """Remove a folder that stays on disk until the one above is synced."""
        super().rmdir(path)
        del self._folder(path.parent).seen[path.name]

    def _folder(self, path: Path) -> _Folder:
        folder = self._tree
        for name in path.relative_to(self.root).parts:
            node = folder.seen[name]
            assert isinstance(node, _Folder)
            folder = node
        return folder

    def _scan(self, path: Path, folder: _Folder) -> None:
        """Take what is there when the power comes: all of it is on disk."""
        for row in sorted(path.iterdir()):
            if row.is_dir():
                node: _Node = _Folder(folder, row.name)
                self._scan(row, node)  # type: ignore[arg-type]
            else:
                node = _File(row.read_bytes())
            folder.seen[row.name] = folder.synced[row.name] = node

    def _collect(self, path: Path, folder: _Folder, content: dict[int, bytes]) -> None:
        """What each file that is not synced may have left on disk: any beginning of it."""
        for name, node in folder.seen.items():
            if isinstance(node, _Folder):
                self._collect(path / name, node, content)
            elif node.synced is None:
                whole = (path / name).read_bytes()
                content[id(node)] = whole[: self._chance.choice((0, len(whole) // 2, len(whole)))]

    def _write(
        self, path: Path, folder: _Folder, content: dict[int, bytes], written: dict[int, Path]
    ) -> None:
        path.mkdir()
        for name, node in folder.synced.items():
            if isinstance(node, _Folder):
                self._write(path / name, node, content, written)
            elif id(node) in written:
                os.link(written[id(node)], path / name)
            else:
                data = content.get(id(node), b"") if node.synced is None else node.synced
                (path / name).write_bytes(data)
                written[id(node)] = path / name


def _make_durable(rename: _Rename) -> None:
    old, old_name, new, new_name, node = rename
    if old.synced.get(old_name) is node:
        del old.synced[old_name]
    new.synced[new_name] = node
    folder = new
    while folder.parent is not None:
        folder.parent.synced[folder.name] = folder
        folder = folder.parent
