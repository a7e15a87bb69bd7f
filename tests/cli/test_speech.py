"""`alarmgw.cli.speech`: one line for a failure, one object a line, plain tables."""

from __future__ import annotations

import pytest

from alarmgw.cli.speech import FRAMED, Failed, parsed, printable, say_json, say_table


def test_failure_is_one_line() -> None:
    """Whatever the reason's own line ends, a failure is told in one."""
    assert Failed("cannot be read:\n  no such file").message == "cannot be read: no such file"


def test_table_in_a_pipe_is_aligned_and_plain(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a terminal a table is columns of text, with a dash where nothing is known."""
    say_table(("NAME", "SITE"), [("Tor", None), ("Halle 12", 7)])
    assert capsys.readouterr().out == "NAME      SITE\nTor       -\nHalle 12  7\n"


def test_table_on_a_terminal_shows_every_letter(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """However narrow it is: the first column in one line, since it is typed again, all others."""
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "60")
    address, name = "camera-at-the-gate@ebues.internal", "Parkdeck Einfahrt Nord " * 3
    say_table(("ADDRESS", "NAME", "TOLERATED"), [(address, name, "no_auth 4, no_domain 2")])
    shown = capsys.readouterr().out
    assert address in shown and "…" not in shown and shown.count("Nord") == 3


def test_long_table_on_a_terminal_is_plain(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A frame about ten thousand sources would take seconds to draw."""
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    say_table(("NAME", "SITE"), [("Tor", str(row)) for row in range(FRAMED + 1)])
    assert capsys.readouterr().out.startswith("NAME  SITE\nTor   0\n")


def test_table_without_rows_has_its_headings(capsys: pytest.CaptureFixture[str]) -> None:
    """An empty table says what there is none of."""
    say_table(("NAME", "SITE"), [])
    assert capsys.readouterr().out == "NAME  SITE\n"


def test_json_is_utf_8_and_compact(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    """An object is one line; letters beyond ASCII are themselves."""
    say_json({"text": "Zaun\nSüd"})
    assert capsysbinary.readouterr().out == '{"text":"Zaun\\nSüd"}\n'.encode()


def test_control_characters_never_reach_the_terminal() -> None:
    """What a device wrote cannot move the cursor or colour the screen."""
    assert printable("a\x1b[31mb\nc\u202ed") == "a [31mb c d"


def test_parsed_reads_journal_lines() -> None:
    """Encoded entries become objects, in order."""
    assert parsed([(1, b'{"seq":1}'), (2, b'{"seq":2}')]) == [{"seq": 1}, {"seq": 2}]
