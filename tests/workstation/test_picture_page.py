"""Pictures and files in the browser."""

from __future__ import annotations

import pytest

from alarmgw.errors import Cause, TryLater
from tests.workstation.console_fakes import picture_part
from tests.workstation.memory_browser import MemoryBrowser, Response

JPEG = b"\xff\xd8\xff\xe0" + b"picture" * 40_000
LARGE = b"clip" * 1_500_000


def browser_with(name: str, data: bytes, media_type: str) -> tuple[MemoryBrowser, str]:
    """A browser in front of one alarm with one file, and that file's path."""
    browser = MemoryBrowser({name: data})
    alarm = browser.ring(1, pictures=[picture_part(name, data, media_type)])
    return browser, f"/picture/{alarm}/{name}"


def response_to(name: str, data: bytes, media_type: str) -> Response:
    """What the browser gets for a file of that type."""
    browser, path = browser_with(name, data, media_type)
    return browser.get(path)


def test_picture_arrives_bit_for_bit() -> None:
    """A picture is sent as it is, with the type that the gateway found in it."""
    response = response_to("01-cam.jpg", JPEG, "image/jpeg")
    assert (response.code, response.body) == (200, JPEG)
    assert response.headers["content-type"] == "image/jpeg"
    assert "content-disposition" not in response.headers


def test_late_pictures_are_shown_as_any_others() -> None:
    """Under the id of the alarm that brought them."""
    browser = MemoryBrowser({"01-a.jpg": JPEG})
    first = browser.ring(1, pictures=[])
    late = browser.ring(2, joins=first, pictures=[picture_part("01-a.jpg", JPEG)])
    assert browser.get(f"/picture/{late}/01-a.jpg").body == JPEG
    assert browser.get(f"/picture/{first}/01-a.jpg").code == 404


def test_a_mail_is_saved_under_its_alarms_name() -> None:
    """The original is a download, whatever is in it."""
    browser = MemoryBrowser({"message.eml": b"Subject: <script>\r\n"})
    alarm = browser.ring(1)
    response = browser.get(f"/mail/{alarm}")
    assert (response.code, response.body) == (200, b"Subject: <script>\r\n")
    assert response.headers["content-type"] == "application/octet-stream"
    assert response.headers["content-disposition"] == f'attachment; filename="{alarm}.eml"'
    assert browser.get("/mail/gw1-nothing").code == 404


def test_with_nobody_signed_on_no_file_is_shown() -> None:
    """Neither a picture nor a mail, not even that there is one."""
    browser, path = browser_with("01-cam.jpg", JPEG, "image/jpeg")
    browser.post("/sign-off")
    for one in (path, "/mail/" + path.split("/")[2], "/picture/a/b"):
        assert browser.get(one).code == 403
    assert browser.pictures.fetched == []


@pytest.mark.parametrize("media_type", ["text/html", "image/svg+xml", "application/pdf", "x\r\ny"])
def test_everything_else_is_a_download(media_type: str) -> None:
    """What is no picture of a safe type is a download that nothing opens."""
    headers = response_to("01-evil.html", b"<script>", media_type).headers
    assert headers["content-type"] == "application/octet-stream"
    assert headers["content-disposition"] == 'attachment; filename="01-evil.html.txt"'
    assert headers["x-content-type-options"] == "nosniff"


def test_download_has_a_safe_name() -> None:
    """Nothing in a name reaches the header but letters, digits, dot, dash and underscore."""
    name = '..a"b;c.mp4'
    browser, path = browser_with(name, b"x", "video/mp4")
    headers = browser.get(path.replace('"', "%22")).headers
    assert headers["content-disposition"] == 'attachment; filename="a_b_c.mp4"'


@pytest.mark.parametrize(
    ("name", "saved"),
    [
        ("01-a.HTM", "01-a.HTM.txt"),
        ("01-a.svg", "01-a.svg.txt"),
        ("01-a.xml", "01-a.xml.txt"),
        ("01-a.hta", "01-a.hta.txt"),
        ("01-a", "01-a.txt"),
        ("01-a.html.", "01-a.html..txt"),
        ("01-a.html.pdf", "01-a.html.pdf"),
        ("01-a.Zip", "01-a.Zip"),
    ],
)
def test_a_download_runs_nothing_when_it_is_opened(name: str, saved: str) -> None:
    """What might be run is saved as a text, whatever its content was found to be."""
    headers = response_to(name, b"<script>", "application/octet-stream").headers
    assert headers["content-disposition"] == f'attachment; filename="{saved}"'


def test_file_that_the_entry_does_not_list_is_not_found() -> None:
    """Only what the entry lists is fetched; the gateway is not even asked for more."""
    browser, path = browser_with("01-cam.jpg", JPEG, "image/jpeg")
    for other in (path + "x", path.replace("gw1", "gw2"), "/picture/a/", path + "/more"):
        assert browser.get(other).code == 404
    assert browser.pictures.fetched == []


def test_picture_that_the_gateway_refuses_is_not_found() -> None:
    """A picture that is gone is 404 in plain text."""
    browser, path = browser_with("01-cam.jpg", JPEG, "image/jpeg")
    browser.pictures.files.clear()
    response = browser.get(path)
    assert (response.code, response.headers["content-type"][:10]) == (404, "text/plain")


def test_picture_without_a_link_is_later() -> None:
    """While the link is lost a picture is 503, and comes when it is asked for again."""
    browser, path = browser_with("01-cam.jpg", JPEG, "image/jpeg")
    held = browser.pictures.hold()
    exchange = browser.ask(path)
    held[0].errback(TryLater(Cause.BUSY, "no link"))
    assert exchange.response.code == 503
    browser.pictures.held = None
    assert browser.get(path).body == JPEG


def test_clip_waits_for_a_slow_browser() -> None:
    """A large file is fetched no faster than the browser reads it."""
    browser, path = browser_with("01-clip.mp4", LARGE, "video/mp4")
    held = browser.pictures.hold()
    exchange = browser.ask(path)
    exchange.transport.producer.pauseProducing()
    held[0].callback(None)
    assert len(held) == 1
    exchange.transport.producer.resumeProducing()
    assert len(held) == 2
    exchange.leave()


def test_clip_that_breaks_off_is_cut() -> None:
    """After the first bytes only a cut connection says that a file is not whole."""
    browser, path = browser_with("01-clip.mp4", LARGE, "video/mp4")
    held = browser.pictures.hold()
    exchange = browser.ask(path)
    held[0].callback(None)
    held[1].errback(TryLater(Cause.BUSY, "no link"))
    assert exchange.transport.disconnected


def test_fetch_ends_when_the_browser_leaves() -> None:
    """A picture that nobody waits for any more is not fetched to its end."""
    browser, path = browser_with("01-cam.jpg", JPEG, "image/jpeg")
    held = browser.pictures.hold()
    exchange = browser.ask(path)
    exchange.leave()
    assert len(held) == 1 and held[0].called
