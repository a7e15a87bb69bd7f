"""A disk whose power can be cut, as the harness holds it: a process that serves a mount point."""

from __future__ import annotations

import contextlib
import json
import queue
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


def missing() -> str:
    """What is not here that a disk needs, in words; empty if nothing is."""
    if not Path("/dev/fuse").exists():
        return "there is no /dev/fuse"
    if _unmounter() is None:
        return "fusermount is not installed (apt install fuse3)"
    try:
        import mfusepy  # noqa: F401
    except (ImportError, OSError, AttributeError) as error:
        return f"mfusepy cannot be used: {error}"
    return ""


def _unmounter() -> str | None:
    return shutil.which("fusermount3") or shutil.which("fusermount")


def unmount(mountpoint: Path | str, *options: str) -> str:
    """Take a file system away; what the system says against it, or nothing."""
    unmounter = _unmounter()
    assert unmounter is not None
    words = [unmounter, "-u", *options, mountpoint]
    done = subprocess.run(words, capture_output=True, text=True)
    return done.stderr.strip() if done.returncode else ""


class Disk:
    """A mounted volume that forgets what was not synced."""

    def __init__(self, mountpoint: Path, lying: str = "") -> None:
        self.mountpoint = mountpoint
        #: Set by a cut; what happened last stands in `cut_after` then.
        self.off = threading.Event()
        self.cut_after = ""
        self._answers: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._unmounted: queue.SimpleQueue[bool] = queue.SimpleQueue()
        words = [sys.executable, "-m", "tests.powercut.mount", str(mountpoint)]
        self._process = subprocess.Popen(
            [*words, "--lying", lying],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        threading.Thread(target=self._hear, daemon=True).start()
        self._do("mount")

    def sync_all(self) -> None:
        """Put everything on disk: a home as it was after a quiet night."""
        self._do("sync_all")

    def arm(self, moments: int | None) -> None:
        """Cut after so many moments from now; None: never, only count them."""
        self._do("arm", moments=moments)

    def moments(self) -> int:
        """How many moments there were since `arm`."""
        return int(self._do("moments"))

    def cut(self) -> None:
        """Cut now, if nothing has cut before."""
        self._do("cut")
        self.off.wait(10)

    def power_on(self, seed: int) -> None:
        """After a cut, when nobody uses the files any more: what is left is mounted again."""
        self._unmount()
        self._do("survive", seed=seed)
        self.off.clear()
        self._do("mount")

    def close(self) -> None:
        """Unmount and end the process."""
        with contextlib.suppress(Exception):
            self._unmount()
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _unmount(self) -> None:
        for _ in range(100):  # a process that was killed may still be closing its files
            complaint = unmount(self.mountpoint)
            if not complaint:
                self._unmounted.get(timeout=10)
                return
            time.sleep(0.02)
        raise AssertionError(f"cannot unmount {self.mountpoint}: {complaint}")

    def _do(self, command: str, **words: Any) -> Any:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": command, **words}) + "\n")
        self._process.stdin.flush()
        return self._answers.get(timeout=60)

    def _hear(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            words = json.loads(line)
            if "cut" in words:
                self.cut_after = words["cut"]
                self.off.set()
            elif "unmounted" in words:
                self._unmounted.put(True)
            else:
                self._answers.put(words["done"])
