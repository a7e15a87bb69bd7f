"""Adoption: what came from somebody unknown becomes a source's, and so does what comes next.

Files never move and alarm entries never change: `adopted` entries say whose
the alarms are now.  The source is given a name by which the next mail finds
it: its own address where the device uses that, else the device's sender as an
alias, else the device's network address, unless others send from there, too.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

from attrs import evolve

from alarmgw.arguments import Arguments, bad_value
from alarmgw.commands import Context, Job, Result
from alarmgw.entries import ADOPTED_ROWS, adopted_entry, record
from alarmgw.errors import Cause, Refused
from alarmgw.model import ALARM_ID_PATTERN, Source, normal_address
from alarmgw.sourcebook import given_source, new_source, tell_change
from alarmgw.store import accounts, sites, unassigned
from alarmgw.store.journal import Ledger
from alarmgw.store.unassigned import UnassignedAlarm

#: Adopted in one transaction; mails wait for the writer meanwhile.  The rest is asked for again.
MOST = 2000

#: The number of a site that is made on the way is no longer.
SITE_CHARACTERS = 40

#: Why a source is not made, for whoever says it in his own words.
CODES = (
    "bad_address",
    "source_kept",
    "source_retired",
    "alias_taken",
    "site_retired",
    "site_too_long",
    "unknown_site",
    "not_unassigned",
)


def adopt(arguments: Arguments, context: Context) -> Job:
    """`source adopt`: a sender's unassigned alarms, oldest first, are a source's from now on.

    ``wanted`` is a sender (``peer`` narrows it down) or one of its alarms, which stands for all
    from the same sender and peer.  The answer's ``left`` says how many wait to be asked for again,
    now by the answer's ``wanted`` and ``peer``.  With ``known_site`` no site is made.
    """
    wanted = arguments.needed_word("wanted", characters=254)
    peer = arguments.word("peer")
    source, password = given_source(arguments, "address")
    known_site = arguments.flag("known_site")

    def job(ledger: Ledger) -> Result:
        found = _wanted(ledger, wanted, peer)
        of_peer = found[0].peer if ALARM_ID_PATTERN.match(wanted) else peer
        if accounts.source(ledger.connection, source.address) is None:
            _check_site(ledger, source.site, known_site)
        made, invented = _owner(ledger, source, password, context)
        owner, known_by, is_known = _named(ledger, source.address, found, context)
        for first in range(0, len(found[:MOST]), ADOPTED_ROWS):
            alarms = [row.alarm for row in found[first : min(first + ADOPTED_ROWS, MOST)]]
            entry = adopted_entry(
                time=context.now(),
                node=context.node,
                source=owner,
                alarms=alarms,
                doer=context.by(ledger),
            )
            ledger.append(record(entry, context.randomness))
        adopted = min(len(found), MOST)
        return {
            "address": owner.address,
            "made": made,
            "adopted": adopted,
            "left": len(found) - adopted,
            "wanted": found[0].sender or "<>",
            "peer": of_peer,
            "known_by": known_by,
            "shared_peer": None if is_known else found[-1].peer,
            "password": invented,
        }

    return job


def _wanted(ledger: Ledger, wanted: str, peer: str | None) -> list[UnassignedAlarm]:
    """The unassigned alarms that are meant, oldest first.  Raises `Refused` if there are none."""
    if ALARM_ID_PATTERN.match(wanted):
        return _like(ledger, wanted)
    found = unassigned.alarms_of(ledger.connection, wanted.strip("<>"), peer)
    if not found:
        raise Refused(
            Cause.NOT_FOUND,
            f"no unassigned alarm is from {wanted}{f' at {peer}' if peer else ''}:"
            " `alarmgw unassigned` lists who sent some",
            "not_unassigned",
        )
    return found


def _like(ledger: Ledger, alarm: str) -> list[UnassignedAlarm]:
    one = unassigned.alarm(ledger.connection, alarm)
    if one is None:
        owner = unassigned.adopter(ledger.connection, alarm)
        why = f"is {owner}'s already" if owner else "is no unassigned alarm"
        text = f"{alarm} {why}: `alarmgw unassigned` lists those that are"
        raise Refused(Cause.NOT_FOUND, text, "not_unassigned")
    return unassigned.alarms_of(ledger.connection, one.sender, one.peer)


def _check_site(ledger: Ledger, number: str | None, known_site: bool) -> None:
    """See that no site is made by a slip of the hand."""
    connection = ledger.connection
    if (
        not number
        or sites.has_site(connection, number)
        or sites.is_retired_site(connection, number)
    ):
        return
    if len(number) > SITE_CHARACTERS:
        what = f"the number of a new site is too long: {SITE_CHARACTERS} characters are allowed"
        raise bad_value(what, "site_too_long")
    if known_site:
        raise bad_value(f"there is no site {number}: choose another, or make it", "unknown_site")


def _owner(
    ledger: Ledger, source: Source, password: str | None, context: Context
) -> tuple[bool, object]:
    """See that there is such a source; whether it was made, and its password if invented."""
    if accounts.source(ledger.connection, source.address) is None:
        return True, new_source(ledger, source, password, context)["password"]
    if any((source.name, source.site, source.login)):
        raise bad_value(
            f"{source.address} is a source already and keeps its name, site and login:"
            " leave them out to let it adopt",
            "source_kept",
        )
    return False, None


def _named(
    ledger: Ledger, address: str, found: Sequence[UnassignedAlarm], context: Context
) -> tuple[Source, str | None, bool]:
    """The source, with a name by which the next such mail finds it; that, if it is new; and
    whether there is one: a network from which others send, too, is none.
    """
    source = accounts.source(ledger.connection, address)
    assert source is not None
    last = found[-1]
    said = {normal_address(name) for name in unassigned.recipients(ledger.connection, last.seq)}
    sender = normal_address(last.sender)
    if {address, *source.aliases} & {sender, *said}:
        return source, None, True
    if sender and _is_alone(ledger, sender, len(found)):
        named, known_by = evolve(source, aliases=(*source.aliases, sender)), sender
    else:
        network = _network(last.peer)
        if network is not None and network in map(str, source.networks):
            return source, None, True
        if network is None or _is_shared(ledger, source, network, last):
            return source, None, source.login is not None
        named, known_by = evolve(source, networks=(*source.networks, network)), network
    tell_change(ledger, source, named, context)
    return named, known_by, True


def _is_alone(ledger: Ledger, sender: str, count: int) -> bool:
    """Whether all that this sender sent is meant, and the name is nobody's yet."""
    return (
        accounts.source(ledger.connection, sender) is None
        and accounts.alias_owner(ledger.connection, sender) is None
        and len(unassigned.alarms_of(ledger.connection, sender)) == count
    )


def _is_shared(ledger: Ledger, source: Source, network: str, last: UnassignedAlarm) -> bool:
    """Whether other devices send from there, too, known ones or unknown ones."""
    return accounts.network_sharer(ledger.connection, network, source) is not None or (
        unassigned.has_others(ledger.connection, last.peer, last.sender)
    )


def _network(peer: str) -> str | None:
    try:
        address = ipaddress.ip_address(peer)
    except ValueError:
        return None
    return str(ipaddress.ip_network(getattr(address, "ipv4_mapped", None) or address))
