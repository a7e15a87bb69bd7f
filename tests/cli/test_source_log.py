"""`alarmgw source log`: what a device said last, and what to change in its menu."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from alarmgw.cli import source_log
from alarmgw.cli.source_log import Seen, followed, phone_text
from alarmgw.cli.speech import Failed
from alarmgw.conversation import Conversation
from alarmgw.store.traces import Traces
from tests.cli.conftest import Run
from tests.places import MORNING
from tests.talks import BQ3, conversation, delivered, mail

REFUSED = {"refusals": ("auth_failed",), "auth": "unknown_name", "login": "cam7"}


def test_traces_are_read_without_a_gateway(run: Run, home: Path) -> None:
    """The last conversations of a source, the oldest first, each in plain words."""
    early = conversation(**REFUSED, recipients=(BQ3,), began=MORNING - timedelta(hours=1))
    Traces(home).append([early, delivered(BQ3)], MORNING)
    first, second = run("source", "log", BQ3.upper()).stdout.splitlines()
    assert first.endswith("  10.1.2.3  cam7  AUTH refused: unknown name cam7.")
    assert second.endswith(f"  10.1.2.3  {BQ3}  The mail arrived and is stored (2.0 KB).")


@pytest.mark.parametrize("name", ["cam7", "10.1.2.3", None])
def test_unknown_peer_is_found_by_login_or_address(run: Run, home: Path, name: str | None) -> None:
    """Who is no source yet is found by what it sent; without an address all are shown."""
    Traces(home).append([conversation(**REFUSED)], MORNING)
    assert "unknown name cam7" in run("source", "log", *filter(None, [name])).stdout


def test_whoever_was_not_heard_is_told_so(run: Run) -> None:
    """An address without conversations is a failure with a sentence."""
    result = run("source", "log", "10.0.0.1")
    assert result.exit_code == 1
    assert result.stderr == "10.0.0.1 has not been heard in the last 14 days\n"


def test_lines_are_shown_when_asked_for(run: Run, home: Path) -> None:
    """-v adds the lines, what to change, and how much was left out."""
    Traces(home).append([conversation(**REFUSED, left_out=7)], MORNING)
    shown = run("source", "log", "cam7", "-v").stdout
    assert "    0.10 C: EHLO cam\n" in shown and "cam7 (unknown_name)" in shown
    assert "Enter the user name exactly" in shown and "(7 lines in the middle" in shown


def test_everything_is_said_in_german_where_that_is_asked_for(run: Run, home: Path) -> None:
    """Its labels as well; each label is in both languages."""
    traced = conversation(refusals=("unknown_source",), leniencies=("no_auth",), left_out=7)
    Traces(home).append([traced], MORNING)
    shown = run("source", "log", "10.1.2.3", "-v", "--language", "de").stdout
    for said in ("10.1.2.3  unbekannt  ", "    ändern       ", "listener[1], ohne TLS\n"):
        assert said in shown
    assert "    toleriert    no_auth\n" in shown and "    nennt sich   cam\n" in shown
    assert "(7 Zeilen in der Mitte fehlen)" in shown
    heard = run("source", "log", "10.0.0.1", "--language", "de").stderr
    assert heard == "Von 10.0.0.1 kam in den letzten 14 Tagen nichts\n"
    assert source_log.LABELS["de"].keys() == source_log.LABELS["en"].keys()


def test_text_is_two_sentences_of_the_last_one(run: Run, home: Path) -> None:
    """In German or English, for a phone: what happened, and what to change."""
    Traces(home).append([delivered(BQ3), conversation(**REFUSED, recipients=(BQ3,))], MORNING)
    assert run("source", "log", BQ3, "--text", "--language", "de").stdout == (
        "Anmeldung abgelehnt: Der Benutzername cam7 ist unbekannt. Tragen Sie den "
        "Benutzernamen genau so ein, wie ihn die Leitstelle vergeben hat, ohne Leerzeichen, "
        "und das Passwort dazu.\n"
    )
    assert run("source", "log", BQ3, "--text").stdout.startswith("AUTH refused: unknown name cam7.")


def test_json_has_fields_and_words(run: Run, home: Path) -> None:
    """One object a line, with the code of the diagnosis and its sentences."""
    Traces(home).append([conversation(**REFUSED)], MORNING)
    row = json.loads(run("source", "log", "cam7", "--json").stdout)
    assert (row["diagnosis"], row["login"]) == ("auth_unknown_name", "cam7")
    assert row["happened"] == "AUTH refused: unknown name cam7."


def test_what_a_device_wrote_stays_on_its_line(run: Run, home: Path) -> None:
    """Control characters of a peer reach no terminal."""
    rude = conversation(refusals=("unknown_source",), recipients=("a\x1b[2J\nb@c",))
    Traces(home).append([rude], MORNING)
    shown = run("source", "log", "10.1.2.3").stdout
    assert "\x1b" not in shown and shown.count("\n") == 1


class Gateway:
    """What a running gateway answers, one answer after the other."""

    def __init__(self, *answers: list[Conversation]) -> None:
        self._answers = iter(answers)
        self.asked: list[int | None] = []

    def __call__(self, home: Path, name: str | None, after: int | None) -> Seen | None:
        """The next answer; None when the gateway has stopped."""
        self.asked.append(after)
        answer = next(self._answers, None)
        return None if answer is None else Seen(len(self.asked), answer)


def follow(monkeypatch: pytest.MonkeyPatch, *answers: list[Conversation]) -> list[Conversation]:
    """What --follow shows of these answers until the gateway stops."""
    gateway = Gateway(*answers)
    monkeypatch.setattr(source_log, "asked", gateway)
    shown = []
    with pytest.raises(Failed, match="does not run"):
        for one in followed(Path(), BQ3, Seen(7), pause=lambda seconds: None):
            shown.append(one)
    assert gateway.asked == [7, *range(1, len(answers) + 1)]
    return shown


def test_following_shows_each_new_one_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A conversation that ended is shown when the gateway tells it."""
    one, other = delivered(BQ3, port=1), delivered(BQ3, port=2)
    assert follow(monkeypatch, [], [one], [], [other]) == [one, other]


