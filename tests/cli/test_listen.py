"""`alarmgw.cli.listen`: printing what the link hears, and fetching a picture whole."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

import pytest
from twisted.internet.defer import Deferred
from twisted.trial.unittest import SynchronousTestCase

from alarmgw.cli.listen import Printer, Waiting, write_whole
from alarmgw.cli.speech import Failed
from alarmgw.codec.wire import Heartbeat
from alarmgw.errors import Cause, Refused
from alarmgw.workstation.link import Link
from alarmgw.workstation.mirror import LinkState
from tests.cli.conftest import Run


class Pieces:
    """A link that has one picture, and then perhaps a reason why there is no more of it."""

    def __init__(self, *pieces: bytes, ends: Exception | None = None) -> None:
        self.pieces, self.ends = pieces, ends

    async def fetch(self, alarm: str, name: str) -> AsyncIterator[bytes]:
        """The picture, piece by piece."""
        for piece in self.pieces:
            yield piece
        if self.ends is not None:
            raise self.ends


def beat(reasons: list[str]) -> Heartbeat:
    """A heartbeat of a gateway with which that is wrong."""
    state = "disturbed" if reasons else "ok"
    return Heartbeat(journal="j", head=1, time="2026", state=state, reasons=reasons)


def as_link(pieces: Pieces) -> Link:
    """As `write_whole` sees it."""
    return cast(Link, pieces)


class Printing(SynchronousTestCase):
    """`Printer`."""

    def test_entries_are_printed_as_they_are(self) -> None:
        """Each entry is one object, the journal's own."""
        printed: list[dict[str, Any]] = []
        Printer(printed.append, lambda: None).entries([{"seq": 1}, {"seq": 2}], 2)
        assert printed == [{"seq": 1}, {"seq": 2}]

    def test_state_is_a_line_with_its_type(self) -> None:
        """A state line says that it is one, and everything that is known."""
        printed: list[dict[str, Any]] = []
        Printer(printed.append, lambda: None).state(LinkState(state="lost", reason="cut"))
        [line] = printed
        assert (line["type"], line["state"], line["reason"]) == ("state", "lost", "cut")

    def test_reasons_are_a_line_when_they_change(self) -> None:
        """What is wrong with the gateway is printed once, and so is its end."""
        printed: list[dict[str, Any]] = []
        printer = Printer(printed.append, lambda: None)
        for reasons in ([], ["The disk is full"], ["The disk is full"], []):
            printer.heartbeat(beat(reasons))
        told = [(line["gateway"], line["reasons"]) for line in printed]
        assert told == [("disturbed", ["The disk is full"]), ("ok", [])]

    def test_reasons_are_forgotten_with_the_link(self) -> None:
        """Without a link nobody knows how the gateway is; the next heartbeat tells it again."""
        printed: list[dict[str, Any]] = []
        printer = Printer(printed.append, lambda: None)
        printer.heartbeat(beat(["The disk is full"]))
        printer.state(LinkState(state="lost"))
        printer.heartbeat(beat(["The disk is full"]))
        assert [line["gateway"] for line in printed] == ["disturbed", None, "disturbed"]

    def test_reader_that_has_gone_ends_it(self) -> None:
        """When nobody reads the pipe any more, the command stops, once."""
        stops: list[str] = []

        def broken(value: dict[str, Any]) -> None:
            raise BrokenPipeError

        printer = Printer(broken, lambda: stops.append("stop"))
        printer.entries([{"seq": 1}, {"seq": 2}], 2)
        assert stops == ["stop"] and printer.broken is not None


class WaitingForALink(SynchronousTestCase):
    """`Waiting`."""

    def test_answer_of_the_gateway_is_a_link(self) -> None:
        """As soon as the gateway has named its journal, pictures can be fetched."""
        waiting = Waiting()
        waiting.state(LinkState())
        self.assertNoResult(waiting.linked)
        waiting.state(LinkState(state="snapshot", journal="j"))
        waiting.state(LinkState(state="lost"))
        self.successResultOf(waiting.linked)

    def test_refusal_is_told(self) -> None:
        """A gateway that refuses or is not there fails at once, with the reason."""
        for state in ("refused", "lost"):
            waiting = Waiting()
            waiting.state(LinkState(state=state, reason="not registered"))
            failure = self.failureResultOf(waiting.linked, Failed)
            assert "not registered" in failure.getErrorMessage()


class Fetching(SynchronousTestCase):
    """`write_whole`."""

    def setUp(self) -> None:
        """A folder with an older file."""
        temporary = TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name)
        self.target = self.folder / "p.jpg"
        self.target.write_bytes(b"old")

    def fetch(self, pieces: Pieces) -> Deferred[int]:
        """A fetch into that file."""
        return Deferred.fromCoroutine(write_whole(as_link(pieces), "a", "p.jpg", self.target))

    def test_pieces_become_the_file(self) -> None:
        """All pieces in order replace what was there, and nothing else is left."""
        size = self.successResultOf(self.fetch(Pieces(b"one", b"two")))
        assert (size, self.target.read_bytes()) == (6, b"onetwo")
        assert list(self.folder.iterdir()) == [self.target]

    def test_half_a_picture_is_none(self) -> None:
        """When the link ends in the middle, the old file stays and nothing is left over."""
        lost = Refused(Cause.NOT_FOUND, "gone")
        self.failureResultOf(self.fetch(Pieces(b"one", ends=lost)), Refused)
        assert self.target.read_bytes() == b"old"
        assert list(self.folder.iterdir()) == [self.target]


@pytest.mark.parametrize("words", [["watch"], ["picture", "a", "b", "--to", "f"]])
def test_broken_bundle_is_one_line(run: Run, tmp_path: Path, words: list[str]) -> None:
    """A folder that is no bundle is told before anything is connected."""
    result = run(*words, "--bundle", tmp_path)
    assert result.exit_code == 1 and "bundle.toml" in result.stderr
    assert result.stderr.count("\n") == 1
