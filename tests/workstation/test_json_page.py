"""JSON in and out: what is refused, and what becomes of an answer that fails."""

from __future__ import annotations

import json
from typing import Any

import pytest
from twisted.internet.defer import Deferred
from twisted.internet.testing import StringTransport
from twisted.logger import globalLogPublisher
from twisted.python.failure import Failure
from twisted.web.server import Request, Site

from alarmgw.errors import Cause, Refused, TryLater
from alarmgw.workstation.json_page import BODY_BYTES, JsonPage, Reply


def posted(
    page: JsonPage, body: bytes, media_type: str = "application/json"
) -> tuple[int, Any, StringTransport]:
    """The status and the JSON that come back from a POST."""
    transport = StringTransport()
    channel = Site(page).buildProtocol(None)
    page.isLeaf = True
    channel.makeConnection(transport)
    lines = ["POST / HTTP/1.0", f"Content-Type: {media_type}", f"Content-Length: {len(body)}"]
    channel.dataReceived("\r\n".join([*lines, "", ""]).encode() + body)
    head, _, answer = transport.value().partition(b"\r\n\r\n")
    code = int(head.split()[1]) if head else 0
    return code, json.loads(answer) if answer else None, transport


async def echo(request: Request, given: dict[str, Any]) -> Reply:
    """Answers what was said."""
    return 200, given


@pytest.mark.parametrize(
    ("body", "given"), [(b"", {}), (b'{"a": [1, "\\u00e4"]}', {"a": [1, "ä"]}), (b"{}", {})]
)
def test_an_object_is_taken(body: bytes, given: Any) -> None:
    """And no body at all."""
    assert posted(JsonPage(post=echo), body)[:2] == (200, given)


@pytest.mark.parametrize(
    "body",
    [
        b"[1]",
        b"null",
        b"{",
        b"\xff\xfe",
        b'{"a":' + b"[" * 10_000,
        b'{"a": "' + b"x" * BODY_BYTES + b'"}',
    ],
)
def test_anything_else_is_a_bad_request(body: bytes) -> None:
    """In one sentence, and nothing is done."""
    code, answer, _ = posted(JsonPage(post=echo), body)
    assert (code, answer["ok"], answer["error"]) == (400, False, "bad_request")
    assert answer["text"]


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_a_form_is_no_request_of_ours(media_type: str) -> None:
    """What a foreign page could send without being asked is not read."""
    assert posted(JsonPage(post=echo), b"{}", media_type)[0] == 400


@pytest.mark.parametrize(
    ("raised", "code", "error"),
    [
        (TryLater(Cause.BUSY, "x"), 503, "no_link"),
        (Refused(Cause.NOT_FOUND, "x"), 404, "not_found"),
        (ZeroDivisionError("secret"), 500, "internal"),
    ],
)
def test_failures_are_answered(raised: Exception, code: int, error: str) -> None:
    """A bug is logged, and nothing of it is told."""
    logged: list[Any] = []

    async def fail(request: Request, given: dict[str, Any]) -> Reply:
        raise raised

    globalLogPublisher.addObserver(logged.append)
    try:
        answer = posted(JsonPage(post=fail), b"")[:2]
    finally:
        globalLogPublisher.removeObserver(logged.append)
    assert answer == (code, {"ok": False, "error": error})
    assert bool([one for one in logged if one.get("log_failure")]) == (code == 500)


def test_what_was_begun_is_ended_for_a_browser_that_left() -> None:
    """A command is carried out; its answer is dropped."""
    waiting: Deferred[None] = Deferred()
    done: list[str] = []
    asking: list[Request] = []

    async def slow(request: Request, given: dict[str, Any]) -> Reply:
        asking.append(request)
        await waiting
        done.append("done")
        return 200, {}

    _, _, transport = posted(JsonPage(post=slow), b"")
    asking[0].connectionLost(Failure(ConnectionResetError()))
    waiting.callback(None)
    assert done == ["done"] and transport.value() == b""


def test_a_page_without_that_method_says_so() -> None:
    """405 in plain text."""
    transport = StringTransport()
    page = JsonPage()
    page.isLeaf = True
    channel = Site(page).buildProtocol(None)
    channel.makeConnection(transport)
    channel.dataReceived(b"GET / HTTP/1.0\r\n\r\n")
    assert b" 405 " in transport.value()
