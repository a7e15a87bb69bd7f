"""Records the messages that CPython's email tests build themselves, into ``recorded.json``.

Run it with a Python that ships its tests: ``python3 tests/email_data/record.py``.
"""

from __future__ import annotations

import contextlib
import io
import json
import unittest
from collections.abc import Callable
from email.feedparser import FeedParser
from pathlib import Path
from typing import Any

import test.test_email

HERE = Path(__file__).parent
SHIPPED = Path(test.test_email.__file__).parent

#: Messages beyond this try the parser's speed, which other tests of ours do.
MESSAGE_BYTES = 50_000


class Recording(unittest.TextTestResult):
    """Knows which test runs, and keeps every message parsed by it that no test before had."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.messages: dict[bytes, str] = {}

    def startTest(self, test: unittest.TestCase) -> None:
        """Note the test's name and listen to the parser until the next one starts."""
        super().startTest(test)
        name = test.id().removeprefix("test.test_email.")
        FeedParser.feed = self._listening(name)

    def _listening(self, name: str, feed: Callable[..., None] = FeedParser.feed) -> Any:
        def heard(parser: Any, data: str) -> None:
            parser.heard = getattr(parser, "heard", "") + data
            feed(parser, data)
            parser.close = lambda: self._closed(parser, name)

        return heard

    def _closed(self, parser: Any, name: str) -> Any:
        with contextlib.suppress(UnicodeEncodeError):  # no octets make such a text
            self.messages.setdefault(parser.heard.encode("utf-8", "surrogateescape"), name)
        return FeedParser.close(parser)


def recorded() -> list[dict[str, str]]:
    """The messages by test, each as Latin-1 so that JSON holds any octets."""
    suite = unittest.defaultTestLoader.discover(
        str(SHIPPED), "test_*.py", str(SHIPPED.parent.parent)
    )
    result = unittest.TextTestRunner(io.StringIO(), resultclass=Recording).run(suite)
    files = {path.read_bytes().replace(b"\r", b"") for path in SHIPPED.glob("data/*.txt")}
    messages: dict[bytes, str] = result.messages
    return [
        {"test": name, "message": raw.decode("latin-1")}
        for raw, name in messages.items()
        if len(raw) < MESSAGE_BYTES and raw.replace(b"\r", b"") not in files
    ]


if __name__ == "__main__":
    text = json.dumps(recorded(), indent=1, ensure_ascii=True)
    (HERE / "recorded.json").write_text(text + "\n", "ascii")
