"""Mails to measure reading with: ordinary ones of 5 KB, and hostile ones of a megabyte.

Each ordinary text is made anew for a number, so that nothing measured is
something remembered from the mail before.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping

#: An ordinary mail's text has about so many octets.
ORDINARY_BYTES = 5 * 1024
MEGABYTE = 1 << 20

Words = tuple[str, str]
"""A subject and a text."""


def _filled(line: Callable[[int], str], first: str = "", *, start: int) -> str:
    """A first line and as many of the others as make 5 KB."""
    lines, size = [first], len(first)
    while size < ORDINARY_BYTES:
        lines.append(line(start + len(lines)))
        size += len(lines[-1].encode("utf-8")) + 1
    return "\n".join(lines[:-1])


def prose(n: int) -> Words:
    """A recorder's mail and a page of words."""
    return f"NVR {n}: Motion Detected On Channel A{n % 64}", _filled(
        lambda at: f"A line of prose that tells nothing and goes on to {at}",
        f"EVENT TYPE: Motion Detected\nDVR NAME: NVR {n}\nCAMERA NAME(NUM): Tor {n} (West)(A1)",
        start=n,
    )


def german(n: int) -> Words:
    """Sentences with colons and umlauts."""
    return f"Bewegung erkannt {n}", _filled(
        lambda at: f"Am Tor wurde nichts gesehen und die Tür blieb zu, Nummer {at}: so", start=n
    )


def keys(n: int) -> Words:
    """Keys that nobody knows."""
    return "Alarm", _filled(lambda at: f"Some Key {at}: the value of it is {at * 17}", start=n)


def recorder_log(n: int) -> Words:
    """A log: a time and an address in each line."""
    return "Daily log", _filled(
        lambda at: (
            f"2024-05-{at % 28 + 1:02d} 12:{at % 60:02d}:07 user {at} left from 10.0.0.{at % 250}"
        ),
        start=n,
    )


def zones(n: int) -> Words:
    """A panel's table of zones, with a clock in each row."""
    return "Status", _filled(lambda at: f"Zone {at} | closed | 10:{at % 60:02d} | Tür | -", start=n)


def tvt(n: int) -> Words:
    """Some 50 events of a recorder in one mail; its firmware merges 16."""
    return f"Alarm Message From Device Lager {n}.", _filled(
        lambda at: (
            f"Channel ID: {at % 64}, Camera Name:CAMERA{at:02d}\n"
            f"Alarm Type:Motion Alarm, Time:2013-05-17 12:{at % 60:02d}:{n % 60:02d}\n\n"
        ),
        start=n,
    )


def vms(n: int) -> Words:
    """Some 60 event lines of a video management system."""
    return "Ereignisse", _filled(
        lambda at: f"Bewegung erkannt an Kamera Tor {at} West im Bereich der Einfahrt Süd hinten",
        start=n,
    )


def fire_panel(n: int) -> Words:
    """Some 60 lines of a fire panel."""
    return "Fire panel", _filled(
        lambda at: (
            f"2024-05-12 10:{at % 60:02d}:{n % 60:02d} ALARM Zone {at % 999:03d} Smoke floor {at}"
        ),
        start=n,
    )


def contact_id(n: int) -> Words:
    """Some 70 reports of an alarm panel."""
    return "Alarm report", _filled(
        lambda at: (
            f"1234 18 1130 01 {at % 999:03d} 8 Einbruch im Hof hinter dem Haus an der Strasse"
        ),
        start=n,
    )


def cyrillic(n: int) -> Words:
    """Russian sentences, each with a time."""
    return "Тревога", _filled(
        lambda at: f"Событие: Движение камера {at} ворота время 12.05.2024 10:11:{n % 60:02d}",
        start=n,
    )


def xml(n: int) -> Words:
    """Immix XML with many elements."""
    first = f"<Alarm><Input1>{n}</Input1><EventType>MotionDetected</EventType>"
    return "ALARM", _filled(lambda at: f"<E{at}>value {at} of it all</E{at}>", first, start=n)


#: What a 5 KB mail is like.  Of those that tell one event most are; the others are as full of
#: events as an entry can be.
ONE_EVENT: Mapping[str, Callable[[int], Words]] = {
    each.__name__: each for each in (prose, german, keys, recorder_log, zones, xml)
}
MANY_EVENTS: Mapping[str, Callable[[int], Words]] = {
    each.__name__: each for each in (tvt, vms, fire_panel, contact_id, cyrillic)
}


