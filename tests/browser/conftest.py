"""Headless Chromium for the run; for each test a console of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

    from tests.browser.desk import Desk

#: The smallest window that the console is made for.
WINDOW = (1280, 800)


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    """The browser; skips by name what is not installed."""
    yield from _started(tmp_path_factory)


@pytest.fixture(scope="session")
def second_chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    """Another one, at another desk."""
    yield from _started(tmp_path_factory)


def _started(folders: pytest.TempPathFactory) -> Iterator[Chrome]:
    pytest.importorskip("selenium.webdriver", reason="selenium is not installed")
    from tests.browser import chromium

    reason = chromium.missing()
    if reason is not None:
        pytest.skip(reason)
    with chromium.chromium(folders.mktemp("chromium"), WINDOW) as started:
        yield started


@pytest.fixture
def desk(chromium: Chrome, tmp_path: Path) -> Iterator[Desk]:
    """A console that has just been opened."""
    from tests.browser.desk import Desk

    opened = Desk(chromium, tmp_path)
    yield opened
    opened.close()
    chromium.get("about:blank")
