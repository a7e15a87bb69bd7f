"""What Python's email package (compat32) and ours find in a mail, part by part.

The messages are CPython's own test messages (tests/email_data) and the
samples.  Where the two differ on purpose, `agreement.toml` says so and why.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from email import message_from_bytes
from email.message import Message
from email.policy import compat32
from itertools import pairwise
from pathlib import Path

from attrs import frozen

from alarmgw.codec.charset import clean_text
from alarmgw.codec.entities import Entities
from alarmgw.codec.findings import Budgets, FileBegun, FileData, Findings, MailRead, Text

HERE = Path(__file__).parent
DATA = HERE.parent / "email_data"
SAMPLES = HERE.parent / "samples"


@frozen
class Part:
    """A part, decoded.  ``place`` is compat32's number of it, or our word for what it is."""

    place: str
    name: str | None
    content: bytes
    charset: str | None = None
    subtype: str | None = None

    def __str__(self) -> str:
        """The part as `agreement.toml` names ours."""
        return f"{self.place} {len(self.content)} {hashlib.sha256(self.content).hexdigest()[:12]}"


@frozen
class Ours:
    """What the MIME reader finds: texts and files in the order of their ends, and the words."""

    parts: tuple[Part, ...]
    mail: MailRead


@frozen
class Difference:
    """Parts that only one of the two finds, and names and texts that only compat32 reads so."""

    email: tuple[str, ...] = ()
    alarmgw: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()


class Recorded(Findings):
    """Findings whose texts fall out between the files, in their order."""

    def add_text(self, text: Text) -> None:
        """Keep the text, and tell it as an event."""
        super().add_text(text)
        self.events.append(text)  # type: ignore[arg-type]


def messages() -> Mapping[str, bytes]:
    """All messages by name: our copy of CPython's, those this Python ships otherwise, samples."""
    files = {path.name: path.read_bytes() for path in sorted(DATA.glob("msg_*.txt"))}
    found = dict(files)
    for path in _shipped():
        if files.get(path.name) != path.read_bytes():
            found[f"{path.name} as shipped"] = path.read_bytes()
    seen: Counter[str] = Counter()
    for row in json.loads((DATA / "recorded.json").read_text("ascii")):
        seen[row["test"]] += 1
        found[f"{row['test']} {seen[row['test']]}"] = row["message"].encode("latin-1")
    found.update({path.name: path.read_bytes() for path in sorted(SAMPLES.glob("*.eml"))})
    return found


def _shipped() -> Sequence[Path]:
    """The messages that the running Python ships; distributions often leave its tests out."""
    try:
        place = importlib.util.find_spec("test.test_email")
    except ModuleNotFoundError:
        place = None
    if place is None or place.origin is None:
        return ()
    return sorted(Path(place.origin).parent.glob("data/msg_*.txt"))


def agreed() -> Mapping[str, Difference]:
    """The differences that `agreement.toml` lists, by message."""
    rows = tomllib.loads((HERE / "agreement.toml").read_text("utf-8"))["difference"]
    assert all(row["reason"].endswith(".") for row in rows)
    found = {
        row["message"]: Difference(
            *(tuple(row.get(key, ())) for key in ("email", "alarmgw", "names", "texts"))
        )
        for row in rows
    }
    assert len(found) == len(rows)
    return found


def email_parts(raw: bytes) -> list[Part]:
    """The leaves that compat32 finds.

    The octets go in as they are: its reader of files would change their line ends.
    """
    return list(_leaves(message_from_bytes(raw, policy=compat32), ()))


def _leaves(message: Message, place: tuple[int, ...]) -> Iterator[Part]:
    if message.is_multipart():
        for number, child in enumerate(message.get_payload(), 1):
            yield from _leaves(child, (*place, number))
        return
    content = message.get_payload(decode=True)
    is_text = message.get_content_maintype() == "text"
    yield Part(
        ".".join(map(str, place)) or "0",
        message.get_filename(),
        content,
        message.get_content_charset("us-ascii") if is_text else None,
        message.get_content_subtype(),
    )


def our_parts(raw: bytes, cuts: Iterable[int] = ()) -> Ours:
    """The texts and files that the MIME reader finds, fed in the pieces that ``cuts`` make."""
    findings = Recorded(Budgets())
    entities = Entities(findings, depth=0)
    parts: list[Part] = []
    for start, end in pairwise([0, *cuts, len(raw)]):
        entities.write(raw[start:end])
    entities.end()
    for event in findings.take_events():
        if isinstance(event, FileBegun):
            parts.append(Part(event.kind, event.label, b""))
        elif isinstance(event, FileData):
            last = parts.pop()
            parts.append(Part(last.place, last.name, last.content + event.data))
        elif isinstance(event, Text):
            parts.append(Part("page" if event.is_html else "text", None, event.raw))
    return Ours(tuple(parts), findings.mail_read())


def difference(email: Sequence[Part], ours: Ours) -> Difference:
    """What only one of the two finds, in order and by content.

    An empty part is neither text nor file: the note ``empty_part`` tells of it.
    """
    theirs = [part for part in email if part.content]
    contents, our_contents = ([part.content for part in parts] for parts in (theirs, ours.parts))
    both = SequenceMatcher(None, contents, our_contents, autojunk=False).get_matching_blocks()
    shared = {at for block in both for at in range(block.a, block.a + block.size)}
    ours_shared = {at for block in both for at in range(block.b, block.b + block.size)}
    agreed_parts = [part for at, part in enumerate(theirs) if at in shared]
    return Difference(
        tuple(part.place for part in theirs if part not in agreed_parts),
        tuple(str(part) for at, part in enumerate(ours.parts) if at not in ours_shared),
        tuple(part.name for part in email if part.name and part.name not in ours.mail.labels),
        tuple(part.place for part in agreed_parts if not _reads_alike(part, ours.mail)),
    )


def _reads_alike(part: Part, mail: MailRead) -> bool:
    """Whether the text that compat32 makes of a part, if it makes one, is in ours word for word."""
    if part.charset is None or part.name or part.subtype not in ("plain", "html"):
        return True
    try:
        words = part.content.decode(part.charset)
    except (LookupError, UnicodeDecodeError):
        return True
    if part.subtype == "html":
        return mail.text is not None  # as flattened, or as the plain text beside it
    return clean_text(words).strip("\n") in (mail.text or "")
