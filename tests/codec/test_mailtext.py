"""A mail's words, read once."""

from __future__ import annotations

from alarmgw.codec.mailtext import MailText, read_mail

KNOWN = frozenset(("event", "camera"))


def mail(text: str, subject: str = "s") -> MailText:
    """A mail's words with two keys known."""
    return read_mail(subject, text, ("a.jpg",), KNOWN)


def test_pairs_and_other_lines() -> None:
    """Lines with known keys are pairs; all others stay lines."""
    read = mail("Hello: you\nEvent: Motion\n\nbye")
    assert [(key, value) for key, _, value in read.pairs] == [("event", "Motion")]
    assert read.lines == ("Hello: you", "bye")


def test_value_on_the_next_line() -> None:
    """A key without a value has it on the next line, unless that has a key itself."""
    read = mail("Event:\nMotion\nCamera:\nother: 1")
    assert [(key, value) for key, _, value in read.pairs] == [("event", "Motion"), ("camera", "")]


def test_xml_and_contact_id_are_pairs() -> None:
    """XML's elements and Contact ID's digits are read as pairs."""
    assert mail("<a><Event>x</Event></a>").pairs == (("event", "", "x"),)
    assert mail("1234181130010037").pairs[0] == ("contact id account", "", "1234")
    assert mail("", "1234181130010037").pairs[0] == ("contact id account", "", "1234")


def test_nothing() -> None:
    """A mail without words is read like any other."""
    read = read_mail(None, None, (), KNOWN)
    assert (read.lines, read.pairs, read.subject) == ((), (), "")
