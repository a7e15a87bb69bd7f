"""A walk through every view and dialog of the console, at each moment that looks different."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from attrs import frozen
from selenium.common.exceptions import TimeoutException

from tests.browser.scenes import END, ENTER, ESCAPE, HOME, Scene

ALT = "\ue00a"

#: How the walk is lit, and in what language: the two of each that a console has.
SCHEMES, LANGUAGES = ("light", "dark"), ("de", "en")

_STILL = """
    const drawn = [...document.images].filter((image) => image.checkVisibility() && image.src);
    const seen = (image) => {
      const {left, right, top, bottom} = image.getBoundingClientRect();
      const strip = image.closest(".strip")?.getBoundingClientRect();
      return right > (strip?.left ?? 0) && left < (strip?.right ?? innerWidth)
        && bottom > 0 && top < innerHeight;
    };
    // A lazy picture out of sight is fetched when it comes into sight.
    return drawn.every((image) => (image.loading === "lazy" && !seen(image))
        || (image.complete && (image.loading === "lazy" || image.naturalWidth)))
      && !document.querySelector("#sheet:empty:not([hidden])")
      && document.getAnimations().every((one) => one.effect.getComputedTiming().iterations > 1
        || one.playState === "finished")"""


def _nothing(scene: Scene) -> None:
    """It is open already, or closes by itself."""


def _escape(scene: Scene) -> None:
    """The dialog closes, and the keyboard is back at the list."""
    scene.place.keys(ESCAPE)
    scene.place.until(lambda: scene.place.chrome.execute_script(_AT_LIST))


_AT_LIST = """return document.activeElement.id === "list"
    && !document.querySelector("dialog[open]")"""


@frozen
class View:
    """How a view is opened, by what one sees that it is there, and how it is left."""

    name: str
    shows: str
    open: Callable[[Scene], object] = _nothing
    leave: Callable[[Scene], object] = _nothing


def look(scene: Scene, view: View) -> None:
    """Open the view and wait until it is drawn."""
    place = scene.place
    try:
        view.open(scene)
        place.until(lambda: place.part(view.shows))
        place.until(lambda: place.chrome.execute_script(_STILL))
    except TimeoutException as error:
        raise AssertionError(f"The view {view.name} is not there, or is never still") from error


def tab(name: str, shows: str) -> View:
    """The view behind that tab."""
    return View(name, shows, lambda scene: scene.place.at(f"tab-{name}").click())


def by_key(name: str, *keys: str) -> View:
    """A dialog that these keys open over the incident."""
    return View(name, "#ask h2", lambda scene: scene.place.press(*keys), _escape)


def _click(selector: str) -> Callable[[Scene], object]:
    script = "document.querySelector(arguments[0]).click()"

    def click(scene: Scene) -> None:
        scene.place.until(lambda: scene.place.part(selector))
        scene.place.chrome.execute_script(script, selector)

    return click


def _held(scene: Scene) -> None:
    _QUEUE.open(scene)
    scene.place.can_close()


def _close_with_note(scene: Scene) -> None:
    scene.place.can_close()
    scene.place.press("c")


def _close_marked(scene: Scene) -> None:
    scene.place.press("b")
    scene.place.until(lambda: scene.place.part("#ask .choices"))
    scene.place.keys("2")


def _unmark(scene: Scene) -> None:
    _escape(scene)
    scene.place.press(ESCAPE)


def _unattended(scene: Scene) -> None:
    _QUEUE.open(scene)
    scene.place.press(END)
    _click(".row:has(.badge-unattended)")(scene)


def _later(scene: Scene) -> None:
    """The page hears that it is 25 minutes later; what it measures by no clock stays."""
    scene.place.chrome.execute_script("""
        const { hearTime } = await import("/static/now.js");
        const hear = () => hearTime({ now: new Date(Date.now() + 1_500_000).toISOString() });
        window.later = setInterval(hear, 100);""")


def _now(scene: Scene) -> None:
    scene.place.chrome.execute_script("clearInterval(window.later)")
    scene.place.until(lambda: not scene.place.part("#notices"))


def _close_past(scene: Scene) -> None:
    scene.place.keys(ESCAPE)
    scene.place.until(lambda: not scene.place.part("article.past"))


def _wrong_time(scene: Scene) -> None:
    field = 'document.querySelector("#sheet [name=from]")'
    scene.place.chrome.execute_script(f"{field}.focus(); {field}.value = ''")
    scene.place.keys("31.2.", ENTER)


_SOURCES = tab("sources", "#sheet .table .doings")
_HISTORY = tab("history", "#sheet .table tbody tr")
_QUEUE = tab("incidents", "#queue-title")

SIGNED_OFF = (View("signed-off", "#sign-on h2"),)

QUIET = (
    tab("incidents", "#quiet-title"),
    tab("handover", "#sheet .handover-counts"),
    tab("numbers", "#sheet .plot"),
    tab("faults", "#quiet-title"),
)

_INCIDENT = (
    View("incident", "#incident .side .earlier", _held),
    View("close", "#ask h2", _close_with_note, _escape),
    by_key("causes", "2"),
    by_key("park", "p"),
    by_key("note", "n"),
    by_key("suppress", "s"),
    by_key("legend", "?"),
    View("large", "#large-name", lambda scene: scene.place.press("+"), _escape),
    View("sign-off", "#ask h2", lambda scene: scene.place.chord(ALT, "0"), _escape),
)

_SHEETS = (
    tab("faults", "#incident h2"),
    tab("unassigned", "#incident h2"),
    by_key("adopt", HOME, "a"),
    tab("tests", "#sheet .table"),
    View("alone", "#sheet .past .alarm-box", _click("#sheet tr.can-open"), _close_past),
    _SOURCES,
    View("source-log", "#sheet .conversation", _click("#sheet .doings button")),
    _HISTORY,
    View("past", "#sheet .past .alarm-box", _click("#sheet tr.can-open"), _close_past),
    View("no-time", "#sheet [role=alert]", _wrong_time),
    tab("numbers", "#sheet .plot"),
    tab("handover", "#sheet .handover-counts"),
)

ONE = (*_INCIDENT, *_SHEETS, _QUEUE)

STORM = (
    _QUEUE,
    View("held", "#incident .head-state", lambda scene: scene.place.press(END)),
    View("marked", "#bulk-count", lambda scene: scene.place.press(HOME, "X")),
    by_key("bulk-dialog", "b"),
    View("bulk-close", "#ask .bulk-list", _close_marked, _unmark),
    tab("handover", "#sheet .handover-counts"),
    tab("sources", "#sheet .table .doings"),
    tab("history", "#sheet .table tbody tr"),
    _QUEUE,
)

#: Somebody else's, and one's own; and what is brought to mind before the others are told.
UNATTENDED = (
    View("unattended", "#incident .badge-unattended", _unattended),
    View("idle", "#notices .notice", _later, _now),
)

LOST = (View("incidents", "#banner-title", lambda scene: scene.place.press(HOME)),)


def lit(scene: Scene, scheme: str, language: str) -> None:
    """In that light, and in that language."""
    feature = {"name": "prefers-color-scheme", "value": scheme}
    scene.place.chrome.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})
    if scene.place.at(f"language-{language}").get_attribute("aria-pressed") != "true":
        scene.place.at(f"language-{language}").click()


def moments(scene: Scene) -> Iterator[tuple[str, tuple[View, ...]]]:
    """Each moment, made when it is asked for, with the views that look different then."""
    place = scene.place
    yield "nobody", SIGNED_OFF
    place.sign_on("anna")
    scene.quiet()
    yield "quiet", QUIET
    scene.one()
    yield "one", ONE
    scene.storm()
    yield "storm", STORM
    place.at("tab-incidents").click()
    scene.unattended()
    yield "unattended", UNATTENDED
    scene.gateway.kill()
    place.until(lambda: place.at("banner").is_displayed())
    yield "lost", LOST