def plain_mail(text: str, subject: str = "x") -> bytes:
    """A mail that is one plain text."""
    head = f"Subject: {subject}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    return (head + text.replace("\n", "\r\n")).encode("utf-8")


def _mail(content_type: str, body: bytes, encoding: str = "8bit") -> bytes:
    head = f"Subject: x\r\nContent-Type: {content_type}\r\nContent-Transfer-Encoding: {encoding}"
    return head.encode("ascii") + b"\r\n\r\n" + body


def _html(piece: bytes, times: int | None = None) -> bytes:
    return _mail("text/html; charset=utf-8", piece * (times or MEGABYTE // len(piece)))


def _repeated(piece: str) -> bytes:
    return plain_mail(piece * (MEGABYTE // len(piece.encode("utf-8"))))


def _characters(charset: str, piece: bytes) -> bytes:
    return _mail(f"text/plain; charset={charset}", piece * (MEGABYTE // len(piece)))


#: Mails that want to cost much.
HOSTILE: Mapping[str, bytes] = {
    "10,000 keys": plain_mail("\n".join(f"Key{number}: {number}" for number in range(10_000))),
    "10,000 known keys": plain_mail("Event: Motion\nChannel: 1\n" * 5000),
    "10,000 pairs in a line": plain_mail("Channel: 1, Event: Motion, " * 5000),
    "10,000 empty lines": plain_mail("\n" * 10_000),
    "nested brackets": plain_mail("([{<" * (MEGABYTE // 8) + ">}])" * (MEGABYTE // 8)),
    "brackets behind a key": plain_mail("CAMERA NAME(NUM): " + "(A1)(" * (MEGABYTE // 5)),
    "100,000 times": plain_mail("2024-05-06 12:30:01 " * 100_000),
    "100,000 lines of times": plain_mail("2024-05-06 12:30:01\n" * 100_000),
    "halves of times": _repeated("2024-05-06 12:"),
    "digits": _repeated("1"),
    "addresses": _repeated("10.0.0.1 "),
    "words": _repeated("motion detected "),
    "one word": _repeated("x"),
    "contact id": _repeated("1234 18 1130 01 003 "),
    "coordinates": _repeated("-1.234,"),
    "links": _repeated("http://"),
    "xml": plain_mail("<Alarm>" + "<Input1>7</Input1>" * 60_000),
    "xml that never ends": plain_mail("<Alarm " + "a='b' <" * 140_000),
    **{f"1 MB of {sign!r}": _repeated(sign) for sign in "=:<>&#;,|-_.@\"'\t \xa0\ue000İ移"},
    "100,000 tags": _html(b"<b>x</b>", 50_000),
    "100,000 open tags": _html(b"<p>", 100_000),
    "half tags": _html(b"<"),
    "comments": _html(b"<!--"),
    "scripts": _html(b"<script>"),
    "one tag": _mail("text/html", b"<a " + b"b='" * (MEGABYTE // 3)),
    "entities": _html(b"&#x41;"),
    "half entities": _html(b"&"),
    "table": _html(b"<tr><td>Zone<td>1"),
    "escapes of quoted-printable": _mail(
        "text/plain; charset=utf-8", b"=C3=BC" * (MEGABYTE // 6), "quoted-printable"
    ),
    "base64": _mail("text/plain", base64.b64encode(b"motion " * 100_000), "base64"),
    "escapes of iso-2022-jp": _characters("iso-2022-jp", b"\x1b$B\x1b(B"),
    "escapes of hz": _characters("hz", b"~{~}"),
    "escapes of utf-7": _characters("utf-7", b"+AAA-"),
    "half pairs of utf-16": _characters("utf-16", b"\x00\xd8"),
    "four octets each in gb18030": _characters("gb18030", b"\x81\x30\x81\x30"),
    "latin-1 that nobody declares": _mail("text/plain", b"\xe4x" * (MEGABYTE // 2)),
    "encoded words": plain_mail("x", "=?utf-8?Q?=41?= " * 60_000),
    "half encoded words": plain_mail("x", "=?a?q?" * (MEGABYTE // 6)),
    "a name in 50,000 pieces": _mail(
        "text/plain; " + "".join(f"name*{number}*=%41;" for number in range(50_000)), b"x"
    ),
}
