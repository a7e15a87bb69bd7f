"""The root of the gateway: every object is made here, in the order in which it must exist.

Read from top to bottom: configuration, lock, stores, what the gateway knows,
the way in, the way out, and the services in the order of their start.
"""

from __future__ import annotations

import os
import resource
import sys
from collections.abc import Callable, Collection
from functools import partial
from pathlib import Path
from typing import Any

from twisted.application.service import IService
from twisted.internet.defer import Deferred
from twisted.python.threadpool import ThreadPool
from twisted.python.usage import Options as UsageOptions

from alarmgw.codec.wire import CHUNK_BYTES
from alarmgw.collecting import Collecting
from alarmgw.config import CONFIG_NAME, Configuration, ListenerSettings, load
from alarmgw.control import Control, Tell
from alarmgw.controlroom import ControlRoom
from alarmgw.conversations import Conversations
from alarmgw.descriptors import Descriptors, Shares, shares
from alarmgw.ending import Ending, cannot_start
from alarmgw.errors import BadConfig, Complaint, Refusal
from alarmgw.hub import Hub
from alarmgw.ingest import listener as smtp_listener
from alarmgw.ingest.connections import Connections
from alarmgw.ingest.failed_logins import FailedLogins
from alarmgw.ingest.login import device_portal
from alarmgw.ingest.smtp_factory import ESMTPFactory
from alarmgw.intake import Intake
from alarmgw.listeners import Links, Listeners
from alarmgw.model import utc_now
from alarmgw.opening import Stores
from alarmgw.ordered import OrderedService
from alarmgw.outputs.broker import Broker, Concerns
from alarmgw.outputs.session import Desk
from alarmgw.queries import Queries
from alarmgw.registry import Registry
from alarmgw.reload import Reload
from alarmgw.status import Status
from alarmgw.steady import steady
from alarmgw.store.journal import Journal
from alarmgw.store.lock import HomeLock
from alarmgw.store.passwords import login_accepts
from alarmgw.store.pictures import read_chunk
from alarmgw.store.safefile import Files
from alarmgw.store.settling import settle
from alarmgw.store.spool import Spool
from alarmgw.supervision import Conditions, RefusalLog, Watch
from alarmgw.tls import device_context
from alarmgw.tracekeeping import TraceKeeping
from alarmgw.upkeep import Upkeep
from alarmgw.workplace import Workplace

JOURNAL_NAME = "journal.sqlite3"

#: Syncs release the interpreter; 8 to 16 threads were the fastest (field/smtp_and_pb, 5).
POOL_THREADS = 12


class Options(UsageOptions):
    """``twistd -n --pidfile= alarmgw --home HOME``."""

    optParameters = [
        ["home", None, None, "The gateway's home  [default: $ALARMGW_HOME, then this folder]"]
    ]


class Gateway(OrderedService):
    """All services of a gateway.  A start that fails ends the process in plain words."""

    def __init__(self, watch: Watch, *children: IService) -> None:
        """``watch`` learns of the end first: from then on no mail begins."""
        OrderedService.__init__(self, *children)
        self._watch = watch

    def startService(self) -> None:
        """Start; whatever prevents it is one line on stderr for each complaint, exit 1."""
        try:
            OrderedService.startService(self)
        except (BadConfig, OSError, Refusal) as error:
            cannot_start(str(error))

    def stopService(self) -> Deferred[None]:
        """Close the door, then stop what stands behind it."""
        self._watch.stop()
        return OrderedService.stopService(self)


def makeService(options: Options) -> IService:
    """The gateway of one home.  Raises `SystemExit` with all complaints, one a line."""
    from twisted.internet import reactor

    allow_open_files()
    home = Path(options["home"] or os.environ.get("ALARMGW_HOME") or ".").absolute()
    try:
        return gateway(home, steady(reactor))
    except BadConfig as error:
        raise SystemExit(str(error)) from None
    except (OSError, Refusal) as error:
        raise SystemExit(f"{home}: {error}") from None


