"""What a mail turns out to contain: events as they fall out, and what is told at its end."""

from __future__ import annotations

from attrs import field, frozen

from alarmgw.codec.charset import clean_text, decode
from alarmgw.codec.html import MARKS, declared_charset, flatten, within
from alarmgw.codec.words import has_raw_8bit, words_text

SUBJECT_CHARACTERS = 2048


@frozen
class FileBegun:
    """A picture or file begins; its bytes follow."""

    number: int
    kind: str
    label: str | None
    media_type: str


@frozen
class FileData:
    """The next bytes of the file that was begun last."""

    data: bytes = field(repr=False)


@frozen
class FileEnded:
    """The file that was begun last is over; not ``complete`` if its format says so."""

    complete: bool


@frozen(kw_only=True)
class MailRead:
    """The mail is over: what it says in words.

    ``labels`` are the names of its pictures and files in their order, those
    of empty parts too, because some devices tell the time by nothing else.
    """

    subject: str | None
    text: str | None
    text_cut: bool
    notes: tuple[str, ...]
    sender: str | None = None
    labels: tuple[str, ...] = ()


MimeEvent = FileBegun | FileData | FileEnded | MailRead


@frozen
class Budgets:
    """How much of a mail is understood.  Beyond a budget a note is made and the rest left alone.

    ``header_bytes`` is for each part, everything else for the whole mail.
    """

    parts: int = 1000
    depth: int = 20
    header_bytes: int = 65536
    header_lines: int = 50_000
    text_bytes: int = 1 << 20


@frozen
class Text:
    """A part that is text, as it came: decoding waits until all declared sets are known."""

    raw: bytes
    declared: str | None
    is_html: bool
    cut: bool


class Findings:
    """Collects what one mail contains, shared by all its parts at whatever depth."""

    def __init__(self, budgets: Budgets) -> None:
        self.budgets = budgets
        self.events: list[MimeEvent] = []
        self.parts = 0
        self.header_lines = 0
        self.charsets: dict[str, None] = {}
        self._files = 0
        self._notes: dict[str, None] = {}
        self._labels: list[str] = []
        self._texts: list[Text] = []
        self._text_room = budgets.text_bytes
        self._marks = MARKS
        self._cut = False
        self._subject: bytes | None = None
        self._sender: bytes | None = None

    @property
    def text_room(self) -> int:
        """How many bytes of text may still be kept."""
        return self._text_room

    def note(self, *codes: str) -> None:
        """Remember what was odd, once."""
        self._notes.update(dict.fromkeys(codes))

    def take_events(self) -> list[MimeEvent]:
        """The events since the last call."""
        events, self.events = self.events, []
        return events

    def addressed(self, subject: bytes | None, sender: bytes | None) -> None:
        """The mail's own subject and sender, as they came."""
        self._subject, self._sender = subject, sender

    def begin_file(self, kind: str, label: str | None, media_type: str) -> None:
        """A picture or file begins."""
        self._files += 1
        self.named(label)
        self.events.append(FileBegun(self._files, kind, label, media_type))

    def named(self, label: str | None) -> None:
        """A picture or file, perhaps an empty one, has this name."""
        if label and len(self._labels) < self.budgets.parts:
            self._labels.append(label)

    def add_text(self, text: Text) -> None:
        """A text part ended."""
        self._texts.append(text)
        self._text_room -= len(text.raw)
        self._cut = self._cut or text.cut
        if text.cut:
            self.note("text_budget")

    def mail_read(self) -> MailRead:
        """The end of the mail."""
        subject = self._line(self._subject)
        if subject is not None and len(subject) > SUBJECT_CHARACTERS:
            self.note("subject_cut")
            subject = subject[:SUBJECT_CHARACTERS]
        if self._subject is not None and has_raw_8bit(self._subject):
            self.note("raw_8bit_header")
        text = self._text()
        return MailRead(
            subject=subject,
            text=text,
            text_cut=self._cut,
            notes=tuple(self._notes),
            sender=self._line(self._sender),
            labels=tuple(self._labels),
        )

    def _line(self, raw: bytes | None) -> str | None:
        return None if raw is None else words_text(raw, self.charsets)

    def _text(self) -> str | None:
        """All plain text; where there is none, all HTML, flattened."""
        plain = [self._decoded(text) for text in self._texts if not text.is_html]
        shown = [text for text in plain if text.strip()]
        if not shown:
            pages = [self._page(text) for text in self._texts if text.is_html]
            shown = [text for text in pages if text.strip()]
        return "\n".join(text.strip("\n") for text in shown) or None

    def _page(self, text: Text) -> str:
        """HTML, flattened as far as the budget reaches."""
        whole = self._decoded(text)
        page, self._marks = within(whole, self._marks)
        if page is not whole:
            self._cut = True
            self.note("text_budget")
        return clean_text(flatten(page))

    def _decoded(self, text: Text) -> str:
        declared = text.declared
        if text.is_html:
            declared = declared or declared_charset(text.raw)
        return clean_text(decode(text.raw, declared, self.charsets, cut=text.cut))
