"""JSON in and out: bodies that are bounded and checked, answers that may take their time."""

# mypy: allow-untyped-calls
from __future__ import annotations

import json
from collections.abc import Callable, Coroutine
from typing import Any

from attrs import frozen
from twisted.internet.defer import Deferred
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.web.http import Request
from twisted.web.server import NOT_DONE_YET

from alarmgw.errors import Refused, TryLater
from alarmgw.workstation.door import Answer

#: A request's body; a bulk command of 200 incidents is half as long.
BODY_BYTES = 16 * 1024

Facts = dict[str, Any]
Reply = tuple[int, Any]
"""A status and what is answered as JSON, or a `Download`."""

log = Logger()


@frozen
class Download:
    """An answer that is a file to be saved under a name (of our own choice)."""

    name: str
    media_type: str
    body: bytes


class BadBody(Exception):
    """The body is not what is asked for; the text says what is."""


def said(request: Request) -> Facts:
    """The JSON object in a request's body; an empty one without a body.  Raises `BadBody`."""
    content = request.content
    body = content.read(BODY_BYTES + 1) if content is not None else b""
    if not body:
        return {}
    media_type = (request.getHeader("Content-Type") or "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise BadBody("Content-Type is application/json")
    if len(body) > BODY_BYTES:
        raise BadBody(f"a body has at most {BODY_BYTES} octets")
    try:
        value = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadBody("the body is no JSON") from error
    if not isinstance(value, dict):
        raise BadBody("the body is no JSON object")
    return value


def as_json(request: Request, value: Any, code: int = 200) -> bytes:
    """``value`` as the whole answer."""
    request.setResponseCode(code)
    request.setHeader("Content-Type", "application/json")
    return json.dumps(value, separators=(",", ":")).encode("ascii")


def failed(error: str) -> Facts:
    """The answer to a request that did nothing."""
    return {"ok": False, "error": error}


class JsonPage(Answer):
    """One resource whose answer is a coroutine's; without one it is 405."""

    def __init__(
        self,
        get: Callable[[Request], Coroutine[Any, Any, Reply]] | None = None,
        post: Callable[[Request, Facts], Coroutine[Any, Any, Reply]] | None = None,
    ) -> None:
        super().__init__()
        if get is not None:
            self.render_GET = lambda request: _answered(request, get(request))
        if post is not None:
            self.render_POST = lambda request: self._posted(request, post)

    def _posted(
        self, request: Request, post: Callable[[Request, Facts], Coroutine[Any, Any, Reply]]
    ) -> Any:
        try:
            facts = said(request)
        except BadBody as bad:
            return as_json(request, {**failed("bad_request"), "text": str(bad)}, 400)
        return _answered(request, post(request, facts))


def _answered(request: Request, coroutine: Coroutine[Any, Any, Reply]) -> int:
    """Answers when the coroutine does; what it began it ends, even if the browser has left."""
    left: list[Failure] = []
    request.notifyFinish().addErrback(left.append)

    def write(reply: Reply) -> None:
        if not left:
            code, value = reply
            file = isinstance(value, Download)
            request.write(_saved(request, value) if file else as_json(request, value, code))
            request.finish()

    answering: Deferred[Reply] = Deferred.fromCoroutine(coroutine)
    answering.addErrback(_failure).addCallback(write)
    answering.addErrback(lambda why: log.failure("an answer could not be written", why))
    return NOT_DONE_YET


def _saved(request: Request, file: Download) -> bytes:
    request.setHeader("Content-Type", file.media_type)
    request.setHeader("Content-Disposition", f'attachment; filename="{file.name}"')
    return file.body


def _failure(why: Failure) -> Reply:
    if why.check(TryLater):
        return 503, failed("no_link")
    if why.check(Refused):
        return 404, failed("not_found")
    log.failure("the console failed to answer", why)
    return 500, failed("internal")
