"""The line of the journal's jobs: mails go first, and whoever does not hurry comes all the same."""

from __future__ import annotations

from concurrent.futures import Future

from alarmgw.store.jobs import BATCH_JOBS, PATIENCE, Job, Line
from alarmgw.store.ledger import Ledger


def job(line: Line, word: str, urgent: bool = True) -> None:
    """Put a job with that result into the line."""

    def work(ledger: Ledger) -> str:
        return word

    assert line.put(Job(work, None, Future()), urgent)


def taken(line: Line) -> str:
    """The words of the next batch."""
    batch = line.take(0)
    assert batch is not None
    return " ".join(one.work(None) for one in batch)  # type: ignore[arg-type]


def test_what_is_urgent_is_one_batch_and_goes_first() -> None:
    """The others come one at a time, when nobody hurries."""
    line = Line()
    for word, urgent in (("a", False), ("b", False), ("mail1", True), ("mail2", True)):
        job(line, word, urgent)
    assert [taken(line) for _ in range(4)] == ["mail1 mail2", "a", "b", ""]


def test_a_batch_is_bounded() -> None:
    """Nobody's answer waits for a thousand others."""
    line = Line()
    for number in range(BATCH_JOBS + 1):
        job(line, str(number))
    assert [len(taken(line).split()) for _ in range(2)] == [BATCH_JOBS, 1]


def test_urgent_jobs_without_end_let_another_one_pass() -> None:
    """Else a command would wait for as long as a storm lasts."""
    line, batches = Line(), list[str]()
    for word in ("a", "b"):
        job(line, word, urgent=False)
    for _ in range(2 * PATIENCE + 3):
        job(line, "mail")
        batches.append(taken(line))
    assert batches[PATIENCE] == "mail a" and batches[2 * PATIENCE + 1] == "mail b"
    assert [batch for batch in batches if batch != "mail"] == ["mail a", "mail b"]


def test_a_closed_line_takes_no_more_and_gives_what_is_in_it() -> None:
    """All of it, then it is at its end."""
    line = Line()
    job(line, "a", urgent=False)
    line.close()
    assert not line.put(Job(lambda ledger: None, None, Future()), urgent=True)
    assert line.closed and taken(line) == "a" and line.take(0) is None
