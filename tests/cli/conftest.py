"""A home and a way to type commands at it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from alarmgw.cli.home import JOURNAL_NAME
from alarmgw.cli.main import main
from alarmgw.entries import Record
from tests import journals
from tests.homes import make_home

Run = Callable[..., Result]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with an empty journal and no gateway."""
    home = make_home(tmp_path / "home")
    journals.started(home / JOURNAL_NAME).close()
    return home


@pytest.fixture
def run(home: Path) -> Run:
    """Runs ``alarmgw WORDS`` with ALARMGW_HOME set; a bug's traceback is the test's."""

    def type_(*words: object) -> Result:
        result = CliRunner().invoke(
            main, [str(word) for word in words], env={**os.environ, "ALARMGW_HOME": str(home)}
        )
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return type_


def keep(home: Path, *records: Record) -> None:
    """Puts entries into the home's journal."""
    journal = journals.started(home / JOURNAL_NAME)
    journals.done(journal.submit(journals.appending(*records)))
    journal.close()
