"""A mail's arrival: the connection that brings it, what it said, and since when."""

from __future__ import annotations

from datetime import datetime

from attrs import frozen

from alarmgw.model import Envelope


@frozen(kw_only=True)
class Session:
    """What the intake must know of a connection, whatever protocol it speaks.

    ``trusted``: the peer is inside the listener's trusted networks.
    ``capture``: a mail from nobody known is taken as unassigned.
    """

    peer: str
    port: int
    connected: datetime
    listener: str
    trusted: bool
    capture: bool


@frozen
class Arrival:
    """A mail that is on its way in: from whom, and when its DATA began."""

    session: Session
    envelope: Envelope
    begun: datetime
