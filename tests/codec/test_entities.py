"""The walk through a mail's parts: structure, and what devices make of it."""

from __future__ import annotations

import base64

import pytest

from tests.codec.mails import JPEG, PNG, Read, crlf, every, multipart, picture, read, text, wrapped


def unpacked(raw: bytes) -> Read:
    """``raw`` read whole, and the same byte by byte."""
    found = read(raw)
    assert read(raw, every(1, raw)) == found
    return found


def contents(found: Read) -> list[bytes]:
    """The bytes of all pictures and files."""
    return [part.content for part in found.files]


def test_plain_multipart() -> None:
    """A text and two pictures, in their order, and nothing odd."""
    found = unpacked(multipart(text(b"Motion"), picture(JPEG), picture(PNG, b"b.png")))
    assert contents(found) == [JPEG, PNG]
    assert [part.label for part in found.files] == ["a.jpg", "b.png"]
    assert (found.mail.subject, found.mail.text, found.mail.notes) == ("s", "Motion", ())


def test_same_name_three_times() -> None:
    """Parts of one name are all kept."""
    found = unpacked(multipart(picture(JPEG), picture(PNG), picture(JPEG)))
    assert [part.label for part in found.files] == ["a.jpg"] * 3


@pytest.mark.parametrize("close", [b"", b"--\r\n", b"--abc", b"--ab", b"--abc--", b"\r\n\r\n"])
def test_missing_close(close: bytes) -> None:
    """Without a close delimiter, or with half of one, the last picture is whole."""
    assert contents(unpacked(multipart(picture(JPEG), close=close))) == [JPEG]


def test_missing_close_is_noted() -> None:
    """A mail that ends inside a multipart says so."""
    found = unpacked(multipart(picture(JPEG), close=b""))
    assert found.mail.notes == ("no_close_delimiter",)


@pytest.mark.parametrize("encoding", [b"8bit", b"binary", b"7bit", b""])
def test_picture_without_encoding(encoding: bytes) -> None:
    """Bytes that are sent as they are come out as they are."""
    content = JPEG.replace(b"\n", b"\r\n") + b"\r\n--ab\r\n--abcd\r\n\xff\xd9"
    part = picture(body=content + b"\r\n", encoding=encoding)
    assert contents(unpacked(multipart(part, part))) == [content, content]
    assert contents(unpacked(multipart(part, close=b""))) == [content]


def test_nested() -> None:
    """Multiparts stand in multiparts; a delimiter of an outer one ends inner ones."""
    inner = b'Content-Type: multipart/alternative; boundary="abcdef"\r\n\r\n'
    inner += (
        b"--abcdef\r\n"
        + text(b"plain")
        + b"--abcdef\r\nContent-Type: text/html\r\n\r\n<b>h</b>\r\n"
    )
    found = unpacked(multipart(inner + b"--abcdef--\r\n", picture()))
    assert (found.mail.text, contents(found), found.mail.notes) == ("plain", [JPEG], ())
    found = unpacked(multipart(inner, picture()))
    assert (found.mail.text, contents(found)) == ("plain", [JPEG])
    assert found.mail.notes == ("no_close_delimiter",)


def test_boundary_that_ends_in_dashes() -> None:
    """HK: a delimiter line that looks like a close, an empty part, no close."""
    parts = (b"", text(b"abnormal"), picture(), picture(PNG))
    found = unpacked(multipart(*parts, boundary=b"---x---", close=b"-----x---\r\n\r\n"))
    assert contents(found) == [JPEG, PNG] and found.mail.text == "abnormal"
    assert {"empty_part", "no_close_delimiter"} <= set(found.mail.notes)


def test_part_after_the_close() -> None:
    """A close that a part's header follows was none."""
    raw = multipart(text(b"t")) + picture() + b"--abc--\r\nThe end.\r\n"
    found = unpacked(raw)
    assert contents(found) == [JPEG] and found.mail.text == "t"


def test_epilogue() -> None:
    """What follows the close is nobody's content."""
    found = unpacked(multipart(text(b"motion")) + b"-- End --\r\n")
    assert (found.mail.text, found.mail.notes) == ("motion", ())


