"""`alarmgw.cli.testmail`: a device of our own, against a server that says what the test wrote."""

from __future__ import annotations

import base64
import email
import email.policy
from datetime import datetime
from pathlib import Path

import pytest
from attrs import evolve

from alarmgw.cli.testmail import Answer, Target, alarm_mail, send_mail
from alarmgw.codec.devicetime import times_in
from tests import journals
from tests.cli.scripted import ScriptedSmtp

TARGET = Target(host="127.0.0.1", port=0, sender="bq3@e.de", recipients=("bq3@e.de", "b@e.de"))


def sent(server: ScriptedSmtp, mail: bytes = b"Subject: x\r\n\r\nbody\r\n") -> Answer:
    """The answer of a server to one mail."""
    with server.serving():
        return send_mail(evolve(TARGET, port=server.port), mail)


def test_mail_has_text_and_each_picture_bit_for_bit(tmp_path: Path) -> None:
    """The pictures come out of the mail as they went in."""
    (tmp_path / "tor 3.jpg").write_bytes(bytes(range(256)))
    raw = alarm_mail(TARGET, [tmp_path / "tor 3.jpg"], 4, journals.now)
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    [picture] = mail.iter_attachments()
    assert picture.get_content() == bytes(range(256))
    assert (picture.get_filename(), picture.get_content_type()) == ("tor 3.jpg", "image/jpeg")
    assert "Number: 4" in mail.get_body().get_content() and mail["To"] == "bq3@e.de, b@e.de"
    assert b"\n" not in raw.replace(b"\r\n", b"")


def test_mail_names_the_zone_of_its_time() -> None:
    """Wherever it is sent from, the gateway sees that its clock is right."""
    [stamp] = times_in(alarm_mail(TARGET, [], 4, journals.now).decode().partition("Time: ")[2])
    said = stamp.text()
    assert said is not None and said.endswith("Z")
    assert datetime.fromisoformat(said) == journals.now()


@pytest.mark.sockets
def test_answer_names_code_id_and_time() -> None:
    """A stored mail's answer carries the id and the milliseconds since the final dot."""
    answer = sent(ScriptedSmtp())
    assert (answer.code, answer.id) == (250, "gw1-20261121-204502-00000000aa")
    assert answer.ms is not None and 0 <= answer.ms < 5000


@pytest.mark.sockets
def test_lines_that_begin_with_a_dot_are_stuffed() -> None:
    """A dot alone in the text does not end the mail."""
    server = ScriptedSmtp()
    sent(server, b"Subject: x\r\n\r\n.\r\n.a\r\nend")
    assert server.heard[-6:] == ["", "..", "..a", "end", ".", "quit"]


@pytest.mark.sockets
@pytest.mark.parametrize(
    ("verb", "reply"),
    [
        ("", "421 full"),
        ("MAIL", "452 4.3.1 no space"),
        ("RCPT", "550 5.1.1 nobody known"),
        ("DATA", "451 later"),
        (".", "451 4.3.0 later"),
    ],
)
def test_refusal_anywhere_is_the_answer(verb: str, reply: str) -> None:
    """Whatever step is refused, code and text of that reply are the answer."""
    answer = sent(ScriptedSmtp(**{verb: reply}))
    assert str(answer) == reply and answer.id is None


@pytest.mark.sockets
def test_answer_stands_whatever_follows() -> None:
    """A server that is rude about QUIT has taken the mail all the same."""
    assert sent(ScriptedSmtp(QUIT="421 go away")).code == 250


def test_refused_connection_has_no_code() -> None:
    """Where nobody listens the answer says where and why."""
    answer = send_mail(evolve(TARGET, port=1), b"x")
    assert (answer.code, answer.text) == (None, "127.0.0.1:1: Connection refused")


def test_password_is_not_shown() -> None:
    """A target in a log line shows no password."""
    assert "geheim" not in repr(evolve(TARGET, login="nvr", password="geheim"))


@pytest.mark.sockets
def test_letters_beyond_ascii_are_sent() -> None:
    """An address and a password with umlauts reach the server as UTF-8."""
    server = ScriptedSmtp(EHLO="250-gw1\r\n250-SMTPUTF8\r\n250 SIZE 1000")
    target = evolve(TARGET, sender="tür@e.de", login="nvr", password="süß", port=server.port)
    with server.serving():
        answer = send_mail(target, alarm_mail(target, [], 1, journals.now))
    assert answer.code == 250
    assert "mail FROM:<tür@e.de> SMTPUTF8" in server.heard
    [auth] = [line for line in server.heard if line.startswith("AUTH PLAIN ")]
    assert base64.b64decode(auth.split()[2]).decode() == "\0nvr\0süß"


@pytest.mark.sockets
@pytest.mark.parametrize("sender", ["<>", "ESP-CAM_MJPEG", "ilo.@e.de"])
def test_senders_that_devices_use_can_be_played(sender: str) -> None:
    """The null sender, a bare name and an odd local part are sent as they are."""
    server = ScriptedSmtp()
    target = evolve(TARGET, sender=sender, port=server.port)
    with server.serving():
        assert send_mail(target, alarm_mail(target, [], 1, journals.now)).code == 250
    assert any(line.startswith(f"mail FROM:<{sender.strip('<>')}>") for line in server.heard)
