"""One part of a mail that holds content: a text, a picture or a file, decided by its bytes."""

from __future__ import annotations

import re

from alarmgw.codec import sniff
from alarmgw.codec.description import Description
from alarmgw.codec.findings import FileData, FileEnded, Findings, Text
from alarmgw.codec.inline import Inline, InlineFiles
from alarmgw.codec.transfer import Transfer
from alarmgw.codec.words import words_text

#: Half a delimiter behind an unencoded JPEG's end, which a mail without close delimiter may have.
_HALF_DELIMITER = re.compile(rb"(?<=\xff\xd9)[\r\n]{1,2}--[\r\n]{0,4}\Z")
_HALF_DELIMITER_BYTES = 10


class Leaf:
    """Takes a part's raw bytes and finds out, decodes and hands on what they are."""

    def __init__(self, findings: Findings, description: Description) -> None:
        self._findings = findings
        self._description = description
        self._transfer = Transfer(description.encoding, description.is_text)
        self._head = bytearray()
        self._content: FileContent | TextContent | None = None

    def write(self, raw: bytes) -> None:
        """The next raw bytes of the part."""
        self._take(self._transfer.decode(raw))

    def end(self) -> None:
        """The part is over."""
        self._take(self._transfer.finish())
        self._findings.note(*self._transfer.notes)
        if self._content is not None or self._head or not self._description.is_text:
            self._decided().end()
        else:
            self._findings.note("empty_part")

    def _take(self, data: bytes) -> None:
        if self._content is not None:
            self._content.write(data)
            return
        self._head += data
        if len(self._head) >= sniff.HEAD_BYTES:
            self._decided()

    def _decided(self) -> FileContent | TextContent:
        """What the part is, decided from its first bytes."""
        if self._content is None:
            head, self._head = bytes(self._head), bytearray()
            description = self._description
            if description.is_text and sniff.magic(head[: sniff.HEAD_BYTES]) is None:
                self._content = TextContent(self._findings, description)
            else:
                label = self._label()
                self._content = FileContent(self._findings, label, description.media_type)
            self._content.write(head)
        return self._content

    def _label(self) -> str | None:
        inner = self._transfer.name
        named = words_text(inner, self._findings.charsets) if inner else None
        return self._description.name or named or self._description.location


class FileContent:
    """A picture or file: its bytes become events as they come, once the first say what it is."""

    def __init__(self, findings: Findings, label: str | None, declared: str) -> None:
        self._findings = findings
        self._label = label
        self._declared = declared
        self._head = b""
        self._tail = b""
        self._size = 0
        self._held = b""
        self._media_type: str | None = None

    def write(self, data: bytes) -> None:
        """The next decoded bytes."""
        if self._media_type is not None:
            self._give(data)
            return
        self._head += data
        if len(self._head) >= sniff.HEAD_BYTES:
            self._begin()

    def end(self) -> None:
        """The file is over."""
        if self._media_type is None and self._head:
            self._begin()
        if self._media_type is None:
            self._findings.note("empty_part")
            self._findings.named(self._label)
            return
        self._give_all(_HALF_DELIMITER.sub(b"", self._held))
        whole = sniff.is_whole(self._media_type, self._head, self._tail, self._size)
        if not whole:
            self._findings.note("truncated_picture")
        self._findings.events.append(FileEnded(whole))

    def _begin(self) -> None:
        begun = self._head
        if sniff.magic(begun[: sniff.HEAD_BYTES].lstrip(b"\r\n")) in sniff.PICTURES:
            begun = begun.lstrip(b"\r\n")  # a blank line too many before it
        self._head = begun[: sniff.HEAD_BYTES]
        self._media_type = sniff.media_type(self._head, self._label, self._declared)
        kind = "picture" if self._media_type in sniff.PICTURES else "file"
        self._findings.begin_file(kind, self._label, self._media_type)
        self._give(begun)

    def _give(self, data: bytes) -> None:
        """Give all but the last bytes of a JPEG, which may not belong to it."""
        if self._media_type == "image/jpeg":
            data = self._held + data
            cut = max(len(data) - _HALF_DELIMITER_BYTES, 0)
            data, self._held = data[:cut], data[cut:]
        self._give_all(data)

    def _give_all(self, data: bytes) -> None:
        if data:
            self._findings.events.append(FileData(data))
            self._size += len(data)
            self._tail = (self._tail + data[-sniff.TAIL_BYTES :])[-sniff.TAIL_BYTES :]


class TextContent:
    """A text, kept up to the budget; uuencoded files in the middle of it are files."""

    def __init__(self, findings: Findings, description: Description) -> None:
        self._findings = findings
        self._charset = description.charset
        self._is_html = "html" in description.media_type
        self._kept = bytearray()
        self._cut = False
        self._inline = InlineFiles()
        self._file: FileContent | None = None

    def write(self, data: bytes) -> None:
        """The next decoded bytes."""
        if self._is_html:
            self._keep(data)
            return
        for kind, piece in self._inline.read(data):
            self._sort(kind, piece)

    def end(self) -> None:
        """The text is over."""
        for kind, piece in self._inline.finish():
            self._sort(kind, piece)
        self._findings.add_text(Text(bytes(self._kept), self._charset, self._is_html, self._cut))

    def _sort(self, kind: Inline, piece: bytes) -> None:
        if kind is Inline.TEXT:
            self._keep(piece)
        elif kind is Inline.NAME:
            label = words_text(piece, self._findings.charsets) or None
            self._file = FileContent(self._findings, label, "")
        elif self._file is not None and kind is Inline.DATA:
            self._file.write(piece)
        elif self._file is not None:
            self._file.end()
            self._file = None
            if kind is Inline.BROKEN:
                self._findings.note("bad_uuencode")

    def _keep(self, data: bytes) -> None:
        room = max(self._findings.text_room - len(self._kept), 0)
        self._kept += data[:room]
        self._cut = self._cut or len(data) > room
