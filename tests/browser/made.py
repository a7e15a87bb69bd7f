"""Alarms as a browser test sends them to its console, and how it begins with them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from alarmgw.model import utc_now
from tests.browser.served import JPEG
from tests.workstation.console_fakes import alarm_of, picture_part

if TYPE_CHECKING:
    from tests.browser.desk import Desk, Screen


def alarm(number: int, photos: int = 0, **fields: Any) -> dict[str, Any]:
    """An alarm of so many seconds ago, with so many real pictures, at a site of its own."""
    parts = [picture_part(f"{one:02}-gate.jpg", JPEG) for one in range(1, photos + 1)]
    at = utc_now() - timedelta(seconds=2 * number)
    given = {"pictures": parts, "site": str(4000 + number), **fields}
    return alarm_of(number, at=at, **given)


def named(event: str) -> dict[str, Any]:
    """``events`` of an alarm that says only this."""
    facts = dict.fromkeys(("event_raw", "state", "channel", "camera", "device", "device_time"))
    return {"events": [{"event": event, **facts}]}


def widths(screen: Screen, selector: str) -> list[int]:
    """The natural widths of these pictures: 0 is one that is not drawn."""
    script = "return [...document.querySelectorAll(arguments[0])].map((img) => img.naturalWidth)"
    return list(screen.chrome.execute_script(script, selector))


def opened(desk: Desk, *alarms: dict[str, Any]) -> None:
    """These alarms are there, and the first incident is on the screen."""
    desk.manned().gateway("alarms", list(alarms))
    desk.until(lambda: "accept" in desk.offered())


def answered(desk: Desk, title: str) -> None:
    """Waits for the dialog of that title."""
    desk.until(lambda: desk.at("ask").is_displayed() and title in desk.text("ask-title"))
