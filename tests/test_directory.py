"""Whose a mail is: recipient, login, sender, network, in this order."""

from __future__ import annotations

import timeit
from collections.abc import Sequence
from datetime import timezone
from typing import Any

import pytest

from alarmgw.directory import Directory, Owner
from alarmgw.model import Event, Login, Source

FREE = Source(address="free@x", networks=("10.1.0.0/16",))
NEAR = Source(address="near@x", networks=("10.1.2.0/24",))
REC_1 = Source(address="rec1@x", login="Recorder")
REC_2 = Source(address="rec2@x", login="recorder")
SINGLE = Source(address="single@x", login="single")

DIRECTORY = Directory.of(
    [FREE, NEAR, REC_1, REC_2, SINGLE],
    [Login(name="Recorder", salt=b"", digest=b""), Login(name="single", salt=b"", digest=b"")],
)


def owner(
    recipients: Sequence[str] = (), login: str | None = None, sender: str = "", peer: str = ""
) -> Owner:
    """Whose a mail with this envelope is."""
    return DIRECTORY.owner(recipients, login, sender, peer)


def test_the_recipient_comes_first() -> None:
    """Sender and network say nothing then; upper and lower case are alike."""
    assert owner(["FREE@X"], sender="single@x", peer="10.1.2.3") == Owner((FREE,))


def test_several_recipients_are_several_sources_once_each() -> None:
    """In the envelope's order; those that name nobody are left out."""
    found = owner(["near@x", "nobody@x", "free@x", "NEAR@x"])
    assert found == Owner((NEAR, FREE))


def test_without_a_known_recipient_the_sender_names_the_source() -> None:
    """Many devices have one recipient for all."""
    assert owner(["alarm@x"], sender="Free@x", peer="10.1.2.3") == Owner((FREE,))


@pytest.mark.parametrize(
    ("peer", "expected"),
    [
        ("10.1.2.3", (NEAR,)),
        ("10.1.9.9", (FREE,)),
        ("::ffff:10.1.2.3", (NEAR,)),
        ("192.0.2.1", ()),
        ("not an address", ()),
        ("fe80::1%eth0", ()),
    ],
)
def test_at_last_the_network_names_the_source(peer: str, expected: tuple[Source, ...]) -> None:
    """The narrowest network that the peer is in; IPv4 inside IPv6 is IPv4."""
    assert owner(["alarm@x"], sender="?", peer=peer) == Owner(expected)


def test_a_login_with_one_source_is_that_source() -> None:
    """Whatever recipient and sender say, if they name nobody."""
    assert owner(["alarm@x"], login="SINGLE", sender="x") == Owner((SINGLE,))


def test_a_login_may_send_for_each_of_its_sources() -> None:
    """The recipient chooses, or the sender."""
    assert owner(["rec2@x", "rec1@x"], login="recorder") == Owner((REC_2, REC_1))
    assert owner(["alarm@x"], login="recorder", sender="REC1@x") == Owner((REC_1,))


def test_a_foreign_recipient_is_stored_for_the_logins_source() -> None:
    """With a note: a login cannot speak for others."""
    assert owner(["free@x"], login="single") == Owner((SINGLE,), ("recipient_not_owned",))
    assert owner(["free@x", "rec1@x"], login="recorder") == Owner(
        (REC_1,), ("recipient_not_owned",)
    )


def test_a_login_cannot_speak_for_others_by_sender_or_network() -> None:
    """Nothing outside its own sources is found for it."""
    assert owner(login="recorder", sender="free@x", peer="10.1.2.3") == Owner(
        (), ("login_names_no_source",)
    )


def test_a_login_whose_sources_are_not_named_is_unassigned() -> None:
    """Both oddities are noted."""
    assert owner(["free@x"], login="recorder") == Owner(
        (), ("recipient_not_owned", "login_names_no_source")
    )


def test_nobody_is_unassigned() -> None:
    """An empty directory knows no one, and that is no fault."""
    assert Directory().owner(["a@b"], None, "c@d", "10.0.0.1") == Owner()


