"""Mails of panels, disks and management systems with a wording of their own, and what they mean."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.codec.makers import Draw, Mail, kind_of, moments, names, row

#: What a panel writes of a zone: its word and what it adds, then ours.
JANUS = {
    ("ALARM", "smoke"): ("fire", None),
    ("ALARM", "Rauchmelder Flur"): ("fire", None),
    ("FIRE", "call point"): ("fire", None),
    ("FAULT", "battery low"): ("fault", None),
    ("RESTORE", "smoke"): ("fire", "end"),
}
GERMAN = {
    "Bewegung erkannt": "motion",
    "Sabotage": "tamper",
    "Videoverlust": "video_loss",
    "Person erkannt": "person",
    "Linienüberschreitung": "line_crossing",
    "Störung": "fault",
}
GERMAN_FORMS = (
    "{event} an Kamera {camera}",
    "{event} auf Kamera {camera}",
    "{event} bei Kamera {camera}",
    "{event} (Kamera {camera})",
    "{event}: Kamera {camera}",
    "{event} - Kamera {camera}",
    "Kamera {camera}: {event}",
    "Kamera {camera} - {event}",
)
#: The alarm's text, what of it is the event, and our word.
SUREVIEW = (
    ("Motion Detected", "Motion Detected", "motion"),
    ("Intruder in car park", "Intruder", "intrusion"),
    ("Line crossing", "Line crossing", "line_crossing"),
    ("Panic button 3", "Panic button", "panic"),
    ("Person erkannt: Tor West", "Person erkannt", "person"),
    ("Videoverlust", "Videoverlust", "video_loss"),
)


@st.composite
def janus(draw: Draw) -> Mail:
    """A fire panel's lines, one for each event, under a number of the job."""
    count = draw(st.integers(1, 4))
    said = draw(st.lists(st.sampled_from(sorted(JANUS)), min_size=count, max_size=count))
    zones = draw(st.lists(st.integers(1, 250), min_size=count, max_size=count, unique=True))
    written, events, kinds = ["Job 4711"], [], []
    for (raw, detail), zone in zip(said, zones, strict=True):
        word, state = JANUS[raw, detail]
        moment = draw(moments)
        written.append(f"{moment:%Y-%m-%d %H:%M:%S} {raw} Zone {zone:03d} {detail}")
        kinds.append(kind_of(word, state))
        time = moment.isoformat()
        events.append(row(word, raw, state=state, channel=str(zone), device_time=time))
    kind = next(kind for kind in ("alarm", "fault", "restore") if kind in kinds)
    return Mail("Status", "\n".join(written), kind, tuple(events))


@st.composite
def janus_test(draw: Draw) -> Mail:
    """A fire panel that is being tested."""
    zone, moment = draw(st.integers(1, 250)), draw(moments)
    text = f"Job 4711\n{moment:%Y-%m-%d %H:%M:%S} TEST Zone {zone} detector"
    event = row("test", "TEST", channel=str(zone), device_time=moment.isoformat())
    return Mail("Status", text, "test", (event,))


@st.composite
def network_storage(draw: Draw) -> Mail:
    """A disk's own test: that it is well is a report, that it fails is a fault."""
    passed, moment = draw(st.booleans()), draw(moments)
    name = draw(st.sampled_from(("dlink-02C972", "NAS-Büro", "archiv")))
    text = (
        "A SMART Test Was Performed On The Following Hard Drive At "
        f"{moment:%H}:{moment.minute}:{moment:%S} On {moment.day}-{moment:%B}-{moment.year}.\n\n"
        f"The Result Of The Test Is: {'Pass' if passed else 'Fail'}"
    )
    word = "report" if passed else "storage_failure"
    event = row(word, "SMART", device_time=moment.isoformat())
    return Mail(f"{name}_E-Mail_Alert", text, "report" if passed else "fault", (event,))


@st.composite
def vms_german(draw: Draw) -> Mail:
    """A management system's German lines about cameras: in the subject, or several in the text."""
    cameras = draw(st.lists(names, min_size=1, max_size=3, unique=True))
    events, written, kinds = [], [], []
    for camera in cameras:
        raw, word = draw(st.sampled_from(sorted(GERMAN.items())))
        form = draw(st.sampled_from(GERMAN_FORMS))
        line = form.format(event=raw, camera=camera)
        if draw(st.booleans()):
            raw, word, line = "defekt", "fault", f"Stream-Kamera {camera} defekt!"
        written.append(line)
        kinds.append(kind_of(word, None))
        events.append(row(word, raw, camera=camera))
    kind = "alarm" if "alarm" in kinds else "fault"
    if len(written) == 1 and draw(st.booleans()):
        return Mail(written[0], "", kind, tuple(events))
    return Mail("Ereignisse", "\n".join(written), kind, tuple(events))


@st.composite
def sureview(draw: Draw) -> Mail:
    """One recipient for each alarm point: the subject is the alarm, the text says where."""
    subject, raw, word = draw(st.sampled_from(SUREVIEW))
    latitude = draw(st.integers(-89_999, 89_999)) / 1000
    longitude = draw(st.integers(-179_999, 179_999)) / 1000
    written = f"{latitude:.6f},{longitude:.6f}"
    text = draw(st.sampled_from((written, f"GPS: {written}", f"Yard\n{written}\n")))
    return Mail(subject, text, "alarm", (row(word, raw),), coordinates=written)


@st.composite
def patriot_link(draw: Draw) -> Mail:
    """A client, a zone, a type of the control room's own and the address of a clip."""
    client, zone = f"{draw(st.integers(1, 9999)):04d}-01", draw(st.integers(1, 999))
    link = f"https://v.example/clip?id={draw(st.integers(1, 10**9))}&t=1"
    raw, word = draw(
        st.sampled_from((("123", "unknown_alarm"), ("Motion", "motion"), ("Panik", "panic")))
    )
    text = f"client={client} zone={zone} type={raw} url={link}"
    event = row(word, raw, channel=str(zone), device=client)
    return Mail("Signal", text, "alarm", (event,), link=link)


#: Each of them, by name.
CENTRE = {
    "janus": janus(),
    "janus test": janus_test(),
    "network storage": network_storage(),
    "vms german": vms_german(),
    "sureview": sureview(),
    "patriot link": patriot_link(),
}
