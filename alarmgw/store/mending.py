"""Mending: makes an alarm's folder what its journal entries say, from the mail itself.

Settling and recovery ask the same question of a folder and answer a "no"
alike.  ``message.eml`` is evidence: when it is missing or damaged it can only
be found again with another alarm of the same mail.  All else is derived and
made again.  New files are made in a workshop under ``spool`` and renamed into
the folder.  Whatever is done here may be stopped at any step and done anew:
until the settled mark passes an entry, somebody will look at its folder again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from attrs import evolve, frozen

from alarmgw import entries
from alarmgw.model import Now, Part, Randomness, Unpacked, alarm_id, utc_text
from alarmgw.store.archive import ENTRY, MESSAGE, TEXT, archive_folder, publish
from alarmgw.store.folder_facts import (
    EVIDENCE_DAMAGED,
    MORE_PARTS,
    FolderFacts,
    has_bytes,
    wrong_parts,
)
from alarmgw.store.journal import Journal
from alarmgw.store.safefile import Files
from alarmgw.store.spool import folder_in_spool, text_bytes
from alarmgw.store.unpacking import Unpacker
from alarmgw.store.workshop import Workshop

_CHUNK = 64 * 1024

#: Labels in a `rebuilt` entry are cut: it has no text that could make room for them.
_LABEL_CHARACTERS = 64


@frozen(kw_only=True)
class Restored:
    """What became of an alarm's folder.  ``gone``: neither it nor its mail is left anywhere."""

    gone: bool = False
    moved: bool = False
    changed: bool = False
    damaged: bool = False


