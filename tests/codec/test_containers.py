"""What holds content while a message is walked through."""

from __future__ import annotations

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
