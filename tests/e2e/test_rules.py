"""An own rule beside a running gateway: tried, switched on, and seen in the next mail."""

from __future__ import annotations

import pytest

from tests.live import LiveGateway, run

pytestmark = pytest.mark.sockets

VMS = "vms@ebues.internal"
EBA = ("--subject", r"Linie (?P<line>\d+) EBA", "--event", "burglary", "--channel", "{line}")


def rule(gateway: LiveGateway, *words: str) -> str:
    """What ``alarmgw rule WORDS`` prints."""
    return run("rule", *words, "--home", gateway.home).stdout


def sent(gateway: LiveGateway, subject: str) -> dict[str, object]:
    """The entry of a mail with this subject, told in short."""
    mail = gateway.send(f"Subject: {subject}\r\n\r\nMeldung\r\n".encode(), rcpt=VMS)
    [entry] = [entry for entry in gateway.alarms() if entry["mail"]["id"] == mail]
    event = entry["events"][0]
    return {
        **{name: entry[name] for name in ("kind", "priority", "rule")},
        **{name: event[name] for name in ("event", "channel")},
    }


def test_a_rule_is_tried_switched_on_and_counts_without_a_restart(gateway: LiveGateway) -> None:
    """On the same connection even; then it is switched off again."""
    run("source", "add", VMS, "--site", "4711", "--home", gateway.home)
    unknown = {"kind": "alarm", "priority": 3, "rule": "default", "event": "unknown_alarm"}
    assert sent(gateway, "Linie 4 EBA angesprochen") == {**unknown, "channel": None}
    rule(gateway, "add", "eba", "--site", "4711", *EBA)
    said = rule(gateway, "test", "eba")
    assert "event unknown_alarm → burglary, channel - → 4, class 3 → 2" in said
    assert "of 1 mails of site 4711 in the last 30 days 1 match; 1 would change" in said
    assert sent(gateway, "Linie 5 EBA angesprochen")["rule"] == "default"
    rule(gateway, "enable", "eba")
    assert sent(gateway, "Linie 6 EBA angesprochen") == {
        "kind": "alarm",
        "priority": 2,
        "rule": "rule:eba",
        "event": "burglary",
        "channel": "6",
    }
    rule(gateway, "disable", "eba")
    assert sent(gateway, "Linie 7 EBA angesprochen")["rule"] == "default"


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [("Linie (", "a ( is not closed"), ("((a{1,30}){1,30})b", "it takes ")],
)
def test_a_bad_pattern_is_refused_and_nothing_is_done(
    gateway: LiveGateway, pattern: str, reason: str
) -> None:
    """With place and reason, in one line; meanwhile mails are taken."""
    before = len(gateway.journal())
    wrong = run(
        *("rule", "add", "bad", "--text", pattern, "--event", "fire", "--home", gateway.home),
        check=False,
    )
    assert (wrong.returncode, wrong.stdout) == (1, "")
    assert wrong.stderr.startswith(f"rule bad: --text: {reason}")
    assert wrong.stderr.count("\n") == 1
    assert len(gateway.journal()) == before


def test_rules_outlive_a_restart(gateway: LiveGateway) -> None:
    """They are records as sources are."""
    rule(gateway, "add", "kept", "--subject", "Sonderfall", "--event", "panic")
    rule(gateway, "enable", "kept")
    assert gateway.stop() == 0
    gateway.start()
    assert sent(gateway, "Sonderfall 9")["event"] == "panic"
