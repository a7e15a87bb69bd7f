"""A file system in memory that knows what of it is on disk and what is only believed to be.

The model, as strict as POSIX and no stricter than a journaling file system:

- ``fsync`` and ``fdatasync`` of a file make its bytes and size durable, and
  nothing else: not its name, not the folder it is in.
- ``fsync`` of a folder makes the changes of its names durable: what was made,
  linked, renamed or removed in it.  Not the name of the folder itself.
- A rename is one step: it is durable with both its names and with the folders
  above them, or not at all.  A sync of either folder is enough.
- Changes of one name are durable in their order.

Everything else may survive a power cut, in part or not at all (`survival`).
Modes, owners and times are not part of the game.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from itertools import count
from pathlib import PurePosixPath

from attrs import define, field, frozen

#: A write that is not durable: where, and what; or a new size.
Write = tuple[int, bytes] | int


@define(eq=False)
class File:
    """A file: its bytes as programs see them, those on disk, and the writes between the two."""

    number: int
    mode: int
    live: bytearray = field(factory=bytearray)
    durable: bytearray = field(factory=bytearray)
    pending: list[Write] = field(factory=list)
    names: int = 1

    def write(self, offset: int, data: bytes) -> None:
        """Programs see these bytes from now on."""
        apply_write(self.live, (offset, data))
        self.pending.append((offset, data))

    def resize(self, size: int) -> None:
        """Programs see this size from now on."""
        apply_write(self.live, size)
        self.pending.append(size)

    def sync(self) -> None:
        """What programs see is on disk."""
        for write in self.pending:
            apply_write(self.durable, write)
        self.pending.clear()


@define(eq=False)
class Folder:
    """A folder: the names that programs see, those on disk, and the changes between the two."""

    number: int
    mode: int
    parent: Folder | None = None
    live: dict[str, Node] = field(factory=dict)
    durable: dict[str, Node] = field(factory=dict)
    pending: dict[int, Change] = field(factory=dict)


Node = File | Folder
Name = tuple[Folder, str, Node]


@frozen(eq=False)
class Change:
    """One change of names that is not durable; both ends of a rename are one change."""

    number: int
    removed: tuple[Name, ...] = ()
    added: tuple[Name, ...] = ()

    @property
    def ends(self) -> tuple[Name, ...]:
        """All names that it concerns."""
        return (*self.removed, *self.added)

    @property
    def is_rename(self) -> bool:
        """Is it a name that moved?"""
        return bool(self.removed and self.added)

    def concerns_a_name_of(self, other: Change) -> bool:
        """Do both change the same name?"""
        mine = {(id(folder), name) for folder, name, _ in self.ends}
        return any((id(folder), name) in mine for folder, name, _ in other.ends)


def apply_write(content: bytearray, write: Write) -> None:
    """Write into ``content``, which grows with zeros where there is a gap, or cut or stretch it."""
    if isinstance(write, int):
        del content[write:]
        content.extend(bytes(write - len(content)))
        return
    offset, data = write
    content.extend(bytes(max(0, offset - len(content))))
    content[offset : offset + len(data)] = data


class Volume:
    """The tree.  Every path begins with a slash; every method raises `OSError` as a disk does."""

    def __init__(self) -> None:
        self.numbers = count(1)
        self.pending: dict[int, Change] = {}
        self.root = Folder(next(self.numbers), stat.S_IFDIR | 0o755)

    def node(self, path: str) -> Node:
        """What stands at ``path``."""
        node: Node = self.root
        for name in PurePosixPath(path).parts[1:]:
            if not isinstance(node, Folder):
                raise _fault(errno.ENOTDIR)
            if name not in node.live:
                raise _fault(errno.ENOENT)
            node = node.live[name]
        return node

    def file(self, path: str) -> File:
        """The file at ``path``."""
        node = self.node(path)
        if isinstance(node, Folder):
            raise _fault(errno.EISDIR)
        return node

    def folder(self, path: str) -> Folder:
        """The folder at ``path``."""
        node = self.node(path)
        if not isinstance(node, Folder):
            raise _fault(errno.ENOTDIR)
        return node

    def make_file(self, path: str, mode: int) -> File:
        """A new empty file, or socket."""
        file = File(next(self.numbers), mode)
        folder, name = self._place(path)
        if name in folder.live:
            raise _fault(errno.EEXIST)
        self._change(added=((folder, name, file),))
        return file

    def make_folder(self, path: str, mode: int) -> None:
        """A new empty folder."""
        parent, name = self._place(path)
        if name in parent.live:
            raise _fault(errno.EEXIST)
        folder = Folder(next(self.numbers), stat.S_IFDIR | mode, parent)
        self._change(added=((parent, name, folder),))

    def link(self, path: str, other: str) -> None:
        """Another name, ``other``, for the file at ``path``."""
        file = self.file(path)
        folder, name = self._place(other)
        if name in folder.live:
            raise _fault(errno.EEXIST)
        file.names += 1
        self._change(added=((folder, name, file),))

    def remove(self, path: str) -> None:
        """One name of a file, or an empty folder, is gone."""
        folder, name = self._place(path)
        node = self.node(path)
        if isinstance(node, Folder) and node.live:
            raise _fault(errno.ENOTEMPTY)
        if isinstance(node, File):
            node.names -= 1
        self._change(removed=((folder, name, node),))

    def rename(self, path: str, other: str) -> None:
        """Another place for what stands at ``path``; a file or empty folder there is replaced."""
        node = self.node(path)
        (old, old_name), (new, new_name) = self._place(path), self._place(other)
        there = new.live.get(new_name)
        if there is node:
            return
        if isinstance(there, Folder) and there.live:
            raise _fault(errno.ENOTEMPTY)
        if isinstance(there, File):
            there.names -= 1
        if isinstance(node, Folder):
            node.parent = new
        self._change(removed=((old, old_name, node),), added=((new, new_name, node),))

    def sync_file(self, file: File) -> None:
        """``fsync`` of a file."""
        file.sync()

    def sync_folder(self, folder: Folder) -> None:
        """``fsync`` of a folder."""
        for change in list(folder.pending.values()):
            self.settle(change)

    def sync_all(self) -> None:
        """Everything is on disk."""
        for change in list(self.pending.values()):
            self.settle(change)
        for node in self.nodes():
            if isinstance(node, File):
                node.sync()

    def settle(self, change: Change) -> None:
        """Put one change on disk, and before it whatever it cannot be on disk without."""
        if change.number not in self.pending:
            return
        del self.pending[change.number]
        for folder, _, _ in change.ends:
            folder.pending.pop(change.number, None)
        for folder, _, _ in change.ends:
            for earlier in list(folder.pending.values()):
                if earlier.number < change.number and earlier.concerns_a_name_of(change):
                    self.settle(earlier)
        if change.is_rename:
            for folder, _, _ in change.ends:
                self._settle_above(folder)
        for folder, name, node in change.removed:
            if folder.durable.get(name) is node:
                del folder.durable[name]
        for folder, name, node in change.added:
            folder.durable[name] = node

    def nodes(self) -> Iterator[Node]:
        """Everything that has a name, each once."""
        seen: set[int] = set()
        waiting: list[Node] = [self.root]
        while waiting:
            node = waiting.pop()
            if node.number not in seen:
                seen.add(node.number)
                yield node
                waiting += node.live.values() if isinstance(node, Folder) else ()

    def _settle_above(self, folder: Folder) -> None:
        """Put the names of a folder and of those above it on disk."""
        inner = folder
        while inner.parent is not None:
            for change in list(inner.parent.pending.values()):
                if any(node is inner for _, _, node in change.added):
                    self.settle(change)
            inner = inner.parent

    def _place(self, path: str) -> tuple[Folder, str]:
        above, name = os.path.split(path)
        return self.folder(above), name

    def _change(self, removed: tuple[Name, ...] = (), added: tuple[Name, ...] = ()) -> None:
        change = Change(next(self.numbers), removed, added)
        self.pending[change.number] = change
        for folder, name, _ in removed:
            del folder.live[name]
        for folder, name, node in added:
            folder.live[name] = node
        for folder, _, _ in change.ends:
            folder.pending[change.number] = change


def _fault(number: int) -> OSError:
    return OSError(number, os.strerror(number))
