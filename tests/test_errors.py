"""Refusals: what programs and people read in them."""

from __future__ import annotations

from alarmgw.errors import BadConfig, Cause, Complaint, Refusal, Refused, TryLater


def test_a_refusal_has_a_cause_and_a_sentence() -> None:
    """Both answers carry both, and the sentence is what `str` gives."""
    for kind in (Refused, TryLater):
        refusal = kind(Cause.NO_SPACE, "the volume is full")
        assert isinstance(refusal, Refusal)
        assert (refusal.cause, refusal.text, str(refusal)) == (
            Cause.NO_SPACE, "the volume is full", "the volume is full",
        )  # fmt: skip


def test_never_is_not_later() -> None:
    """Who catches one does not catch the other."""
    assert not issubclass(Refused, TryLater) and not issubclass(TryLater, Refused)


def test_causes_have_words_of_their_own() -> None:
    """Two causes with one word would be one cause."""
    assert len({cause.value for cause in Cause}) == len(Cause.__members__)


def test_a_bad_configuration_tells_all_its_complaints() -> None:
    """One line each, with file and key."""
    error = BadConfig([Complaint("a.toml", "x", "is odd"), Complaint("b.toml", "y", "is even")])
    assert str(error).splitlines() == ["a.toml: x: is odd", "b.toml: y: is even"]
    assert len(error.complaints) == 2
