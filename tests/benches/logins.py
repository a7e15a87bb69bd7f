"""The logins of the devices that come back."""

from __future__ import annotations

from pathlib import Path


def login_of(number: int) -> str:
    """A device's name."""
    return f"cam{number}"


def password_of(number: int) -> str:
    """Its password, which is the importer's."""
    return f"by-hand-{number}"


def write_logins(path: Path, count: int) -> None:
    """A spreadsheet of sources with a login and a password each."""
    lines = [f"bq{n}@ebues.internal;{login_of(n)};{password_of(n)}\n" for n in range(count)]
    path.write_text("".join(["address;login;password\n", *lines]), encoding="utf-8")
