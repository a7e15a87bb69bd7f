"""Descriptors: how many files may be open at once, and who may have how many of them.

A process that has opened all the files it may (RLIMIT_NOFILE) accepts nobody,
stores no mail and reads no journal.  Each side therefore has a share, and
nobody is let in whose descriptors are not there: devices cannot take the
journal's, nor strangers at the workstations' port those of the mails.

Devices' descriptors are counted: one for a connection, two for a mail (itself,
and the picture that falls out of it), until its files are closed, which may be
long after its sender has gone.  Two thirds of the share at most are
connections, so that whoever was greeted finds room for his mail; a mail that
has begun is never given up for another one.

The numbers that the kernel hands out (always the lowest that is free) would
say as much, and of leaks elsewhere too, but only when it is too late to answer
without one; and beforehand nobody could tell, ``alarmgw check`` included, how
many devices there may be.
"""

from __future__ import annotations

import sys

from attrs import frozen

#: What a connection takes ...
CONNECTION_FILES = 1
#: ... and what its mail takes besides.
MAIL_FILES = 2
#: Journal, archive, threads, open ports, and whoever is just being sent away.
OWN_FILES = 256
#: Links with workstations.
LINKS = 500


@frozen
class Shares:
    """How many descriptors the gateway itself, workstations and devices may have."""

    own: int
    links: int
    devices: int

    @property
    def connections(self) -> int:
        """How many devices may be connected: the rest of their share is for their mails."""
        return self.devices * 2 // 3

    @property
    def away(self) -> int:
        """How many devices may be there that are only being told to go."""
        return self.own // 8


def shares(files: int) -> Shares:
    """How ``files`` that may be open are shared.  Below twice `OWN_FILES` all have less."""
    own, links = min(OWN_FILES, files // 2), min(LINKS, files // 8)
    return Shares(own, links, files - own - links)


def files_wanted(connections: int) -> int:
    """How many files let so many devices send, all at the same time."""
    return OWN_FILES + LINKS + connections * (CONNECTION_FILES + MAIL_FILES)


class Descriptors:
    """What devices have of their share.  Lives in the reactor's thread."""

    def __init__(self, share: int = sys.maxsize) -> None:
        self._share = share
        self._taken = 0

    def has(self, count: int) -> bool:
        """Whether so many are left."""
        return self._taken + count <= self._share

    def take(self, count: int) -> None:
        """Somebody opens so many files; each `take` is followed by one `give_back`."""
        self._taken += count

    def give_back(self, count: int) -> None:
        """So many files are closed."""
        self._taken -= count
