"""What content is, by its first bytes; devices declare anything."""

from __future__ import annotations

import re

#: So many first bytes are enough for `media_type`.
HEAD_BYTES = 2048

#: So many last bytes are enough for `is_whole`.
TAIL_BYTES = 1024

#: The media types that are pictures; everything else is a file.
PICTURES = frozenset({"image/jpeg", "image/png", "image/gif", "image/bmp", "image/webp"})

_STARTS = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
    (b"PK\x05\x06", "application/zip"),
    (b"OggS", "application/ogg"),
    (b"FLV\x01", "video/x-flv"),
    (b"DHAV", "video/x-dav"),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "video/x-ms-asf"),
    (b"\x00\x00\x01\xba", "video/mpeg"),
    (b"\x00\x00\x01\xb3", "video/mpeg"),
    (b"\x00\x00\x00\x01\x67", "video/h264"),
    (b"\x00\x00\x00\x01\x40", "video/h265"),
    (b"\x1f\x8b\x08", "application/gzip"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"\x78\x9f\x3e\x22", "application/vnd.ms-tnef"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"ID3", "audio/mpeg"),
)

#: How an EBML document begins; which one it is stands in its header (RFC 8794, 11.2).
_EBML = b"\x1aE\xdf\xa3"
_EBML_HEADER = 64

_RIFF = {b"WEBP": "image/webp", b"AVI ": "video/x-msvideo", b"WAVE": "audio/x-wav"}

_OFFICE = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
_OFFICE_FOLDERS = {b"xl/": "xlsx", b"word/": "docx", b"ppt/": "pptx"}

_HTML = re.compile(rb"\s*<(?:!doctype html|html|head|body)\b", re.IGNORECASE)
_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def magic(head: bytes) -> str | None:
    """The media type that ``head`` proves, None if its bytes prove nothing."""
    for start, media_type in _STARTS:
        if head.startswith(start):
            return media_type
    if head.startswith(b"RIFF"):
        return _RIFF.get(head[8:12])
    if head.startswith(_EBML):
        return "video/webm" if b"webm" in head[:_EBML_HEADER] else "video/x-matroska"
    if head.startswith(b"BM") and len(head) >= 18 and head[6:10] == b"\0\0\0\0":
        return "image/bmp"
    return _movie(head)


def media_type(head: bytes, label: str | None, declared: str) -> str:
    """The media type of a file that begins with ``head``; never empty, never just believed.

    A name only tells apart what the bytes leave open (ZIP and office files),
    a declared type only the kinds of text.
    """
    proven = magic(head)
    if proven == "application/zip":
        return _office(head, label) or proven
    if proven is not None:
        return proven
    if not head or _BINARY.search(head):
        return "application/octet-stream"
    if _HTML.match(head):
        return "text/html"
    if head.lstrip().startswith(b"<?xml"):
        return "text/xml"
    return declared if declared.startswith("text/") else "text/plain"


def is_whole(media_type: str, head: bytes, tail: bytes, size: int) -> bool:
    """Whether a picture's end is there; True for what has no end to look for."""
    if media_type == "image/jpeg":
        return b"\xff\xd9" in tail
    if media_type == "image/png":
        return b"IEND" in tail
    if media_type == "image/gif":
        return tail.rstrip(b"\0\r\n").endswith(b";")
    if media_type == "image/bmp":
        return size >= int.from_bytes(head[2:6], "little")
    if media_type == "image/webp":
        return size >= int.from_bytes(head[4:8], "little") + 8
    return True


def _movie(head: bytes) -> str | None:
    """The media type of an ISO base media file, by its first box and brand."""
    box, brand = head[4:8], head[8:12]
    if box == b"ftyp":
        if brand == b"qt  ":
            return "video/quicktime"
        if brand in (b"heic", b"heix", b"mif1", b"msf1"):
            return "image/heic"
        if brand.startswith(b"3g"):
            return "video/3gpp"
        return "audio/mp4" if brand == b"M4A " else "video/mp4"
    return "video/quicktime" if box in (b"moov", b"mdat", b"wide") else None


def _office(head: bytes, label: str | None) -> str | None:
    """Which office document a ZIP is, if it says so or is called so."""
    if b"[Content_Types].xml" in head or b"_rels/" in head:
        for folder, ending in _OFFICE_FOLDERS.items():
            if folder in head:
                return _OFFICE[ending]
    return _OFFICE.get((label or "").rpartition(".")[2].lower())
