"""Mails as each maker's devices write them, with varied names, times and lines, and what they mean.

Each strategy gives a `Mail`: subject, text, the pictures' names, and the events
that understanding must find.  Lines that a device may leave out are left out at random.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from attrs import field, frozen
from hypothesis import strategies as st

Row = dict[str, str | None]
Draw = Any


@frozen
class Mail:
    """A device's mail and its meaning."""

    subject: str
    text: str
    kind: str
    events: tuple[Row, ...]
    labels: tuple[str, ...] = field(default=())
    coordinates: str | None = field(default=None)
    link: str | None = field(default=None)


#: What a device calls an event, our word and whether it begins or ends.
HIKVISION = {
    "Motion Detected": "motion",
    "Line Crossing Detected": "line_crossing",
    "Intrusion Detected": "intrusion",
    "Video Tampering Detected": "tamper",
    "Video Loss Detected": "video_loss",
    "Region Entrance Detected": "intrusion",
    "Face Detected": "person",
    "Alarm Input": "sensor",
}
HIKVISION_FAULTS = {
    "HDD Error": "storage_failure",
    "HDD Full": "storage_failure",
    "Network Disconnected": "network",
    "IP Address Conflicted": "network",
}
DAHUA = {
    "Motion Detection": ("motion", None),
    "Motion Detection Start": ("motion", "start"),
    "Motion Detect": ("motion", None),
    "Tamper Detect": ("tamper", None),
    "CrossLine": ("line_crossing", None),
    "Intrusion": ("intrusion", None),
    "Smart Motion Human": ("person", None),
    "Smart Motion Vehicle": ("vehicle", None),
    "Human DetectStart": ("person", "start"),
    "Video Loss": ("video_loss", None),
}
REOLINK = {
    "Person Detected": "person",
    "Vehicle Detected": "vehicle",
    "Animal Detected": "animal",
    "Pet Detected": "animal",
    "Motion Detected": "motion",
}
TVT = {
    "Motion Alarm": "motion",
    "Sensor Alarm": "sensor",
    "Video loss": "video_loss",
    "Disk Full": "storage_failure",
    "IP Conflict": "network",
    "Disconnection": "network",
}
LONGSE = {
    "motion detected": ("motion", None),
    "motion resume": ("motion", "end"),
    "video loss": ("video_loss", None),
    "video blocked": ("tamper", None),
}
SWANN = {"Human": "person", "Vehicle": "vehicle", "Motion": "motion"}
FAULTS = {"storage_failure", "network", "fault"}
#: How pictures' names tell the time.
NAME_FORMS = (
    "Snapshot_%Y%m%d_%H%M%S.jpg",
    "%Y%m%d%H%M%S-1.jpg",
    "ch02_%Y%m%d_%H%M%S_E.jpg",
    "CH01_%y%m%d%H%M%S_1.jpg",
    "%Y-%m-%d_%H-%M-%S.jpg",
)

#: Names as installers give them; some are what another device calls an event.
_NAMES = (
    "Tor", "Einfahrt (West)", "Küche", "Person", "Doorbell", "Fire", "Video Loss", "CAM 2 Garage",
    "Büro 1. OG", "Łódź Brama", "Zufahrt Süd (Lkw)", "Kasse #4", "Hof/Rampe", "Ünïcode", "门口",
    "Test", "Ost-Seite", "C.1", "Garage (hinten) neu", "Straße",
)  # fmt: skip
names = st.sampled_from(_NAMES) | st.text("abcdeKLMäöüÄß ", min_size=1, max_size=20).map(
    lambda text: "N" + " ".join(text.split())
)
moments = st.datetimes(datetime(2005, 1, 1), datetime(2049, 12, 31)).map(
    lambda moment: moment.replace(microsecond=0)
)


def kind_of(word: str, state: str | None) -> str:
    """The kind of an event."""
    if word == "test":
        return "test"
    if state == "end":
        return "restore"
    return "fault" if word in FAULTS else "alarm"


def row(word: str, raw: str | None, **more: str | None) -> Row:
    """An event's expected values; what is not named is None."""
    rest = dict.fromkeys(("state", "channel", "camera", "device", "device_time"))
    return {"event": word, "event_raw": raw, **rest, **more}


def lines(draw: Draw, needed: list[str], optional: list[str]) -> str:
    """The needed lines, and those of the others that this device writes."""
    kept = [line for line in optional if draw(st.booleans())]
    return "\n".join([*needed, *kept])


