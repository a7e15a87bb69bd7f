"""Mails of panels, management systems and devices that nobody knows, and what they mean."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.codec.makers import CAMERAS, Draw, Mail, kind_of, moments, names, row
from tests.codec.makers_centre import CENTRE
from tests.codec.makers_worded import WORDED

IMMIX = {
    "MotionDetected": "motion",
    "VideoLoss": "video_loss",
    "IntrusionDetected": "intrusion",
    "PersonDetected": "person",
    "TamperDetected": "tamper",
    "LineCrossing": "line_crossing",
}
CONTACT_ID = {
    "110": "fire",
    "120": "panic",
    "121": "panic",
    "130": "burglary",
    "134": "burglary",
    "137": "tamper",
    "301": "fault",
    "602": "test",
}


@st.composite
def panasonic(draw: Draw) -> Mail:
    """A camera that says nothing but the time, in digits with milliseconds."""
    moment, millisecond = draw(moments), draw(st.integers(0, 999))
    subject = f"CameraNotification:{moment:%Y%m%d%H%M%S}{millisecond:03d}"
    time = f"{moment.isoformat()}.{millisecond:03d}"
    event = row("unknown_alarm", "CameraNotification", device_time=time)
    return Mail(subject, "", "alarm", (event,))


@st.composite
def vms_line(draw: Draw) -> Mail:
    """A video management system's line about a camera: its alarm begins or ends."""
    camera, moment = draw(names), draw(moments)
    raw, state = draw(st.sampled_from((("Alarm Starts", "start"), ("Alarm Ends", "end"))))
    event = row("unknown_alarm", raw, state=state, camera=camera)
    kind = "restore" if state == "end" else "alarm"
    return Mail(f"{raw}: {camera} {moment:%H:%M:%S}", camera, kind, (event,))


@st.composite
def immix(draw: Draw) -> Mail:
    """XML in the text."""
    raw, word = draw(st.sampled_from(sorted(IMMIX.items())))
    moment, number = draw(moments), draw(st.integers(1, 999))
    head = draw(st.sampled_from(("", '<?xml version="1.0"?>\n', "\ufeff")))
    text = (
        f"{head}<Alarm><VersionInfo>1</VersionInfo><Input1>{number}</Input1>"
        f"<EventType>{raw}</EventType>"
        f"<ExtraText>a &amp; b</ExtraText><DateTime>{moment.isoformat()}Z</DateTime>"
        "<Location></Location><Url></Url></Alarm>"
    )
    event = row(word, raw, channel=str(number), device_time=f"{moment.isoformat()}Z")
    return Mail("ALARM", text, "alarm", (event,))


@st.composite
def contact_id(draw: Draw) -> Mail:
    """A panel's report: an alarm, a fault or a test, new or restored."""
    code, word = draw(st.sampled_from(sorted(CONTACT_ID.items())))
    account = f"{draw(st.integers(1000, 9999))}"
    zone, qualifier = draw(st.integers(1, 999)), draw(st.sampled_from("13"))
    digits = f"{account}18{qualifier}{code}01{zone:03d}"
    check = next(
        digit
        for digit in "0123456789ABCDEF"
        if sum(int(each, 16) or 10 for each in digits + digit) % 15 == 0
    )
    text = draw(
        st.sampled_from((digits + check, f"{account} 18 {qualifier}{code} 01 {zone:03d} {check}"))
    )
    state = "end" if qualifier == "3" else None
    event = row(word, qualifier + code, state=state, channel=str(zone), device=account)
    return Mail("Alarm report", text, kind_of(word, state), (event,))


@st.composite
def patriot(draw: Draw) -> Mail:
    """``key=value`` in one line; only the client must be there."""
    client, zone = f"{draw(st.integers(1, 9999)):04d}-01", draw(st.integers(1, 999))
    full = draw(st.booleans())
    link = "https://v.example/1" if full else None
    text = f"client={client}" + (f" zone={zone} type=Burglary url={link}" if full else "")
    event = row("burglary", "Burglary", device=client, channel=str(zone) if full else None)
    return Mail("Burglary", text, "alarm", (event,), link=link)


#: Keys and an event in each language that the generic reader knows, and how it writes dates.
LANGUAGES = {
    "de": ("Ereignis|Kamera|Kanal|Gerät|Zeit|Bewegung erkannt|motion|%d.%m.%Y"),
    "en": ("Event Type|Camera Name|Channel|Device Name|Event Time|Tamper alarm|tamper|%Y-%m-%d"),
    "fr": ("Type d'événement|Caméra|Canal|Appareil|Heure|Perte vidéo|video_loss|%d/%m/%Y"),
    "es": ("Evento|Cámara|Canal|Dispositivo|Fecha y hora|Robo|burglary|%d/%m/%Y"),
    "it": ("Tipo di evento|Telecamera|Canale|Dispositivo|Ora|Intrusione|intrusion|%d/%m/%Y"),
    "nl": ("Gebeurtenis|Cameranaam|Kanaal|Apparaat|Tijdstip|Bewegingsdetectie|motion|%d-%m-%Y"),
    "pl": ("Zdarzenie|Nazwa kamery|Kanał|Urządzenie|Czas|Wykryto ruch|motion|%d-%m-%Y"),
    "tr": ("Olay Türü|Kamera Ad\u0131|Kanal No|Cihaz Ad\u0131|Zaman|Sabotaj|tamper|%d.%m.%Y"),
}


@st.composite
def generic(draw: Draw) -> Mail:
    """Nobody's format: keys in one of many languages, in any order."""
    language = draw(st.sampled_from(sorted(LANGUAGES)))
    written = LANGUAGES[language].split("|")
    event_key, camera_key, channel_key, device_key, time_key, raw, word, form = written
    camera, device, moment = draw(names), draw(names), draw(moments)
    number = draw(st.integers(1, 99))
    colon = draw(st.sampled_from((":", ": ", " : ", ":\t", ":\xa0")))
    rows = [
        f"{event_key}{colon}{raw}",
        f"{camera_key}{colon}{camera}",
        f"{channel_key}{colon}{number:02d}",
        f"{device_key}{colon}{device}",
        f"{time_key}{colon}{moment.strftime(form)} {moment:%H:%M:%S}",
    ]
    event = row(
        word,
        raw,
        channel=str(number),
        camera=camera,
        device=device,
        device_time=moment.isoformat(),
    )
    return Mail("?", "\n".join(draw(st.permutations(rows))), "alarm", (event,))


#: Every kind of mail, by name.
MAKERS = {
    **CAMERAS,
    **WORDED,
    **CENTRE,
    "panasonic": panasonic(),
    "vms line": vms_line(),
    "immix": immix(),
    "contact id": contact_id(),
    "patriot": patriot(),
    "generic": generic(),
}
