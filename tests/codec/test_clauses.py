"""Clauses: what a free line tells."""

from __future__ import annotations

import pytest

from alarmgw.codec.clauses import best_clause, sign_clause


@pytest.mark.parametrize(
    ("line", "raw"),
    [
        ("Motion Alert from Person", "Motion Alert"),
        ("Line Crossing Detected on Camera Person", "Line Crossing Detected"),
        ("AW: Halle 3: Bewegung erkannt", "Bewegung erkannt"),
        ("Person: Motion detected", "Motion detected"),
        ("移动侦测报警 IPC-01", "移动侦测报警"),
        ("Alarm auf Kamera 3 Bewegung", "Bewegung"),
        ("(null) Daily report", "Daily report"),
    ],
)
def test_what_has_happened(line: str, raw: str) -> None:
    """The clause that tells is cut off where the place begins."""
    clause = best_clause(line)
    assert clause is not None and clause.raw == raw


@pytest.mark.parametrize("line", ["Alarm from Person", "Kamera Feuer", "", "12 34", "Halle Nord"])
def test_names_tell_nothing(line: str) -> None:
    """What stands behind a word of place is a name."""
    assert best_clause(line) is None


def test_sign() -> None:
    """A line may say that something was noticed without saying what."""
    clause = sign_clause("Alarm from Person")
    assert clause is not None and clause.raw == "Alarm"
    assert sign_clause("dirty base64") is None