@st.composite
def hikvision(draw: Draw) -> Mail:
    """A recorder's mail about one camera or several."""
    raw, word = draw(st.sampled_from(sorted(HIKVISION.items())))
    device, moment = draw(names), draw(moments)
    letter = draw(st.sampled_from("AD"))
    cameras = draw(st.lists(names, min_size=1, max_size=3, unique=True))
    channels = [f"{letter}{number}" for number in range(draw(st.integers(1, 60)), 99)]
    pairs = list(zip(cameras, channels, strict=False))
    who = draw(st.sampled_from(("DVR", "NVR")))
    gap = draw(st.sampled_from((" ", "    ", "\xa0", "\t", "")))
    text = lines(
        draw,
        [
            f"This is an automatically generated e-mail from your {who}.",
            "",
            f"EVENT TYPE:{gap}{raw}",
            f"EVENT TIME:{gap}{moment:%Y-%m-%d,%H:%M:%S}",
            f"CAMERA NAME(NUM):{gap}" + " ".join(f"{name}({channel})" for name, channel in pairs),
        ],
        [f"{who} NAME:{gap}{device}", f"{who} S/N:{gap}DS7200"],
    )
    events = tuple(
        row(word, raw, channel=channel, camera=name, device=device, device_time=moment.isoformat())
        for name, channel in pairs
    )
    return Mail(f"{device}: {raw} On Channel {channels[0]}", text, "alarm", events)


@st.composite
def hikvision_fault(draw: Draw) -> Mail:
    """A recorder's mail about itself: no camera, no picture."""
    raw, word = draw(st.sampled_from(sorted(HIKVISION_FAULTS.items())))
    device, moment = draw(names), draw(moments)
    text = lines(
        draw,
        [f"EVENT TYPE:    {raw}", f"EVENT TIME:    {moment:%Y-%m-%d,%H:%M:%S}"],
        [f"DVR NAME:      {device}", "DVR S/N:       TEST00042"],
    )
    event = row(word, raw, device=device, device_time=moment.isoformat())
    return Mail(f"{device}: {raw}", text, "fault", (event,))


@st.composite
def hikvision_clone(draw: Draw) -> Mail:
    """A camera's mail in the clones' form: day first, keys behind tabs."""
    raw, word = draw(st.sampled_from(sorted(HIKVISION.items())))
    name, moment, number = draw(names), draw(moments), draw(st.integers(1, 64))
    text = (
        f"\tThis is an automatically generated e-mail from your IPC.\n\n\t\tEVENT TYPE: {raw}\n"
        f"\t\tEVENT TIME: {moment:%d/%m/%Y %H:%M:%S}\n\t\tIPC NAME: {name}\n"
        f"\t\tCHANNEL NUMBER: {number:02d}\n\t\tIPC IP: 192.168.2.111"
    )
    event = row(
        word, raw, channel=str(number), camera=name, device=name, device_time=moment.isoformat()
    )
    return Mail("Alarm", text, "alarm", (event,))


@st.composite
def dahua(draw: Draw) -> Mail:
    """A camera's or recorder's mail, keys in capitals or not, the date's order in its key."""
    raw, (word, state) = draw(st.sampled_from(sorted(DAHUA.items())))
    device, moment, number = draw(names), draw(moments), draw(st.integers(1, 64))
    camera = draw(st.none() | names)
    ended = state is None and draw(st.booleans())
    order, form = draw(
        st.sampled_from((("D/M/Y", "%d/%m/%Y"), ("M/D/Y", "%m/%d/%Y"), ("Y-M-D", "%Y-%m-%d")))
    )
    key = "Alarm Stop Time" if ended else "Alarm Start Time"
    blank = draw(st.sampled_from(("", " ")))
    needed = [
        f"Alarm Event: {raw}",
        f"Alarm Input Channel{draw(st.sampled_from(('', ' No.')))}: {number}",
        f"{key}{blank}({order} H:M:S): {moment.strftime(form)} {moment:%H:%M:%S}",
        f"Alarm Device Name: {device}",
    ]
    needed += [f"Alarm Input Channel Name: {camera}"] if camera else []
    text = lines(draw, needed, ["Alarm Name: ", "IP Address: 192.168.0.60", "Alarm Details: "])
    if draw(st.booleans()):
        text = text.replace("Alarm E", "Alarm e").replace("Input Ch", "input ch")
    state = "end" if ended else state
    event = row(
        word,
        raw,
        state=state,
        channel=str(number),
        camera=camera,
        device=device,
        device_time=moment.isoformat(),
    )
    return Mail(
        draw(st.sampled_from(("IPC Message", "DVR ALERT"))), text, kind_of(word, state), (event,)
    )


