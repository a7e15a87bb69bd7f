"""How fast the console shows what comes: timed inside its page, with a real gateway behind it.

The sender notes when a final dot went out, the page when the row that tells of it was on the
screen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from attrs import define, field
from selenium.webdriver.common.keys import Keys

from tests.benches.figures import Figure
from tests.benches.mails import Waits
from tests.browser.mails import Sent, Steady, alarm_mail, flood, photograph
from tests.browser.timed_room import ControlRoom, Seat, site

#: Sites whose rows are all on the screen, and as many as make a list longer than it.
SITES, MANY_SITES = 8, 40

ONE_A_SECOND_MS, TWENTY_A_SECOND_MS, PICTURE_MS = 50.0, 250.0, 150.0

Row = tuple[str, int, float]
"""A site, how many alarms its row told of, and when that was on the screen (ms since 1970)."""


def alarms_seen(slowly: int, quickly: int) -> Iterator[Figure]:
    """Alarms with a picture of 200 KB: so many one a second, and so many twenty a second."""
    with ControlRoom(SITES) as room:
        [seat] = room.seats
        watched = Watched(seat, room.gateway.port, photograph(seat.chrome))
        watched.waits(SITES, 0.2)
        waits = watched.waits(slowly, 1.0)
        name = f"final dot to screen, 1/s, median (p99 {waits.p99:.0f}, n {slowly})"
        yield Figure(name, waits.median, "ms", ONE_A_SECOND_MS)
        waits = watched.waits(quickly, 0.05)
        name = f"  20/s, p99 (median {waits.median:.0f}, most {waits.most:.0f}, n {quickly})"
        yield Figure(name, waits.p99, "ms", TWENTY_A_SECOND_MS)


def pictures_seen(steps: int) -> Iterator[Figure]:
    """From the key that selects an incident until its picture of 200 KB is on the screen."""
    with ControlRoom(MANY_SITES) as room:
        [seat] = room.seats
        photo = photograph(seat.chrome)
        mails = [Sent(site=n, content=alarm_mail(n, photo=photo)) for n in range(MANY_SITES)]
        flood(room.gateway.port, mails)
        seat.has_rows(MANY_SITES)
        # The last one first: its picture was not even fetched for the list.
        keys = (Keys.END, Keys.HOME, *(Keys.ARROW_DOWN for _ in range(steps)))
        waits = Waits([picture_wait(seat, key) for key in keys])
    name = f"key to first picture, longest (median {waits.median:.0f}, n {len(keys)})"
    yield Figure(name, waits.most, "ms", PICTURE_MS)


def picture_wait(seat: Seat, key: str) -> float:
    """Milliseconds from this key until the first picture of what it selects is on the screen."""
    seat.press(key)
    script = "return eyewitness.picture && eyewitness.picture - eyewitness.chosen"
    return float(seat.until(lambda: seat.chrome.execute_script(script)))


@define(eq=False)
class Watched:
    """A seat, and how many mails of each site it has been sent."""

    seat: Seat
    port: int
    photo: bytes
    _sent: Counter[str] = field(factory=Counter)

    def waits(self, count: int, pace: float) -> Waits:
        """From each mail's final dot until the row that tells of it was on the screen."""
        numbers = range(self._sent.total(), self._sent.total() + count)
        mails = [Sent(site=n % SITES, content=alarm_mail(n, photo=self.photo)) for n in numbers]
        with Steady(self.port, pace, mails) as sender:
            sender.join()
        dots = []
        for mail, dot in sender.dots:
            self._sent[site(mail.site)] += 1
            dots.append((site(mail.site), self._sent[site(mail.site)], dot))
        self.seat.until(lambda: all(_drawn(self._rows(), *dot) for dot in dots[-SITES:]))
        rows = self._rows()
        return Waits([_drawn(rows, *dot) - 1000 * dot[2] for dot in dots])

    def _rows(self) -> list[Row]:
        return [tuple(row) for row in self.seat.chrome.execute_script("return eyewitness.rows")]


def _drawn(rows: Sequence[Row], place: str, count: int, _: float) -> float:
    """When so many alarms of that site were on the screen; 0: not yet."""
    seen = [when for where, told, when in rows if where == place and told >= count]
    return min(seen, default=0.0)
