"""What a mail turns out to contain, told at its end."""

from __future__ import annotations

from alarmgw.codec.findings import SUBJECT_CHARACTERS, Budgets, FileBegun, Findings, Text


def findings(*texts: Text) -> Findings:
    """Findings with these text parts."""
    made = Findings(Budgets())
    for text in texts:
        made.add_text(text)
    return made


def plain(words: str, codec: str = "utf-8", declared: str | None = None) -> Text:
    """A plain text part."""
    return Text(words.encode(codec), declared, False, False)


def html(source: str) -> Text:
    """An HTML part."""
    return Text(source.encode(), None, True, False)


def test_texts_are_joined() -> None:
    """Several text parts are one text, in their order."""
    assert findings(plain("one\r\n"), plain("two\r\n")).mail_read().text == "one\ntwo"


def test_html_beside_plain_text() -> None:
    """HTML is not read where there is plain text."""
    assert findings(html("<b>page</b>"), plain("words")).mail_read().text == "words"


def test_html_alone() -> None:
    """HTML is the text where there is no other, or only a blank one."""
    assert findings(html("<b>page</b>")).mail_read().text == "page"
    assert findings(plain(" \r\n"), html("<b>page</b>")).mail_read().text == "page"


def test_nothing_said() -> None:
    """Without words there is neither text nor subject."""
    mail = Findings(Budgets()).mail_read()
    assert (mail.subject, mail.text, mail.sender, mail.notes) == (None, None, None, ())


def test_set_of_another_part() -> None:
    """A text without a declared set is read in one that another part declares."""
    made = findings(plain("Тревога", "koi8-r"))
    made.charsets["koi8-r"] = None
    made.addressed("Дверь".encode("koi8-r"), None)
    mail = made.mail_read()
    assert (mail.subject, mail.text, mail.notes) == ("Дверь", "Тревога", ("raw_8bit_header",))


def test_long_subject_is_cut() -> None:
    """A subject has an end."""
    made = Findings(Budgets())
    made.addressed(b"x" * 9999, b"cam@site.example")
    mail = made.mail_read()
    assert mail.subject == "x" * SUBJECT_CHARACTERS and mail.notes == ("subject_cut",)
    assert mail.sender == "cam@site.example"


def test_notes_stand_once() -> None:
    """A note is made once, in the order of discovery."""
    made = Findings(Budgets())
    made.note("bare_lf", "bad_base64")
    made.note("bare_lf")
    assert made.mail_read().notes == ("bare_lf", "bad_base64")


def test_files_are_numbered() -> None:
    """Pictures and files have one numbering, from 1, and their names are told again at the end."""
    made = Findings(Budgets())
    made.begin_file("picture", "a.jpg", "image/jpeg")
    made.begin_file("file", None, "video/mp4")
    made.named("empty.jpg")
    assert made.take_events() == [
        FileBegun(1, "picture", "a.jpg", "image/jpeg"),
        FileBegun(2, "file", None, "video/mp4"),
    ]
    assert made.take_events() == []
    assert made.mail_read().labels == ("a.jpg", "empty.jpg")
