"""Mails of cameras and recorders with a wording of their own, and what they mean."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.codec.makers import Draw, Mail, Row, kind_of, moments, names, row

JUAN = {"Motion Alarm": "motion", "Video Loss Alarm": "video_loss", "Sensor Alarm": "sensor"}
BLUE_IRIS = {
    "Motion": "motion",
    "Person": "person",
    "Vehicle": "vehicle",
    "Signal loss": "video_loss",
}
CSMTP = {"Motion Alarm": "motion", "Sensor Alarm": "sensor", "Video Loss Alarm": "video_loss"}
VIVOTEK = {"Motion": "motion", "Motion Detection": "motion", "Tampering": "tamper"}
LONGSE = {
    "Alarm input from line {}": ("Alarm input", "sensor"),
    "SATA{} disk lost": ("SATA{} disk lost", "storage_failure"),
}
DAHUA_GERMAN = {
    "Bewegungserkennung": "motion",
    "Videoverlust": "video_loss",
    "Videosabotage": "tamper",
    "Linienüberschreitung": "line_crossing",
    "Externer Alarm": "sensor",
}


@st.composite
def juan(draw: Draw) -> Mail:
    """A camera's mail: the channel behind "ch", and the same in Chinese and English."""
    raw, word = draw(st.sampled_from(sorted(JUAN.items())))
    number = draw(st.integers(1, 64))
    text = draw(st.sampled_from(("", f"移动侦测 motion channel {number}", "请查看附件")))
    event = row(word, raw, channel=str(number))
    return Mail(f"{raw} ch{number}", text, "alarm", (event,))


@st.composite
def hk(draw: Draw) -> Mail:
    """A camera that does not say what is wrong; "(null)" is a name that nobody has set."""
    moment, millisecond = draw(moments), draw(st.integers(0, 999))
    name = draw(st.none() | names)
    place = draw(st.sampled_from(("仓库", "", "Lager")))
    subject = f"{name or '(null)'} Home Security Message-{moment:%Y%m%d%H%M%S}{millisecond:03d}"
    written = f"{moment:%a %b} {moment.day:2} {moment:%H:%M:%S %Y}"
    with_text = draw(st.booleans())
    text = f"Your monitor is abnormal! {place}  Time:{written}" if with_text else ""
    event = row(
        "unknown_alarm",
        "Your monitor is abnormal!" if with_text else "Home Security Message",
        device=name,
        device_time=moment.isoformat() + ("" if with_text else f".{millisecond:03d}"),
    )
    return Mail(subject, text, "alarm", (event,))


@st.composite
def blue_iris(draw: Draw) -> Mail:
    """A program's mail in its own wordings; it tells no time."""
    raw, word = draw(st.sampled_from(sorted(BLUE_IRIS.items())))
    camera = draw(names)
    subject, raw, word = draw(
        st.sampled_from(
            (
                (f"Blue Iris: {raw} on {camera}", raw, word),
                (f"Blue Iris: {camera} Triggered", "Triggered", "unknown_alarm"),
                (f"Blue Iris Alert - {camera}", "Alert", "unknown_alarm"),
                (f"{camera}: Motion trigger", "Motion trigger", "motion"),
            )
        )
    )
    return Mail(subject, "", "alarm", (row(word, raw, camera=camera),))


@st.composite
def dafang(draw: Draw) -> Mail:
    """A camera with free firmware: its name says what it is."""
    device = draw(st.sampled_from(("dafang", "DAFANG 2", "Dafang-Küche", "Tor (dafang)")))
    form = draw(st.sampled_from(("{} on {}", "{} by {}")))
    text = draw(st.sampled_from(("", "Motion was detected, see attachment")))
    event = row("motion", "Motion detected", device=device)
    return Mail(form.format("Motion detected", device), text, "alarm", (event,))


@st.composite
def csmtp(draw: Draw) -> Mail:
    """A recorder's mail whose times have one digit where one will do."""
    raw, word = draw(st.sampled_from(sorted(CSMTP.items())))
    device, moment = draw(names), draw(moments)
    time = f"{moment.hour}:{moment.minute}:{moment.second}"
    text = f"{moment.day} {moment:%b} {moment.year} {time}"
    event = row(word, raw, device=device, device_time=moment.isoformat())
    return Mail(f"{raw}@{device}", text, "alarm", (event,))


@st.composite
def vivotek(draw: Draw) -> Mail:
    """A camera's mail with up to fifteen pictures, whose names tell the time."""
    raw, word = draw(st.sampled_from(sorted(VIVOTEK.items())))
    moment = draw(moments)
    labels = (f"Snapshot_{moment:%Y%m%d_%H%M%S}.jpg",) * draw(st.integers(1, 15))
    event = row(word, raw, device_time=moment.isoformat())
    window = draw(st.integers(1, 5))
    return Mail(
        f"{raw} in window {window}", draw(st.sampled_from(("", raw))), "alarm", (event,), labels
    )


