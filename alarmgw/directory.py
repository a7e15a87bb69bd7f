"""The directory: which sources, logins and networks exist, and whose a mail is.

One frozen picture of the accounts, held in memory and replaced as a whole
when a record changes; looking something up never waits for a disk.
"""

from __future__ import annotations

import ipaddress
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import tzinfo

from attrs import field, frozen

from alarmgw.model import Event, Login, Pace, Source, at_once, normal_address
from alarmgw.rules import Rule, Rules
from alarmgw.sharing import NO_SOURCE, Recorder, Share, merged, recorders


@frozen
class Owner:
    """Whose a mail is: its sources (none: unassigned) and what was odd about it."""

    sources: tuple[Source, ...] = ()
    notes: tuple[str, ...] = ()


@frozen
class Directory:
    """All sources and logins at one moment.  Build it with `Directory.of`.

    Every question costs a few dictionary look-ups, however many sources there are.
    ``by_name`` has aliases, and the part before the @ where one source alone has it;
    ``by_network`` a row (IP version, bits behind the prefix, sources by prefix) for each length
    of prefix, the longest first (None: of several devices, so that it says nothing);
    ``by_recorder`` the logins whose sources have keys; ``logins`` their names with and without
    a domain.
    """

    by_address: Mapping[str, Source] = field(factory=dict)
    by_name: Mapping[str, Source] = field(factory=dict)
    by_login: Mapping[str, tuple[Source, ...]] = field(factory=dict)
    by_network: tuple[tuple[int, int, Mapping[int, Source | None]], ...] = ()
    logins: Mapping[str, Login] = field(factory=dict)
    certificates: Mapping[str, str] = field(factory=dict)
    by_recorder: Mapping[str, Recorder] = field(factory=dict)
    rules: Rules = field(factory=Rules)
    zones: Mapping[str, tzinfo] = field(factory=dict)

    @classmethod
    def of(
        cls,
        sources: Iterable[Source],
        logins: Iterable[Login] = (),
        certificates: Mapping[str, str] | None = None,
        rules: Iterable[Rule] = (),
        zones: Mapping[str, tzinfo] | None = None,
        pace: Pace = at_once,
    ) -> Directory:
        """A directory of these records, made at this ``pace``.

        ``certificates`` maps fingerprints to login names, ``zones`` sites to their own time zones.
        """
        listed = list(sources)
        by_login = defaultdict(list)
        for source in pace(listed):
            if source.login is not None:
                by_login[normal_address(source.login)].append(source)
        return cls(
            {source.address: source for source in listed},
            _by_name(pace(listed)),
            {name: tuple(owned) for name, owned in by_login.items()},
            _by_network(pace(listed)),
            _by_login_name(pace(logins), by_login),
            dict(certificates or {}),
            recorders(by_login, pace),
            Rules.of(rules),
            dict(zones or {}),
        )

    def login(self, name: str) -> Login | None:
        """The login of that name: upper and lower case alike, its sources' domain left out or not.

        A name that would be two logins' is nobody's.
        """
        return self.logins.get(normal_address(name))

    def named(self, address: str) -> Source | None:
        """The source that an address names: upper and lower case alike, the domain left out or not.

        A domain that is not the source's own names nobody.
        """
        name = normal_address(address)
        return self.by_address.get(name) or self.by_name.get(name)

    def zone_of(self, source: Source | None) -> tzinfo | None:
        """The time zone of a source's site; None where that is the control room's own."""
        return self.zones.get(source.site) if source and source.site else None

    def owner(self, recipients: Sequence[str], login: str | None, sender: str, peer: str) -> Owner:
        """Whose a mail is: recipient, then login, then sender, then network (design, "Who is it?").

        ``login`` is a known login's name or None; ``peer`` an IP address.  What the text of a
        recorder's mail says of its cameras is asked for by `shares`.
        """
        addressed = tuple(dict.fromkeys(filter(None, map(self.named, recipients))))
        if login is not None:
            return self._of_login(login, addressed, sender)
        if addressed:
            return Owner(addressed)
        found = self.named(sender) or self._itself(self._at(peer))
        return Owner((found,)) if found else Owner()

    def shares(
        self,
        recipients: Sequence[str],
        login: str | None,
        sender: str,
        peer: str,
        events: Sequence[Event],
    ) -> tuple[Share, ...]:
        """What of a mail is whose: its owner's, or his whose keys are in its events; one at least.

        A recipient that names a camera is never overruled by keys.
        """
        owner = self.owner(recipients, login, sender, peer)
        addressed = {found.address for found in map(self.named, recipients) if found}
        shares: list[Share] = []
        for source in owner.sources or (None,):
            recorder = self._recorder(source.login if source else login)
            camera = source is not None and source.keys and source.address in addressed
            if recorder is None or camera:
                shares.append(Share(source, tuple(events), owner.notes))
            else:
                shares += recorder.shares(events, source, owner.notes)
        return merged(shares)

    def _recorder(self, login: str | None) -> Recorder | None:
        return self.by_recorder.get(normal_address(login)) if login is not None else None

    def _itself(self, found: Source | None) -> Source | None:
        """The recorder where a network finds one of its cameras: all of them are there."""
        recorder = self._recorder(found.login) if found else None
        return recorder.own or found if recorder else found

    def _of_login(self, login: str, addressed: tuple[Source, ...], sender: str) -> Owner:
        owned = self.by_login.get(normal_address(login), ())
        name = normal_address(login)
        mine = tuple(source for source in addressed if _has_login(source, name))
        notes = () if len(mine) == len(addressed) else ("recipient_not_owned",)
        if mine:
            return Owner(mine, notes)
        by_sender = self.named(sender)
        if by_sender is not None and _has_login(by_sender, name):
            return Owner((by_sender,), notes)
        if len(owned) == 1:
            return Owner(owned, notes)
        recorder = self._recorder(login)
        if recorder and recorder.own:
            return Owner((recorder.own,), notes)
        return Owner((), (*notes, NO_SOURCE))

    def _at(self, peer: str) -> Source | None:
        try:
            address = ipaddress.ip_address(peer)
        except ValueError:
            return None
        # A listener for both families shows an IPv4 peer as ::ffff:10.1.2.3.
        address = getattr(address, "ipv4_mapped", None) or address
        for version, shift, found in self.by_network:
            if version == address.version and (prefix := int(address) >> shift) in found:
                return found[prefix]
        return None


