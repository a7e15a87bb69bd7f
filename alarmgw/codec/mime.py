"""MIME, read as it arrives: bytes in, pictures, files and words out.

`MimeReader` is the face.  The walk through a mail is `entities`, what a part
turns out to be is `leaf`, and what falls out is collected by `findings`.
Nothing in a mail is an error: what is odd becomes a note (`notes`).
"""

from __future__ import annotations

from alarmgw.codec.entities import Entities
from alarmgw.codec.findings import (
    Budgets,
    FileBegun,
    FileData,
    FileEnded,
    Findings,
    MailRead,
    MimeEvent,
)

__all__ = [
    "Budgets",
    "FileBegun",
    "FileData",
    "FileEnded",
    "MailRead",
    "MimeEvent",
    "MimeReader",
]

#: Larger pieces are cut, so that what is copied on the way stays small.
_PIECE_BYTES = 1 << 16


class MimeReader:
    """Reads one mail.  The events depend only on its bytes; no bytes make it raise."""

    def __init__(self, budgets: Budgets = Budgets()) -> None:  # noqa: B008 (it is frozen)
        self._findings = Findings(budgets)
        self._entities = Entities(self._findings, depth=0)

    def feed(self, data: bytes) -> list[MimeEvent]:
        """The events that ``data``, after everything before it, brings about."""
        for start in range(0, len(data), _PIECE_BYTES):
            self._entities.write(data[start : start + _PIECE_BYTES])
        return self._findings.take_events()

    def close(self) -> list[MimeEvent]:
        """The events at the end of the mail; the last, and only the last, is a `MailRead`."""
        self._entities.end()
        return [*self._findings.take_events(), self._findings.mail_read()]
