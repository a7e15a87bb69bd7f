"""`alarmgw.ingest.tls_failures`: OpenSSL's words, made by OpenSSL itself."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from OpenSSL import SSL
from twisted.internet.error import ConnectionLost

from alarmgw.ingest.tls_failures import tls_failure
from alarmgw.tls import device_context
from tests.homes import make_home


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> SSL.Context:
    """The context of a listener with the modern profile."""
    tls = make_home(tmp_path_factory.mktemp("tls") / "home") / "tls"
    context: SSL.Context = device_context(tls, "modern", False).getContext()
    return context


def client(**options: Any) -> SSL.Connection:
    """A device that begins a handshake."""
    context = SSL.Context(SSL.TLS_CLIENT_METHOD)
    context.set_cipher_list(options.get("ciphers", b"DEFAULT:@SECLEVEL=0"))
    if "newest" in options:
        context.set_min_proto_version(SSL.TLS1_VERSION)
        context.set_max_proto_version(options["newest"])
    if options.get("verify"):
        context.set_verify(SSL.VERIFY_PEER)
    made = SSL.Connection(context, None)
    made.set_connect_state()
    return made


def step(connection: SSL.Connection) -> None:
    """Go on with a handshake as far as it goes."""
    try:
        connection.do_handshake()
    except SSL.WantReadError:
        return


def pump(source: SSL.Connection, sink: SSL.Connection) -> None:
    """Carry what one end has written to the other one."""
    with contextlib.suppress(SSL.WantReadError):
        sink.bio_write(source.bio_read(1 << 16))


def failure(server: SSL.Context, device: SSL.Connection) -> BaseException:
    """What a listener is told when this device shakes hands."""
    ours = SSL.Connection(server, None)
    ours.set_accept_state()
    for _ in range(6):
        with contextlib.suppress(SSL.Error):  # its alert is what we want to see
            step(device)
        pump(device, ours)
        try:
            step(ours)
            ours.recv(1)
        except SSL.WantReadError:
            pump(ours, device)
        except SSL.Error as error:
            return error
    raise AssertionError("the handshake did not fail")


@pytest.mark.parametrize(
    ("options", "meaning"),
    [
        ({"newest": SSL.TLS1_VERSION}, "too_old"),
        ({"newest": SSL.TLS1_1_VERSION}, "too_old"),
        ({"newest": SSL.TLS1_2_VERSION, "ciphers": b"NULL-SHA256:@SECLEVEL=0"}, "no_common_cipher"),
        ({"verify": True}, "certificate_rejected"),
    ],
)
def test_failed_handshake_has_a_meaning(
    server: SSL.Context, options: dict[str, Any], meaning: str
) -> None:
    """What a device's handshake fails with is one of our words."""
    assert tls_failure(failure(server, client(**options))) == meaning


@pytest.mark.parametrize("sent", [b"EHLO cam\r\n", b"GET / HTTP/1.0\r\n\r\n", b"\r\n\r\n\r\n"])
def test_plain_text_is_seen(server: SSL.Context, sent: bytes) -> None:
    """A device without encryption on the SSL port."""
    ours = SSL.Connection(server, None)
    ours.set_accept_state()
    ours.bio_write(sent)
    with pytest.raises(SSL.Error) as caught:
        ours.do_handshake()
    assert tls_failure(caught.value) == "plain"


def test_rare_failure_is_another_one() -> None:
    """What OpenSSL says and we have no word for is a failure all the same."""
    assert tls_failure(SSL.Error([("SSL routines", "", "out of biscuits")])) == "other"


def test_lost_connection_is_no_failure_of_tls() -> None:
    """Only what TLS itself complains about is one."""
    assert tls_failure(ConnectionLost()) is None