def gateway(home: Path, reactor: Any) -> IService:
    """The gateway's services.  Raises `BadConfig`, `OSError` or `Refusal`."""
    configuration = load(home)
    lock = HomeLock(home)
    place = workplace(configuration, reactor)

    conditions = Conditions(place.journal, place.node, place.now, place.randomness, reactor)
    refusals = RefusalLog(conditions, place.now)
    watch = Watch(conditions, refusals, reactor)
    registry = Registry(place)
    hub = Hub(place.journal, place.in_pool_with, node=place.node)
    stores = Stores(place, lock, hub.committed, watch, conditions)
    floor = configuration.limits.free_space_floor
    settling = partial(settled, place, hub, stores)

    parts = shares(allowed_files())
    descriptors = Descriptors(parts.devices)
    intake = mail_intake(place, registry, watch, configuration, descriptors)
    connections = device_connections(configuration, parts, descriptors)
    conversations = Conversations(lambda: registry.directory, place.now)
    shared = connections, FailedLogins(place.now), conversations
    door = partial(smtp_door, place, intake, registry, *shared)
    listeners = Listeners(reactor, door, configuration, connections.crowded)
    queries = Queries(place, conversations, configuration.outcomes.false_codes)
    room = control_room(place, configuration, intake, registry, queries, lambda: broker.linked)
    broker = workstation_broker(place, hub, registry, conditions, room, parts.links)
    registry.on_revoked = broker.revoke
    conditions.on_change = broker.beat

    status = Status(place, hub, conditions)
    status.facts |= status_facts(listeners, connections, conversations, broker)
    control = Control(reactor, home, partial(perform, registry, status, conversations))
    upkeep = Upkeep(place, conditions, refusals, floor.of, settling, control, connections.full)
    return Gateway(
        watch,
        stores,
        TraceKeeping(place, conversations),
        room.deadlines,
        upkeep,
        control,
        Collecting(reactor, place.mails),
        Links(reactor, configuration, broker),
        listeners,
        Reload(reactor, partial(reload, configuration, listeners, intake, room)),
        Ending(reactor),
    )


def status_facts(
    listeners: Listeners, connections: Connections, conversations: Conversations, broker: Broker
) -> dict[str, Callable[[], Any]]:
    """What each of them tells for ``alarmgw status``."""
    return {
        "listeners": listeners.facts,
        "connections": lambda: connections.open,
        "unknown_peers": conversations.unknown_peers,
        "workstations": lambda: broker.workstations,
    }


def mail_intake(
    place: Workplace,
    registry: Registry,
    watch: Watch,
    configuration: Configuration,
    descriptors: Descriptors,
) -> Intake:
    """The one door for mails, whatever protocol carries them."""
    return Intake(
        place,
        lambda: registry.directory,
        watch,
        configuration.limits.message_bytes,
        configuration.time_zone,
        descriptors,
    )


def control_room(
    place: Workplace,
    configuration: Configuration,
    intake: Intake,
    registry: Registry,
    queries: Queries,
    linked: Callable[[], Collection[str]],
) -> ControlRoom:
    """What people at workstations ask of the gateway; ``linked`` are the certificates there."""
    return ControlRoom(
        place,
        configuration.outcomes,
        intake.suppressions,
        registry.within,
        queries,
        linked,
    )


def device_connections(
    configuration: Configuration, parts: Shares, descriptors: Descriptors
) -> Connections:
    """The count of devices' connections, with as many as the files allow."""
    limits = configuration.limits
    total = min(limits.connections, parts.connections)
    return Connections(total, limits.connections_per_address, descriptors, parts.away)


def allow_open_files() -> None:
    """Use all descriptors that the system allows: a shell's 1,024 are too few for a night."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def allowed_files() -> int:
    """How many files this process may have open."""
    allowed, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return sys.maxsize if allowed == resource.RLIM_INFINITY else allowed


def workplace(configuration: Configuration, reactor: Any) -> Workplace:
    """The stores of a home, not started yet, with the machine's clock, files and chance."""
    home, files = configuration.home, Files()
    journal = Journal(
        home / JOURNAL_NAME, node=configuration.name, now=utc_now, randomness=os.urandom
    )
    return Workplace(
        home=home,
        node=configuration.name,
        files=files,
        spool=Spool(home, files),
        journal=journal,
        reactor=reactor,
        pool=ThreadPool(1, POOL_THREADS, "alarmgw"),
        now=utc_now,
        randomness=os.urandom,
    )


