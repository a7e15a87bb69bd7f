"""The MIME reader: budgets, bounds, and what is promised for any mail."""

from __future__ import annotations

import time
import tracemalloc
from email.message import EmailMessage
from email.policy import SMTP

import pytest

from alarmgw.codec.mime import Budgets, FileData, MailRead, MimeReader
from tests.codec.mails import JPEG, PNG, multipart, picture, read, text, wrapped


def test_last_event_is_the_mail() -> None:
    """The end of a mail, even of an empty one, is told exactly once and last."""
    reader = MimeReader()
    assert reader.feed(b"") == []
    [event] = reader.close()
    assert isinstance(event, MailRead)


def test_files_fall_out_as_they_arrive() -> None:
    """A picture's bytes are given before the mail is over."""
    raw = multipart(picture(JPEG * 99), close=b"")
    given = [e for e in MimeReader().feed(raw) if isinstance(e, FileData)]
    assert sum(len(event.data) for event in given) > len(JPEG) * 98


def test_part_budget() -> None:
    """After so many parts the rest is left alone."""
    found = read(multipart(*[picture()] * 5), budgets=Budgets(parts=3))
    assert len(found.files) == 3 and "part_budget" in found.mail.notes


def test_depth_budget() -> None:
    """Deeper than so many levels nothing is opened."""
    opening = b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n"
    raw = b"".join(opening % (level, level) for level in range(200))
    assert "depth_budget" in read(raw + picture()).mail.notes
    shallow = b"".join(opening % (level, level) for level in range(19))
    assert read(shallow + picture()).files[0].content == JPEG
    assert "depth_budget" in read(b"Content-Type: message/rfc822\r\n\r\n" * 50).mail.notes


def test_header_budget() -> None:
    """Of a header line of 10 MB a part is read, and the mail behind it as well."""
    raw = b"X-Junk: " + b"x" * 10_000_000 + b"\r\n" + multipart(picture())
    found = read(raw, range(65536, len(raw), 65536))
    assert found.files[0].content == JPEG and found.mail.subject == "s"
    assert found.mail.notes == ("header_budget",)


def test_header_lines_budget() -> None:
    """A header of very many lines is skipped up to the blank line."""
    raw = b"Subject: s\r\n" + b"a:b\r\n" * 100_000 + b"\r\nMotion\r\n"
    found = read(raw)
    assert (found.mail.subject, found.mail.text) == ("s", "Motion")
    assert "header_budget" in found.mail.notes


def test_text_budget() -> None:
    """Text has an end, over all parts together."""
    mail = read(multipart(text(b"a" * 60), text(b"b" * 60)), budgets=Budgets(text_bytes=100)).mail
    assert mail.text == "a" * 60 + "\n" + "b" * 40
    assert mail.text_cut and mail.notes == ("text_budget",)


TEXT = (
    b"Content-Type: multipart/mixed; boundary=abc\r\n\r\n--abc\r\nContent-Type: text/plain\r\n\r\n"
)
CODED = TEXT.replace(b"text/plain", b"a/b\r\nContent-Transfer-Encoding: %s")
MEGABYTE = 1_000_000
HOSTILE = {
    "delimiters": TEXT + b"--abc\r\n" * 100_000,
    "almost delimiters": TEXT + b"--abd\r\n" * 100_000,
    "dashes": TEXT + b"-" * MEGABYTE,
    "dashed lines": TEXT + b"\n--" * (MEGABYTE // 3),
    "carriage returns": TEXT + b"\r" * MEGABYTE,
    "blank delimiters": TEXT + (b"--abc" + b" " * 300 + b"\r\n") * 3000,
    "begins": TEXT + b"begin 644 a\n" * (MEGABYTE // 12),
    "one line": b"x" * MEGABYTE * 50,
    "header lines": b"a:b\n" * (MEGABYTE // 4),
    "folds": b"Subject: a\n" + b" a\n" * (MEGABYTE // 3),
    "equals": CODED % b"quoted-printable" + b"=" * MEGABYTE,
    "escapes": CODED % b"quoted-printable" + b"=41" * (MEGABYTE // 3),
    "padding": CODED % b"base64" + b"=" * MEGABYTE,
    "padded blocks": CODED % b"base64" + b"AAA=\n" * (MEGABYTE // 5),
    "stray bytes": CODED % b"base64" + b"AAA*" * (MEGABYTE // 4),
    "uuencoded lines": CODED % b"uuencode" + b"begin 644 a\n" + b"!!\n" * (MEGABYTE // 3),
    "boundary of dashes": TEXT.replace(b"=abc", b"=" + b"-" * 1000) + b"-" * MEGABYTE,
    "encoded words": b"Subject: " + b"=?u?q?" * 10_000 + b"\r\n\r\n",
}


@pytest.mark.slow
@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("size", [65536, 1 << 30])
def test_hostile_mail(name: str, size: int) -> None:
    """A mail made to be slow takes time by its size, not by its square."""
    start = time.perf_counter()
    read(HOSTILE[name], range(size, len(HOSTILE[name]), size))
    assert time.perf_counter() - start < 15


def test_memory() -> None:
    """A picture of any size passes through a few hundred kilobytes."""
    piece = wrapped(bytes(57 * 1000))
    reader = MimeReader()
    reader.feed(multipart(picture(JPEG[:-2]), close=b""))
    tracemalloc.start()
    for _ in range(300):
        assert reader.feed(piece)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1_000_000


def test_mail_by_a_good_sender() -> None:
    """What Python's own email package writes comes out bit for bit, with nothing to note."""
    message = EmailMessage(policy=SMTP)
    message["Subject"] = "Tür offen: Gebäude 始 " * 5
    message.set_content("Größe\nÄnderung\n")
    message.add_alternative("<p>Größe</p>", subtype="html")
    message.add_attachment(JPEG, maintype="image", subtype="jpeg", filename="Tür.jpg")
    message.add_attachment(PNG, maintype="image", subtype="png", cte="quoted-printable")
    found = read(message.as_bytes())
    assert [part.content for part in found.files] == [JPEG, PNG]
    assert found.files[0].label == "Tür.jpg"
    assert (found.mail.subject, found.mail.notes) == (message["Subject"].strip(), ())
    assert found.mail.text == "Größe\nÄnderung"


def test_strings_can_be_stored() -> None:
    """NULs and half characters reach nobody."""
    raw = multipart(text(b"a\0b \xff\xfe\xed\xa0\x80"), picture(name=b"c\0\xed\xa0\x80.jpg"))
    raw = raw.replace(b"Subject: s", b"Subject: \0\xed\xa0\x80=?utf-7?Q?+2AA-?=")
    found = read(raw)
    said = [found.mail.subject, found.mail.text, found.files[0].label, *found.mail.labels]
    for words in said:
        assert words is not None and "\0" not in words
        words.encode("utf-8")
