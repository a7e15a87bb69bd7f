"""`alarmgw.cli.options`: what several commands share."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from alarmgw.cli.options import host_port, read_password
from alarmgw.cli.speech import Failed

PARAMETER = click.Option(["--to"])
CONTEXT = click.Context(click.Command("test"))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("10.8.0.1:25", ("10.8.0.1", 25)),
        ("gw.lan:2525", ("gw.lan", 2525)),
        ("[fd00::1]:25", ("fd00::1", 25)),
    ],
)
def test_host_and_port_are_parted(text: str, value: tuple[str, int]) -> None:
    """Names, IPv4 and bracketed IPv6 addresses are understood."""
    assert host_port(CONTEXT, PARAMETER, text) == value


@pytest.mark.parametrize("text", ["gw", ":25", "gw:", "gw:0", "gw:65536", "gw:smtp"])
def test_anything_else_is_wrong_use(text: str) -> None:
    """A missing or impossible port is told as wrong use."""
    with pytest.raises(click.BadParameter):
        host_port(CONTEXT, PARAMETER, text)


def test_password_is_the_first_line_as_it_stands(tmp_path: Path) -> None:
    """Blanks belong to a password, line ends do not."""
    (tmp_path / "p").write_bytes("ä b \r\nsecond".encode())
    assert read_password(tmp_path / "p") == "ä b "
    assert read_password(None) is None


@pytest.mark.parametrize("data", [b"", b"\n", b"\xff\xfe\n"])
def test_file_without_password_is_a_failure(tmp_path: Path, data: bytes) -> None:
    """An empty first line or another encoding is told, not used."""
    (tmp_path / "p").write_bytes(data)
    with pytest.raises(Failed):
        read_password(tmp_path / "p")
