"""The directory: which sources, logins and networks exist, and whose a mail is.

One frozen picture of the accounts, held in memory and replaced as a whole
when a record changes; looking something up never waits for a disk.
"""

from __future__ import annotations

import ipaddress
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from attrs import field, frozen

from alarmgw.model import Login, Source, normal_address


@frozen
class Owner:
    """Whose a mail is: its sources (none: unassigned) and what was odd about it."""

    sources: tuple[Source, ...] = ()
    notes: tuple[str, ...] = ()


@frozen
class Directory:
    """All sources and logins at one moment.  Build it with `Directory.of`."""

    by_address: Mapping[str, Source] = field(factory=dict)
    by_login: Mapping[str, tuple[Source, ...]] = field(factory=dict)
    by_network: tuple[tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, Source], ...] = ()
    logins: Mapping[str, Login] = field(factory=dict)
    certificates: Mapping[str, str] = field(factory=dict)

    @classmethod
    def of(
        cls,
        sources: Iterable[Source],
        logins: Iterable[Login] = (),
        certificates: Mapping[str, str] | None = None,
    ) -> Directory:
        """A directory of these records; ``certificates`` maps fingerprints to login names."""
        by_address, by_login, by_network = {}, defaultdict(list), []
        for source in sources:
            by_address[source.address] = source
            if source.login is not None:
                by_login[normal_address(source.login)].append(source)
            by_network += [(network, source) for network in source.networks]
        return cls(
            by_address,
            {name: tuple(owned) for name, owned in by_login.items()},
            tuple(sorted(by_network, key=lambda row: row[0].prefixlen, reverse=True)),
            {normal_address(login.name): login for login in logins},
            dict(certificates or {}),
        )

    def login(self, name: str) -> Login | None:
        """The login of that name, upper and lower case alike."""
        return self.logins.get(normal_address(name))

    def named(self, address: str) -> Source | None:
        """The source that an address names, upper and lower case alike."""
        return self.by_address.get(normal_address(address))

    def owner(self, recipients: Sequence[str], login: str | None, sender: str, peer: str) -> Owner:
        """Whose a mail is: recipient, then login, then sender, then network (design, "Who is it?").

        ``login`` is a known login's name or None; ``peer`` an IP address.
        """
        addressed = tuple(dict.fromkeys(filter(None, map(self.named, recipients))))
        if login is not None:
            return self._of_login(login, addressed, sender)
        if addressed:
            return Owner(addressed)
        found = self.named(sender) or self._at(peer)
        return Owner((found,)) if found else Owner()

    def _of_login(self, login: str, addressed: tuple[Source, ...], sender: str) -> Owner:
        owned = self.by_login.get(normal_address(login), ())
        mine = tuple(source for source in addressed if source in owned)
        notes = () if len(mine) == len(addressed) else ("recipient_not_owned",)
        if mine:
            return Owner(mine, notes)
        by_sender = self.named(sender)
        if by_sender in owned and by_sender is not None:
            return Owner((by_sender,), notes)
        if len(owned) == 1:
            return Owner(owned, notes)
        return Owner((), (*notes, "login_names_no_source"))

    def _at(self, peer: str) -> Source | None:
        try:
            address = ipaddress.ip_address(peer)
        except ValueError:
            return None
        # A listener for both families shows an IPv4 peer as ::ffff:10.1.2.3.
        address = getattr(address, "ipv4_mapped", None) or address
        return next((source for network, source in self.by_network if address in network), None)
