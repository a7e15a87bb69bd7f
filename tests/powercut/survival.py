"""What a power cut leaves of a volume: one of the states that the model allows, by lot.

Of the names that no sync has made durable: none, those up to some moment, or
any of them.  Of the writes that no sync has made durable: none, those up to
some moment with the last one torn, any of their sectors in any order, or all.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

from tests.powercut.volume import Change, File, Folder, Node, Volume, Write, apply_write

#: What a disk writes whole or not at all.
SECTOR = 512

#: From a file to the bytes that it has after the cut.
Content = Callable[[File], bytearray]


def survivor(volume: Volume, chance: random.Random) -> Volume:
    """The volume as the next start finds it; all of that is durable.  Spends ``volume``."""
    for change in list(_surviving_changes(volume, chance)):
        volume.settle(change)
    after = Volume()
    after.numbers = volume.numbers
    pick = chance.choice((_nothing, _everything, _one_of_all, _one_of_all))
    _copy(volume.root, after.root, {}, lambda file: pick(file, chance))
    return after


def _surviving_changes(volume: Volume, chance: random.Random) -> Iterator[Change]:
    """Which changes of names reach the disk by themselves, in their order."""
    changes = list(volume.pending.values())
    kind = chance.choice(("none", "early", "any"))
    if kind == "early":
        yield from changes[: chance.randint(0, len(changes))]
    elif kind == "any":
        share = chance.random()
        yield from (change for change in changes if chance.random() < share)


def _copy(old: Folder, new: Folder, files: dict[int, File], content: Content) -> None:
    """Make in ``new`` what is on disk in ``old``; names of one file stay names of one file."""
    for name, node in old.durable.items():
        copied: Node
        if isinstance(node, Folder):
            copied = Folder(node.number, node.mode, new)
            _copy(node, copied, files, content)
        elif node.number in files:
            copied = files[node.number]
            copied.names += 1
        else:
            durable = content(node)
            copied = files[node.number] = File(
                node.number, node.mode, bytearray(durable), bytearray(durable)
            )
        new.live[name] = new.durable[name] = copied


def _nothing(file: File, chance: random.Random) -> bytearray:
    return file.durable


def _everything(file: File, chance: random.Random) -> bytearray:
    return file.live


def _beginning(file: File, chance: random.Random) -> bytearray:
    """The writes up to some moment, the last one torn somewhere."""
    content = bytearray(file.durable)
    if file.pending:
        last = chance.randrange(len(file.pending))
        for write in file.pending[:last]:
            apply_write(content, write)
        apply_write(content, _torn(file.pending[last], chance))
    return content


def _sectors(file: File, chance: random.Random) -> bytearray:
    """Any sectors of any writes: a disk orders nothing between two syncs."""
    content = bytearray(file.durable)
    share = chance.random()
    for write in file.pending:
        for sector in _sectors_of(write):
            if chance.random() < share:
                apply_write(content, sector)
    return content


def _one_of_all(file: File, chance: random.Random) -> bytearray:
    return chance.choice((_nothing, _beginning, _sectors, _everything))(file, chance)


def _torn(write: Write, chance: random.Random) -> Write:
    if isinstance(write, int):
        return write
    offset, data = write
    return offset, data[: chance.randint(0, len(data))]


def _sectors_of(write: Write) -> Iterator[Write]:
    """A write in pieces that end where the disk's sectors do."""
    if isinstance(write, int):
        yield write
        return
    offset, data = write
    begun = 0
    while begun < len(data):
        end = min(len(data), begun + SECTOR - (offset + begun) % SECTOR)
        yield offset + begun, data[begun:end]
        begun = end
