"""Contact ID, the alarm panels' code, where it is sent as text.

``ACCT MT QXYZ GG CCC S``: account, message type 18 or 98, qualifier (1 or E new,
3 or R restored, 6 or P still so), event code, group, zone and a checksum, run together
or with blanks between; or as ``#ACCT|QXYZ GG CCC``.  What the codes mean is data
(formats/contact_id.toml).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from alarmgw.codec.lines import Pair

#: More reports than a panel puts into one mail.
REPORTS = 64

#: A digit of 16, and what may stand between two fields.
_HEX, _GAP = "[0-9A-Fa-f]", r"[\s,;/-]?"
_REPORT = re.compile(
    rf"(?P<account>{_HEX}(?<![\w.,/-].){_HEX}{{3}}){_GAP}[19]8{_GAP}(?P<qualifier>[136ERPerp])"
    rf"{_GAP}(?P<code>{_HEX}{{3}}){_GAP}(?P<group>{_HEX}{{2}}){_GAP}(?P<zone>{_HEX}{{3}})"
    rf"(?:{_GAP}(?P<check>{_HEX}))?(?![\w:]|\.\d)"
)
_SHORT = re.compile(
    rf"(?:#(?={_HEX}{{3,8}}\|)|(?<![\w.,:/-])(?={_HEX}{{4}}[\s,;]))(?P<account>{_HEX}{{3,8}})[|\s,;]"
    rf"[\s,;/]?(?P<qualifier>[136ERPerp]){_GAP}(?P<code>[1-9]{_HEX}{{2}})[\s,;/-]"
    rf"(?P<group>{_HEX}{{2}})[\s,;/-](?P<zone>{_HEX}{{3}})(?![\w:]|\.\d)"
)
#: A cheap look before the dear ones: what follows the 8 of the message type, or the code's digit.
_MAYBE = re.compile(
    rf"[1-9](?:(?<=[19]8){_GAP}[136ERPerp]{_GAP}{_HEX}{{3}}{_GAP}{_HEX}{{2}}{_GAP}{_HEX}{{3}}"
    rf"|(?<=[136ERPerp\s,;/-].){_HEX}{{2}}[\s,;/-]{_HEX}{{2}}[\s,;/-]{_HEX}{{3}})"
)


class Report(NamedTuple):
    """One Contact ID report."""

    account: str
    qualifier: str
    code: str
    group: str
    zone: str

    def pairs(self) -> list[Pair]:
        """The report as keys and values, as formats know them."""
        account, qualifier, code, _, zone = self
        pairs = [
            ("contact id account", "", account),
            ("contact id event", "", qualifier + code),
            ("contact id code", "", code),
            ("contact id state", "", "restored" if qualifier in "3R" else ""),
        ]
        return [*pairs, ("contact id zone", "", zone)] if zone.strip("0") else pairs


def reports_in(line: str) -> list[Report]:
    """The reports in a line.

    >>> reports_in("1234181130010037")[0].code
    '130'
    """
    found = [*_all(_REPORT, line)] or [*_all(_SHORT, line)]
    return [_report(match) for match in found if _whole(match)]


def may_have_reports(text: str) -> bool:
    """Whether there can be a report in ``text``, or in any line of it: a cheap look."""
    return _MAYBE.search(text) is not None


def _all(pattern: re.Pattern[str], line: str) -> Iterator[re.Match[str]]:
    """Everything that is found of the pattern, one behind the other."""
    at = 0
    for _ in range(REPORTS):
        found = pattern.search(line, at) if _MAYBE.search(line, at) else None
        if found is None:
            return
        yield found
        at = found.end()


def _report(found: re.Match[str]) -> Report:
    account, qualifier, code, group, zone = found.group(1, 2, 3, 4, 5)
    return Report(account, qualifier.upper(), code.upper(), group, zone)


def checked(digits: str) -> bool:
    """Whether a run of Contact ID digits bears its checksum: a sum that 15 divides, 0 counting 10.

    >>> checked("1234181130010037")
    True
    """
    return sum(int(digit, 16) or 10 for digit in digits) % 15 == 0


def _whole(match: re.Match[str]) -> bool:
    """A run of 16 digits could be anything: the checksum decides unless it stands alone."""
    if not match[0].isalnum() or match[0] == match.string.strip():
        return True
    return match["check"] is not None and checked(match[0])
