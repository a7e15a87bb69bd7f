"""A file system whose operations fail by rule, for as long as the rule stands.

    python -m tests.faults.disk MOUNTPOINT RULES

The rule is a JSON file, read anew for each operation; without it all is well.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import mfusepy

from tests.powercut.mount import Mounted
from tests.powercut.power import Power
from tests.powercut.volume import Volume

ROOT = Path(__file__).parents[2]

#: What a volume that is mounted read-only refuses.
CHANGING = ("create", "write", "truncate", "rename", "link", "unlink", "mkdir", "rmdir", "mknod")


class FaultyDisk:
    """A mounted folder, and the rules by which it fails; a context manager."""

    def __init__(self, folder: Path) -> None:
        """Mounts ``folder/home``."""
        self.mountpoint, self._rules = folder / "home", folder / "rules"
        self.mountpoint.mkdir()
        words = [sys.executable, "-m", "tests.faults.disk", self.mountpoint, self._rules]
        self._process = subprocess.Popen(words, cwd=ROOT)
        while not os.path.ismount(self.mountpoint):
            assert self._process.poll() is None, "the faulty disk cannot be mounted"
            time.sleep(0.02)

    def fail(self, fault: int, operations: Sequence[str], name: str = "") -> None:
        """From now on these operations fail on each path that contains ``name``."""
        fresh = self._rules.with_suffix(".new")
        fresh.write_text(json.dumps({"fault": fault, "operations": operations, "name": name}))
        fresh.rename(self._rules)

    def mend(self) -> None:
        """Nothing fails any more."""
        self._rules.unlink(missing_ok=True)

    def __enter__(self) -> FaultyDisk:
        return self

    def __exit__(self, *_: object) -> None:
        unmounter = shutil.which("fusermount3") or shutil.which("fusermount")
        subprocess.run([str(unmounter), "-u", "-z", self.mountpoint], check=False)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(5)
        self._process.kill()
        self._process.wait()
        shutil.rmtree(self.mountpoint.parent, ignore_errors=True)


def faulty(operation: str) -> Any:
    """One operation of the file system, which fails when a rule says so."""

    def operate(mounted: Any, path: str, *given: Any) -> Any:
        mounted.obey(operation, path)
        return getattr(Mounted, operation)(mounted, path, *given)

    return operate


class FaultyMounted(Mounted):
    """What the kernel asks, answered by a volume in memory or by a rule."""

    #: Where the rules stand.
    rules = ""

    def obey(self, operation: str, path: str) -> None:
        """Fail where that is asked for.  SQLite's index of its log is memory and never fails."""
        try:
            rule = json.loads(Path(self.rules).read_text())
        except FileNotFoundError:
            return
        if operation in rule["operations"] and rule["name"] in path and "-shm" not in path:
            raise OSError(rule["fault"], os.strerror(rule["fault"]))

    for _operation in (*CHANGING, "fsync", "fsyncdir", "read"):
        locals()[_operation] = faulty(_operation)


def serve(mountpoint: str, rules: str) -> None:
    """Be the file system until it is unmounted."""
    warnings.simplefilter("ignore")
    FaultyMounted.rules = rules
    power = Power(lambda moments, what: None)
    mfusepy.FUSE(
        FaultyMounted(Volume(), power, threading.Event()),
        mountpoint,
        foreground=True,
        nothreads=True,
        use_ino=True,
        attr_timeout=0,
        fsname="faulty",
    )


if __name__ == "__main__":
    serve(*sys.argv[1:])
