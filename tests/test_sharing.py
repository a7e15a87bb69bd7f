"""Sharing: each camera of a recorder gets its own events, and nothing is left over."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from alarmgw.model import Event, Source
from alarmgw.sharing import Recorder, Share, merged, recorders

OWN = Source(address="nvr@x", login="nvr")
GATE = Source(address="gate@x", login="nvr", keys=("channel=1", "camera=Tor"))
YARD = Source(address="yard@x", login="nvr", keys=("channel=2",))
RECORDER = Recorder.of([GATE, OWN, YARD])


def motion(channel: str | None = None, camera: str | None = None, device: str = "NVR") -> Event:
    """What a recorder says of one camera."""
    return Event(event="motion", channel=channel, camera=camera, device=device)


def test_a_channel_or_a_name_is_its_camera() -> None:
    """Whichever of its keys an event fits."""
    assert [RECORDER.camera(motion("1")), RECORDER.camera(motion(camera="TOR"))] == [GATE, GATE]
    assert RECORDER.camera(motion("3")) is None


def test_the_key_that_tells_more_wins() -> None:
    """A device and its channel before any device's channel."""
    hall = Source(address="hall@x", login="nvr", keys=("device=NVR Halle, channel=1",))
    both = Recorder.of([GATE, hall])
    assert both.camera(motion("1", device="NVR Halle")) is hall
    assert both.camera(motion("1", device="NVR Hof")) is GATE


NUMBERS = st.integers(1, 999)
WORDED = st.sampled_from(["{}", "0{}", "Channel {}", "CH{}", "ch.0{}", "Kanal {}", "CHN-{}"])
LETTERED = st.sampled_from(["A{}", "D{}", "d0{}", "IPC{}", "IP-CH{}"])


@given(NUMBERS, WORDED, WORDED | LETTERED)
def test_a_channel_fits_however_it_is_written(number: int, typed: str, sent: str) -> None:
    """Whether the installer types the letters or the recorder writes them, and no other number."""
    other = Source(address="other@x", login="nvr", keys=(f"channel={number + 1}",))
    for one, two in ((typed, sent), (sent, typed)):
        key = f"channel={one.format(number)}"
        camera = Source(address="a@x", login="nvr", keys=(key,))
        recorder = Recorder.of([OWN, camera, other])
        assert recorder.camera(motion(two.format(number))) is camera
        assert recorder.camera(motion(two.format(number + 1))) is other
        assert recorder.camera(motion(two.format(number + 2))) is None


@given(NUMBERS, WORDED)
def test_letters_that_differ_are_different_channels(number: int, worded: str) -> None:
    """A recorder with analog and digital cameras has two of each number: nothing is guessed."""
    analog = Source(address="a@x", login="nvr", keys=(f"channel=A{number}",))
    digital = Source(address="d@x", login="nvr", keys=(f"channel=D{number}",))
    both = Recorder.of([OWN, analog, digital])
    assert both.camera(motion(f"a0{number}")) is analog
    assert both.camera(motion(f"D{number}")) is digital
    assert both.camera(motion(worded.format(number))) is None
    assert Recorder.of([OWN, analog]).camera(motion(f"D{number}")) is None


def test_several_cameras_are_several_shares() -> None:
    """Each has its own events, in the mail's order of cameras."""
    events = (motion("2"), motion("1"), motion("2", device="other"))
    assert RECORDER.shares(events, OWN, ("odd",)) == [
        Share(YARD, (events[0], events[2]), ("odd",)),
        Share(GATE, (events[1],), ("odd",)),
    ]


def test_an_unknown_camera_is_the_recorders_with_a_note() -> None:
    """Beside the known ones, or alone."""
    events = (motion("1"), motion("9"))
    assert RECORDER.shares(events, OWN, ()) == [
        Share(GATE, (events[0],)),
        Share(OWN, (events[1],), ("key_unknown",)),
    ]
    assert RECORDER.shares(events[1:], OWN, ()) == [Share(OWN, events[1:], ("key_unknown",))]


def test_what_names_no_camera_is_the_recorders_without_a_note() -> None:
    """A full disk is the recorder's own; beside a camera's event it goes with the camera."""
    full = Event(event="storage_failure", device="NVR")
    assert RECORDER.shares([full], OWN, ()) == [Share(OWN, (full,))]
    assert RECORDER.shares([full, motion("1")], OWN, ()) == [Share(GATE, (full, motion("1")))]


def test_a_named_camera_ends_the_search_for_a_source() -> None:
    """The note that nothing named one stays with what is nobody's."""
    shares = RECORDER.shares((motion("1"), motion("9")), None, ("login_names_no_source",))
    assert [(share.source, share.notes) for share in shares] == [
        (GATE, ()),
        (None, ("login_names_no_source", "key_unknown")),
    ]


def test_the_recorder_itself_is_the_one_source_without_keys() -> None:
    """Of two nobody knows which it is."""
    assert RECORDER.own is OWN
    assert Recorder.of([OWN, Source(address="b@x", login="nvr"), GATE]).own is None


def test_only_logins_whose_sources_have_keys_are_recorders() -> None:
    """All others stay as they are."""
    assert list(recorders({"nvr": [OWN, GATE], "cam": [Source(address="c@x")]})) == ["nvr"]


def test_shares_of_one_source_are_one() -> None:
    """A source gets one alarm of a mail, with all that is its."""
    one, two = motion("1"), motion("2")
    parts = [Share(GATE, (one,)), Share(None, (two,)), Share(GATE, (two, one), ("odd",))]
    assert merged(parts) == (Share(GATE, (one, two), ("odd",)), Share(None, (two,)))


@given(
    st.lists(
        st.builds(
            Event,
            event=st.sampled_from(["motion", "fault"]),
            channel=st.sampled_from([None, "1", "02", "9"]),
            camera=st.sampled_from([None, "tor", "Unbekannt"]),
        ),
        min_size=1,
        unique=True,
    )
)
def test_no_event_is_lost(events: list[Event]) -> None:
    """Each is in a share, none is in one that another camera's key fits, no share is empty."""
    shares = RECORDER.shares(events, OWN, ())
    assert {event for share in shares for event in share.events} == set(events)
    for share in shares:
        assert share.events
        for event in share.events:
            assert RECORDER.camera(event) in (None, share.source)