def test_stored_mail_shows_before_the_device_hangs_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test mail shows at once, and its connection's harmless end is no second line."""
    begun = conversation(ended=None, ending="open")
    going: dict[str, Any] = {"ended": None, "ending": "open"}
    stored = delivered(BQ3, **going)
    assert follow(monkeypatch, [begun], [stored], [stored], [delivered(BQ3)]) == [stored]


def test_end_without_a_mail_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """A device that was seen talking and gave up is shown when it has."""
    begun = conversation(ended=None, ending="open")
    assert follow(monkeypatch, [begun], [conversation()]) == [conversation()]


def test_phone_text_of_each_language() -> None:
    """Two sentences, whatever the language."""
    texts = [phone_text(delivered(BQ3), language) for language in ("en", "de")]
    assert [text.count(". ") for text in texts] == [1, 1]


OFF = delivered(BQ3, mails=(mail(BQ3, clock_offset_s=-425.0),))


def test_a_clock_that_is_off_is_said_to_the_installer(run: Run, home: Path) -> None:
    """On a line of its own, in JSON, and in place of "nothing needs to be changed"."""
    Traces(home).append([OFF], MORNING)
    first, second = run("source", "log", BQ3).stdout.splitlines()
    assert "is stored" in first
    assert second.startswith("    The camera's clock is 7 min behind: set its date and time")
    row = json.loads(run("source", "log", BQ3, "--json").stdout)
    assert row["mails"][0]["clock_offset_s"] == -425.0
    assert [hint[:33] for hint in row["hints"]] == ["The camera's clock is 7 min behin"]
    assert run("source", "log", BQ3, "--text", "--language", "de").stdout == (
        "Die Mail ist angekommen und gespeichert (2,0 KB). Die Uhr der Kamera geht 7 min nach: "
        "Stellen Sie Datum und Uhrzeit richtig, am besten über einen Zeitserver (NTP).\n"
    )


def test_what_keeps_mails_away_comes_before_the_clock() -> None:
    """Two sentences have no room for both."""
    refused = delivered(BQ3, mails=OFF.mails, refusals=("too_large",), ending="quit")
    assert phone_text(refused, "en").endswith("and no long video.")
