"""What every test run shares: rings of tests by folder, and how long properties are searched."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import settings

HERE = Path(__file__).parent

#: Folders whose tests all start processes and open sockets.
REAL = ("e2e", "faults", "interop", "browser")
#: Folders whose tests are many or long, and left to `make test`.
LONG = ("crash", "properties")

# A deadline says more about the machine's other work than about ours.
settings.register_profile("default", deadline=None)
settings.register_profile("fast", deadline=None, max_examples=10)
settings.register_profile("fuzz", deadline=None, max_examples=5000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    """Marks tests by their folder, so that nobody has to remember it."""
    for item in items:
        folder = item.path.relative_to(HERE).parts[0]
        if folder in REAL:
            item.add_marker(pytest.mark.sockets)
        if folder in LONG:
            item.add_marker(pytest.mark.slow)


@pytest.fixture(autouse=True, scope="session")
def _away_from_the_checkout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """trial makes its temporary folders where it stands: let that not be the checkout."""
    before = os.getcwd()
    os.chdir(tmp_path_factory.mktemp("trial"))
    yield
    os.chdir(before)
