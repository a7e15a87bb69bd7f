"""Header blocks, line by line, as devices write them.

A header should end with a blank line.  It also ends at a delimiter, and at a
line that can be no field: then the blank line was forgotten, and whatever
unknown "fields" stand last were in truth the body's first lines.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping

#: A line is a field's beginning, or none, by its first bytes.
_FIELD = re.compile(rb"([!-9;-~]{1,100})[ \t]*:")

_KNOWN = frozenset(
    b"from to cc bcc subject date sender reply-to return-path received message-id mime-version "
    b"in-reply-to references importance priority precedence organization user-agent errors-to "
    b"delivered-to envelope-to status sensitivity comments keywords auto-submitted".split()
)
_KNOWN_STARTS = (b"content-", b"x-", b"resent-", b"list-", b"arc-", b"dkim-", b"authentication-")
_PART_STARTS = (b"content-", b"x-", b"mime-version")

#: Fields whose values are used; they are kept even behind a header that is too long.
_USED = re.compile(rb"(?:content-[a-z-]{1,40}|subject|from|mime-version)[ \t]*:", re.IGNORECASE)

#: Fields that devices fold into the one before by mistake (TVT: MIME-Version into Date).
#: With a value they can have: a signature lists their names, and folds the list.
_MISFOLDED = re.compile(
    rb"[ \t]+(?:mime-version[ \t]*:[ \t]*[0-9]"
    rb"|content-type[ \t]*:[ \t]*[a-z]{1,20}/"
    rb"|content-transfer-encoding[ \t]*:[ \t]*(?:base-?64|quoted|[78]-?bit|binary|(?:x-)?uu)"
    rb"|content-disposition[ \t]*:[ \t]*(?:inline|attach))",
    re.IGNORECASE,
)

#: What follows a stray line inside a header, so that the header is known to go on.
_GOES_ON = re.compile(
    rb"(?:content-[a-z-]{1,40}|mime-version|subject|from|to|date|message-id|received|return-path"
    rb"|delivered-to|envelope-to|reply-to|in-reply-to|references|user-agent|dkim-signature"
    rb"|authentication-results|(?:x|arc|list|resent)-[a-z0-9-]{1,40})[ \t]*:",
    re.IGNORECASE,
)

#: What follows a blank line that a device put into the middle of a header by mistake.
_GOES_ON_BLANK = re.compile(
    rb"(?:content-(?:type|transfer-encoding|disposition)|mime-version|subject)[ \t]*:",
    re.IGNORECASE,
)

#: What follows a stray line that stands first, so that a header begins behind it all the same.
_BEGINS = re.compile(
    rb"(content-(?:type|transfer-encoding|disposition)|mime-version|subject|message-id|received"
    rb"|return-path)[ \t]*:",
    re.IGNORECASE,
)

#: Parts that begin with a header of their own.
_WITH_HEADERS = (b"message/", b"text/rfc822")

#: A parameter that was put on a line of its own without the blank that folding needs.
_PARAMETER = re.compile(
    rb"(?:boundary|charset|(?:file)?name|size|type|format)[*0-9]{0,6}[ \t]*=", re.IGNORECASE
)

#: So many bytes of the next line decide whether a header goes on behind a stray line.
LOOK_AHEAD = 48

#: A stray line longer than this is content, not an accident in a header.
STRAY_BYTES = 998


class Line(enum.Enum):
    """What a line of a header block is."""

    BLANK = "blank"
    FIELD = "field"
    CONTINUATION = "continuation"
    STRAY = "stray"


def goes_on(following: bytes, *, in_part: bool) -> bool:
    """Whether the line after a stray one shows that the header is not yet over."""
    found = _GOES_ON.match(following)
    return found is not None and (not in_part or found[0].lower().startswith(b"content-"))


def begins_late(following: bytes, *, in_part: bool) -> bool:
    """Whether the line after a stray one, which stands first, is one that only headers have."""
    found = _BEGINS.match(following)
    return found is not None and (not in_part or found[0].lower().startswith(b"content-"))


def begins(following: bytes, *, in_part: bool) -> bool:
    """Whether the line after a blank one, which stands first, shows that a header only begins."""
    if in_part:
        return goes_on(following, in_part=True)
    return following.startswith((b"\r", b"\n")) or goes_on(following, in_part=False)


class HeaderBlock:
    """The lines of one header, kept within a budget of bytes."""

    def __init__(self, budget: int) -> None:
        self._budget = budget
        self._raw = bytearray()
        self._known_end = 0
        self._part_end = 0
        self._used = False
        self._keeping = True
        self._last = b""
        self.over_budget = False

    def kind(self, line: bytes) -> Line:
        """What ``line`` (without its end) is, as the next line of this block."""
        if not line:
            return Line.BLANK
        if line.startswith(b"--"):
            return Line.STRAY
        if line[0] in b" \t":
            if not line.strip():
                return Line.BLANK
            if self.is_empty:
                return Line.FIELD if _is_known(line) else Line.STRAY
            return Line.CONTINUATION
        if _FIELD.match(line):
            return Line.FIELD
        if line.startswith(b"=?") and not self.is_empty:
            return Line.CONTINUATION
        if self._last.rstrip().endswith(b";") and _PARAMETER.match(line):
            return Line.CONTINUATION
        return Line.STRAY

    def add(self, line: bytes, kind: Line) -> None:
        """Keep ``line`` within the budget; fields that are used have a second one of their own."""
        if kind is Line.CONTINUATION and _MISFOLDED.match(line):
            kind = Line.FIELD
        if kind is Line.FIELD:
            line = line.lstrip()
            self._used = _USED.match(line) is not None
            known, own = _is_known(line), line.lower().startswith(_PART_STARTS)
        else:
            line = b" " + line
            end = len(self._raw)
            known, own = self._known_end == end, self._part_end == end
        self._last = line[-200:]
        if self._keep(line, kind is Line.FIELD):
            self._known_end = len(self._raw) if known else self._known_end
            self._part_end = len(self._raw) if own else self._part_end

    def _keep(self, line: bytes, begins: bool) -> bool:
        """Keep what there is room for; False if that is nothing."""
        room = self._budget * (2 if self._used else 1) - len(self._raw) - 1
        kept = line[: max(room, 0)] if begins or self._keeping else b""
        self.over_budget = self.over_budget or len(kept) < len(line)
        self._keeping = bool(kept)
        if kept:
            self._raw += kept + b"\n"
        return self._keeping

    @property
    def is_empty(self) -> bool:
        """Whether no line was taken yet."""
        return not self._raw and not self.over_budget

    def lacks(self, following: bytes, *, in_part: bool, folded: bool = False) -> bool:
        """Whether the line after a blank one is a field that every header has, and this has not.

        After a ``folded`` line, which has blanks in it, any field of mails is believed.
        """
        found = (_GOES_ON if folded else _GOES_ON_BLANK).match(following)
        if found is None or not goes_on(following, in_part=in_part):
            return False
        fields = self.fields()
        declared = fields.get("content-type", b"").lower()
        name = found[0].rstrip(b" \t:").decode("ascii").lower()
        return name not in fields and not declared.startswith(_WITH_HEADERS)

    @property
    def known(self) -> bool:
        """Whether any field was one that mails have; else this is no header at all."""
        return self._known_end > 0

    def loose(self, *, in_part: bool = False) -> bytes:
        """The unknown lines at the end, which are the body's if no blank line ended the header.

        With ``in_part`` all but a part's own fields are unknown: its text may begin with "Date:".
        """
        end = self._part_end if in_part and self._part_end else self._known_end
        return bytes(self._raw[end:])

    def fields(self) -> Mapping[str, bytes]:
        """Values by lower-case name, folds kept as LF; the first of equal names counts."""
        fields: dict[str, list[bytes]] = {}
        lines: list[bytes] = []
        for line in bytes(self._raw).split(b"\n"):
            found = _FIELD.match(line)
            if found:
                name = found[1].decode("ascii").lower()
                lines = [line[found.end() :].strip()]
                fields.setdefault(name, lines)
            elif line:
                lines.append(line)
        return {name: b"\n".join(lines) for name, lines in fields.items()}


def _is_known(line: bytes) -> bool:
    """Whether a field's line begins with a name that mails have."""
    name = line.partition(b":")[0].strip().lower()
    return name in _KNOWN or name.startswith(_KNOWN_STARTS)
