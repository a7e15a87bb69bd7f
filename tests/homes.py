"""Homes for tests: whole ones, made once and copied, so that no test waits for an RSA key."""

from __future__ import annotations

import functools
import shutil
import tempfile
from datetime import datetime, timezone
from pathlib import Path

from alarmgw import certificates, config

#: When the certificates of test homes were made.
BORN = datetime(2026, 1, 1, tzinfo=timezone.utc)


@functools.cache
def _pattern() -> Path:
    """One TLS folder for each test process."""
    folder = Path(tempfile.mkdtemp(prefix="alarmgw-tls-"))
    certificates.create_all(folder, "gw1", BORN)
    return folder


def make_home(home: Path, toml: str | None = None) -> Path:
    """A home as `init` makes it, without a store; ``toml`` instead of the usual configuration."""
    home.mkdir(parents=True, exist_ok=True)
    for name in ("archive", "spool", "run", "workstations"):
        (home / name).mkdir(mode=0o700)
    shutil.copytree(_pattern(), home / "tls")
    if toml is None:
        config.write_default(home)
    else:
        (home / config.CONFIG_NAME).write_text(toml, encoding="utf-8")
    return home
