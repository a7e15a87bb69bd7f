"""Whatever bytes arrive, in whatever pieces, the reader never raises and gives the same."""

from __future__ import annotations

from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.codec.mails import read

SAMPLES = [
    path.read_bytes() for path in sorted((Path(__file__).parent.parent / "samples").glob("*.eml"))
]

#: What mails are made of, so that garbage gets past the first line.
FRAGMENTS = [
    *(
        b"\r\n",
        b"\n",
        b"\r",
        b"\r\n\r\n",
        b" ",
        b"\t",
        b";",
        b'"',
        b"=",
        b"==",
        b"--",
        b"\0",
        b"\xff",
    ),
    *(b"Content-Type: ", b"multipart/mixed", b"message/rfc822", b"text/plain", b"text/html"),
    *(b"; boundary=abc", b"--abc", b"--abc--", b"; name=", b"; filename*0*=", b"content-"),
    *(b"Content-Transfer-Encoding: ", b"base64", b"quoted-printable", b"uuencode"),
    *(b"Subject: ", b"From ", b"=?utf-8?B?w7w=?=", b"=4", b"=\n", b"\xff\xd8\xff", b"/9j/4AAQ"),
    *(b"begin 644 a.jpg\n", b"#0V%T\n", b"end\n", b"`\n", b"<br>", b"<!--"),
]

many = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
garbage = st.lists(st.sampled_from(FRAGMENTS) | st.binary(max_size=8), max_size=60).map(b"".join)
cuts = st.lists(st.integers(0, 4000), max_size=30)


def same(raw: bytes, places: list[int]) -> None:
    """``raw`` gives the same whole, cut at ``places`` and byte by byte."""
    whole = read(raw)
    assert read(raw, [place for place in places if place < len(raw)]) == whole
    if len(raw) < 1500:
        assert read(raw, range(1, len(raw))) == whole
    for words in (whole.mail.subject, whole.mail.text, *whole.mail.labels):
        assert "\0" not in (words or "")
        (words or "").encode("utf-8")


@many
@given(garbage, cuts)
def test_garbage(raw: bytes, places: list[int]) -> None:
    """Any bytes are read without an exception, and the same in any pieces."""
    same(raw, places)


@many
@given(garbage, cuts)
def test_garbage_in_a_multipart(raw: bytes, places: list[int]) -> None:
    """Any bytes behind a good header are read without an exception, the same in any pieces."""
    same(b"Content-Type: multipart/mixed; boundary=abc\r\n\r\n--abc\r\n" + raw, places)


@many
@given(st.sampled_from(SAMPLES), st.integers(0, 30000), garbage, st.integers(0, 40), cuts)
def test_damaged_sample(mail: bytes, at: int, junk: bytes, lost: int, places: list[int]) -> None:
    """A real mail with junk in it is read without an exception, the same in any pieces."""
    at %= len(mail)
    same((mail[:at] + junk + mail[at + lost :])[:6000], places)


@many
@given(st.sampled_from(SAMPLES), st.integers(0, 30000))
def test_truncated_sample(mail: bytes, end: int) -> None:
    """A mail that breaks off anywhere gives every part that was over by then."""
    whole, found = read(mail).files, read(mail[: end % len(mail)]).files
    assert found[:-1] == whole[: max(len(found) - 1, 0)]


names = st.text(st.characters(blacklist_categories=["Cs", "Cc", "Z"]), min_size=1, max_size=40)


@many
@given(
    st.lists(st.tuples(st.binary(min_size=1, max_size=5000), names), max_size=5),
    st.sampled_from(["base64", "quoted-printable"]),
    cuts,
)
def test_round_trip(parts: list[tuple[bytes, str]], encoding: str, places: list[int]) -> None:
    """Attachments that Python's email package writes come out bit for bit, with their names."""
    message = EmailMessage(policy=SMTP)
    message["Subject"] = "round trip"
    message.set_content("words\n")
    for content, name in parts:
        message.add_attachment(
            content, maintype="application", subtype="x-test", filename=name, cte=encoding
        )
    raw = message.as_bytes()
    found = read(raw, [place for place in places if place < len(raw)])
    assert [part.content for part in found.files] == [content for content, _ in parts]
    assert [part.label for part in found.files] == [name for _, name in parts]
    assert found.mail.text == "words"
