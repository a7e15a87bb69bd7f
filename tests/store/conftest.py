"""Stores sync all the time: their tests work where that costs nothing."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.places import MEMORY


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """An empty folder in memory, where there is one; gone after the test."""
    memory = MEMORY if MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(prefix="alarmgw-test-", dir=memory) as folder:
        yield Path(folder)