@st.composite
def anyka(draw: Draw) -> Mail:
    """A camera's mail from its script: two words, and a time in the names of its pictures."""
    moment = draw(moments)
    labels = [f"{moment:%Y%m%d%H%M%S}-{number}.jpg" for number in range(1, draw(st.integers(2, 6)))]
    text = draw(st.sampled_from(("motion", "motion\n", "Motion", "motion\n\n-- End --")))
    camera = draw(st.none() | names)
    subject = f"Motion on camera {camera}" if camera else "Motion"
    event = row("motion", "Motion", camera=camera, device_time=moment.isoformat())
    return Mail(subject, text, "alarm", (event,), tuple(labels))


@st.composite
def webcam(draw: Draw) -> Mail:
    """A program's mail about one camera or several, which it counts from 0."""
    numbers = draw(st.lists(st.integers(0, 15), min_size=1, max_size=8, unique=True))
    between, behind = draw(st.sampled_from((",", ", "))), draw(st.sampled_from(("", "...", "…")))
    star = draw(st.sampled_from(("*", "")))
    text = f"{star}Alarm Email on Camera {between.join(map(str, numbers))}{behind}"
    events = tuple(row("unknown_alarm", "Alarm Email", channel=str(each)) for each in numbers)
    return Mail(draw(st.sampled_from(("", "Alarm Email", "Webcam"))), text, "alarm", events)


@st.composite
def longse_other(draw: Draw) -> Mail:
    """A recorder's mail about an input or a disk."""
    form, (raw, word) = draw(st.sampled_from(sorted(LONGSE.items())))
    number, moment = draw(st.integers(1, 8)), draw(moments)
    said, time = form.format(number), f"{moment:%Y-%m-%d %H:%M:%S}"
    channel = str(number) if word == "sensor" else None
    event = row(word, raw.format(number), channel=channel, device_time=moment.isoformat())
    return Mail(f"{time}:{said}!", "", kind_of(word, None), (event,))


@st.composite
def tvt_test(draw: Draw) -> Mail:
    """What a recorder's test button sends."""
    device = draw(names)
    event = row("test", "Test Email Message", device=device)
    return Mail(f"Test Email Message From Device {device}.", "", "test", (event,))


@st.composite
def reolink_test(draw: Draw) -> Mail:
    """What a camera's test button sends: a sentence, no keys."""
    subject = draw(st.sampled_from(("Test", "Test email", "Reolink Test")))
    text = (
        "If you receive this e-mail you have successfully set up and tested the e-mail alert "
        f"from your {draw(st.sampled_from(('IPC', 'NVR')))}"
    )
    return Mail(subject, text, "test", (row("test", subject),))


@st.composite
def dahua_german(draw: Draw) -> Mail:
    """A recorder set to German: keys, words and the label of the date are."""
    raw, word = draw(st.sampled_from(sorted(DAHUA_GERMAN.items())))
    device, camera, moment = draw(names), draw(names), draw(moments)
    number = draw(st.integers(1, 64))
    rows = [
        f"Alarmereignis: {raw}",
        f"Alarmeingangskanal Nr.: {number}",
        f"Kanalname: {camera}",
        f"Alarmstartzeit(T/M/J S:M:S): {moment:%d/%m/%Y %H:%M:%S}",
        f"Alarmgerätename: {device}",
        "IP-Adresse: 192.168.0.60",
    ]
    event = row(
        word,
        raw,
        channel=str(number),
        camera=camera,
        device=device,
        device_time=moment.isoformat(),
    )
    return Mail("IPC Message", "\n".join(rows), "alarm", (event,))


@st.composite
def hikvision_login(draw: Draw) -> Mail:
    """A recorder's mail about somebody at its door: an alarm without a camera."""
    device, moment = draw(names), draw(moments)
    text = (
        f"EVENT TYPE:    Illegal Login\nEVENT TIME:    {moment:%Y-%m-%d,%H:%M:%S}\n"
        f"NVR NAME:      {device}\nNVR S/N:       TEST00042"
    )
    event: Row = row(
        "illegal_login", "Illegal Login", device=device, device_time=moment.isoformat()
    )
    return Mail(f"{device}: Illegal Login", text, "alarm", (event,))


#: Each maker's mails.
WORDED = {
    "juan": juan(),
    "hk": hk(),
    "blue iris": blue_iris(),
    "dafang": dafang(),
    "csmtp": csmtp(),
    "anyka": anyka(),
    "webcam": webcam(),
    "vivotek": vivotek(),
    "longse input and disk": longse_other(),
    "tvt test": tvt_test(),
    "reolink test": reolink_test(),
    "dahua german": dahua_german(),
    "hikvision login": hikvision_login(),
}