def test_a_login_is_found_in_any_case() -> None:
    """Devices write names as they like."""
    found = DIRECTORY.login(" RECORDER")
    assert found is not None and found.name == "Recorder"
    assert DIRECTORY.login("nobody") is None


def test_a_login_may_come_with_its_sources_domain_or_without() -> None:
    """Some devices want a mail address as user name; a foreign domain is another name."""
    logins = [Login(name=name, salt=b"", digest=b"") for name in ("nvr", "cam@a", "two@a", "two@b")]
    sources = [Source(address="bq7@ebues", login="NVR"), Source(address="bq8@lan", login="nvr")]
    known = Directory.of(sources, logins)
    found = [known.login(name) for name in ("NVR@ebues", "nvr@LAN", "Cam")]
    assert [login and login.name for login in found] == ["nvr", "nvr", "cam@a"]
    assert [known.login(name) for name in ("nvr@elsewhere", "two", "cam@b", "@")] == [None] * 4


def test_a_network_of_two_devices_names_neither() -> None:
    """Behind one router a guess would show the wrong site; a recorder's cameras are one device."""
    other = Source(address="other@x", networks=("10.1.2.0/24",))
    assert Directory.of([FREE, NEAR, other]).owner(["?"], None, "?", "10.1.2.3") == Owner()
    third = Source(address="third@x", networks=("10.1.2.0/24",))
    assert Directory.of([NEAR, other, third]).owner(["?"], None, "?", "10.1.2.3") == Owner()
    ours = [Source(address=f"{n}@x", login="nvr", networks=("10.3.0.1/32",)) for n in "ab"]
    assert Directory.of(ours).owner(["?"], None, "?", "10.3.0.1") == Owner((ours[0],))


def test_an_address_may_come_without_its_domain() -> None:
    """Where one source alone has that name; a foreign domain names nobody."""
    found = Directory.of([FREE, Source(address="twin@a"), Source(address="twin@b")])
    assert found.named("FREE") == FREE
    assert found.named("twin") is None
    assert found.named("free@elsewhere") is None


def test_an_alias_names_its_source() -> None:
    """As recipient and as sender; an address of its own comes before."""
    aliased = Source(address="bq7@x", aliases=("Cam7@dev.local", "free@x"))
    found = Directory.of([FREE, aliased])
    assert found.owner(["cam7@DEV.local"], None, "", "").sources == (aliased,)
    assert found.owner(["?"], None, "cam7@dev.local", "").sources == (aliased,)
    assert found.named("free@x") == FREE


NVR = Source(address="nvr@x", login="nvr", networks=("10.7.0.1/32",), aliases=("halle",))
CAM_1 = Source(address="cam1@x", login="nvr", keys=("channel=1",), networks=("10.7.0.0/30",))
CAM_2 = Source(address="cam2@x", login="nvr", keys=("channel=2",))
HALL = Directory.of([FREE, NVR, CAM_1, CAM_2], [Login(name="nvr", salt=b"", digest=b"")])


def whose(
    *channels: str | None,
    recipients: Sequence[str] = (),
    login: str | None = None,
    sender: str = "",
    peer: str = "",
) -> list[tuple[str | None, list[str | None], tuple[str, ...]]]:
    """The addresses, channels and notes of the shares of a mail that reports these channels."""
    events = [Event(event="motion", channel=channel) for channel in channels]
    shares = HALL.shares(recipients, login, sender, peer, events)
    return [
        (share.source and share.source.address, [e.channel for e in share.events], share.notes)
        for share in shares
    ]


@pytest.mark.parametrize(
    "found",
    [
        {"recipients": ["nvr@x"]},
        {"login": "NVR"},
        {"sender": "Halle"},
        {"sender": "cam1@x"},
        {"peer": "10.7.0.1"},
        {"peer": "10.7.0.2"},
    ],
)
def test_keys_choose_the_camera_whatever_found_the_recorder(found: dict[str, Any]) -> None:
    """Recipient, login, sender or network: a recorder has one of each for all its cameras."""
    assert whose("2", **found) == [("cam2@x", ["2"], ())]
    assert whose("2", "1", **found) == [("cam2@x", ["2"], ()), ("cam1@x", ["1"], ())]


