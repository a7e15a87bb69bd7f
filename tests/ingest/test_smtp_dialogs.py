"""Every written dialog plays to its end, in memory."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.dialog import Player

FOLDER = Path(__file__).parents[1] / "dialogs" / "smtp"


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*.txt")))
def test_dialog(name: str) -> None:
    """The dialog ends as its first line says."""
    Player(FOLDER / f"{name}.txt").play()
