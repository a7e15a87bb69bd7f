"""Starts a workstation in a Python that has, for our code, nothing that only POSIX has.

Prints ``open`` when the console could be asked, and ends.
"""

from __future__ import annotations

import builtins
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.request import urlopen

ABSENT_MODULES = frozenset(
    ["fcntl", "grp", "pty", "pwd", "resource", "syslog", "termios", "tty", "posix"]
)
ABSENT_NAMES: Sequence[tuple[Any, str]] = [
    *((os, name) for name in ("chown", "fchmod", "fork", "geteuid", "getuid", "pread", "setsid")),
    *((os, name) for name in ("O_DIRECTORY", "O_NOFOLLOW", "O_CLOEXEC", "O_NONBLOCK", "mkfifo")),
    *((signal, name) for name in ("SIGHUP", "SIGUSR1", "SIGALRM", "SIGKILL")),
]

_real_import = builtins.__import__


def without_posix(name: str, *given: Any, **named: Any) -> Any:
    """As ``import``; what Windows lacks our own code does not find."""
    scope = given[0] if given else named.get("globals")
    importer = str((scope or {}).get("__name__"))
    if importer.startswith("alarmgw") and name.split(".")[0] in ABSENT_MODULES:
        raise ModuleNotFoundError(f"{importer} imports {name}, which Windows does not have")
    return _real_import(name, *given, **named)


def main(bundle: Path) -> None:
    """Start, look, stop."""
    from twisted.internet import reactor, threads

    builtins.__import__ = without_posix  # type: ignore[assignment]
    from alarmgw.workstation.bundle import load_bundle
    from alarmgw.workstation_tap import workstation

    for module, name in ABSENT_NAMES:
        if hasattr(module, name):
            delattr(module, name)
    service = workstation(load_bundle(bundle), reactor)
    service.startService()

    def look() -> None:
        address = (bundle / "console-url").read_text().strip()
        with urlopen(address.partition("?")[0] + "state") as answer:
            answer.read()

    def seen(result: Any) -> None:
        # Without the token it is refused, which is an answer.
        sys.stdout.write("open\n" if "403" in str(result.value) else f"{result}\n")
        service.stopService()
        reactor.stop()  # type: ignore[attr-defined]

    reactor.callWhenRunning(  # type: ignore[attr-defined]
        lambda: threads.deferToThread(look).addBoth(seen)
    )
    reactor.run()  # type: ignore[attr-defined]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
