"""The record on the page: what the words for a source or a site were taken to mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.browser.desk import Desk

pytestmark = [pytest.mark.sockets, pytest.mark.slow]

ENTER, TAB, ALT = "\ue007", "\ue004", "\ue00a"


def test_the_record_says_whom_it_searched(desk: Desk) -> None:
    """Where a word fits nobody, or more than can be searched."""
    found: dict[str, Any] = {"rows": [], "before": None}
    site = {"found": 0, "searched": 0}
    found["meant"] = {"source": {"found": 60, "searched": 50}, "site": site}
    desk.manned().gateway("answers", {"history": found})
    desk.chord(ALT, "6")
    desk.until(lambda: desk.part("#sheet form"))
    desk.chrome.find_element("css selector", "#sheet [name=source]").click()
    desk.keys("tor", TAB, "Lager Süd", ENTER)
    desk.says("#sheet [role=status]", "„tor“ passt zu 60 Bildquellen")
    desk.says("#sheet [role=status]", "Kein Objekt passt zu „Lager Süd“.")
    found["meant"] = {"source": {"found": 2, "searched": 2}, "site": None}
    desk.gateway("answers", {"history": found})
    desk.keys(ENTER)
    desk.until(lambda: desk.part("#sheet [role=status]") == "")
