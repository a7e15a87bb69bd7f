"""Keys mean the same whether Caps Lock is on or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.made import alarm, opened

if TYPE_CHECKING:
    from tests.browser.desk import Desk

pytestmark = [pytest.mark.sockets, pytest.mark.slow]

_PRESS = """
    const [key, code, shiftKey] = arguments;
    const told = { key, code, shiftKey, modifierCapsLock: true, bubbles: true, cancelable: true };
    document.activeElement.dispatchEvent(new KeyboardEvent("keydown", told));"""


def locked(desk: Desk, key: str, code: str, *, shift: bool = False) -> None:
    """A key with Caps Lock on, as the browser tells it."""
    desk.chrome.execute_script(_PRESS, key, code, shift)


def test_caps_lock_marks_one_row_and_shift_all(desk: Desk) -> None:
    """As without it."""
    opened(desk, alarm(1), alarm(2), alarm(3))
    desk.at("list").click()
    for shift, key, words in ((False, "X", "1 markiert"), (True, "x", "3 markiert")):
        locked(desk, key, "KeyX", shift=shift)
        desk.says("#bulk-count", words)


def test_german_caps_lock_shifts_digits_and_they_are_digits_all_the_same(desk: Desk) -> None:
    """One closes with its outcome, and one of a dialog answers it; none is a stroke with Shift."""
    opened(desk, alarm(1, photos=1))
    desk.can_close()
    desk.at("list").click()
    locked(desk, "*", "BracketRight")
    desk.until(lambda: desk.at("large").is_displayed())
    locked(desk, "*", "BracketRight")
    desk.until(lambda: not desk.at("large").is_displayed())
    locked(desk, '"', "Digit2")
    desk.until(lambda: desk.at("ask").is_displayed())
    locked(desk, "!", "Digit1")
    desk.until(lambda: desk.titles() == [])
