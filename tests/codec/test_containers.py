"""What holds content while a message is walked through."""

from __future__ import annotations

import pytest

from alarmgw.codec.containers import Discarded, Preamble
from alarmgw.codec.findings import Budgets, Findings


def test_preamble_without_delimiter() -> None:
    """If no delimiter ever comes, the preamble is the text."""
    findings = Findings(Budgets())
    preamble = Preamble(findings)
    preamble.write(b"Motion ")
    preamble.write(b"detected")
    preamble.end()
    mail = findings.mail_read()
    assert (mail.text, mail.notes) == ("Motion detected", ("no_delimiter",))


def test_preamble_is_forgotten() -> None:
    """Before a delimiter a preamble means nothing."""
    findings = Findings(Budgets())
    preamble = Preamble(findings)
    preamble.write(b"This is a multi-part message in MIME format.")
    preamble.forget()
    preamble.end()
    assert findings.mail_read().text is None


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_parts_before_a_late_guess(end: bytes) -> None:
    """Parts without header, before the one that shows the boundary, are texts; the rest is not."""
    findings = Findings(Budgets())
    preamble = Preamble(findings)
    raw = b"Preamble\n--a b\n\nOne\n\n--a b \n\nTwo --a b\n--a bc\n--a b\n\n"
    preamble.write(raw.replace(b"\n", end))
    preamble.believe(b"a b")
    preamble.end()
    mail = findings.mail_read()
    assert (mail.text, mail.notes) == ("One\nTwo --a b\n--a bc", ())


def test_long_preamble_says_that_it_is_cut() -> None:
    """A preamble that is taken for the text and was too long to keep is no whole text."""
    findings = Findings(Budgets())
    preamble = Preamble(findings)
    preamble.write(b"x" * 70_000)
    preamble.end()
    assert findings.mail_read().text_cut


def test_preamble_is_bounded() -> None:
    """A preamble without end is kept in part, and says so."""
    findings = Findings(Budgets(text_bytes=100))
    preamble = Preamble(findings)
    for _ in range(100):
        preamble.write(b"x" * 10000)
    preamble.end()
    mail = findings.mail_read()
    assert mail.text == "x" * 100 and mail.text_cut


def test_discarded() -> None:
    """What nobody needs leaves nothing behind."""
    discarded = Discarded()
    discarded.write(b"x")
    discarded.end()
    assert not vars(discarded)
