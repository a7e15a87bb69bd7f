"""Programs that hand alarm mails on: a relay, a command, a library.  ``make interop`` runs all."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.live import LiveGateway, picture_mail, run

PASSWORD = "kh7-q2w-test"

POSTFIX_SERVICES = """\
pickup    unix  n       -       n       60      1       pickup
cleanup   unix  n       -       n       -       0       cleanup
qmgr      unix  n       -       n       300     1       qmgr
rewrite   unix  -       -       n       -       -       trivial-rewrite
bounce    unix  -       -       n       -       0       bounce
defer     unix  -       -       n       -       0       bounce
trace     unix  -       -       n       -       0       bounce
smtp      unix  -       -       n       -       -       smtp
showq     unix  n       -       n       -       -       showq
error     unix  -       -       n       -       -       error
retry     unix  -       -       n       -       -       error
scache    unix  -       -       n       -       1       scache
tlsmgr    unix  -       -       n       1000?   1       tlsmgr
postlog   unix-dgram n  -       n       -       1       postlogd
proxymap  unix  -       -       n       -       -       proxymap
"""

NODEMAILER = """\
const nodemailer = require('nodemailer');
const fs = require('fs');
const [port, secure] = process.argv.slice(2);
const transport = nodemailer.createTransport({
  host: '127.0.0.1', port: Number(port), secure: secure === 'implicit',
  requireTLS: secure === 'starttls', ignoreTLS: secure === 'plain',
  tls: { rejectUnauthorized: false }, auth: { user: 'cam7', pass: process.env.PASSWORD },
});
transport.sendMail({
  from: 'cam7@gw.example', to: 'cam7@gw.example', subject: 'Motion', text: 'Motion Detected',
  attachments: [{ filename: 'snap.jpg', content: fs.readFileSync(process.env.PICTURE) }],
}).then((info) => console.log(info.response))
  .catch((error) => { console.error(error); process.exit(1); });
