"""Paths as devices write them mean one address; hostile ones cost nothing."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alarmgw.codec.smtp_address import parse_path
from alarmgw.errors import Cause, Refused

FORMS = {
    b"FROM:<a@b.example>": "a@b.example",
    b"FROM: <RBMS_Workroom@site.example>": "RBMS_Workroom@site.example",
    b"from:<a@b> ": "a@b",
    b"FROM : <a@b>": "a@b",
    b"FROM: craig@site.example": "craig@site.example",
    b"FROM:craig@site.example SIZE=1": "craig@site.example",
    b'FROM: "Alarm Centre" <arc@gw.example>': "arc@gw.example",
    b"FROM:Alarm Centre <arc@gw.example>": "arc@gw.example",
    b"FROM:<ilo.@site.example>": "ilo.@site.example",
    b"FROM:<arc@[192.168.1.123]>": "arc@[192.168.1.123]",
    b"FROM:<arc@[IPv6:fe80::1]>": "arc@[IPv6:fe80::1]",
    b"FROM:<ESP-CAM_MJPEG>": "ESP-CAM_MJPEG",
    b"FROM:<>": "",
    b"FROM: < >": "",
    b"FROM:": "",
    b"FROM:<@relay,@other:a@b>": "a@b",
    b'FROM:<"a>b c"@d>': '"a>b c"@d',
    b"FROM:<a@b": "a@b",
    b"FROM:<K\xc3\xbcche@haus.example>": "K\u00fcche@haus.example",
    b"FROM:<K\xfcche@haus.example>": "K\u00fcche@haus.example",
}


@pytest.mark.parametrize("written", FORMS)
def test_form_means_its_address(written: bytes) -> None:
    """Each form seen on the wire means one address, case kept."""
    assert parse_path(written, "FROM").address == FORMS[written]


def test_parameters_are_read_and_unknown_ones_kept() -> None:
    """Parameters stand behind the address, in any case; what nobody knows does no harm."""
    path = parse_path(b"from:<a@b> size=65000 BODY=8BITMIME AUTH=<> SMTPUTF8 X=a=b", "FROM")
    assert path.declared_size == 65000
    assert path.parameters["BODY"] == "8BITMIME"
    assert path.parameters["SMTPUTF8"] == ""
    assert path.parameters["X"] == "a=b"


@pytest.mark.parametrize("size", [b"abc", b"", b"-5", b"1e9", "\u00b2".encode()])
def test_size_that_is_no_number_declares_nothing(size: bytes) -> None:
    """A SIZE that cannot be read is as good as none."""
    assert parse_path(b"FROM:<a@b> SIZE=" + size, "FROM").declared_size == 0


@pytest.mark.parametrize("written", [b"", b"TO:<a@b>", b"<a@b>", b"FROM <a@b>", b"FROM:<a\0@b>"])
def test_what_is_no_path_is_refused(written: bytes) -> None:
    """Another keyword, no colon or a control character is a bad address."""
    with pytest.raises(Refused) as refused:
        parse_path(written, "FROM")
    assert refused.value.cause is Cause.BAD_ADDRESS


@given(st.binary(max_size=300))
def test_anything_is_a_path_or_refused(rest: bytes) -> None:
    """No bytes raise anything but `Refused`, and no address has control characters."""
    try:
        address = parse_path(b"TO:" + rest, "TO").address
    except Refused:
        return
    assert not any(ord(letter) < 32 for letter in address)


@pytest.mark.parametrize("part", [b'"', b'\\"', b"<", b"<@a,", b'"<', b'"" ', b" ", b"a@b,"])
def test_h14_hostile_path_costs_no_time(part: bytes) -> None:
    """H14: a path of 16 KB costs less than a millisecond, whatever it is made of."""
    hostile = b"FROM:" + part * (16384 // len(part))

    def once() -> float:
        begun = time.process_time()
        parse_path(hostile, "FROM")
        return time.process_time() - begun

    assert min(once() for _ in range(5)) < 0.001
