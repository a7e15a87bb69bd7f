"""The volume as a file system that any program can use: a process of its own, by FUSE.

    python -m tests.powercut.mount MOUNTPOINT [--lying KIND]

Commands come as JSON lines on standard input, each is answered by one on
standard output; a cut that nobody commanded is told there as well.
"""

from __future__ import annotations

import argparse
import json
import os
import queue
import random
import stat
import sys
import threading
import time
import warnings
from itertools import count
from typing import Any

import mfusepy

from tests.powercut.disk import unmount
from tests.powercut.power import LIES, Power
from tests.powercut.survival import survivor
from tests.powercut.volume import File, Folder, Node, Volume

_ROOM = {"f_bsize": 4096, "f_frsize": 4096, "f_blocks": 1 << 24, "f_bfree": 1 << 23}
_ROOM |= {"f_bavail": 1 << 23, "f_files": 1 << 20, "f_ffree": 1 << 19, "f_namemax": 255}


class Mounted(mfusepy.Operations):
    """What the kernel asks, answered by a volume for as long as there is power."""

    use_ns = True

    def __init__(
        self, volume: Volume, power: Power, begun: threading.Event, lying: str = ""
    ) -> None:
        """``lying``: the kind of sync that does nothing (``all``: none does anything)."""
        self._volume = volume
        self._power = power
        self._begun = begun
        self._lying = lying
        self._handles = count(1)
        self._open: dict[int, File] = {}
        self._synced: set[int] = set()

    def init(self, path: str) -> None:
        """The kernel has mounted it."""
        self._begun.set()

    def getattr(self, path: str, fh: int | None = None) -> dict[str, Any]:
        """The facts of a file, folder or socket."""
        self._power.needed()
        return _facts(self._volume.node(path))

    def readdir(self, path: str, fh: int) -> list[tuple[str, dict[str, int], int]]:
        """The names in a folder; those without a number would not be seen."""
        self._power.needed()
        folder = self._volume.folder(path)
        rows = {".": folder, "..": folder.parent or folder, **folder.live}
        return [
            (name, {"st_ino": node.number, "st_mode": node.mode}, 0) for name, node in rows.items()
        ]

    def statfs(self, path: str) -> dict[str, int]:
        """There is always room."""
        return _ROOM

    def create(self, path: str, mode: int, fi: Any = None) -> int:
        """Make a file and open it."""
        self.mknod(path, mode, 0)
        return self.open(path, 0)

    def open(self, path: str, flags: int) -> int:
        """A handle of a file."""
        self._power.needed()
        handle = next(self._handles)
        self._open[handle] = self._volume.file(path)
        return handle

    def release(self, path: str, fh: int) -> int:
        """The handle is not needed any more."""
        self._open.pop(fh, None)
        return 0

    def read(self, path: str, size: int, offset: int, fh: int) -> bytes:
        """Bytes as they were written last."""
        self._power.needed()
        return bytes(memoryview(self._open[fh].live)[offset : offset + size])

    def write(self, path: str, data: bytes, offset: int, fh: int) -> int:
        """Bytes that are not on disk yet."""
        self._power.needed()
        file = self._open[fh]
        file.write(offset, data)
        if "journal" in path and file.number in self._synced:
            self._synced.discard(file.number)
            self._power.moment("after the first write since its sync of", path)
        return len(data)

    def truncate(self, path: str, length: int, fh: int | None = None) -> int:
        """A size that is not on disk yet."""
        self._power.needed()
        self._volume.file(path).resize(length)
        return 0

    def flush(self, path: str, fh: int) -> int:
        """A descriptor was closed: that puts nothing on disk."""
        return 0

    def fsync(self, path: str, datasync: int, fh: int) -> int:
        """Put a file's bytes on disk."""
        self._power.moment("before the sync of", path)
        self._power.needed()
        if not self._lies_about(_kind(path)):
            self._volume.sync_file(self._open[fh])
        self._synced.add(self._open[fh].number)
        self._power.moment("after the sync of", path)
        return 0

    def fsyncdir(self, path: str, datasync: int, fh: int) -> int:
        """Put a folder's names on disk."""
        self._power.moment("before the sync of folder", path)
        self._power.needed()
        if not self._lies_about("folders"):
            self._volume.sync_folder(self._volume.folder(path))
        self._power.moment("after the sync of folder", path)
        return 0

    def mknod(self, path: str, mode: int, dev: int) -> int:
        """Make a file or a socket."""
        self._power.needed()
        self._volume.make_file(path, mode if stat.S_IFMT(mode) else mode | stat.S_IFREG)
        self._power.moment("after making", path)
        return 0

    def mkdir(self, path: str, mode: int) -> int:
        """Make a folder."""
        self._power.needed()
        self._volume.make_folder(path, mode)
        self._power.moment("after making folder", path)
        return 0

    def link(self, target: str, source: str) -> int:
        """Make ``target`` another name of ``source``."""
        self._power.needed()
        self._volume.link(source, target)
        self._power.moment("after linking", target)
        return 0

    def unlink(self, path: str) -> int:
        """Remove a name."""
        self._power.needed()
        self._volume.remove(path)
        self._power.moment("after removing", path)
        return 0

    def rmdir(self, path: str) -> int:
        """Remove a folder."""
        return self.unlink(path)

    def rename(self, old: str, new: str) -> int:
        """Give another name."""
        self._power.needed()
        self._volume.rename(old, new)
        self._power.moment("after the rename to", new)
        return 0

    def chmod(self, path: str, mode: int) -> int:
        """Other rights."""
        self._power.needed()
        node = self._volume.node(path)
        node.mode = stat.S_IFMT(node.mode) | stat.S_IMODE(mode)
        return 0

    def chown(self, path: str, uid: int, gid: int) -> int:
        """Everything belongs to whoever mounted it."""
        return 0

    def utimens(self, path: str, times: tuple[int, int] | None = None) -> int:
        """Times are not kept."""
        return 0

    def _lies_about(self, kind: str) -> bool:
        return self._lying in ("all", kind)


