"""A camera that knows TLS 1.0 only: it is served, and everybody sees a warning."""

from __future__ import annotations

import smtplib
import ssl
import warnings

import pytest

from tests.faults.house import until
from tests.live import LiveGateway, run, stored_as

pytestmark = pytest.mark.sockets

BQ8 = "bq8@ebues.internal"


def old_device() -> ssl.SSLContext:
    """What an old camera can: TLS 1.0 with AES-CBC and RSA, no certificate looked at."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1
    context.set_ciphers("AES128-SHA:@SECLEVEL=0")
    return context


def test_old_tls_is_a_warning_wherever_its_listener_or_source_is_shown() -> None:
    """In check and status beside the listener, in list, show and log beside the source."""
    legacy = [('tls_profile = "modern"', 'tls_profile = "legacy"')]
    with LiveGateway(edit=legacy) as gateway:

        def said(*words: str) -> str:
            return run(*words, "--home", gateway.home).stdout

        said("source", "add", BQ8)
        with smtplib.SMTP_SSL("127.0.0.1", gateway.port + 1, context=old_device()) as client:
            client.ehlo("cam")
            client.mail("cam@x")
            client.rcpt(BQ8)
            code, text = client.data(b"Subject: Motion\r\n\r\nx\r\n")
        assert code == 250 and stored_as(text)
        until("the conversation is over", lambda: "old_tls 1" in said("source", "list"))
        shown = said("source", "show", BQ8)
        assert "It speaks a TLS older than 1.2." in shown
        assert f"{'WARNING':<21} The camera encrypts with TLSv1, which is out of date" in shown
        assert "choose TLS 1.2 in its mail settings" in said("source", "log", BQ8)
        assert said("status").count("warning legacy TLS: its traffic can be read") == 2
        assert said("check").count("WARN  listener") == 2
