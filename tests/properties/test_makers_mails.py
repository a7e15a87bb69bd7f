"""Makers' mails over the wire: in any wrapping and any pieces they mean the same, or an alarm."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alarmgw.codec.alarmtext import understand
from alarmgw.codec.mime import FileEnded, MimeReader
from alarmgw.model import Meaning, Unpacked
from alarmgw.store.safefile import Files
from alarmgw.store.unpacking import Unpacker
from tests.codec.makers_other import MAKERS
from tests.codec.test_samples import EXPECTED, sample
from tests.codec.wrapping import WRAPPINGS

makers = pytest.mark.parametrize("maker", sorted(MAKERS))
samples = pytest.mark.parametrize("expected", EXPECTED, ids=lambda expected: expected["file"])
wrappings = st.sampled_from(sorted(WRAPPINGS))
#: Octets of one letter that is not whole.
_HALF_A_LETTER = re.compile(r"[^\x00-\x7f]{1,3}\Z")
some = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))


def unpacked(raw: bytes, piece: int) -> Unpacked:
    """What the gateway makes of a mail that arrives in pieces of this size and ends there."""
    with tempfile.TemporaryDirectory() as folder:
        unpacker = Unpacker(Path(folder), Files())
        for start in range(0, len(raw), piece):
            unpacker.feed(raw[start : start + piece])
        result = unpacker.close()
        assert unpacker.fault is None
        names = sorted(part.name for part in (*result.pictures, *result.files))
        assert sorted(path.name for path in Path(folder).iterdir()) == names
    return result


def meaning_of(found: Unpacked) -> Meaning:
    """What its words mean."""
    return understand(found.subject, found.text, found.labels)


def check_cut(raw: bytes, end: int, piece: int) -> None:
    """The mail that ends there raises an event, and keeps all that had been decoded by then."""
    whole, found = unpacked(raw, piece), unpacked(raw[:end], piece)
    assert meaning_of(found).events
    listed, parts = (
        [(part.size, part.sha256) for part in (*each.pictures, *each.files)]
        for each in (whole, found)
    )
    ended = sum(isinstance(event, FileEnded) for event in MimeReader().feed(raw[:end]))
    assert len(parts) >= ended
    assert set(parts[: ended - 1] if ended else ()) <= set(listed)


@makers
@given(st.data())
@some
def test_wrapped(maker: str, data: st.DataObject) -> None:
    """However a device wraps its words, and however they arrive, every field is right."""
    mail = data.draw(MAKERS[maker])
    raw = WRAPPINGS[data.draw(wrappings)](mail)
    found = unpacked(raw, data.draw(st.integers(1, 2000)))
    meaning = meaning_of(found)
    assert [event.as_json() for event in meaning.events] == list(mail.events)
    assert (meaning.kind, meaning.coordinates, meaning.link) == (
        mail.kind,
        mail.coordinates,
        mail.link,
    )
    assert len(found.pictures) == len(mail.labels)


@makers
@given(st.data())
@some
def test_wrapped_and_broken_off(maker: str, data: st.DataObject) -> None:
    """A mail that ends at any byte is no exception, loses nothing decoded, and is an event."""
    raw = WRAPPINGS[data.draw(wrappings)](data.draw(MAKERS[maker]))
    check_cut(raw, data.draw(st.integers(0, len(raw))), data.draw(st.integers(1, 2000)))


@samples
@given(st.data())
@some
def test_samples_broken_off(expected: dict[str, object], data: st.DataObject) -> None:
    """The same of each sample."""
    raw = sample(expected)
    check_cut(raw, data.draw(st.integers(0, len(raw))), data.draw(st.integers(1, 5000)))


@makers
@given(st.data())
@some
def test_text_read_so_far_is_kept(maker: str, data: st.DataObject) -> None:
    """Of a text that breaks off, everything before the last letter is there as it was."""
    mail = data.draw(MAKERS[maker])
    raw = WRAPPINGS["plain"](mail)
    begins = raw.index(b"text/plain\r\n\r\n") + len(b"text/plain\r\n\r\n")
    end = data.draw(st.integers(begins, begins + len(mail.text.encode("utf-8"))))
    whole, found = unpacked(raw, 1000).text or "", unpacked(raw[:end], 1000).text or ""
    assert whole.startswith(_HALF_A_LETTER.sub("", found).rstrip("\n"))
