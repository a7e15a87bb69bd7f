"""`alarmgw.ingest.smtp_trace`: what is noted of a conversation, and that no password is."""

from __future__ import annotations

import base64

import pytest
from attrs import evolve
from hypothesis import assume, given
from hypothesis import strategies as st
from twisted.internet.error import ConnectionDone, ConnectionLost

from alarmgw.codec.smtp import COMMAND_BYTES
from alarmgw.conversation import Conversation
from alarmgw.diagnosis import diagnosis
from alarmgw.directory import Directory
from alarmgw.fitting import encode
from alarmgw.ingest import smtp_trace
from alarmgw.model import Login
from alarmgw.plainwords import LANGUAGES, words
from tests.dialog import SETTINGS, Wire, listener
from tests.dialog import Conversation as Talk
from tests.fakes import MemoryIntake

MAIL = b"MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\nx\r\n.\r\n"
GREETED = b"EHLO cam\r\n"


def traced(
    *pieces: bytes, host: str = "10.8.0.7", password: bytes = b"right", reset: bool = False
) -> Conversation:
    """What is noted of a device that sends these pieces and then is gone."""
    directory = Directory.of([], [Login(name="nvr", salt=b"", digest=password)])
    factory, clock = listener(MemoryIntake(), SETTINGS, directory)
    talk = Talk(factory, clock, Wire(host))
    for piece in pieces:
        talk.send(piece)
    talk.lose(ConnectionLost() if reset else ConnectionDone())
    last = factory.conversations.last()
    assert last is not None
    return last


def lines(found: Conversation) -> list[str]:
    """Its lines without their times."""
    return [f"{side}: {text}" for _, side, text in found.lines]


def test_lines_and_replies_are_noted_in_their_order() -> None:
    """Commands, replies, and the mail as one line with its id and size."""
    noted = lines(traced(GREETED, MAIL, b"QUIT\r\n"))
    assert noted[0] == "S: 220 alarmgw ESMTP ready"
    assert noted[1] == "C: EHLO cam"
    assert noted[2].startswith("S: 250 gw1 AUTH LOGIN PLAIN STARTTLS")
    assert noted[3] == "C: MAIL FROM:<a@b>"
    assert noted[9:] == [
        "-: mail gw1-20261121-000000-0000000001, 3 octets, is stored",
        "S: 250 2.0.0 Ok: stored as gw1-20261121-000000-0000000001",
        "C: QUIT",
        "S: 221 2.0.0 Bye",
    ]


def test_times_are_seconds_since_the_connection() -> None:
    """A device that waits ten seconds is seen to do so."""
    factory, clock = listener(MemoryIntake())
    talk = Talk(factory, clock, Wire("10.8.0.7"))
    clock.advance(10)
    talk.send(b"QUIT\r\n")
    last = factory.conversations.last()
    assert last is not None and last.lines[-2:] == ((10, "C", "QUIT"), (10, "S", "221 2.0.0 Bye"))


def test_long_conversation_keeps_its_ends() -> None:
    """The first 40 lines and the last 20, and how many stood between them."""
    found = traced(*[GREETED] + [b"NOOP\r\n"] * 100 + [b"QUIT\r\n"])
    assert len(found.lines) == 60 and found.left_out == 205 - 60
    assert lines(found)[-2:] == ["C: QUIT", "S: 221 2.0.0 Bye"]


def test_long_lines_are_cut() -> None:
    """A line of 2 KB is kept to 200 characters."""
    found = traced(b"EHLO " + b"x" * (COMMAND_BYTES - 10) + b"\r\n")
    assert max(map(len, lines(found))) <= smtp_trace.LINE_CHARACTERS + 3


@pytest.mark.parametrize(
    ("sent", "noted"),
    [
        (b"AUTH PLAIN AGEAYg==", "AUTH PLAIN ***"),
        (b"auth login YQ==", "AUTH LOGIN ***"),
        (b"AUTH LOGIN", "AUTH LOGIN"),
        (b"AUTH c2VjcmV0", "AUTH ? ***"),
        (b"AUTH", "AUTH ?"),
        (b"AUTHPLAIN AGEAYg==", "(no command: 17 octets)"),
        (b"c2VjcmV0", "(no command: 8 octets)"),
        (b"NOOP c2VjcmV0", "NOOP ***"),
        (b"RCPT TO:<c@d>", "RCPT TO:<c@d>"),
    ],
)
def test_what_may_be_a_password_is_blanked(sent: bytes, noted: str) -> None:
    """Only what cannot be one is shown."""
    assert f"C: {noted}" in lines(traced(sent + b"\r\n"))


@pytest.mark.parametrize(
    ("name", "password", "host", "auth"),
    [
        (b"nvr", b"right", "10.8.0.7", "accepted"),
        (b"nvr", b"wrong", "10.8.0.7", "wrong_password"),
        (b"cam7", b"any", "10.8.0.7", "accepted_unknown"),
    ],
)
def test_login_and_its_outcome_are_noted(
    name: bytes, password: bytes, host: str, auth: str
) -> None:
    """The name is shown, and whether it was known and proved."""
    initial = base64.b64encode(b"\0" + name + b"\0" + password)
    found = traced(GREETED, b"AUTH PLAIN " + initial + b"\r\n", host=host)
    assert (found.login, found.auth) == (name.decode(), auth)


