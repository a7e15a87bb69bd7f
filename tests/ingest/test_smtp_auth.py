"""AUTH's exchange: what is asked, and what comes out of the answers."""

from __future__ import annotations

import base64

import pytest

from alarmgw.ingest.smtp_auth import Exchange
from alarmgw.ingest.smtp_replies import Reply, reply
from tests.dialog import Conversation, Wire, listener
from tests.fakes import MemoryIntake

NAME, WORD = "K\u00fcche".encode(), b"pass word"


def exchange(*answers: bytes) -> list[tuple[bytes, bytes]]:
    """The names and passwords that come out of one AUTH command and its answers."""
    proved: list[tuple[bytes, bytes]] = []

    async def log_in(name: bytes, password: bytes) -> Reply:
        proved.append((name, password))
        return reply("authenticated")

    factory, clock = listener(MemoryIntake())
    talk = Conversation(factory, clock, Wire("10.8.0.7"))
    talk.protocol._dialog._log_in = log_in  # type: ignore[method-assign]
    talk.send(b"AUTH " + b"\r\n".join(answers) + b"\r\n")
    return proved


def b64(raw: bytes, padded: bool = True) -> bytes:
    """Base64, with or without its padding: firmware forgets it."""
    return base64.b64encode(raw) if padded else base64.b64encode(raw).rstrip(b"=")


@pytest.mark.parametrize("padded", [True, False])
@pytest.mark.parametrize("mechanism", [b"LOGIN", b"login"])
def test_login_takes_name_and_password(mechanism: bytes, padded: bool) -> None:
    """Both forms of LOGIN give name and password as they are, octet for octet."""
    name, word = b64(NAME, padded), b64(WORD, padded)
    assert exchange(mechanism, name, word) == [(NAME, WORD)]
    assert exchange(mechanism + b" " + name, b" " + word + b" ") == [(NAME, WORD)]


def test_plain_takes_both_at_once() -> None:
    """The identity in front may be there or not."""
    for identity in (b"", b"other"):
        response = b64(b"\0".join([identity, NAME, WORD]))
        assert exchange(b"PLAIN " + response) == [(NAME, WORD)]
        assert exchange(b"PLAIN", response) == [(NAME, WORD)]


@pytest.mark.parametrize(
    "lines",
    [
        (b"",),
        (b"PLAIN =",),
        (b"PLAIN", b""),
        (b"PLAIN", b"*"),
        (b"PLAIN", b64(b"no nul")),
        (b"PLAIN", b64(b"\0a\0b\0c")),
        (b"LOGIN", b"!!", b"!!"),
        (b"LOGIN", b"A" * 3000, b"A"),
        (b"CRAM-MD5",),
    ],
)
def test_broken_exchange_proves_nothing(lines: tuple[bytes, ...]) -> None:
    """Whatever is missing, cancelled, broken or too long ends the exchange without a login."""
    assert exchange(*lines) == []


def test_exchange_asks_before_it_reads() -> None:
    """LOGIN without a name is a question, written before the answer is waited for."""
    link = object()
    begun = Exchange(link, None).begin(b"LOGIN")  # type: ignore[arg-type]
    with pytest.raises(StopIteration) as asked:
        begun.send(None)
    assert asked.value.value.code == 334
