"""The archive: a folder for each source's address, and in it one for each alarm.

``archive/<address>/<YYYY>/<MM>/<DD>/<HHMMSS>-<alarm>/`` appears complete or
not at all, because it is the renamed draft.  Nothing a device says becomes a
path: its address is percent-encoded, and its file names are only hints.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime, timezone
from pathlib import Path, PurePosixPath

from alarmgw.model import normal_address
from alarmgw.store.safefile import Files

ARCHIVE = "archive"
UNASSIGNED = "_unassigned"
MESSAGE = "message.eml"
TEXT = "text.txt"
ENTRY = "alarm.json"

#: The longest name of an address's folder; file systems take 255 bytes.
ADDRESS_BYTES = 200

#: The longest name of a picture or file, number and extension included.
NAME_BYTES = 80

#: What of a long label is looked at; its end has the extension.
_LABEL_TAIL = 512

_PLAIN = frozenset(b"abcdefghijklmnopqrstuvwxyz0123456789@._-+=")

#: Extensions that fit a media type, the one we choose first.
_EXTENSIONS: Mapping[str, tuple[str, ...]] = {
    "image/jpeg": ("jpg", "jpeg", "jpe", "jfif"),
    "image/png": ("png",),
    "image/gif": ("gif",),
    "image/bmp": ("bmp", "dib"),
    "image/webp": ("webp",),
    "image/tiff": ("tif", "tiff"),
    "image/heic": ("heic", "heif"),
    "image/avif": ("avif",),
    "video/mp4": ("mp4", "m4v"),
    "video/quicktime": ("mov", "qt"),
    "video/x-msvideo": ("avi",),
    "video/avi": ("avi",),
    "video/x-matroska": ("mkv",),
    "video/webm": ("webm",),
    "video/mpeg": ("mpg", "mpeg", "ts", "m2ts"),
    "video/mp2t": ("ts", "m2ts", "mts"),
    "video/3gpp": ("3gp",),
    "video/x-flv": ("flv",),
    "audio/mpeg": ("mp3",),
    "audio/wav": ("wav",),
    "audio/x-wav": ("wav",),
    "audio/ogg": ("ogg", "oga"),
    "application/pdf": ("pdf",),
    "application/zip": ("zip", "docx", "xlsx", "pptx", "odt", "ods", "kmz"),
    "application/gzip": ("gz", "tgz"),
    "application/x-7z-compressed": ("7z",),
    "application/vnd.rar": ("rar",),
    "application/xml": ("xml",),
    "application/json": ("json",),
    "text/xml": ("xml",),
    "text/csv": ("csv",),
    "text/html": ("html", "htm"),
    "text/plain": ("txt", "csv", "log", "xml", "json", "ini", "asc"),
    "message/rfc822": ("eml",),
}
_EXTENSION = re.compile(r"[a-z0-9]{1,8}\Z")


def folder_of(address: str | None, eom: datetime, alarm: str) -> str:
    """An alarm's folder relative to the home; ``address`` None where nobody knows the source."""
    moment = eom.astimezone(timezone.utc)
    name = address_name(address) if address else UNASSIGNED
    return f"{ARCHIVE}/{name}/{moment:%Y/%m/%d/%H%M%S}-{alarm}"


def address_name(address: str) -> str:
    """An address as the name of a folder: no two share one, and none leaves the archive."""
    raw = normal_address(address).encode("utf-8", "surrogatepass")
    name = "".join(chr(byte) if byte in _PLAIN else f"%{byte:02X}" for byte in raw)
    # Hidden and special names begin with a dot; ours, as _unassigned, with an underscore.
    if name[:1] in (".", "_"):
        name = f"%{ord(name[0]):02X}{name[1:]}"
    if name[-1:] == ".":  # Windows, reading the archive over the network, drops it
        name = f"{name[:-1]}%2E"
    if len(name) <= ADDRESS_BYTES:
        return name
    # No encoded name holds a "~", so a cut one meets none that is whole.
    return f"{name[: ADDRESS_BYTES - 33]}~{hashlib.sha256(raw).hexdigest()[:32]}"


def disk_name(number: int, label: str | None, media_type: str) -> str:
    """The name on disk of a mail's ``number``-th part: ``01-<name>.jpg``.

    The device's label is a hint.  The number makes the name unique, keeps it
    clear of our own files and of the names that Windows reserves; the
    extension says what the bytes are.
    """
    stem, extension = _stem_and_extension(label or "")
    extension = _fitting(extension, media_type.lower())
    stem = stem or ("picture" if media_type.startswith("image/") else "file")
    room = NAME_BYTES - len(f"{number:02d}-.{extension}")
    stem = stem.encode("utf-8")[:room].decode("utf-8", "ignore")
    return f"{number:02d}-{stem}.{extension}"


def archive_folder(home: Path, path: str) -> Path:
    """The folder that an entry's ``path`` names; `ValueError` for one outside the archive."""
    parts = PurePosixPath(path).parts
    if len(parts) < 3 or parts[0] != ARCHIVE or ".." in parts or "\0" in path:
        raise ValueError(f"{path!r} is no folder of the archive")
    return home.joinpath(*parts)


def publish(home: Path, files: Files, draft_folder: Path, path: str) -> list[Path]:
    """Move a sealed draft to its place, unsynced; return the parents newly made.

    Done once is done: a draft that has already moved there is no fault.
    Raises `OSError`; another folder at that place is never replaced.
    """
    target = archive_folder(home, path)
    made = files.make_parents(target)
    try:
        files.rename(draft_folder, target)
    except FileNotFoundError:
        if not (target / MESSAGE).is_file():
            raise
    return made


def _stem_and_extension(label: str) -> tuple[str, str]:
    """A device's file name without its path, in harmless characters, and its extension."""
    name = unicodedata.normalize("NFC", re.split(r"[/\\]", label)[-1][-_LABEL_TAIL:])
    name = re.sub(r"\A[A-Za-z]:", "", name)
    stem, _, extension = name.rpartition(".")
    if not stem or not _EXTENSION.match(extension.lower()):
        stem, extension = name, ""
    return _harmless(stem), extension.lower()


def _harmless(stem: str) -> str:
    """``stem`` with every run of what is no letter, digit, mark, dot, dash as one underscore."""
    kept = (
        char if unicodedata.category(char)[0] in "LNM" or char in ".-_" else " " for char in stem
    )
    return "_".join("".join(kept).split()).strip("._-")


def _fitting(extension: str, media_type: str) -> str:
    """The extension for what the bytes are; the device's own where it does not contradict."""
    known = _EXTENSIONS.get(media_type)
    if known is None:
        return extension or "bin"
    return extension if extension in known else known[0]
