"""The picture cache: one fetch for all who wait, bounded, and nothing kept of a failure."""

from __future__ import annotations

from twisted.internet.defer import CancelledError, Deferred
from twisted.trial.unittest import TestCase

from alarmgw.errors import Refused
from alarmgw.workstation.picture_cache import LARGEST_KEPT, PictureCache
from tests.workstation.console_fakes import PictureGateway


async def collected(cache: PictureCache, name: str, size: int) -> list[bytes]:
    """The pieces of one file."""
    return [piece async for piece in cache.pieces("a", name, size)]


class PictureCacheTests(TestCase):
    """`PictureCache` in front of a gateway that can be held."""

    def setUp(self) -> None:
        """Three pictures of 100 KB behind a cache for two of them."""
        files = {name: name.encode() * 100_000 for name in "xyz"}
        self.gateway = PictureGateway(files)
        self.cache = PictureCache(self.gateway.fetch, limit=250_000)

    def test_second_look_costs_no_fetch(self) -> None:
        """A picture that was shown is shown again from memory."""
        for _ in range(2):
            self.assertEqual(self.successResultOf(self.cache.whole("a", "x")), b"x" * 100_000)
        self.assertEqual(self.gateway.fetched, [("a", "x")])

    def test_thumbnail_and_large_view_share_one_fetch(self) -> None:
        """Whoever asks while a picture is coming waits for that one."""
        [held] = [self.gateway.hold()]
        both = [self.cache.whole("a", "x"), self.cache.whole("a", "x")]
        self.release(held)
        self.assertEqual([len(self.successResultOf(each)) for each in both], [100_000] * 2)
        self.assertEqual(len(self.gateway.fetched), 1)

    def test_memory_is_bounded(self) -> None:
        """The picture that was not looked at for longest goes first."""
        for name in ("x", "y", "x", "z"):
            self.successResultOf(self.cache.whole("a", name))
        self.assertEqual(self.cache.size, 200_000)
        self.successResultOf(self.cache.whole("a", "x"))
        self.assertEqual([name for _, name in self.gateway.fetched], ["x", "y", "z"])

    def test_failure_reaches_all_and_is_forgotten(self) -> None:
        """A failed fetch fails for everybody who waits; the next look tries again."""
        self.failureResultOf(self.cache.whole("a", "new"), Refused)
        self.gateway.files["new"] = b"here"
        self.assertEqual(self.successResultOf(self.cache.whole("a", "new")), b"here")

    def test_fetch_ends_when_nobody_waits(self) -> None:
        """The last one who gives up cancels the fetch; the others do not."""
        held = self.gateway.hold()
        first, second = self.cache.whole("a", "x"), self.cache.whole("a", "x")
        first.cancel()
        self.failureResultOf(first, CancelledError)
        self.assertFalse(held[0].called)
        second.cancel()
        self.failureResultOf(second, CancelledError)
        self.assertTrue(held[0].called)

    def test_picture_can_be_asked_again_after_giving_up(self) -> None:
        """A cancelled fetch leaves nothing behind that a later one could wait for."""
        self.gateway.hold()
        given_up = self.cache.whole("a", "x")
        given_up.cancel()
        self.failureResultOf(given_up, CancelledError)
        self.gateway.held = None
        self.assertEqual(len(self.successResultOf(self.cache.whole("a", "x"))), 100_000)

    def test_clip_passes_through_piece_by_piece(self) -> None:
        """A large file is neither gathered nor kept."""
        pieces = Deferred.fromCoroutine(collected(self.cache, "x", LARGEST_KEPT + 1))
        self.assertEqual([len(piece) for piece in self.successResultOf(pieces)], [65536, 34464])
        self.assertEqual(self.cache.size, 0)

    def release(self, held: list[Deferred[None]]) -> None:
        """Lets every piece through that waits, and those that follow."""
        while held and not held[-1].called:
            held[-1].callback(None)
