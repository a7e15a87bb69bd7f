"""Contact ID, the alarm panels' code, where it is sent as text.

``ACCT MT QXYZ GG CCC S``: account, message type 18 or 98, qualifier (1 or E new,
3 or R restored, 6 or P still so), event code, group, zone and a checksum, run together
or with blanks between; or as ``#ACCT|QXYZ GG CCC``.  What the codes mean is data
(formats/contact_id.toml).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from attrs import frozen

#: More reports than a panel puts into one mail.
REPORTS = 64

_REPORT = re.compile(
    r"(?<![\w.,/-])(?P<account>[0-9A-F]{4})[\s,;/-]?(?:18|98)[\s,;/-]?(?P<qualifier>[136ERP])[\s,;/-]?"
    r"(?P<code>[0-9A-F]{3})[\s,;/-]?(?P<group>[0-9A-F]{2})[\s,;/-]?(?P<zone>[0-9A-F]{3})"
    r"(?:[\s,;/-]?(?P<check>[0-9A-F]))?(?![\w:]|\.\d)",
    re.IGNORECASE,
)
_SHORT = re.compile(
    r"(?:#(?P<account>[0-9A-F]{3,8})\||(?<![\w.,:/-])(?P<plain>[0-9A-F]{4})[\s,;])[\s,;/]?(?P<qualifier>[136ERP])"
    r"[\s,;/-]?(?P<code>[1-9][0-9A-F]{2})[\s,;/-](?P<group>[0-9A-F]{2})[\s,;/-](?P<zone>[0-9A-F]{3})(?![\w:]|\.\d)",
    re.IGNORECASE,
)
#: A cheap look before the dear ones: code, group and zone.
_MAYBE = re.compile(
    r"[136ERP][\s,;/-]?[0-9A-F]{3}[\s,;/-]?[0-9A-F]{2}[\s,;/-]?[0-9A-F]{3}", re.IGNORECASE
)


@frozen(kw_only=True)
class Report:
    """One Contact ID report."""

    account: str
    qualifier: str
    code: str
    group: str
    zone: str

    def pairs(self) -> Iterator[tuple[str, str]]:
        """The report as keys and values, as formats know them."""
        yield "contact id account", self.account
        yield "contact id event", self.qualifier + self.code
        yield "contact id code", self.code
        yield "contact id state", "restored" if self.qualifier in "3R" else ""
        if self.zone.strip("0"):
            yield "contact id zone", self.zone


def reports_in(line: str) -> list[Report]:
    """The reports in a line.

    >>> reports_in("1234181130010037")[0].code
    '130'
    """
    if not _MAYBE.search(line):
        return []
    found = [*_REPORT.finditer(line)] or [*_SHORT.finditer(line)]
    return [
        Report(
            account=match["account"] or match.groupdict().get("plain") or "",
            qualifier=match["qualifier"].upper(),
            code=match["code"].upper(),
            group=match["group"],
            zone=match["zone"],
        )
        for match in found[:REPORTS]
        if _whole(match)
    ]


def checked(digits: str) -> bool:
    """Whether a run of Contact ID digits bears its checksum: a sum that 15 divides, 0 counting 10.

    >>> checked("1234181130010037")
    True
    """
    return sum(int(digit, 16) or 10 for digit in digits) % 15 == 0


def _whole(match: re.Match[str]) -> bool:
    """A run of 16 digits could be anything: the checksum decides unless it stands alone."""
    if match[0] == match.string.strip() or not match[0].isalnum():
        return True
    return match["check"] is not None and checked(match[0])