def test_a_recipient_that_names_a_camera_is_not_overruled() -> None:
    """Whatever its text says of channels."""
    assert whose("2", recipients=["cam1@x"]) == [("cam1@x", ["2"], ())]
    assert whose("2", recipients=["cam1@x"], login="nvr") == [("cam1@x", ["2"], ())]


def test_an_unknown_camera_is_the_recorders() -> None:
    """Its own source, with a note; a mail about no camera has none."""
    ways = ({"login": "nvr"}, {"recipients": ["nvr@x"]}, {"peer": "10.7.0.2"}, {"sender": "halle"})
    for found in ways:
        assert whose("9", **found) == [("nvr@x", ["9"], ("key_unknown",))]  # type: ignore[arg-type]
        assert whose(None, **found) == [("nvr@x", [None], ())]  # type: ignore[arg-type]
    assert whose("9", sender="cam1@x") == [("nvr@x", ["9"], ("key_unknown",))]
    assert whose(None, sender="cam1@x") == [("cam1@x", [None], ())]


def test_a_recorder_and_its_camera_as_recipients_have_one_alarm_each() -> None:
    """A source named twice, by its address and by a key, is named once."""
    assert whose("1", "2", recipients=["cam1@x", "nvr@x"]) == [
        ("cam1@x", ["1", "2"], ()),
        ("cam2@x", ["2"], ()),
    ]


def test_without_keys_a_mail_is_shared_as_before() -> None:
    """The owner's events are all events; nobody's mail has one share, too."""
    assert whose("1", recipients=["free@x"]) == [("free@x", ["1"], ())]
    assert whose("1", recipients=["nobody@x"]) == [(None, ["1"], ())]
    found = DIRECTORY.shares(["?"], "recorder", "", "", [Event(event="motion", channel="1")])
    assert [(share.source, share.notes) for share in found] == [(None, ("login_names_no_source",))]


def fleet(count: int) -> Directory:
    """That many sources, all of one login and each in a network of its own."""
    return Directory.of(
        [
            Source(
                address=f"bq{n}@x",
                login="all",
                networks=(f"10.{n >> 8}.{n & 255}.0/24",),
                keys=(f"camera=Tor {n}",),
            )
            for n in range(count)
        ],
        [Login(name="all", salt=b"", digest=b"")],
    )


GATE_7 = Event(event="motion", camera="TOR 7", channel="7", device="NVR")


def seconds(directory: Directory) -> float:
    """What the owners of a hundred mails cost, the best of several rounds."""

    def hundred() -> None:
        for _ in range(25):
            directory.owner(["BQ7@X"], "all", "nobody", "10.0.7.1")
            directory.owner(["nobody"], "all", "bq7@x", "10.0.7.1")
            directory.owner(["nobody"], None, "nobody", "10.0.7.1")
            directory.owner(["nobody"], None, "nobody", "192.0.2.1")
            directory.shares(["nobody"], "all", "nobody", "10.0.7.1", [GATE_7])

    return min(timeit.repeat(hundred, number=1, repeat=15))


def test_a_mail_costs_the_same_with_ten_thousand_sources() -> None:
    """Nothing is searched for; a thousand times the sources may cost twice at most."""
    few, many = fleet(10), fleet(10_000)
    assert many.owner(["x"], None, "x", "10.39.15.9").sources[0].address == "bq9999@x"
    [share] = many.shares(["x"], "all", "x", "", [GATE_7])
    assert share.source and share.source.address == "bq7@x"
    assert seconds(many) < 2 * seconds(few) + 0.0005


def test_a_source_stands_in_the_zone_of_its_site() -> None:
    """None where the site has none, and where there is no site or no source."""
    known = Directory.of([], zones={"1": timezone.utc})
    assert known.zone_of(Source(address="a@x", site="1")) is timezone.utc
    without = (Source(address="a@x", site="2"), Source(address="a@x"), None)
    assert [known.zone_of(source) for source in without] == [None] * 3