"""


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveGateway]:
    """A gateway with one source that has a login."""
    secret = tmp_path_factory.mktemp("secret") / "password"
    secret.write_text(PASSWORD + "\n")
    with LiveGateway() as live:
        run(
            *("source", "add", "cam7@gw.example", "--login", "cam7"),
            *("--password-file", secret, "--home", live.home),
        )
        yield live


def new_alarms(
    gateway: LiveGateway, before: int, count: int, seconds: float = 30
) -> list[dict[str, Any]]:
    """Wait until so many alarms stand after entry ``before``."""
    end = time.monotonic() + seconds
    while True:
        alarms = [entry for entry in gateway.journal(before) if entry["type"] == "alarm"]
        if len(alarms) >= count:
            return alarms
        assert time.monotonic() < end, f"{len(alarms)} of {count} alarms within {seconds} s"
        time.sleep(0.2)


@pytest.fixture
def relay(gateway: LiveGateway) -> Iterator[Path]:
    """A Postfix of our own, queueing in a temporary folder, that relays to the gateway."""
    if not shutil.which("postfix", path=f"{os.environ['PATH']}:/usr/sbin") or os.getuid() != 0:
        pytest.skip("Postfix is not installed, or this is not root")
    folder = Path(tempfile.mkdtemp(prefix="alarmgw-postfix-"))
    folder.chmod(0o755)
    for name in ("etc", "queue", "data"):
        (folder / name).mkdir()
    shutil.chown(folder / "data", "postfix")
    (folder / "etc" / "master.cf").write_text(POSTFIX_SERVICES)
    (folder / "etc" / "main.cf").write_text(
        f"compatibility_level = 3.6\nqueue_directory = {folder}/queue\n"
        f"data_directory = {folder}/data\n"
        "command_directory = /usr/sbin\ndaemon_directory = /usr/lib/postfix/sbin\n"
        f"myhostname = relay.test\nmydestination =\nrelayhost = [127.0.0.1]:{gateway.port}\n"
        f"inet_interfaces = loopback-only\nmaillog_file = {folder}/queue/maillog\n"
        f"maillog_file_prefixes = {folder}\nsmtp_host_lookup = native\nalias_maps =\n"
        "smtp_tls_security_level = encrypt\nsmtp_destination_concurrency_limit = 4\n"
    )
    subprocess.run(
        ["/usr/sbin/postfix", "-c", folder / "etc", "start"], check=True, capture_output=True
    )
    yield folder
    subprocess.run(
        ["/usr/sbin/postfix", "-c", folder / "etc", "stop"], check=True, capture_output=True
    )
    shutil.rmtree(folder)


def test_postfix_relays_by_starttls_and_pipelining(gateway: LiveGateway, relay: Path) -> None:
    """A queue of mails drains into the gateway, every one once, with its picture."""
    before = gateway.journal()[-1]["seq"]
    for number in range(10):
        subprocess.run(
            ["/usr/sbin/sendmail", "-C", relay / "etc", "-f", "cam7@gw.example", "cam7@gw.example"],
            input=picture_mail(20_000, number).replace(b"\r\n", b"\n"),
            check=True,
        )
    alarms = new_alarms(gateway, before, 10)
    assert len({alarm["pictures"][0]["sha256"] for alarm in alarms}) == len(alarms) == 10
    assert all(alarm["envelope"]["tls"] for alarm in alarms)
    assert (relay / "queue" / "maillog").read_text().count("status=sent") == 10


@pytest.mark.parametrize("way", ["plain", "starttls", "implicit"])
@pytest.mark.parametrize("mechanism", ["off", "login", "plain"])
def test_msmtp_delivers(gateway: LiveGateway, tmp_path: Path, way: str, mechanism: str) -> None:
    """msmtp delivers by every way, with and without AUTH."""
    if not shutil.which("msmtp"):
        pytest.skip("msmtp is not installed")
    before = gateway.journal()[-1]["seq"]
    port = gateway.port + (way == "implicit")
    words = ["msmtp", "--file=/dev/null", "--host=127.0.0.1", f"--port={port}"]
    words += [f"--auth={mechanism}", "--from=cam7@gw.example", "--tls-certcheck=off"]
    words += [f"--tls={'off' if way == 'plain' else 'on'}"]
    words += [f"--tls-starttls={'on' if way == 'starttls' else 'off'}"]
    if mechanism != "off":
        words += ["--user=cam7", f"--passwordeval=echo {PASSWORD}"]
    done = subprocess.run(
        [*words, "cam7@gw.example"], input=picture_mail(5000), capture_output=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    (alarm,) = new_alarms(gateway, before, 1)
    assert alarm["envelope"]["login"] == (None if mechanism == "off" else "cam7")
    assert len(alarm["pictures"]) == 1


@pytest.fixture(scope="module")
def nodemailer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with nodemailer in it, from the npm registry."""
    if not shutil.which("npm"):
        pytest.skip("npm is not installed")
    if not {"CI", "INTEROP"} & os.environ.keys():
        pytest.skip("nodemailer is fetched only by `make interop` and in CI")
    folder = tmp_path_factory.mktemp("node")
    done = subprocess.run(
        ["npm", "install", "--silent", "--no-audit", "--no-fund", "nodemailer"],
        cwd=folder,
        capture_output=True,
        timeout=180,
    )
    if done.returncode != 0:
        pytest.skip("nodemailer cannot be installed here")
    (folder / "send.js").write_text(NODEMAILER)
    return folder


@pytest.mark.parametrize("way", ["plain", "starttls", "implicit"])
def test_nodemailer_delivers(gateway: LiveGateway, nodemailer: Path, way: str) -> None:
    """nodemailer delivers by every way; it closes without QUIT, and that is no fault."""
    picture = nodemailer / "snap.jpg"
    picture.write_bytes(b"\xff\xd8\xff\xe0" + os.urandom(5000) + b"\xff\xd9")
    port = gateway.port + (way == "implicit")
    done = subprocess.run(
        ["node", "send.js", str(port), way],
        cwd=nodemailer,
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "PASSWORD": PASSWORD, "PICTURE": str(picture)},
    )
    assert done.returncode == 0, done.stderr
    alarm = gateway.alarms()[-1]
    stored = gateway.home / alarm["path"] / alarm["pictures"][0]["name"]
    assert stored.read_bytes() == picture.read_bytes()
