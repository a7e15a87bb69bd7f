"""Mails in the manner of each maker: what falls out of them, in any pieces."""

from __future__ import annotations

import base64

import pytest

from tests.codec.cases import (
    AVI,
    MOV,
    MP4,
    Case,
    base64_part,
    head,
    joined,
    mixed,
    part,
    uuencoded,
    words,
)
from tests.codec.mails import JPEG, PNG, wrapped

B64 = "Content-Transfer-Encoding: base64"
SECOND = JPEG.replace(b"JFIF", b"Jfif")


def jpeg(name: str, content: bytes = JPEG) -> bytes:
    """A picture as most devices attach it."""
    return base64_part(
        f'image/jpeg; name="{name}"', content, f'Content-Disposition: attachment; filename="{name}"'
    )


def one_line(text: str) -> bytes:
    """A text as one line of base64."""
    return base64.b64encode(text.encode("utf-8")) + b"\r\n"


MAILS = {
    "hikvision three pictures": Case(
        raw=mixed(
            words("EVENT TYPE:    Motion Detected\nCAMERA NAME(NUM):   Tor (Nord)(D2)"),
            *[jpeg(f"ch2_{number}.jpg") for number in range(3)],
            subject="Embedded Net DVR: Motion Detected On Channel D2",
        ),
        subject="Embedded Net DVR: Motion Detected On Channel D2",
        text="EVENT TYPE:    Motion Detected\nCAMERA NAME(NUM):   Tor (Nord)(D2)",
        pictures=(JPEG,) * 3,
        labels=("ch2_0.jpg", "ch2_1.jpg", "ch2_2.jpg"),
    ),
    "hikvision html with blanks that do not break": Case(
        raw=mixed(
            part(
                "text/html; charset=UTF-8",
                b"<html><head><style>td{color:red}</style></head><body><table>"
                b"<tr><td>EVENT TYPE:</td><td>&nbsp;&nbsp;HDD&#32;Error</td></tr>"
                b"<tr><td>DVR NAME:</td><td>&nbsp;Lager</td></tr></table></body></html>",
            )
        ),
        text="EVENT TYPE: HDD Error\n\nDVR NAME: Lager",
    ),
    "dahua octet-stream": Case(
        raw=head(
            'multipart/mixed;boundary="======DAHUA_TECH======"', "=?UTF-8?B?SVBDIE1lc3NhZ2U=?="
        )
        + joined(
            "======DAHUA_TECH======",
            part("text/plain;charset=UTF-8", one_line("Alarm Event: Tamper Detect\n"), B64),
            base64_part(
                'application/octet-stream;name="20180506152840423ch01.jpg"',
                JPEG,
                'Content-Disposition: attachment;filename="20180506152840423ch01.jpg"',
            ),
        ),
        subject="IPC Message",
        text="Alarm Event: Tamper Detect",
        pictures=(JPEG,),
        labels=("20180506152840423ch01.jpg",),
    ),
    "amcrest unquoted boundary, inline picture": Case(
        raw=head("multipart/mixed; boundary=*****MAIL_BOUNDARY*****")
        + joined(
            "*****MAIL_BOUNDARY*****",
            words("Alarm event: Human DetectStart"),
            base64_part(
                "image/jpeg", JPEG, 'Content-Disposition: inline;filename="ch02_20240301_E.jpg"'
            ),
        ),
        text="Alarm event: Human DetectStart",
        pictures=(JPEG,),
        labels=("ch02_20240301_E.jpg",),
    ),
    "lorex text only, no multipart": Case(
        raw=head("", "Lorex Event") + b"Motion Detected on Channel 4\r\n",
        subject="Lorex Event",
        text="Motion Detected on Channel 4",
    ),
    "q-see null sender, empty picture, no close": Case(
        raw=head('multipart/mixed; boundary="xx"', "DVR ALERT").replace(b"cam@site", b"<>")
        + joined("xx", words("ALERT"), part('image/jpeg; name="e.jpg"', b"", B64)).replace(
            b"--xx--\r\n", b""
        ),
        subject="DVR ALERT",
        text="ALERT",
        labels=("e.jpg",),
        notes={"empty_part", "no_close_delimiter"},
    ),
    "reolink long base64 lines and a clip": Case(
        raw=mixed(
            part("text/plain; charset=utf-8", one_line("Alarm Event: Pet Detected\r\n"), B64),
            part("image/jpg; name=a.jpg", base64.b64encode(JPEG), B64),
            part("video/mp4; name=a.mp4", base64.b64encode(MP4), B64),
        ),
        text="Alarm Event: Pet Detected",
        pictures=(JPEG,),
        files=(("a.mp4", "video/mp4", MP4),),
        labels=("a.jpg", "a.mp4"),
    ),
    "reolink test mail": Case(
        raw=head("text/plain; charset=utf-8", "Test", B64)
        + one_line("tested the e-mail alert from your IPC"),
        subject="Test",
        text="tested the e-mail alert from your IPC",
    ),
    "swann": Case(
        raw=mixed(words("Device Name: NVR8\nAlarmType: Human"), jpeg("Front Yard.jpg")),
        text="Device Name: NVR8\nAlarmType: Human",
        pictures=(JPEG,),
        labels=("Front Yard.jpg",),
    ),
    "tvt folded version, text that is not encoded": Case(
        raw=b"Message-ID: <DVR>\r\nSubject: Alarm Message From Device Caf\xc3\xa9.\r\n"
        b"Date: 2013-05-17 12:01:01\r\n MIME-Version: 1.0\r\n"
        b'Content-Type:multipart/mixed;\r\n\tboundary="#BOUNDARY#"\r\n'
        b"This is a MIME mail\r\n\r\n"
        + joined(
            "#BOUNDARY#",
            part(
                "text/plain",
                b"Camera Name:Tor=West Channel=1\r\n",
                "Content-Transfer-Encoding: quoted-printable",
            ),
            base64_part(
                "image/jpeg", JPEG, 'Content-Disposition: attachement;\r\n\tfilename="CH01_1.jpg"'
            ),
        ),
        subject="Alarm Message From Device Café.",
        text="Camera Name:Tor=West Channel=1",
        pictures=(JPEG,),
        labels=("CH01_1.jpg",),
        notes={"no_blank_line", "not_encoded", "raw_8bit_header"},
    ),
    "juan html in gb2312, no blanks behind colons": Case(
        raw="From:a@b\r\nSubject:报警 通道\r\nMIME-Version:1.0;\r\n"
        'Content-Type:multipart/mixed;boundary="=======JUAN_SMTP_V1_0======="\r\n\r\n'.encode("gbk")
        + joined(
            "=======JUAN_SMTP_V1_0=======",
            part("text/html;charset=gb2312", "<p>移动侦测<br>通道1</p>".encode("gbk")),
            base64_part('image/jpg;name="vin2_640x320.jpg"', JPEG, "Content-ID:<vin2>"),
        ),
        subject="报警 通道",
        text="移动侦测\n通道1",
        pictures=(JPEG,),
        labels=("vin2_640x320.jpg",),
        notes={"raw_8bit_header"},
    ),
    "longse nested, too much padding, path as a name": Case(
        raw=b"Subject: 2020-01-01 10:00:00:Alarm:Channel 2 video loss!\r\n"
        b"Content-Type: multipart/mixed; boundary=outer\r\n\r\n"
        + joined(
            "outer",
            part("multipart/alternative; boundary=inner", b"")
            + joined("inner", part("text/plain", b"QXR0ZW50aW9uLCBwbGVhc2U=====", B64)),
            base64_part('image/jpeg; name="/mnt/snap/1.jpg"', JPEG),
        ),
        subject="2020-01-01 10:00:00:Alarm:Channel 2 video loss!",
        text="Attention, please",
        pictures=(JPEG,),
        labels=("/mnt/snap/1.jpg",),
        notes={"bad_base64"},
    ),
    "hisi3518 boundary ends in dashes, lf in base64, no close": Case(
        raw=b"Subject: (null) Home Security Message-1\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/mixed; boundary="Bound---"\r\n\r\n--Bound---\r\n'
        b"\r\n--Bound---\r\n"
        + part("text/plain; charset=gb2312", "有人闯入".encode("gbk"))
        + b"--Bound---\r\n"
        + part("image/jpeg; name=notice1.jpg", wrapped(JPEG, b"\n"), B64)
        + b"\r\n--Bound---\r\n"
        + part("image/jpeg; name=notice1.jpg", wrapped(SECOND, b"\n"), B64),
        subject="(null) Home Security Message-1",
        text="有人闯入",
        pictures=(JPEG, SECOND),
        labels=("notice1.jpg", "notice1.jpg"),
        notes={"bare_lf", "empty_part", "no_close_delimiter"},
    ),
    "csmtp x-msdownload": Case(
        raw=head('multipart/mixed; boundary="__MESSAGE__ID__54yg6f6h6y456345"')
        + joined(
            "__MESSAGE__ID__54yg6f6h6y456345",
            words("9:5:3 alarm"),
            base64_part(
                'application/x-msdownload; name="D:\\snap\\1.jpg"',
                JPEG,
                'Content-Disposition: attachment; filename="D:\\snap\\1.jpg"',
            ),
        ),
        text="9:5:3 alarm",
        pictures=(JPEG,),
        labels=("D:\\snap\\1.jpg",),
    ),
    "esp32-cam without any blank line": Case(
        raw=b"From: ESP-CAM\r\nSubject: Motion Alert from cam\r\nMIME-Version: 1.0\r\n"
        b"Content-Type: Multipart/mixed; boundary=frontier\r\n--frontier\r\n"
        b"Content-Type: text/plain; charset=us-ascii\r\nCaptured file /sd/1.avi\r\n"
        b"--frontier\r\nContent-Type: image/jpg; name=frame.jpg\r\n"
        b"Content-Transfer-Encoding: base64\r\n"
        b"Content-Disposition: attachment; filename=frame.jpg; size=772;\r\n"
        + base64.b64encode(JPEG)
        + b"\r\n--frontier--\r\n",
        subject="Motion Alert from cam",
        text="Captured file /sd/1.avi",
        pictures=(JPEG,),
        labels=("frame.jpg",),
        notes={"no_blank_line"},
    ),
    "dafang uuencode": Case(
        raw=mixed(
            words("Motion"),
            part(
                'image/jpeg; name="snap.jpg"',
                uuencoded(JPEG, "snap.jpg"),
                "Content-Transfer-Encoding: uuencode",
            ),
        ),
        text="Motion",
        pictures=(JPEG,),
        labels=("snap.jpg",),
    ),
    "anyka text behind the close delimiter": Case(
        raw=mixed(words("Motion"), jpeg("a.jpg")) + b"-- End --\r\n",
        text="Motion",
        pictures=(JPEG,),
        labels=("a.jpg",),
    ),
    "panasonic picture as the mail itself": Case(
        raw=head('image/jpeg; name="cam.jpg"', "CameraNotification:20240102030405123", B64)
        + wrapped(JPEG),
        subject="CameraNotification:20240102030405123",
        pictures=(JPEG,),
        labels=("cam.jpg",),
    ),
    "vivotek fifteen pictures of one name": Case(
        raw=mixed(*[jpeg("Snapshot.jpg", JPEG + bytes([n])) for n in range(15)]),
        pictures=tuple(JPEG + bytes([n]) for n in range(15)),
        labels=("Snapshot.jpg",) * 15,
    ),
    "blue iris related": Case(
        raw=mixed(
            part("multipart/alternative; boundary=in", b"")
            + joined("in", words("Trigger: MOTION_A"), part("text/html", b"<img src=cid:1>")),
            base64_part("image/jpeg", JPEG, "Content-ID: <1>", "Content-Disposition: inline"),
            kind="related",
        ),
        text="Trigger: MOTION_A",
        pictures=(JPEG,),
    ),
    "mobotix variables and a clip": Case(
        raw=mixed(words("VM@mx10"), base64_part("video/avi; name=clip.avi", AVI), subject="VM,PI"),
        subject="VM,PI",
        text="VM@mx10",
        files=(("clip.avi", "video/x-msvideo", AVI),),
        labels=("clip.avi",),
    ),
    "exacq mov preview": Case(
        raw=mixed(words("Starts"), base64_part("application/octet-stream; name=p.mov", MOV)),
        text="Starts",
        files=(("p.mov", "video/quicktime", MOV),),
        labels=("p.mov",),
    ),
    "milestone soft break inside an entity, german": Case(
        raw=head("text/html; charset=utf-8", "Alarm", "Content-Transfer-Encoding: quoted-printable")
        + b"<p>Stream-Kamera&#x2=\r\n0;NK 7 defekt!</p><p>T=C3=\r\n=BCr ge&ouml;=\r\nffnet</p>",
        subject="Alarm",
        text="Stream-Kamera NK 7 defekt!\n\nTür geöffnet",
    ),
    "immix xml text": Case(
        raw=mixed(words("<Alarm><Input1>7</Input1></Alarm>"), jpeg("1.jpg")),
        text="<Alarm><Input1>7</Input1></Alarm>",
        pictures=(JPEG,),
        labels=("1.jpg",),
    ),
    "patriot": Case(
        raw=head("text/plain") + b"client=1234-01 zone=12 type=123 url=http://a/?b=3D\r\n",
        text="client=1234-01 zone=12 type=123 url=http://a/?b=3D",
    ),
    "sureview subject says all": Case(
        raw=head("text/plain", "Fence East") + b"51.5,-0.12",
        subject="Fence East",
        text="51.5,-0.12",
    ),
    "contact id": Case(raw=head() + b"1234 18 1130 01 015", text="1234 18 1130 01 015"),
    "janus text and table attached": Case(
        raw=mixed(
            part("text/plain; name=ev.txt", b"FIRE 01", "Content-Disposition: attachment"),
            part("text/csv; name=ev.csv", b"a;b", "Content-Disposition: attachment"),
        ),
        files=(("ev.txt", "text/plain", b"FIRE 01"), ("ev.csv", "text/csv", b"a;b")),
        labels=("ev.txt", "ev.csv"),
    ),
    "operator mms, many dashes and a location only": Case(
        raw=head(f"multipart/related; boundary={'-' * 44}8c1", "MMS")
        + joined(
            "-" * 44 + "8c1",
            b"Content-Type:image/jpeg\r\nContent-Location:P1.jpg\r\n"
            b"Content-Transfer-Encoding:base64\r\n\r\n" + wrapped(JPEG),
        ),
        subject="MMS",
        pictures=(JPEG,),
        labels=("P1.jpg",),
    ),
    "wisenet without close delimiter": Case(
        raw=mixed(words("Motion"), jpeg("w.jpg")).replace(b"--b1--\r\n", b""),
        text="Motion",
        pictures=(JPEG,),
        labels=("w.jpg",),
        notes={"no_close_delimiter"},
    ),
    "webcam stars in the text": Case(
        raw=mixed(words("*Alarm Email on Camera 0,1,2…"), base64_part("image/x-png", PNG)),
        text="*Alarm Email on Camera 0,1,2…",
        pictures=(PNG,),
    ),
}


@pytest.mark.parametrize("piece", [1, 7, 1 << 20])
@pytest.mark.parametrize("name", MAILS)
def test_device_mail(name: str, piece: int) -> None:
    """A maker's mail gives its subject, its words, its pictures bit for bit, and its oddities."""
    MAILS[name].check(piece)
