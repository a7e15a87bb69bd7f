"""TLS towards the gateway: how its failures are worded.

Handshakes are in tests/outputs/test_broker.py.
"""

from __future__ import annotations

import pytest
from OpenSSL import SSL
from service_identity import VerificationError
from twisted.internet.error import ConnectionDone, ConnectionRefusedError
from twisted.python.failure import Failure

from alarmgw.workstation.tls import worded


@pytest.mark.parametrize(
    ("error", "state", "reason"),
    [
        (VerificationError(errors=[]), "refused", "the gateway's certificate bears another name"),
        (
            SSL.Error([("SSL routines", "", "certificate verify failed")]),
            "refused",
            "TLS: certificate verify failed",
        ),
        (SSL.Error(), "lost", "the connection was lost"),
        (SSL.SysCallError(-1, "Unexpected EOF"), "lost", "(-1, 'Unexpected EOF')"),
        (ConnectionRefusedError(), "lost", "Connection was refused by other side."),
        (ConnectionDone(), "lost", "Connection was closed cleanly."),
    ],
)
def test_a_failure_is_a_state_and_one_sentence(error: Exception, state: str, reason: str) -> None:
    """Certificates have to be mended by somebody; everything else mends itself."""
    assert worded(Failure(error)) == (state, reason)
