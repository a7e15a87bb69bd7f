"""The sample mails: every picture and file bit for bit, subject and text found, in any pieces."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from tests.codec.mails import Read, every, read

SAMPLES = Path(__file__).parent.parent / "samples"
#: Where the field data lies beside a checkout, if it does.
HANDED_OVER = Path(__file__).parents[3] / "shared" / "field" / "samples"
EXPECTED = json.loads((SAMPLES / "expected.json").read_text("utf-8"))["eml"]

samples = pytest.mark.parametrize("expected", EXPECTED, ids=lambda expected: expected["file"])


def sample(expected: dict[str, Any]) -> bytes:
    """The mail's octets."""
    return (SAMPLES / str(expected["file"])).read_bytes()


def folded(text: str | None) -> str:
    """``text`` with runs of white space as one blank."""
    return " ".join((text or "").split())


def check(found: Read, expected: dict[str, Any]) -> None:
    """``found`` is what a good receiver makes of the mail."""
    assert found.mail.subject == expected["subject"]
    for words in expected["text_contains"]:
        assert folded(words) in folded(found.mail.text)
    for kind, key in (("picture", "images"), ("file", "other")):
        rows = [(row["bytes"], row["sha256"]) for row in expected[key]]
        assert [part.row for part in found.of_kind(kind)] == rows


def test_all_samples_are_here() -> None:
    """The mails are the 34 of the index, with their octets untouched."""
    sizes = {path.name: path.stat().st_size for path in SAMPLES.glob("*.eml")}
    assert sizes == {expected["file"]: expected["bytes"] for expected in EXPECTED}
    assert len(sizes) == 34


@pytest.mark.skipif(not HANDED_OVER.is_dir(), reason="the field data is not beside the checkout")
def test_samples_are_those_handed_over() -> None:
    """The suite's copy is the field data, file for file, and so are the expectations."""
    names = sorted(path.name for path in HANDED_OVER.iterdir() if path.is_file())
    assert names == sorted(path.name for path in SAMPLES.iterdir() if path.is_file())
    assert all((HANDED_OVER / name).read_bytes() == (SAMPLES / name).read_bytes() for name in names)


@samples
def test_whole(expected: dict[str, Any]) -> None:
    """A mail fed in one piece unpacks."""
    check(read(sample(expected)), expected)


@samples
@pytest.mark.parametrize("size", [1, 7])
def test_equal_pieces(expected: dict[str, Any], size: int) -> None:
    """A mail fed byte by byte, or by seven, gives exactly what it gives whole."""
    raw = sample(expected)
    found = read(raw, every(size, raw))
    check(found, expected)
    assert found == read(raw)


@samples
def test_random_pieces(expected: dict[str, Any]) -> None:
    """A mail cut anywhere gives exactly what it gives whole."""
    raw, randomness = sample(expected), random.Random(expected["file"])
    for _ in range(5):
        cuts = randomness.sample(range(len(raw)), min(40, len(raw)))
        assert read(raw, cuts) == read(raw)


@samples
def test_truncated(expected: dict[str, Any]) -> None:
    """A mail that breaks off gives what was whole by then, and never an exception."""
    raw = sample(expected)
    whole = read(raw).files
    for end in random.Random(7).sample(range(len(raw)), min(60, len(raw))):
        found = read(raw[:end]).files
        assert [part.row for part in found[:-1]] == [
            part.row for part in whole[: max(len(found) - 1, 0)]
        ]


@samples
def test_line_feeds_alone(expected: dict[str, Any]) -> None:
    """The same mail with LF line ends has the same pictures and files, and says so."""
    found = read(sample(expected).replace(b"\r\n", b"\n"))
    check(found, expected)
    assert "bare_lf" in found.mail.notes


@samples
def test_carriage_returns_alone(expected: dict[str, Any]) -> None:
    """The same mail with CR line ends has the same pictures, and says so."""
    raw = sample(expected).replace(b"\r\n", b"\r").replace(b"\n", b"\r")
    found = read(raw)
    assert [part.row for part in found.of_kind("picture")] == [
        (row["bytes"], row["sha256"]) for row in expected["images"]
    ]
    assert found.mail.subject == expected["subject"]
    assert "bare_cr" in found.mail.notes
