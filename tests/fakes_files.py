"""Files that fail, stop or remember, for everything that stores promise."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from alarmgw.store.safefile import Files


class Stopped(BaseException):
    """The process ended here: no ``except`` and no cleaning up comes after it."""


class WatchedFiles(Files):
    """Asks `step` before each single operation, then does it with other files."""

    def __init__(self, inner: Files | None = None) -> None:
        self.inner = inner or Files()
        self.names: dict[int, Path] = {}

    def step(self, operation: str, path: Path) -> None:
        """Called with the operation's name and the path that it changes; may raise."""

    def mkdir(self, path: Path) -> None:
        """Make a folder, if `step` lets it happen."""
        self.step("mkdir", path)
        self.inner.mkdir(path)

    def create(self, path: Path) -> int:
        """Make a file, if `step` lets it happen."""
        self.step("create", path)
        fd = self.inner.create(path)
        self.names[fd] = path
        return fd

    def write(self, fd: int, data: bytes) -> None:
        """Write, if `step` lets it happen."""
        self.step("write", self.names[fd])
        self.inner.write(fd, data)

    def sync(self, fd: int) -> None:
        """Sync a new file, if `step` lets it happen."""
        self.step("sync", self.names[fd])
        self.inner.sync(fd)

    def close(self, fd: int) -> None:
        """Close, if `step` lets it happen."""
        path = self.names.pop(fd)  # before another thread's new file has that number
        self.inner.close(fd)  # always: a process that ends closes its files
        self.step("close", path)

    def sync_file(self, path: Path) -> None:
        """Sync a file, if `step` lets it happen."""
        self.step("sync_file", path)
        self.inner.sync_file(path)

    def sync_folder(self, path: Path) -> None:
        """Sync names, if `step` lets it happen."""
        self.step("sync_folder", path)
        self.inner.sync_folder(path)

    def rename(self, source: Path, target: Path) -> None:
        """Rename, if `step` lets it happen."""
        self.step("rename", target)
        self.inner.rename(source, target)

    def link(self, source: Path, target: Path) -> None:
        """Link, if `step` lets it happen."""
        self.step("link", target)
        self.inner.link(source, target)

    def unlink(self, path: Path) -> None:
        """Remove a name, if `step` lets it happen."""
        self.step("unlink", path)
        self.inner.unlink(path)

    def rmdir(self, path: Path) -> None:
        """Remove a folder, if `step` lets it happen."""
        self.step("rmdir", path)
        self.inner.rmdir(path)


class RecordingFiles(WatchedFiles):
    """Remembers what was done, as ``operation name`` lines."""

    def __init__(self, inner: Files | None = None) -> None:
        super().__init__(inner)
        self.steps: list[str] = []

    def step(self, operation: str, path: Path) -> None:
        """Remember the operation."""
        self.steps.append(f"{operation} {path.name}")


class FailingFiles(WatchedFiles):
    """Operations named here raise `OSError` where the path's name matches; ``fault`` None mends."""

    def __init__(
        self, operation: str, fault: int | None, name: str = "", inner: Files | None = None
    ) -> None:
        super().__init__(inner)
        self.operation, self.fault, self.name = operation, fault, name
        self.failed: list[Path] = []

    def step(self, operation: str, path: Path) -> None:
        """Fail where that is asked for."""
        if self.fault is not None and operation == self.operation and self.name in path.name:
            self.failed.append(path)
            raise OSError(self.fault, os.strerror(self.fault), str(path))


class StoppingFiles(WatchedFiles):
    """Lets ``steps`` operations through and stops the process before the next one."""

    def __init__(self, steps: int, inner: Files | None = None) -> None:
        super().__init__(inner)
        self.left = steps
        self.stopped_at: str | None = None

    def step(self, operation: str, path: Path) -> None:
        """Count down, and end the process at zero."""
        if self.left <= 0:
            self.stopped_at = self.stopped_at or f"{operation} {path.name}"
            raise Stopped(self.stopped_at)
        self.left -= 1


class LinklessFiles(Files):
    """A file system without hard links: a link is a copy."""

    def link(self, source: Path, target: Path) -> None:
        """Copy."""
        shutil.copyfile(source, target)
