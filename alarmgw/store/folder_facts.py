"""What the journal says stands in an alarm's folder, and whether it does."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from attrs import evolve, field, frozen

from alarmgw.model import MailFacts, Part
from alarmgw.store.archive import ENTRY, MESSAGE, TEXT
from alarmgw.store.spool import text_bytes

#: The `system` entry about a mail that can no longer be shown as it came.
EVIDENCE_DAMAGED = "evidence_damaged"

#: The note of an entry that lists only the first of its parts.
MORE_PARTS = "more_parts"


@frozen(kw_only=True)
class FolderFacts:
    """One alarm's folder as its journal entries describe it."""

    alarm: str
    path: str
    mail: MailFacts
    pictures: tuple[Part, ...]
    files: tuple[Part, ...]
    text: str
    text_cut: bool
    more_parts: bool
    public: bytes = field(repr=False)
    damage_told: bool = False

    @classmethod
    def of(cls, public: bytes) -> FolderFacts:
        """The facts of one entry that keeps a mail, in its public form, with its ``seq``."""
        entry = json.loads(public)
        return cls(
            alarm=entry["alarm"],
            path=entry["path"],
            mail=MailFacts(**entry["mail"]),
            pictures=_parts(entry["pictures"]),
            files=_parts(entry["files"]),
            text=entry["text"] or "",
            text_cut=entry["text_cut"],
            more_parts=MORE_PARTS in entry["notes"],
            public=b"{" + public.split(b",", 1)[1],
        )

    def after(self, public: bytes) -> FolderFacts:
        """The facts when a later entry of the same alarm is known, too."""
        entry = json.loads(public)
        if entry["type"] == "rebuilt":
            return evolve(
                self,
                pictures=_parts(entry["pictures"]),
                files=_parts(entry["files"]),
                more_parts=MORE_PARTS in entry["notes"],
            )
        told = entry["type"] == "system" and entry["event"] == EVIDENCE_DAMAGED
        return evolve(self, damage_told=True) if told else self

    @property
    def parts(self) -> tuple[Part, ...]:
        """Pictures and files."""
        return (*self.pictures, *self.files)

    @property
    def partial(self) -> bool:
        """Does the entry hold less than the folder, so that only the mail can tell?"""
        return self.text_cut or self.more_parts

    def has_all(self, folder: Path) -> bool:
        """Do all files stand in ``folder`` with the right sizes?  A quick look."""
        sizes: dict[str, int | None] = {part.name: part.size for part in self.parts}
        sizes |= {ENTRY: len(self.public), MESSAGE: self.mail.size}
        if self.text:
            sizes[TEXT] = None if self.text_cut else len(text_bytes(self.text))
        try:
            found = {name: (folder / name).stat().st_size for name in sizes}
        except FileNotFoundError:
            return False
        return all(size in (None, found[name]) for name, size in sizes.items())

    def wrong(self, folder: Path) -> tuple[Part, ...]:
        """The parts that are missing in ``folder`` or differ from the entry."""
        return wrong_parts(folder, self.parts)

    def has_mail(self, folder: Path) -> bool:
        """Is the ``message.eml`` in ``folder`` the mail, octet for octet?"""
        return has_bytes(folder / MESSAGE, self.mail.size, self.mail.sha256)

    def has_entry(self, folder: Path) -> bool:
        """Is the ``alarm.json`` in ``folder`` whole and about this alarm?"""
        try:
            entry = json.loads((folder / ENTRY).read_bytes())
        except (OSError, ValueError):
            return False
        return isinstance(entry, dict) and entry.get("alarm") == self.alarm


def wrong_parts(folder: Path, parts: Iterable[Part]) -> tuple[Part, ...]:
    """Those of ``parts`` that do not stand in ``folder`` octet for octet."""
    return tuple(
        part for part in parts if not has_bytes(folder / part.name, part.size, part.sha256)
    )


def has_bytes(path: Path, size: int, sha256: str) -> bool:
    """Does the file hold these bytes?  One that cannot be read does not."""
    try:
        if path.stat().st_size != size:
            return False
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == sha256
    except OSError:
        return False


def _parts(rows: Iterable[Mapping[str, Any]]) -> tuple[Part, ...]:
    """The parts of an entry; those whose names were erased are nobody's business any more."""
    return tuple(Part(**row) for row in rows if row["name"] is not None)
