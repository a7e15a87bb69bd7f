"""A mail's life in the store, step by step as the intake lives it, and what must be true after."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from pathlib import Path

from attrs import frozen

from alarmgw import entries
from alarmgw.model import (
    Envelope,
    Event,
    Handling,
    MailFacts,
    Meaning,
    Source,
    Times,
    Unpacked,
    alarm_id,
)
from alarmgw.store.archive import folder_of, publish
from alarmgw.store.folder_facts import FolderFacts
from alarmgw.store.journal import Journal, Ledger
from alarmgw.store.mending import Mending
from alarmgw.store.recovery import Recovered, recover
from alarmgw.store.safefile import Files
from alarmgw.store.settling import settle
from alarmgw.store.spool import (
    Draft,
    Finished,
    Sealed,
    Spool,
    folder_in_spool,
    put_entry,
    text_bytes,
)

MOMENT = datetime(2026, 11, 21, 20, 45, 2, 123456, tzinfo=timezone.utc)
MAIL = "gw1-20261121-204502-0123456789"
RAISED = "gw1-20261121-204400-0123456789-1"
SOURCES = (Source(address="bq3@ebues.internal"), Source(address="bq4@ebues.internal"))


def now() -> datetime:
    """The time at which everything in these tests happens."""
    return MOMENT


def zeros(count: int) -> bytes:
    """Randomness without surprises."""
    return bytes(count)


def picture(size: int = 3000, fill: int = 7) -> bytes:
    """Something that begins and ends as a JPEG does."""
    return b"\xff\xd8\xff\xe0" + bytes([fill]) * size + b"\xff\xd9"


def mail_of(*pictures: bytes, text: str = "Bewegung\r\nKamera 3\r\n") -> bytes:
    """A mail with a text and these pictures."""
    parts = ["Content-Type: text/plain; charset=utf-8\r\n\r\n" + text]
    for number, data in enumerate(pictures, 1):
        parts.append(
            f"Content-Type: image/jpeg; name=bild{number}.jpg\r\n"
            f"Content-Disposition: attachment; filename=bild{number}.jpg\r\n"
            "Content-Transfer-Encoding: base64\r\n\r\n"
            + base64.encodebytes(data).decode().replace("\n", "\r\n")
        )
    body = "".join(f"--grenze\r\n{part}\r\n" for part in parts)
    return (
        "Subject: Alarm\r\nMIME-Version: 1.0\r\n"
        f"Content-Type: multipart/mixed; boundary=grenze\r\n\r\n{body}--grenze--\r\n"
    ).encode()


def journal_at(folder: Path) -> Journal:
    """A started journal that is no part of the home, and so keeps its power."""
    journal = Journal(folder / "journal.sqlite3", node="gw1", now=now, randomness=zeros)
    journal.start(lambda told: None, lambda error: None)
    return journal


def alarm_record(
    mail: MailFacts, number: int, source: Source | None, unpacked: Unpacked
) -> Planned:
    """The entry of a mail's ``number``-th alarm, as bytes, with its id and its path.

    Its first source has not heard of it before; for the others it has come again.
    """
    alarm = alarm_id(mail.id, number)
    path = folder_of(source.address if source else None, MOMENT, alarm)
    envelope = Envelope(
        peer="10.0.0.3", helo="cam", sender="c@x", recipients=("bq3@ebues.internal",)
    )
    entry = entries.alarm_entry(
        time=MOMENT, node="gw1", alarm=alarm, mail=mail, path=path, source=source,
        meaning=Meaning(kind="alarm", events=(Event(event="unknown_alarm"),)), unpacked=unpacked,
        handling=Handling(priority=2, handling="queue", rule="default"), envelope=envelope,
        times=Times(connected=MOMENT, data=MOMENT, eom=MOMENT, synced=MOMENT),
    )  # fmt: skip
    if number > 1:
        entry = entries.resend_entry(entry, RAISED)
    return Planned(alarm=alarm, path=path, public=entries.record(entry, zeros).public)


def stored(draft: Draft, mail: bytes) -> Finished:
    """Write the mail in two pieces, its names being synced between them, and finish it."""
    middle = len(mail) // 2
    draft.write(mail[:middle])
    draft.sync_names()
    draft.write(mail[middle:])
    return draft.finish()


@frozen(kw_only=True)
class Planned(Sealed):
    """A sealed alarm and the entry it is to have, its incident not yet known."""

    public: bytes


def sealed(draft: Draft, finished: Finished, sources: tuple[Source | None, ...]) -> list[Planned]:
    """Seal the draft for these sources."""
    alarms = [
        alarm_record(finished.mail, number, source, finished.unpacked)
        for number, source in enumerate(sources, 1)
    ]
    draft.seal(alarms)
    return alarms


def journalled(journal: Journal, alarms: list[Planned]) -> list[bytes]:
    """Journal the alarms of one mail in one transaction: from here on they are promised.

    Answers their entries with their incidents.
    """
    records = [entries.record(json.loads(alarm.public), zeros) for alarm in alarms]

    def job(ledger: Ledger) -> list[bytes]:
        return [ledger.public(ledger.append(record)) for record in records]

    return journal.submit(job).result()


def published(home: Path, files: Files, alarms: list[Planned], written: list[bytes]) -> None:
    """Put the entries into the alarms' folders, and move these to their places."""
    for alarm, public in zip(alarms, written, strict=True):
        put_entry(home, files, alarm.alarm, public)
        publish(home, files, folder_in_spool(home, alarm.alarm), alarm.path)


