"""The file operations that stores are made of, one system call each.

Stores touch the disk through `Files` alone, so that a test can make any
single step fail, stop the gateway after it, or lose the power, and then look
at what is left.  Nothing here retries: after a failed sync the kernel may
have dropped the data and calls the next sync of the same file a success.
"""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

from alarmgw.errors import Cause, TryLater

_FULL = (errno.ENOSPC, errno.EDQUOT)

#: What a file system says that has no hard links here, or no more for this file.
_NO_LINK = (errno.EPERM, errno.EMLINK, errno.EXDEV, errno.EOPNOTSUPP, errno.ENOSYS)


def later(error: OSError) -> TryLater:
    """What a failed file operation means for a mail: later, because of space or of the store."""
    if error.errno in _FULL:
        return TryLater(Cause.NO_SPACE, "The volume is full.")
    reason = error.strerror or type(error).__name__
    return TryLater(Cause.STORE_FAILED, f"The volume does not work: {reason}.")


class Files:
    """The real files.  Every method raises `OSError`; every path is absolute."""

    def mkdir(self, path: Path) -> None:
        """Make one folder; its parent must exist and the folder must not."""
        os.mkdir(path, 0o700)

    def create(self, path: Path) -> int:
        """Make a new file, for us alone, and return its descriptor."""
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)

    def write(self, fd: int, data: bytes) -> None:
        """Write all of ``data``."""
        written = os.write(fd, data)
        while written < len(data):
            written += os.write(fd, memoryview(data)[written:])

    def sync(self, fd: int) -> None:
        """Return when a new file's bytes and size are on disk.  Never twice for one file."""
        os.fdatasync(fd)

    def close(self, fd: int) -> None:
        """Close a descriptor."""
        os.close(fd)

    def sync_file(self, path: Path) -> None:
        """Return when the bytes of an existing file are on disk."""
        self._sync_path(path, os.O_RDONLY)

    def sync_folder(self, path: Path) -> None:
        """Return when the names in a folder are on disk."""
        self._sync_path(path, os.O_RDONLY | os.O_DIRECTORY)

    def rename(self, source: Path, target: Path) -> None:
        """Give a file or folder another name on the same file system; a file there is replaced."""
        os.rename(source, target)

    def link(self, source: Path, target: Path) -> None:
        """Make a second name of a file, or a copy of it where links are impossible."""
        try:
            os.link(source, target)
        except OSError as error:
            if error.errno not in _NO_LINK:
                raise
            shutil.copyfile(source, target, follow_symlinks=False)

    def unlink(self, path: Path) -> None:
        """Remove one name of a file."""
        os.unlink(path)

    def rmdir(self, path: Path) -> None:
        """Remove an empty folder."""
        os.rmdir(path)

    def remove_tree(self, path: Path) -> None:
        """Remove a folder and all in it; links are removed, not followed."""
        with os.scandir(path) as rows:
            inside = list(rows)
        for row in inside:
            if row.is_dir(follow_symlinks=False):
                self.remove_tree(Path(row.path))
            else:
                self.unlink(Path(row.path))
        self.rmdir(path)

    def make_parents(self, path: Path) -> list[Path]:
        """Make the missing folders above ``path``; return those newly made, highest first."""
        missing = []
        for parent in path.parents:
            if parent.is_dir():
                break
            missing.append(parent)
        made = []
        for parent in reversed(missing):
            try:
                self.mkdir(parent)
            except FileExistsError:  # another thread was quicker, and that is as good
                continue
            made.append(parent)
        return made

    def write_whole(self, path: Path, data: bytes) -> None:
        """Make a new file with these bytes, unsynced; a fault leaves no half of it."""
        fd = self.create(path)
        try:
            try:
                self.write(fd, data)
            finally:
                self.close(fd)
        except OSError:
            self.unlink(path)
            raise

    def free(self, path: Path) -> tuple[int, int]:
        """The bytes that we may still write on this volume, and the bytes that it holds in all."""
        volume = os.statvfs(path)
        return volume.f_bavail * volume.f_frsize, volume.f_blocks * volume.f_frsize

    @staticmethod
    def _sync_path(path: Path, flags: int) -> None:
        fd = os.open(path, flags | os.O_CLOEXEC | os.O_NOFOLLOW)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)
