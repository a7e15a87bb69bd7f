"""Pictures and files of an alarm, from the gateway to the browser.

What is shown in the page is decided by the type that the gateway found in the
content; everything else is a download without a type that anything opens.
"""

# mypy: allow-untyped-calls
from __future__ import annotations

import re
from typing import Any

from attrs import frozen
from twisted.internet.defer import Deferred
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.web.http import Request
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET

from alarmgw.errors import Refused, TryLater
from alarmgw.workstation.console import Console
from alarmgw.workstation.details import Details
from alarmgw.workstation.door import Answer, Plain
from alarmgw.workstation.outlet import Outlet, abort
from alarmgw.workstation.picture_cache import PictureCache
from alarmgw.workstation.rows import file_of

#: Shown in the page; by content, as the gateway sniffed it.  All else is a download.
SHOWN_TYPES = frozenset({"image/jpeg", "image/png", "image/gif", "image/bmp", "image/webp"})

#: Extensions under which a download is saved as it is called.  What opens a file of any other
#: one might run what a device wrote in it (HTML, XML with a script, a program): that is text.
SAVED_AS_CALLED = re.compile(
    r"""\.(?: jpg | jpeg? | jfif | png | gif | bmp | dib | webp | tiff? | hei[cf] | avif
    | mp[34] | m4v | mov | qt | avi | mkv | webm | mpe?g | m?ts | m2ts | 3gp | flv | wav | og[ga]
    | pdf | zip | docx | xlsx | pptx | od[ts] | kmz | t?gz | 7z | rar
    | json | csv | txt | log | ini | asc | eml | bin)\Z""",
    re.VERBOSE | re.IGNORECASE,
)

#: Every alarm's folder has its mail under this name.
MAIL = "message.eml"

log = Logger()


@frozen
class Files:
    """Where files are looked up, and whether anybody may see them."""

    console: Console
    details: Details
    pictures: PictureCache

    def page(self, alarm: str, name: str) -> Resource:
        """A picture or file that the alarm's entry lists."""
        if not self.console.is_manned:
            return Plain(403, "nobody is signed on\n")
        entry = self.details.entry(alarm)
        part = file_of(entry, name) if entry is not None else None
        if part is None:
            return Plain(404, "no such file\n")
        return FileResource(self.pictures, alarm, part)

    def mail(self, alarm: str) -> Resource:
        """The alarm's mail as it came."""
        if not self.console.is_manned:
            return Plain(403, "nobody is signed on\n")
        entry = self.details.entry(alarm)
        if entry is None:
            return Plain(404, "no such alarm\n")
        part = {"name": MAIL, "size": entry["mail"]["size"], "media_type": "message/rfc822"}
        return FileResource(self.pictures, alarm, part, saved_as=f"{alarm}.eml")


class PicturesResource(Answer):
    """``/picture/ALARM/NAME``."""

    def __init__(self, files: Files, alarm: str | None = None) -> None:
        super().__init__()
        self._files, self._alarm = files, alarm

    def getChild(self, path: bytes, request: Request) -> Resource:
        """First the alarm, then the file in it that its entry lists."""
        name = path.decode("utf-8", "replace")
        if self._alarm is None:
            return PicturesResource(self._files, name)
        return self._files.page(self._alarm, name)


class MailsResource(Answer):
    """``/mail/ALARM``: the original, as a download."""

    def __init__(self, files: Files) -> None:
        super().__init__()
        self._files = files

    def getChild(self, path: bytes, request: Request) -> Resource:
        """The mail of that alarm."""
        return self._files.mail(path.decode("utf-8", "replace"))


class FileResource(Answer):
    """One picture or file of an alarm, as it comes over the link."""

    def __init__(
        self,
        pictures: PictureCache,
        alarm: str,
        part: dict[str, Any],
        saved_as: str | None = None,
    ) -> None:
        """``part`` says its name, size and media type; a download is called ``saved_as``."""
        super().__init__()
        self._pictures, self._alarm, self._part = pictures, alarm, part
        self._saved_as = saved_as or part["name"]

    def render_GET(self, request: Request) -> int:
        """Sends the file's bytes; what cannot be had is 404 or 503."""
        request.setHeader("Content-Type", self._media_type())
        if self._media_type() not in SHOWN_TYPES:
            request.setHeader("Content-Disposition", f'attachment; filename="{self._safe_name()}"')
        outlet = Outlet(request)
        sending = Deferred.fromCoroutine(self._send(outlet))
        outlet.on_gone = sending.cancel
        sending.addErrback(self._failed, request, outlet)
        return NOT_DONE_YET

    async def _send(self, outlet: Outlet) -> None:
        part = self._part
        pieces = self._pictures.pieces(self._alarm, part["name"], part["size"])
        async for piece in pieces:
            await outlet.write(piece)
        outlet.finish()

    def _failed(self, failure: Failure, request: Request, outlet: Outlet) -> None:
        if outlet.gone:
            return
        if failure.check(Refused, TryLater) is None:
            log.failure("a file of {alarm} could not be sent", failure, alarm=self._alarm)
        if outlet.begun:
            # Too late for a code: only a cut tells the browser that the file is not whole.
            abort(request)
            return
        request.responseHeaders.removeHeader("Content-Disposition")
        code, text = (404, "no such file") if failure.check(Refused) else (503, "not available now")
        request.write(Plain(code, f"{text}\n").render(request))
        outlet.finish()

    def _media_type(self) -> str:
        media_type: str = self._part["media_type"]
        return media_type if media_type in SHOWN_TYPES else "application/octet-stream"

    def _safe_name(self) -> str:
        name = re.sub(r"[^A-Za-z0-9._-]", "_", self._saved_as).lstrip(".") or "file"
        return name if SAVED_AS_CALLED.search(name) else f"{name}.txt"
