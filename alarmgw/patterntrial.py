"""How long a pattern takes at worst, measured before it is let near a mail.

RE2 never backtracks, but a pattern that keeps hundreds of repetitions open
costs that many steps for each character.  Which text is the worst depends on
the pattern, so it is tried on texts made of its own letters: each alone, all
mixed, and its words over and over.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator

from alarmgw.patterns import LOOKED_AT_BYTES, Pattern, fresh, looked_at

#: A pattern may take so long on the worst of its texts; usual ones take a hundredth of it.
MOST_SECONDS = 0.005

#: What stands in any mail: letters, digits, blanks, line ends, other scripts.
_COMMON = "aA0 \n._-:ü中"

#: Letters of the pattern that are tried alone.
_ALONE = 12

Clock = Callable[[], float]


def refuse_slow(text: str, clock: Clock) -> None:
    """Raises `ValueError` if a pattern cannot be or is slow; ``clock`` counts this thread's time.

    May take tens of milliseconds: call it in a pool thread, not in the journal's writer.
    """
    pattern = fresh(text)
    for long_text in _worst_texts(text):
        # Once: at the second time RE2 remembers its steps, and a mail comes once.
        taken = _taken(pattern, long_text, clock)
        if taken > MOST_SECONDS:
            raise ValueError(
                f"it takes {taken * 1000:.0f} ms on a text of {LOOKED_AT_BYTES // 1024} KB,"
                f" {MOST_SECONDS * 1000:.0f} ms are allowed: use shorter or fewer repetitions"
            )


def _taken(pattern: Pattern, text: bytes, clock: Clock) -> float:
    begun = clock()
    pattern.search(text)
    return clock() - begun


def _worst_texts(pattern: str) -> Iterator[bytes]:
    own = "".join(dict.fromkeys(sign for sign in pattern if sign.isalnum()))
    for sign in dict.fromkeys(own[:_ALONE] + _COMMON):
        yield _long(sign)
    mixing = random.Random(pattern)
    for signs in (own, own + _COMMON):
        if signs:
            yield _long("".join(mixing.choices(signs, k=LOOKED_AT_BYTES)))
    yield _long(" ".join(re.findall(r"\w+", pattern)) + "\n")


def _long(text: str) -> bytes:
    """``text`` over and over, as long as a text is looked at."""
    return looked_at(text * (LOOKED_AT_BYTES // len(text.encode("utf-8", "replace")) + 1))