def test_blank_lines_missing() -> None:
    """ESP32: neither the mail's header nor a part's ends with a blank line."""
    raw = multipart(
        text(b"Motion"),
        b"Content-Type: image/jpg\r\n"
        b'Content-Disposition: attachment; filename="frame.jpg"; size=9;\r\n'
        b"Content-Transfer-Encoding: base64\r\n" + base64.b64encode(JPEG) + b"\r\n",
    ).replace(b'"abc"\r\n\r\n', b'"abc"\r\n')
    found = unpacked(raw)
    assert (contents(found), found.mail.text) == ([JPEG], "Motion")
    assert found.mail.notes == ("no_blank_line",)


def test_text_behind_a_header_without_blank_line() -> None:
    """Lines that look like unknown fields are text if no blank line ended the header."""
    part = b"Content-Type: text/plain\r\nTime:12:05\r\nMotion detected\r\n"
    assert unpacked(multipart(part)).mail.text == "Time:12:05\nMotion detected"


def test_stray_line_in_a_header() -> None:
    """A line that is no field does not end a header that goes on behind it."""
    raw = b"Subject: Alarm\r\nchannel 3\r\nContent-Type: text/html\r\n\r\n<b>x</b>\r\n"
    found = unpacked(raw)
    assert (found.mail.subject, found.mail.text) == ("Alarm channel 3", "x")


def test_mime_version_folded_into_date() -> None:
    """TVT: no MIME-Version, and the multipart is one all the same."""
    raw = multipart(picture()).replace(b"MIME-Version", b"Date: 2013-05-17\r\n MIME-Version")
    assert contents(unpacked(raw)) == [JPEG]


@pytest.mark.parametrize(
    "content_type",
    [
        b"multipart/mixed",
        b"multipart/mixed; boundary=",
        b"multipart/mixed; boundary='abc'",
        b"multipart/mixed; boundary=other",
        b"multipart; boundary=abc",
        b"",
    ],
)
def test_wrong_boundary(content_type: bytes) -> None:
    """A boundary that is missing or wrong is learnt from the first delimiter."""
    raw = multipart(text(b"t"), picture())
    raw = raw.replace(b'multipart/mixed; boundary="abc"', content_type)
    if not content_type:
        raw = raw.replace(b"Content-Type: \r\n", b"", 1)
    found = unpacked(raw)
    assert (contents(found), found.mail.text) == ([JPEG], "t")


def test_multipart_without_delimiter() -> None:
    """A multipart that is none is a text."""
    raw = b"Content-Type: multipart/mixed; boundary=abc\r\n\r\nMotion detected\r\n"
    found = unpacked(raw)
    assert found.mail.text == "Motion detected" and "no_delimiter" in found.mail.notes


def test_part_without_header_before_a_learnt_boundary() -> None:
    """A first part without fields, before the one that shows the boundary, is not lost."""
    raw = multipart(b"\r\nMotion\r\n", picture()).replace(b'; boundary="abc"', b"")
    found = unpacked(raw)
    assert (contents(found), found.mail.text) == ([JPEG], "Motion")


def test_multipart_without_parts() -> None:
    """What stands before a close delimiter that comes first is the text, as nothing else is."""
    raw = multipart().replace(b"\r\n\r\n--", b"\r\n\r\nMotion\r\n--")
    found = unpacked(raw + b"epilogue\r\n")
    assert (found.mail.text, found.mail.notes) == ("Motion", ("no_delimiter",))
    found = unpacked(raw + picture() + b"--abc--\r\n")
    assert (contents(found), found.mail.text) == ([JPEG], None)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"1234181130010037\r\n", "1234181130010037"),
        (b"\r\nMotion\r\n", "Motion"),
        (b"Alarm:1\r\nTime:12:00\r\n", "Alarm:1\nTime:12:00"),
        (b"Alarm:1\r\n\r\nTime:12:00\r\n", "Alarm:1\n\nTime:12:00"),
    ],
)
def test_headerless(raw: bytes, expected: str) -> None:
    """A mail without a header is its text."""
    found = unpacked(raw)
    assert (found.mail.subject, found.mail.text) == (None, expected)
    assert found.mail.notes == ("no_headers",)