def _has_login(source: Source, name: str) -> bool:
    return source.login is not None and normal_address(source.login) == name


def _same_login(one: Source, other: Source) -> bool:
    return one.login is not None and _has_login(other, normal_address(one.login))


def _by_name(sources: Iterable[Source]) -> dict[str, Source]:
    """Sources by the part of their address before the @ where it is unique, and by alias."""
    by_local = defaultdict(list)
    by_alias: dict[str, Source] = {}
    for source in sources:
        local, at, _ = source.address.rpartition("@")
        if at:
            by_local[local].append(source)
        by_alias |= dict.fromkeys(source.aliases, source)
    names = {local: found[0] for local, found in by_local.items() if len(found) == 1}
    return names | by_alias


def _by_login_name(
    logins: Iterable[Login], by_login: Mapping[str, Sequence[Source]]
) -> dict[str, Login]:
    """Logins by name, and by name with or without the domain where no other login is meant."""
    by_name: dict[str, Login] = {}
    other = defaultdict[str, list[Login]](list)
    for login in logins:
        name = normal_address(login.name)
        by_name[name] = login
        local, at, _ = name.rpartition("@")
        domains = {source.address.rpartition("@")[2] for source in by_login.get(name, ())}
        for written in [local] if at else [f"{name}@{domain}" for domain in domains]:
            other[written].append(login)
    return {name: found[0] for name, found in other.items() if len(found) == 1} | by_name


def _by_network(
    sources: Iterable[Source],
) -> tuple[tuple[int, int, Mapping[int, Source | None]], ...]:
    """A network of two sources that are not one recorder's names neither: a guess may be wrong."""
    lengths: dict[tuple[int, int], dict[int, Source | None]] = defaultdict(dict)
    for source in sources:
        for network in source.networks:
            shift = network.max_prefixlen - network.prefixlen
            prefix = int(network.network_address) >> shift
            found = lengths[network.version, shift]
            first = found.setdefault(prefix, source)
            if first is not source and (first is None or not _same_login(first, source)):
                found[prefix] = None
    ordered = sorted(lengths.items(), key=lambda row: row[0][1])
    return tuple((version, shift, found) for (version, shift), found in ordered)
