"""`alarmgw ... import`: tried here, made true in the gateway's files, with progress on the way."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from alarmgw.cli import importing
from alarmgw.cli.home import perform
from alarmgw.cli.speech import Failed
from tests.cli.conftest import Run
from tests.homes import make_home
from tests.proposals import rows


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Two hundred sources."""
    lines = "".join(f"bq{n}@x;Tor {n}\n" for n in range(200))
    (tmp_path / "s.csv").write_text(f"address;name\n{lines}")
    return tmp_path / "s.csv"


def test_nothing_is_left_behind(run: Run, home: Path, file: Path) -> None:
    """No proposal, whether it became true, was a dry run or was wrong."""
    assert run("source", "import", file, "--dry-run").exit_code == 0
    assert run("source", "import", file).exit_code == 0
    file.write_text("address;class\na@x;nine\n")
    assert run("source", "import", file).exit_code == 1
    assert [path.name for path in (home / "run").iterdir()] == ["lock"]


def test_a_home_that_never_ran_may_be_filled(tmp_path: Path) -> None:
    """The journal is made on the way."""
    home = make_home(tmp_path / "fresh")
    result = importing.imported(home, "customer", rows({"number": "K1"}), dry_run=False, quiet=True)
    assert result["applied"] is True
    assert perform(home, "customer list", {})[0]["number"] == "K1"


def test_a_terminal_has_a_bar(
    run: Run, file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """First for the rows that are checked and tried, then for those that are kept."""
    seen = list[str]()
    monkeypatch.setattr(importing, "progress_shown", lambda: _Seen(seen))
    assert run("source", "import", file).exit_code == 0
    assert seen[:2] == ["checked 100/200", "checked 200/200"]
    assert seen[2:4] == ["tried 100/200", "tried 200/200"]
    assert seen[-1] == "kept 200/200"


class _Seen:
    """A bar that keeps what it is told."""

    def __init__(self, seen: list[str]) -> None:
        self._seen = seen

    def __enter__(self) -> importing.Tell:
        return lambda step: self._seen.append(f"{step.stage} {step.done}/{step.total}")

    def __exit__(self, *_: object) -> None:
        pass


def test_json_is_the_result_alone(run: Run, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No bar, even where stderr is a terminal."""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    result = run("source", "import", file, "--json")
    assert json.loads(result.stdout)["added"] == 200 and result.stderr == ""


def test_what_others_change_meanwhile_is_taken_into_account(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rows are tried anew, with the records as they are then."""
    meddle(monkeypatch, home, times=1)
    result = importing.imported(
        home, "source", rows({"address": "a0@x", "name": "Tor"}), dry_run=False, quiet=True
    )
    assert (result["added"], result["changed"], result["applied"]) == (0, 1, True)
    assert json.loads(run("source", "show", "a0@x", "--json").stdout)["name"] == "Tor"


def test_an_import_does_not_try_for_ever(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is imported then, and that is said."""
    meddle(monkeypatch, home, times=100)
    with pytest.raises(Failed, match="nothing was imported"):
        importing.imported(home, "source", rows({"address": "b@x"}), dry_run=False, quiet=True)
    assert "b@x" not in [one["address"] for one in perform(home, "source list", {})]


def meddle(monkeypatch: pytest.MonkeyPatch, home: Path, times: int) -> None:
    """Somebody adds a source whenever a proposal is about to become true."""
    left = list(range(times))
    made_true = importing._made_true

    def meddled(home: Path, name: str, tell: importing.Tell) -> bool:
        if left:
            perform(home, "source add", {"address": f"a{left.pop(0)}@x"})
        return made_true(home, name, tell)

    monkeypatch.setattr(importing, "_made_true", meddled)