def _kind(path: str) -> str:
    """What is asked for when a file is synced."""
    name = path.rpartition("/")[2]
    if name.startswith("journal."):
        return "journal"
    return "mails" if name == "message.eml" else "derived"


def _facts(node: Node) -> dict[str, Any]:
    now = time.time_ns()
    return {
        "st_ino": node.number,
        "st_mode": node.mode,
        "st_nlink": 2 if isinstance(node, Folder) else node.names,
        "st_size": 0 if isinstance(node, Folder) else len(node.live),
        "st_uid": os.getuid(),
        "st_gid": os.getgid(),
        **dict.fromkeys(("st_atime", "st_mtime", "st_ctime"), now),
    }


class Machine:
    """The process: mounts when it is told to, and obeys meanwhile."""

    def __init__(self, mountpoint: str, lying: str) -> None:
        self._mountpoint = mountpoint
        self._lying = lying
        self._volume = Volume()
        self._power = Power(lambda moments, what: self._say(cut=what, moments=moments))
        self._mounts: queue.SimpleQueue[threading.Event | None] = queue.SimpleQueue()
        self._says = threading.Lock()

    def run(self) -> None:
        """Obey until standard input ends."""
        threading.Thread(target=self._obey, daemon=True).start()
        while (begun := self._mounts.get()) is not None:
            operations = Mounted(self._volume, self._power, begun, self._lying)
            mfusepy.FUSE(
                operations,
                self._mountpoint,
                foreground=True,
                nothreads=True,
                use_ino=True,
                attr_timeout=0,
                fsname="powercut",
            )
            self._say(unmounted=True)

    def _obey(self) -> None:
        for line in sys.stdin:
            words = json.loads(line)
            self._say(done=getattr(self, words.pop("do"))(**words))
        self._mounts.put(None)
        # Whoever gave the commands may have been killed; what is mounted ends `run`'s loop.
        unmount(self._mountpoint, "-z")

    def mount(self) -> None:
        """Mount, and return when programs can use it."""
        begun = threading.Event()
        self._mounts.put(begun)
        begun.wait(10)

    def arm(self, moments: int | None) -> None:
        """Cut after so many moments from now."""
        self._power.arm(moments)

    def moments(self) -> int:
        """How many there were since then."""
        return self._power.moments

    def cut(self) -> None:
        """Cut now."""
        self._power.cut()

    def survive(self, seed: int) -> None:
        """After a cut, while nothing is mounted: go on with one of the states that may be left."""
        self._volume = survivor(self._volume, random.Random(seed))
        self._power.restore()

    def sync_all(self) -> None:
        """Put everything on disk."""
        self._volume.sync_all()

    def _say(self, **words: Any) -> None:
        with self._says:
            sys.stdout.write(json.dumps(words) + "\n")
            sys.stdout.flush()


def main() -> None:
    """Serve one mount point."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("mountpoint")
    parser.add_argument("--lying", default="", choices=("", *LIES))
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    Machine(os.path.abspath(options.mountpoint), options.lying).run()


if __name__ == "__main__":
    main()
