"""Values with parameters, as devices write them."""

from __future__ import annotations

import time

import pytest

from alarmgw.codec.parameters import structured


@pytest.mark.parametrize(
    ("raw", "boundary"),
    [
        (b'multipart/mixed; boundary="abc"', b"abc"),
        (b'multipart/mixed;boundary="======DAHUA_TECH======"', b"======DAHUA_TECH======"),
        (b"multipart/mixed; boundary=*****MAIL_BOUNDARY*****", b"*****MAIL_BOUNDARY*****"),
        (b"multipart/mixed; boundary======SYN_/1=Bound*ary?=====", b"=====SYN_/1=Bound*ary?====="),
        (b"multipart/mixed; boundary=----=_Part_1", b"----=_Part_1"),
        (b"multipart/mixed; boundary=a/b;", b"a/b"),
        (b"multipart/mixed; boundary=abc (a comment)", b"abc"),
        (b'multipart/mixed; boundary="abc" (a comment)', b"abc"),
        (b'multipart/mixed; BOUNDARY = "abc";', b"abc"),
        (b'multipart/mixed;\n\tboundary="abc"; charset=x', b"abc"),
        (b'multipart/mixed boundary="abc"', b"abc"),
        (b'multipart/mixed; boundary="with ; semicolon"', b"with ; semicolon"),
        (b"multipart/mixed; boundary=with blank; x=y", b"with blank"),
        (b'multipart/mixed; boundary="unfinished', b"unfinished"),
        (b"multipart/mixed; boundary=first; boundary=second", b"first"),
        (b'boundary="abc"', b"abc"),
    ],
)
def test_boundary(raw: bytes, boundary: bytes) -> None:
    """A boundary is found, quoted or not, with whatever characters."""
    assert structured(raw).parameters["boundary"] == boundary


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        (b"attachment; filename=notice1.jpg", "notice1.jpg"),
        (b"attachment; filename=frame 1.jpg; size=5", "frame 1.jpg"),
        (b'attachment; filename="a;b=c.jpg"', "a;b=c.jpg"),
        (b'attachment; filename="C:\\DVR\\snap.jpg"', "C:\\DVR\\snap.jpg"),
        (b'attachment; filename="C:\\\\DVR\\\\snap.jpg"', "C:\\DVR\\snap.jpg"),
        (b'attachment; filename="say \\"hi\\".jpg"', 'say "hi".jpg'),
        (b"attachment; filename*=utf-8''T%C3%BCr.jpg", "Tür.jpg"),
        (b"attachment; filename*=UTF-8'de'T%C3%BCr.jpg; filename=tur.jpg", "Tür.jpg"),
        (b"attachment; filename=tur.jpg; filename*=gb2312''%D2%C6.jpg", "移.jpg"),
        (b"attachment; filename*0=a; filename*1=b.jpg", "ab.jpg"),
        (b"attachment;\n filename*1=b.jpg;\n filename*0=a", "ab.jpg"),
        (
            b"attachment; filename*0*=utf-8''T%C3; filename*1*=%BC; filename*2=\"r%41.jpg\"",
            "Tür%41.jpg",
        ),
        (b'attachment; filename="=?utf-8?B?VMO8ci5qcGc=?="', "Tür.jpg"),
        (b'attachment; filename="=?utf-8?Q?T=C3?=\n =?utf-8?Q?=BCr.jpg?="', "Tür.jpg"),
        (b"attachment; filename==?utf-8?B?VMO8ci5qcGc=?=", "Tür.jpg"),
        ('attachment; filename="Süd.jpg"'.encode(), "Süd.jpg"),
        ('attachment; filename="报警.jpg"'.encode("gb2312"), "报警.jpg"),
        (b'attachment; filename="CON.jpg\0.exe"', "CON.jpg.exe"),
        (b'attachment; filename="a\nb.jpg"', "a b.jpg"),
        (b'attachment; filename=""', None),
        (b"attachment", None),
        (b"attachment; filename*=utf-8", "utf-8"),
        (b"attachment; filename*0*='; filename*9999*=x", "'"),
        (b"attachment; filename*0=\"us-ascii'en'My%20\"; filename*1*=cam", "My cam"),
        (b"attachment; filename*0=\"''My%20\"; filename*1*=cam", "My cam"),
        (b"attachment; filename*0=\"O'Neil's%20\"; filename*1*=cam", "O'Neil's%20cam"),
    ],
)
def test_name(raw: bytes, name: str | None) -> None:
    """A file name is found in every form that RFCs and devices know."""
    assert structured(raw).text("filename") == name


def test_value() -> None:
    """The first word is the value, in lower case."""
    assert structured(b" Image/JPG;name=x").value == "image/jpg"
    assert structured(b"attachement;").value == "attachement"
    assert structured(b"").value == ""


def test_token() -> None:
    """A character set is a plain word in lower case."""
    assert structured(b'text/html;charset="GB2312"').token("charset") == "gb2312"
    assert structured(b"text/html;charset=").token("charset") is None


def test_label_is_bounded() -> None:
    """A name is cut at 255 characters."""
    assert structured(b"a; filename=" + b"x" * 9999).text("filename") == "x" * 255


@pytest.mark.parametrize("piece", [b";a", b'a="', b" ", b"a ", b"a=", b"(", b"\\", b'"', b"=?u?q?"])
def test_hostile_value(piece: bytes) -> None:
    """A value of 64 KB takes time by its size, not by its square."""
    start = time.perf_counter()
    structured(b"a/b; filename=" + piece * (65536 // len(piece))).text("filename")
    assert time.perf_counter() - start < 2


def test_long_values_are_read_in_part() -> None:
    """Of a value made to be slow only the beginning is read."""
    found = structured(b"a/b; name=x; " + b"y" * 20_000 + b"; size=5")
    assert (found.text("name"), found.text("size")) == ("x", None)