@pytest.mark.parametrize(
    ("pieces", "leniency"),
    [
        ((GREETED, MAIL), "no_auth"),
        ((MAIL,), "no_ehlo"),
        ((b"HELO \r\n", MAIL), "empty_helo"),
        ((b"EHLO cam\n", MAIL), "bare_lf_session"),
        ((GREETED, MAIL.replace(b"M:<a@b>", b"M: <a@b>")), "blank_in_path"),
        ((GREETED, MAIL.replace(b"<a@b>", b"a@b")), "no_brackets"),
        ((GREETED, MAIL.replace(b"<a@b>", b"<ESP-CAM>")), "no_domain"),
        ((GREETED, MAIL.replace(b"<a@b>", b"<>")), "null_sender"),
        ((GREETED, b"AUTH PLAIN AGNhbTcAeA==\r\n", MAIL), "unknown_login"),
        ((GREETED, b"AUTH PLAIN AG52cgByaWdodA==\r\n", MAIL), "auth_in_clear"),
    ],
)
def test_leniency_is_noted(pieces: tuple[bytes, ...], leniency: str) -> None:
    """What was odd and was taken all the same."""
    assert leniency in traced(*pieces).leniencies


def test_usual_conversation_needs_no_leniency_but_the_network() -> None:
    """A mail by the book without a login from a trusted network: only that is noted."""
    assert traced(GREETED, MAIL, b"QUIT\r\n").leniencies == ("no_auth",)


def test_old_tls_is_a_leniency() -> None:
    """TLS before 1.2 is noted with the mail, 1.2 and later are not."""
    wire = Wire("10.8.0.7")
    for version, noted in (("TLSv1", True), ("TLSv1.1", True), ("TLSv1.2", False)):
        factory, clock = listener(MemoryIntake(), evolve(SETTINGS, tls="starttls"))
        wire = Wire("10.8.0.7")
        wire.get_protocol_version_name = lambda version=version: version  # type: ignore[method-assign]
        talk = Talk(factory, clock, wire)
        for piece in (b"STARTTLS\r\n", GREETED, MAIL, b"QUIT\r\n"):
            talk.send(piece)
        last = factory.conversations.last()
        assert last is not None and ("old_tls" in last.leniencies) is noted, version


def test_dot_and_quit_before_a_reset_is_a_quit() -> None:
    """Firmware that sends the dot and QUIT and is gone has ended in good order."""
    assert traced(GREETED, MAIL + b"QUIT\r\n", reset=True).ending == "quit"


PASSWORDS = st.binary(min_size=6, max_size=40)
BREAKS = st.sampled_from([b"", b"=", b"!", b" ", b"\xff", b"*"])


def tries(name: bytes, password: bytes, broken: bytes) -> list[list[bytes]]:
    """Every way in which devices send a password, good and bad."""
    coded = base64.b64encode(password) + broken
    plain = base64.b64encode(b"\0" + name + b"\0" + password) + broken
    user = base64.b64encode(name)
    return [
        [b"AUTH LOGIN\r\n", user + b"\r\n", coded + b"\r\n"],
        [b"AUTH LOGIN " + user + b"\r\n", coded + b"\r\n"],
        [b"AUTH LOGIN\r\n" + user + b"\r\n" + coded + b"\r\n"],
        [b"AUTH PLAIN " + plain + b"\r\n"],
        [b"AUTH PLAIN\r\n", plain + b"\r\n"],
        [b"AUTH PLAIN\r\n", coded + b"\r\n"],
        [b"AUTH CRAM-MD5\r\n", user + b"\r\n", coded + b"\r\n"],
        [b"AUTH " + plain + b"\r\n"],
        [b"AUTH LOGIN\r\n", b"!\r\n", coded + b"\r\n"],
        [coded + b"\r\n", password + b"\r\n"],
        [b"AUTHLOGIN " + coded + b"\r\n", b"NOOP " + coded + b"\r\n"],
    ]


def printed(found: Conversation) -> str:
    """Everything that is stored or shown of a conversation."""
    said = [words(found, language) for language in LANGUAGES]
    return encode(found.as_json()).decode() + repr(found) + repr(said) + diagnosis(found)


@given(
    password=PASSWORDS,
    broken=BREAKS,
    chosen=st.lists(st.integers(0, 10), min_size=1, max_size=4),
    right=st.booleans(),
    host=st.sampled_from(["10.8.0.7", "203.0.113.9"]),
)
def test_no_password_is_ever_kept(
    password: bytes, broken: bytes, chosen: list[int], right: bool, host: str
) -> None:
    """Whatever is sent as a password, however: neither it nor its base64 is kept or shown."""
    coded = base64.b64encode(password).decode()
    spoken = password.decode("utf-8", "replace")
    assume(spoken.strip().isprintable())
    assume(not spoken.strip().upper().startswith(("EHLO", "HELO", "MAIL", "RCPT")))

    def shown(sent: bytes) -> str:
        starttls = [] if host.startswith("10.") else [b"STARTTLS\r\n"]
        pieces = [piece for number in chosen for piece in tries(b"nvr", sent, broken)[number]]
        known = sent if right else b"?"
        return printed(traced(*starttls, GREETED, *pieces, host=host, password=known))

    # A password that is a word of ours would be found in any conversation.
    other = shown(b"\xfe" * len(password))
    assume(coded.rstrip("=") not in other and spoken not in other)
    whole = shown(password)
    assert coded.rstrip("=") not in whole and spoken not in whole
    assert base64.b64encode(b"\0nvr\0" + password).decode().rstrip("=") not in whole
