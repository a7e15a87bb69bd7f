"""Mails unlike all others keep their promises through kills and power cuts as well.

Whatever is lost between the 250 and the settling, a start makes the same
folder of the same mail again, and has nothing to add to the journal.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from alarmgw.store.spool import Spool, folder_in_spool
from tests.fakes_files import LinklessFiles
from tests.store.lives import (
    MAIL,
    SOURCES,
    facts_of,
    journal_at,
    journalled,
    mail_of,
    picture,
    received,
    recovered,
    sealed,
    settled,
    stored,
)
from tests.volatile_files import VolatileFiles

PARTS = 150


def named(*labels: str) -> bytes:
    """A mail with a picture for each of these names, as firmware writes them: raw."""
    mail = mail_of(*(picture(20, fill=number % 256) for number in range(len(labels))))
    for number, label in reversed(list(enumerate(labels, 1))):
        mail = mail.replace(f"bild{number}.jpg".encode(), f'"{label}"'.encode())
    return mail


MAILS = {
    "empty": b"",
    "one octet": b"x",
    "only a subject": b"Subject: Alarm\r\n",
    "no text": mail_of(picture(), text=""),
    "only a text": b"Subject: Alarm\r\n\r\nBewegung\r\n",
    "150 pictures": mail_of(*(picture(50, fill=number) for number in range(PARTS))),
    "150 long names": named(*(f"{'Überwachung' * 20}{number}.jpg" for number in range(PARTS))),
    "umlauts": named("Küche Süd.jpg", "=?utf-8?B?w5xiZXIuanBn?=", "Ku\u0308che.jpg", "Größe.JPG"),
    "the same names": named("bild.jpg", "bild.jpg", "BILD.JPG"),
    "names that are ours": named("message.eml", "alarm.json", "text.txt", "../../x.jpg"),
    "a long text": mail_of(picture(), text="Zeile äöü\r\n" * 10_000),
    "cut off": mail_of(picture(5000), picture(5000))[:9000],
    "noise": random.Random(1).randbytes(200_000),
    "latin-1": "Subject: Tür\r\n\r\nTür offen\r\n".encode("latin-1"),
    "NUL and bare ends": b"Subject: a\0b\r\n\r\na\0b\rc\nd\x1a",
}


class Life:
    """One odd mail for two sources, and what it was when all was well."""

    def __init__(self, folder: Path, mail: bytes) -> None:
        self.home = folder / "home"
        self.home.mkdir()
        self.mail = mail
        self.journal = journal_at(folder)
        self.disk = VolatileFiles(self.home, random.Random(len(mail)))

    def contents(self) -> list[dict[str, bytes]]:
        """What stands in each alarm's folder."""
        folders = [self.home / facts.path for facts in facts_of(self.journal)]
        return [{path.name: path.read_bytes() for path in folder.iterdir()} for folder in folders]

    def receive(self) -> None:
        """The whole way into the archive."""
        received(self.home, self.journal, self.disk, self.mail)

    def entries(self) -> list[bytes]:
        """The whole journal."""
        return [public for _, public in self.journal.read(0, 1000, 1 << 30)]


def killed_before_its_rename(life: Life) -> None:
    """Move the folders back to where they waited."""
    for facts in facts_of(life.journal):
        (life.home / facts.path).rename(folder_in_spool(life.home, facts.alarm))


def only_the_mail_is_left(life: Life) -> None:
    """Lose what is derived, and the second alarm's folder with its mail."""
    first, second = (life.home / facts.path for facts in facts_of(life.journal))
    for path in [*second.iterdir(), *first.iterdir()]:
        if path.parent == second or path.name != "message.eml":
            path.unlink()
    second.rmdir()


def power_lost(life: Life) -> None:
    """Lose what no sync has made durable."""
    life.disk.lose_power()


def halves_left(life: Life) -> None:
    """Leave half of every derived file."""
    for facts in facts_of(life.journal):
        for path in (life.home / facts.path).iterdir():
            if path.name != "message.eml":
                data = path.read_bytes()
                path.unlink()  # it may be a link
                path.write_bytes(data[: len(data) // 2])


@pytest.mark.parametrize(
    "damage", [killed_before_its_rename, only_the_mail_is_left, power_lost, halves_left]
)
@pytest.mark.parametrize("mail", MAILS.values(), ids=MAILS)
def test_an_odd_mail_is_the_same_after_a_start(
    tmp_path: Path, mail: bytes, damage: Callable[[Life], None]
) -> None:
    """After any damage a start brings back every file, and journals nothing."""
    life = Life(tmp_path, mail)
    life.receive()
    contents, entries = life.contents(), life.entries()
    damage(life)
    disk = VolatileFiles(life.home, random.Random(2))
    recovered(life.home, life.journal, disk)
    assert life.contents() == contents
    assert life.entries() == entries
    settled(life.home, life.journal, disk)
    disk.lose_power()
    assert life.contents() == contents
    assert life.entries() == entries


@pytest.mark.parametrize("mail", MAILS.values(), ids=MAILS)
def test_an_odd_mail_needs_no_hard_links(tmp_path: Path, mail: bytes) -> None:
    """On a volume without links both alarms have all of the mail, too."""
    life = Life(tmp_path, mail)
    draft = Spool(life.home, LinklessFiles()).create(MAIL)
    journalled(life.journal, sealed(draft, stored(draft, mail), SOURCES))
    entries = life.entries()
    recovered(life.home, life.journal, LinklessFiles())
    first, second = life.contents()
    del first["alarm.json"], second["alarm.json"]
    assert first == second
    assert first["message.eml"] == mail
    assert life.entries() == entries


def test_the_odd_mails_are_odd(tmp_path: Path) -> None:
    """The mails with 150 pictures have more than an entry lists, and all in their folder."""
    life = Life(tmp_path, MAILS["150 pictures"])
    life.receive()
    [facts, _] = facts_of(life.journal)
    assert facts.more_parts
    assert len(facts.parts) < PARTS
    assert len(list((life.home / facts.path).glob("*.jpg"))) == PARTS