class Mending:
    """Brings the folders of one home to what its journal says."""

    def __init__(
        self, home: Path, journal: Journal, files: Files, *, now: Now, randomness: Randomness
    ) -> None:
        self.home = home
        self.journal = journal
        self.files = files
        self._now = now
        self._randomness = randomness
        self._workshop = Workshop(home, files)

    def close(self) -> None:
        """Leave nothing behind; whoever mends calls this at the end.  Raises `OSError`."""
        self._workshop.close()

    def facts(self, alarm: str) -> FolderFacts | None:
        """All that the journal says of an alarm's folder; None for an alarm it does not know."""
        history = self.journal.of_alarm(alarm)
        if not history:
            return None
        facts = FolderFacts.of(history[0][1])
        for _, public in history[1:]:
            facts = facts.after(public)
        return facts

    def alarms(self, mail: str) -> Iterator[FolderFacts]:
        """The alarms that the journal knows of a mail."""
        number = 1
        while (facts := self.facts(alarm_id(mail, number))) is not None:
            yield facts
            number += 1

    def places(self, mail: str) -> Iterator[Path]:
        """Every folder in which files of a mail may stand."""
        for facts in self.alarms(mail):
            yield from self.places_of(facts)

    def places_of(self, facts: FolderFacts) -> tuple[Path, Path]:
        """The two places of an alarm's folder: its own, and the one where it waits for that."""
        return archive_folder(self.home, facts.path), folder_in_spool(self.home, facts.alarm)

    def evidence(self, facts: FolderFacts) -> Path | None:
        """A folder with the undamaged mail of this alarm, wherever one is left."""
        own = archive_folder(self.home, facts.path)
        folders = (own, *self.places(facts.mail.id))
        return next((folder for folder in folders if facts.has_mail(folder)), None)

    def restore(self, facts: FolderFacts) -> Restored:
        """Bring an alarm's folder to its place, whole, from wherever it or its mail is left.

        Damaged evidence is told to the journal, and nothing is deleted then.
        Raises `OSError` for the disk's faults and `TryLater` for the journal's.
        """
        target = archive_folder(self.home, facts.path)
        draft = folder_in_spool(self.home, facts.alarm)
        folder = target if target.is_dir() else draft
        if not folder.is_dir():
            if self.evidence(facts) is None:
                return Restored(gone=True)
            self.files.mkdir(folder)
        if folder is draft:
            self._mend_entry(folder, facts)  # no mail has it before its commit
        changed, sound = self._mend(folder, facts)
        if folder is draft:
            publish(self.home, self.files, draft, facts.path)
        return Restored(moved=folder is draft, changed=changed, damaged=not sound)

    def _mend(self, folder: Path, facts: FolderFacts) -> tuple[bool, bool]:
        """Compare ``folder`` octet for octet and set right what is wrong; (was it?, is it now?)."""
        changed = self._mend_entry(folder, facts) | self._mend_text(folder, facts)
        if not facts.has_mail(folder):
            source = self.evidence(facts)
            if source is None:
                self.tell_damage(facts)
                return changed, False
            self._link_mail(source, folder)
            changed = True
        if facts.partial or facts.wrong(folder):
            changed |= self._rebuild(folder, facts)
        return changed, True

    def tell_damage(self, facts: FolderFacts) -> None:
        """Journal, once for each alarm, that its mail cannot be shown as it came."""
        if facts.damage_told:
            return
        entry = entries.system_entry(
            time=self._now(),
            node=self.journal.node,
            event=EVIDENCE_DAMAGED,
            text=f"The mail of alarm {facts.alarm} is missing or damaged in {facts.path}.",
            alarm=facts.alarm,
            mail=facts.mail.as_json(),
            path=facts.path,
        )
        self._append(entry)

    def _mend_entry(self, folder: Path, facts: FolderFacts) -> bool:
        if facts.has_entry(folder):
            return False
        self._replace(folder / ENTRY, facts.public)
        return True

    def _mend_text(self, folder: Path, facts: FolderFacts) -> bool:
        if not facts.text or facts.text_cut:  # a cut one is compared with the mail
            return False
        return self._put_text(folder, facts.text)

    def _put_text(self, folder: Path, text: str) -> bool:
        data = text_bytes(text)
        if has_bytes(folder / TEXT, len(data), hashlib.sha256(data).hexdigest()):
            return False
        self._replace(folder / TEXT, data)
        return True

    def _replace(self, path: Path, data: bytes) -> None:
        workshop = self._workshop.emptied()
        self.files.write_whole(workshop / path.name, data)
        self.files.rename(workshop / path.name, path)

    def _link_mail(self, source: Path, folder: Path) -> None:
        workshop = self._workshop.emptied()
        self.files.link(source / MESSAGE, workshop / MESSAGE)
        # Nobody syncs a first alarm's mail later on, and this may be a copy.
        self.files.sync_file(workshop / MESSAGE)
        self.files.rename(workshop / MESSAGE, folder / MESSAGE)

    def _rebuild(self, folder: Path, facts: FolderFacts) -> bool:
        """Unpack the mail again, take over what is missing here, and tell when it differs."""
        wrong = facts.wrong(folder)
        good = {part.name for part in facts.parts if part not in wrong}
        workshop = self._workshop.emptied()
        found = self._unpacked(folder / MESSAGE, workshop)
        found = evolve(
            found,
            pictures=tuple(part for part in found.pictures if part.name not in good),
            files=tuple(part for part in found.files if part.name not in good),
        )
        missing = wrong_parts(folder, (*found.pictures, *found.files))
        for part in missing:
            self.files.rename(workshop / part.name, folder / part.name)
        changed = bool(missing)
        if facts.text_cut and found.text:
            changed |= self._put_text(folder, found.text)
        if _differs(facts, wrong, found):
            self._tell_rebuilt(folder, facts, wrong, found)
        return changed

    def _unpacked(self, message: Path, workshop: Path) -> Unpacked:
        unpacker = Unpacker(workshop, self.files)
        with message.open("rb") as mail:
            while data := mail.read(_CHUNK):
                unpacker.feed(data)
        unpacked = unpacker.close()
        if isinstance(unpacker.fault, OSError):  # the disk's fault says nothing about the mail
            raise unpacker.fault
        return unpacked

    def _tell_rebuilt(
        self, folder: Path, facts: FolderFacts, wrong: Sequence[Part], found: Unpacked
    ) -> None:
        """Journal what stands in the folder now, and drop what is neither good nor found."""
        made = {part.name for part in (*found.pictures, *found.files)}
        for part in wrong:
            if part.name not in made and (folder / part.name).exists():
                self.files.unlink(folder / part.name)
        pictures = _listed([*(p for p in facts.pictures if p not in wrong), *found.pictures])
        files = _listed([*(p for p in facts.files if p not in wrong), *found.files])
        room = entries.PART_ROWS - len(pictures[: entries.PART_ROWS])
        more = len(pictures) + len(files) > entries.PART_ROWS
        entry = {
            "time": utc_text(self._now()),
            "type": "rebuilt",
            "node": self.journal.node,
            "alarm": facts.alarm,
            "mail": facts.mail.as_json(),
            "path": facts.path,
            "pictures": [part.as_json() for part in pictures[: entries.PART_ROWS]],
            "files": [part.as_json() for part in files[:room]],
            "notes": list(dict.fromkeys((*found.notes, *([MORE_PARTS] if more else [])))),
        }
        self._append(entry)

    def _append(self, entry: dict[str, Any]) -> None:
        record = entries.record(entry, self._randomness)
        self.journal.submit(lambda ledger: ledger.append(record), urgent=False).result()


def _differs(facts: FolderFacts, wrong: Sequence[Part], found: Unpacked) -> bool:
    """Is what was found in the mail something else than what was missing of the entry?"""
    expected = {(part.name, part.sha256) for part in wrong}
    made = {(part.name, part.sha256) for part in (*found.pictures, *found.files)}
    return not expected <= made if facts.more_parts else expected != made


def _listed(parts: Sequence[Part]) -> list[Part]:
    """Parts in the mail's order, their labels cut."""
    ordered = sorted(parts, key=lambda part: int(part.name.partition("-")[0]))
    return [evolve(part, label=part.label and part.label[:_LABEL_CHARACTERS]) for part in ordered]
