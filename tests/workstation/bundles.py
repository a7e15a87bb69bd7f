"""Bundles for tests: as `alarmgw workstation add` writes them, without a gateway behind."""

from __future__ import annotations

from pathlib import Path

from alarmgw.cli.bundle import BundleFacts, new_bundle
from tests.homes import make_home


def make_bundle(folder: Path, gateway: str = "127.0.0.1:1", console_port: int = 0) -> Path:
    """A whole bundle below ``folder``; nobody listens on port 1."""
    home = make_home(folder / "home")
    facts = BundleFacts(name="desk1", gateway=gateway, console_port=console_port)
    with new_bundle(folder / "bundle", facts, home / "tls"):
        return folder / "bundle"
