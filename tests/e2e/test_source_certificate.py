"""A device with the certificate of `alarmgw source certificate`: it sends, and can do no more."""

from __future__ import annotations

import json
import os
import shutil
import smtplib
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live import BIN, LiveGateway, run, stored_as

pytestmark = pytest.mark.sockets

BQ7 = "bq7@ebues.internal"
NAME = "gateway.alarmgw.internal"


@pytest.fixture(scope="module")
def gateway() -> Iterator[LiveGateway]:
    """A gateway that trusts no network and accepts certificates; one source has one."""
    edit = [
        ('trusted_networks = ["127.0.0.0/8"]', "trusted_networks = []"),
        ('client_certificates = "no"', 'client_certificates = "accepted"'),
    ]
    with LiveGateway(edit=edit) as live:
        run("source", "add", BQ7, "--login", "cam7", "--home", live.home)
        run("source", "certificate", BQ7, "--to", live.folder / "cam7", "--home", live.home)
        yield live


def device(gateway: LiveGateway, certificate: bool = True) -> ssl.SSLContext:
    """What the device believes and shows: the three files of its folder."""
    folder = gateway.folder / "cam7"
    context = ssl.create_default_context(cafile=folder / "ca.pem")
    if certificate:
        context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
    context.check_hostname = False
    return context


def delivered(client: smtplib.SMTP, rcpt: str) -> str:
    """Send a mail without any AUTH, another one than all before; the id that its 250 names."""
    client.ehlo("cam")
    client.mail("cam@site.example")
    client.rcpt(rcpt)
    code, text = client.data(
        b"Subject: Motion Detected\r\n\r\n%b\r\n" % os.urandom(8).hex().encode()
    )
    assert code == 250, (code, text)
    return stored_as(text)


def alarm_of(gateway: LiveGateway, mail: str) -> dict[str, object]:
    """The alarm that a mail became."""
    [alarm] = (row for row in gateway.alarms() if row["mail"]["id"] == mail)
    return alarm


def test_the_certificate_is_the_sources_login_over_implicit_tls(gateway: LiveGateway) -> None:
    """Nothing else is asked for, and the alarm says who it was."""
    context = device(gateway)
    with smtplib.SMTP_SSL("127.0.0.1", gateway.port + 1, context=context) as client:
        alarm = alarm_of(gateway, delivered(client, BQ7))
    assert (alarm["source"], alarm["envelope"]["login"]) == (BQ7, "cam7")  # type: ignore[index]


def test_the_certificate_is_the_sources_login_after_starttls(gateway: LiveGateway) -> None:
    """Also for a recipient that names nobody: the login says whose the mail is."""
    with gateway.smtp() as client:
        client.starttls(context=device(gateway))
        alarm = alarm_of(gateway, delivered(client, "control@room.example"))
    assert (alarm["source"], alarm["envelope"]["login"]) == (BQ7, "cam7")  # type: ignore[index]


def test_the_certificate_speaks_for_no_other_source(gateway: LiveGateway) -> None:
    """A mail for somebody else's source is stored for the login's own, with a note."""
    run("source", "add", "other@x", "--home", gateway.home)
    context = device(gateway)
    with smtplib.SMTP_SSL("127.0.0.1", gateway.port + 1, context=context) as client:
        alarm = alarm_of(gateway, delivered(client, "other@x"))
    assert (alarm["source"], alarm["notes"]) == (BQ7, ["recipient_not_owned"])


def test_without_it_nothing_is_taken(gateway: LiveGateway) -> None:
    """The same connection without a certificate has to log in."""
    context = device(gateway, certificate=False)
    with smtplib.SMTP_SSL("127.0.0.1", gateway.port + 1, context=context) as client:
        client.ehlo("cam")
        assert client.mail("cam@site.example")[0] == 530


def test_the_certificate_opens_no_workstation(gateway: LiveGateway, tmp_path: Path) -> None:
    """A workstation's bundle with the device's key in it is refused, and hears no alarm."""
    bundle = tmp_path / "bundle"
    shutil.copytree(gateway.bundle, bundle)
    for name in ("certificate.pem", "key.pem"):
        shutil.copy(gateway.folder / "cam7" / name, bundle / name)
    command = [BIN / "alarmgw", "watch", "--bundle", bundle, "--json", "--since", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as watch:
        assert watch.stdout is not None
        heard = []
        for line in watch.stdout:
            heard.append(json.loads(line))
            if heard[-1].get("state") in ("refused", "current"):
                break
        watch.kill()
    assert {row["type"] for row in heard} == {"state"}
    assert [row["state"] for row in heard][-1] == "refused"


def test_a_removed_source_has_no_certificate_any_more(gateway: LiveGateway) -> None:
    """What it sent stays; with its login the certificate is nobody's, from the next mail on."""
    run("source", "add", "gone@x", "--login", "gone", "--home", gateway.home)
    folder = gateway.folder / "gone"
    run("source", "certificate", "gone@x", "--to", folder, "--home", gateway.home)
    run("source", "remove", "gone@x", "--home", gateway.home)
    context = ssl.create_default_context(cafile=folder / "ca.pem")
    context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
    context.check_hostname = False
    with smtplib.SMTP_SSL("127.0.0.1", gateway.port + 1, context=context) as client:
        client.ehlo("cam")
        assert client.mail("cam@site.example")[0] == 530