def test_mbox_line() -> None:
    """A "From " line that a relay put first is no header."""
    assert unpacked(b"From x@y Mon Jan 1\nSubject: a\n\nb\n").mail.subject == "a"


@pytest.mark.parametrize(
    "header", [b"", b"Content-Type: image/jpg\r\n", b"Content-Type: text/plain\r\n"]
)
def test_mail_that_is_a_picture(header: bytes) -> None:
    """A picture needs no multipart around it."""
    raw = b"Subject: s\r\n" + header + b"Content-Transfer-Encoding: base64\r\n\r\n" + wrapped(JPEG)
    assert contents(unpacked(raw)) == [JPEG]


MESSAGE = (
    b"Subject: inner\r\nContent-Type: multipart/mixed; boundary=in\r\n\r\n"
    b"--in\r\n%s--in\r\n%s--in--\r\n"
)


@pytest.mark.parametrize("encoding", [b"7bit", b"base64"])
def test_message_inside(encoding: bytes) -> None:
    """A message in a message is opened, encoded or not, and never a file."""
    inner = MESSAGE % (text(b"inside"), picture())
    body = wrapped(inner) if encoding == b"base64" else inner
    part = b"Content-Type: message/rfc822; name=m.eml\r\nContent-Transfer-Encoding: %s\r\n\r\n%s"
    found = unpacked(multipart(text(b"outside"), part % (encoding, body), picture(PNG)))
    assert contents(found) == [JPEG, PNG]
    assert (found.mail.subject, found.mail.text) == ("s", "outside\ninside")


def test_digest() -> None:
    """The parts of a digest are messages without saying so."""
    raw = multipart(b"\r\nSubject: x\r\n\r\nfirst\r\n", b"\r\n" + MESSAGE % (text(b"t"), picture()))
    found = unpacked(raw.replace(b"multipart/mixed", b"multipart/digest", 1))
    assert (found.mail.text, contents(found)) == ("first\nt", [JPEG])


def test_header_forms() -> None:
    """Blanks before the colon, none behind it, folds with tabs, semicolons at the end."""
    raw = crlf(
        "Subject :a\n\tb\nMIME-Version:1.0;\nContent-Type :multipart/mixed;\n\tboundary=abc;\n\n"
        "--abc  \nCONTENT-TYPE:text/plain;\nContent-Transfer-Encoding:base64;\n\n"
        "TW90aW9u\n--abc--\n"
    )
    found = unpacked(raw)
    assert (found.mail.subject, found.mail.text, found.mail.notes) == ("a b", "Motion", ())


def test_text_and_html_attachments() -> None:
    """A text or page with a name is a file, also beside the same as content."""
    part = b"Content-Type: text/html; name=r.html\r\n\r\n<p>r\r\n"
    attached = b"Content-Type: text/plain\r\nContent-Disposition: attachment\r\n\r\nlog\r\n"
    found = unpacked(multipart(text(b"t"), part, attached))
    assert found.mail.text == "t" and contents(found) == [b"<p>r", b"log"]
    assert [part.media_type for part in found.files] == ["text/html", "text/plain"]


def test_tnef_stays_a_file() -> None:
    """Outlook's wrapping is kept as it came."""
    content = b"\x78\x9f\x3e\x22" + bytes(50)
    part = b"Content-Type: application/ms-tnef; name=winmail.dat\r\n"
    part += b"Content-Transfer-Encoding: base64\r\n\r\n" + wrapped(content)
    [found] = unpacked(multipart(part)).files
    assert (found.kind, found.content, found.media_type) == (
        "file",
        content,
        "application/vnd.ms-tnef",
    )


def test_content_location_alone() -> None:
    """An operator's MMS names its pictures by location and has no text."""
    part = b"Content-Type:image/jpeg\r\nContent-Location:img1.jpg\r\n"
    part += b"Content-Transfer-Encoding:base64\r\n\r\n" + wrapped(JPEG)
    found = unpacked(multipart(part, boundary=b"-" * 44 + b"7f"))
    assert [p.label for p in found.files] == ["img1.jpg"] and found.mail.text is None