@st.composite
def reolink(draw: Draw) -> Mail:
    """A camera's mail, with the text or with nothing but the subject."""
    raw, word = draw(st.sampled_from(sorted(REOLINK.items())))
    name, moment = draw(names), draw(moments)
    subject = f"{raw} from {name} at {moment:%Y/%m/%d %H:%M:%S}"
    with_text = draw(st.booleans())
    text = lines(
        draw,
        [f"Alarm Camera Name: {name}", f"Alarm Event: {raw}", "Alarm Input Channel No.: 1"],
        [f"Alarm Device Name: {name}"],
    )
    event = row(
        word,
        raw,
        channel="1" if with_text else None,
        camera=name,
        device=name,
        device_time=moment.isoformat(),
    )
    return Mail(subject, text if with_text else "", "alarm", (event,))


@st.composite
def swann(draw: Draw) -> Mail:
    """A recorder's mail whose channel stands in the key."""
    raw, word = draw(st.sampled_from(sorted(SWANN.items())))
    device, camera, moment = draw(names), draw(names), draw(moments)
    text = lines(
        draw,
        [
            f"Device Name: {device}",
            "Event Type: Human and Vehicle",
            f"Channel Name [IP-CH3]: {camera}",
            f"AlarmType: {raw}",
            f"Time: {moment:%Y-%m-%d %H:%M:%S}",
        ],
        ["Your camera has seen something, please look at it."],
    )
    event = row(
        word, raw, channel="IP-CH3", camera=camera, device=device, device_time=moment.isoformat()
    )
    return Mail("Swann Alert", text, "alarm", (event,))


@st.composite
def tvt(draw: Draw) -> Mail:
    """A recorder's mail with up to five events, each of its own camera and time."""
    device = draw(names)
    count = draw(st.integers(1, 5))
    text, events, kinds = "", [], set()
    for number in range(1, count + 1):
        raw, word = draw(st.sampled_from(sorted(TVT.items())))
        camera, moment = draw(names), draw(moments)
        text += (
            f"Channel ID: {number}, Camera Name:{camera}\n"
            f"Alarm Type:{raw}, Time:{moment:%Y-%m-%d %H:%M:%S}\n\n\n"
        )
        kinds.add(kind_of(word, None))
        events.append(
            row(
                word,
                raw,
                channel=str(number),
                camera=camera,
                device=device,
                device_time=moment.isoformat(),
            )
        )
    if draw(st.booleans()):
        text = f"Device ID: 0, Device Name: {device}\n\n\n" + text
    kind = "alarm" if "alarm" in kinds else "fault"
    return Mail(f"Alarm Message From Device {device}.", text, kind, tuple(events))


@st.composite
def longse(draw: Draw) -> Mail:
    """A recorder's mail, its sentence or its subject alone."""
    raw, (word, state) = draw(st.sampled_from(sorted(LONGSE.items())))
    moment, number = draw(moments), draw(st.integers(1, 32))
    time = f"{moment:%Y-%m-%d %H:%M:%S}"
    subject = f"{time}:Alarm:Channel {number} {raw}!"
    text = f"Attention please, channel {number} {raw} at {time}!"
    event = row(word, raw, state=state, channel=str(number), device_time=moment.isoformat())
    shown = draw(st.sampled_from(((subject, text), (subject, ""), ("", text))))
    return Mail(*shown, kind_of(word, state), (event,))


@st.composite
def esp32cam(draw: Draw) -> Mail:
    """A camera's mail, named in the subject."""
    device, moment = draw(names), draw(moments)
    text = f"Motion detected at {moment:%Y-%m-%d %H:%M:%S}"
    event = row("motion", "Motion Alert", device=device, device_time=moment.isoformat())
    return Mail(f"Motion Alert from {device}", text, "alarm", (event,))


@st.composite
def timed_by_name(draw: Draw) -> Mail:
    """Vivotek and others: the time is in the first picture's name only."""
    moment = draw(moments)
    form = draw(st.sampled_from(NAME_FORMS))
    labels = (moment.strftime(form), "20010101010101.jpg")
    subject = draw(st.sampled_from(("Motion", "Motion in window 1", "Motion Detected")))
    raw = subject.removesuffix(" in window 1")
    event = row("motion", raw, device_time=moment.isoformat())
    return Mail(subject, "motion" if draw(st.booleans()) else "", "alarm", (event,), labels)


#: Each maker's mails.
CAMERAS = {
    "hikvision": hikvision(),
    "hikvision fault": hikvision_fault(),
    "hikvision clone": hikvision_clone(),
    "dahua": dahua(),
    "reolink": reolink(),
    "swann": swann(),
    "tvt": tvt(),
    "longse": longse(),
    "esp32cam": esp32cam(),
    "timed by name": timed_by_name(),
}
