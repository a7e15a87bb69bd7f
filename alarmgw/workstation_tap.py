"""The root of a workstation: the link to its gateway, the mirror, and the console on loopback."""

# mypy: allow-untyped-calls
from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from twisted.application.service import IService, MultiService, Service
from twisted.internet.defer import Deferred
from twisted.python.usage import Options as UsageOptions

from alarmgw.ending import Ending, cannot_start
from alarmgw.errors import BadConfig
from alarmgw.model import utc_now
from alarmgw.steady import steady
from alarmgw.workstation.access import Access
from alarmgw.workstation.bundle import Bundle, load_bundle
from alarmgw.workstation.console import Console, Parts
from alarmgw.workstation.console_service import CannotOpen, ConsoleService
from alarmgw.workstation.departed import Departed
from alarmgw.workstation.link import Link
from alarmgw.workstation.mirror import Mirror
from alarmgw.workstation.names import Names
from alarmgw.workstation.page import Page, console_site
from alarmgw.workstation.picture_cache import PictureCache
from alarmgw.workstation.player import FOLDER, Player, usual_player
from alarmgw.workstation.presence import Presence
from alarmgw.workstation.seat import Gateway, Place, Seat
from alarmgw.workstation.sounding import Sounding


class Options(UsageOptions):
    """``twistd -n --pidfile= alarmgw-workstation --bundle DIR``."""

    optParameters = [
        ["bundle", None, None, "The folder that `alarmgw workstation add` wrote  [required]"]
    ]


class Workstation(MultiService):
    """All services of a workstation.  A start that fails ends the process in plain words."""

    def startService(self) -> None:
        """Start; whatever prevents it is one line on stderr, exit 1."""
        try:
            MultiService.startService(self)
        except CannotOpen as error:
            cannot_start(str(error))


def makeService(options: Options) -> IService:
    """The workstation of ``--bundle``.  What is wrong ends the process, one line each."""
    from twisted.internet import reactor

    # Not a UsageError: twistd answers one that comes from here with a traceback.
    if not options["bundle"]:
        raise SystemExit("alarmgw-workstation: --bundle DIR is missing")
    try:
        bundle = load_bundle(Path(options["bundle"]).absolute())
    except BadConfig as bad:
        raise SystemExit(str(bad)) from None
    return workstation(bundle, steady(reactor))


def workstation(bundle: Bundle, reactor: Any) -> MultiService:
    """Everything of one workstation, in the order in which it must exist."""
    mirror = Mirror()
    link = Link(bundle, reactor, mirror)
    # The console hears the link, and those who sit there speak through it.
    console = link.listener = made_console(bundle, reactor, mirror, link)
    console.begin_anew = link.begin_anew
    access = Access(os.urandom)
    page = Page(console=console, pictures=PictureCache(link.fetch), clock=reactor)
    site = console_site(access, page)
    service = Workstation()
    Ending(reactor).setServiceParent(service)
    # A console that cannot open ends the process before the gateway counts it as a workstation.
    ConsoleService(
        site, access, port=bundle.console_port, folder=bundle.folder, reactor=reactor
    ).setServiceParent(service)
    ConsoleLife(console).setServiceParent(service)
    LinkService(link).setServiceParent(service)
    return service


def made_console(bundle: Bundle, reactor: Any, mirror: Mirror, gateway: Gateway) -> Console:
    """The console and all that it is put together from."""
    place = Place(
        name=bundle.name,
        fingerprint=bundle.fingerprint,
        clock=reactor,
        randomness=os.urandom,
        departed=Departed(bundle.folder),
    )
    seat = Seat(mirror, gateway, place)
    player = Player(reactor, bundle.folder / FOLDER, bundle.player or usual_player())
    return Console(
        Parts(
            mirror=mirror,
            seat=seat,
            sounding=Sounding(mirror, seat, Presence(reactor), player, reactor),
            names=Names(seat.ask, reactor),
        ),
        workstation=bundle.name,
        gateway=gateway_name(bundle),
        now=utc_now,
        clock=reactor,
    )


def gateway_name(bundle: Bundle) -> str:
    """The gateway's address as people write it."""
    host = f"[{bundle.host}]" if ":" in bundle.host else bundle.host
    return f"{host}:{bundle.port}"


class ConsoleLife(Service):
    """What the console does by itself: tones, and names to ask for."""

    def __init__(self, console: Console) -> None:
        """``console`` is not started yet."""
        self._console = console

    def startService(self) -> None:
        """From now on it sounds."""
        super().startService()
        self._console.start()

    def stopService(self) -> None:
        """It is silent, and nothing is left in the reactor."""
        super().stopService()
        self._console.stop()


class LinkService(Service):
    """The link as long as the process runs."""

    def __init__(self, link: Link) -> None:
        """``link`` is not started yet."""
        self._link = link

    def startService(self) -> None:
        """Connects, and goes on connecting."""
        super().startService()
        self._link.start()

    def stopService(self) -> Deferred[None]:
        """Ends the link."""
        super().stopService()
        return self._link.stop()