def received(
    home: Path,
    journal: Journal,
    files: Files,
    mail: bytes,
    mail_id: str = MAIL,
    sources: tuple[Source | None, ...] = SOURCES,
    promised: Callable[[list[str]], None] = lambda alarms: None,
) -> list[Planned]:
    """The whole way of a mail up to its places in the archive."""
    draft = Spool(home, files).create(mail_id)
    alarms = sealed(draft, stored(draft, mail), sources)
    written = journalled(journal, alarms)
    promised([alarm.alarm for alarm in alarms])
    published(home, files, alarms, written)
    return alarms


def settled(home: Path, journal: Journal, files: Files) -> int:
    """Settle all there is."""
    head = journal.bounds()[1]
    return settle(home, journal, files, head, now=now, randomness=zeros)


def recovered(home: Path, journal: Journal, files: Files) -> Recovered:
    """Recover as a start does."""
    return recover(home, journal, files, now=now, randomness=zeros)


def facts_of(journal: Journal) -> list[FolderFacts]:
    """What the journal says of each alarm's folder."""
    return [
        FolderFacts.of(public)
        for _, public in journal.read(0, 10_000, 1 << 30)
        if json.loads(public)["type"] in entries.KEEPING
    ]


def archived(home: Path) -> Iterator[Path]:
    """Every alarm's folder that stands in the archive."""
    return (home / "archive").glob("*/*/*/*/*")


def check_promises(
    home: Path, journal: Journal, mails: dict[str, bytes], fragments: bool = False
) -> None:
    """Every journalled alarm has its complete folder; nothing else is in archive or spool.

    ``fragments``: beside its files a folder may hold some that no entry lists.
    """
    mending = Mending(home, journal, Files(), now=now, randomness=zeros)
    all_facts = [facts for alarm in facts_of(journal) if (facts := mending.facts(alarm.alarm))]
    for facts in all_facts:
        folder = home / facts.path
        assert (folder / "message.eml").read_bytes() == mails[facts.mail.id]
        assert facts.wrong(folder) == ()
        assert (folder / "text.txt").read_bytes() == text_bytes(facts.text)
        assert (folder / "alarm.json").read_bytes() == facts.public
        names = {"message.eml", "text.txt", "alarm.json", *(part.name for part in facts.parts)}
        found = {path.name for path in folder.iterdir()}
        assert found >= names if fragments else found == names
    assert set(archived(home)) == {home / facts.path for facts in all_facts}
    assert list((home / "spool").iterdir()) == []
