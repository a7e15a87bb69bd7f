"""What every test run shares: rings of tests by folder, and how long properties are searched."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import settings

HERE = Path(__file__).parent

#: Folders whose tests all start processes and open sockets.
REAL = ("e2e", "faults", "interop", "browser", "powercut", "kills")
#: Folders and files whose tests are many or long, and left to `make test`.
LONG = (
    "cli",
    "crash",
    "properties",
    "codec/test_agreement.py",
    "codec/test_device_mails.py",
    "codec/test_formats.py",
    "codec/test_odd_mails.py",
    "codec/test_samples.py",
    "codec/test_texts.py",
    "store/test_backup.py",
    "store/test_database.py",
    "store/test_journal_writer.py",
    "store/test_mending.py",
    "store/test_restoring.py",
    "store/test_sourceboard.py",
    "store/test_staging.py",
    "store/test_verification.py",
    "workstation/test_link.py",
    "workstation/test_recall.py",
    "workstation/test_storm_cost.py",
    "test_administration.py",
    "test_adoption.py",
    "test_bulk.py",
    "test_cards.py",
    "test_config.py",
    "test_controlroom.py",
    "test_deadlines.py",
    "test_decisions.py",
    "test_docs.py",
    "test_duty.py",
    "test_ending.py",
    "test_floors.py",
    "test_handover.py",
    "test_importing.py",
    "test_keeping.py",
    "test_operators.py",
    "test_patterntrial.py",
    "test_queries.py",
    "test_records.py",
    "test_registry.py",
    "test_rulebook.py",
    "test_searches.py",
    "test_shape.py",
    "test_suppressions.py",
)
PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "default")

# A deadline says more about the machine's other work than about ours.
settings.register_profile("default", deadline=None)
settings.register_profile("fast", deadline=None, max_examples=10)
settings.register_profile("fuzz", deadline=None, max_examples=5000)
settings.load_profile(PROFILE)


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """`make fast` does not even read what it will not run."""
    if PROFILE != "fast" or not collection_path.is_relative_to(HERE):
        return None
    return collection_path.relative_to(HERE).as_posix().startswith((*REAL, *LONG)) or None


def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    """Marks tests by their folder, so that nobody has to remember it."""
    for item in items:
        place = item.path.relative_to(HERE).as_posix()
        if place.startswith(REAL):
            item.add_marker(pytest.mark.sockets)
        if place.startswith(LONG):
            item.add_marker(pytest.mark.slow)


@pytest.fixture(autouse=True, scope="session")
def _away_from_the_checkout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """trial makes its temporary folders where it stands: let that not be the checkout."""
    before = os.getcwd()
    os.chdir(tmp_path_factory.mktemp("trial"))
    yield
    os.chdir(before)