def settled(place: Workplace, hub: Hub, stores: Stores) -> None:
    """Settle what the hub has told: until then a folder may be on its way to the archive."""
    settle(
        place.home,
        place.journal,
        place.files,
        hub.head,
        now=place.now,
        randomness=place.randomness,
        suspects=stores.unmended,
    )


def smtp_door(
    place: Workplace,
    intake: Intake,
    registry: Registry,
    connections: Connections,
    failed_logins: FailedLogins,
    conversations: Conversations,
    name: str,
    settings: ListenerSettings,
    configuration: Configuration,
) -> ESMTPFactory:
    """The way in by SMTP, for one listener.  Raises `BadCertificate`."""
    asks = settings.client_certificates == "accepted"
    speaks_tls = settings.tls != "none"
    return ESMTPFactory(
        intake=intake,
        portal=device_portal(lambda: registry.directory, login_accepts),
        settings=smtp_listener.ListenerSettings(
            name=name,
            node=configuration.name,
            tls=settings.tls,
            trusted_networks=settings.trusted_networks,
            auth_without_tls=settings.auth_without_tls,
            client_certificates=settings.client_certificates,
            unknown_sources=settings.unknown_sources,
            proxied=settings.endpoint.startswith("haproxy"),
            message_bytes=configuration.limits.message_bytes,
        ),
        clock=place.reactor,
        now=place.now,
        tls=device_context(configuration.tls, settings.tls_profile, asks) if speaks_tls else None,
        connections=connections,
        failed_logins=failed_logins,
        conversations=conversations,
    )


def workstation_broker(
    place: Workplace,
    hub: Hub,
    registry: Registry,
    conditions: Conditions,
    room: ControlRoom,
    links: int,
) -> Broker:
    """The way out to workstations."""

    def read_picture(alarm: str, name: str, offset: int) -> Deferred[bytes]:
        return place.in_pool(
            lambda: read_chunk(place.home, place.journal, alarm, name, offset, CHUNK_BYTES)[0]
        )

    concerns = Concerns(
        registered=registry.registered,
        read_picture=read_picture,
        reasons=lambda: [condition.text for condition in conditions.active],
        conditions=lambda: [condition.as_json() for condition in conditions.active],
        stalled=partial(conditions.begin, "workstation_stalled"),
        answers=partial(conditions.end, "workstation_stalled"),
        desk=Desk(sign_on=room.sign_on, command=room.command, ask=room.ask),
    )
    return Broker(hub, concerns, place.reactor, place.now, links=links)


async def perform(
    registry: Registry,
    status: Status,
    conversations: Conversations,
    command: str,
    arguments: dict[str, Any],
    tell: Tell,
) -> Any:
    """What the control socket may ask for.  Raises `Refusal`."""
    if command == "status":
        return await status.full()
    if command == "source log":
        return conversations.told(arguments.get("name"), arguments.get("after"))
    if command == "source leniencies":
        return conversations.leniencies()
    return await registry.perform(command, arguments, tell)


def reload(started: Configuration, listeners: Listeners, intake: Intake, room: ControlRoom) -> None:
    """Read the configuration again and obey all of it.  Raises `BadConfig` and changes nothing."""
    fresh = load(started.home)
    fixed = {
        "gateway.name": (started.name, fresh.name),
        "workstations.endpoint": (started.workstations, fresh.workstations),
        "limits.connections": (started.limits.connections, fresh.limits.connections),
        "limits.connections_per_address": (
            started.limits.connections_per_address,
            fresh.limits.connections_per_address,
        ),
        "limits.free_space_floor": (
            started.limits.free_space_floor,
            fresh.limits.free_space_floor,
        ),
    }
    file = str(started.home / CONFIG_NAME)
    complaints = [
        Complaint(file, key, "cannot change while the gateway runs; restart it")
        for key, (old, new) in fixed.items()
        if old != new
    ]
    if complaints:
        raise BadConfig(complaints)
    listeners.change(fresh)
    intake.message_bytes = fresh.limits.message_bytes
    intake.time_zone = fresh.time_zone
    room.allow(fresh.outcomes)
