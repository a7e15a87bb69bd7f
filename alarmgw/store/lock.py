"""One gateway for each home: a lock that ends with its process, however that ends."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from types import TracebackType

from alarmgw.errors import BadConfig, Complaint


class HomeLock:
    """The lock of a home, held from construction until `release`; also a context manager."""

    def __init__(self, home: Path) -> None:
        """Take ``home/run/lock``.  Raises `BadConfig`, naming the holder, when it is held."""
        self.path = home / "run" / "lock"
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._descriptor: int | None = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.pread(self._descriptor, 32, 0).decode("ascii", "replace").strip()
            self._close()
            raise BadConfig([_held(self.path, holder)]) from error
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, b"%d\n" % os.getpid(), 0)

    def release(self) -> None:
        """Give the home free.  The file stays: removing it would let two hold "the" lock."""
        if self._descriptor is not None:
            os.ftruncate(self._descriptor, 0)
            self._close()

    def _close(self) -> None:
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)

    def __enter__(self) -> HomeLock:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.release()


def _held(path: Path, holder: str) -> Complaint:
    who = f"process {holder}" if holder else "another process"
    return Complaint(
        str(path), "lock", f"{who} works on this home: stop it first, or name another --home"
    )
