"""The bundle: the folder that makes a machine a workstation."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from attrs import frozen

from alarmgw.certificates import SERVER_NAME, Identity, load_pair, new_client, write_private
from alarmgw.cli.speech import Failed
from alarmgw.model import utc_now

BUNDLE_NAME = "bundle.toml"

_TEMPLATE = """\
# What this workstation is and where its gateway is.  Keep this folder to
# yourself: whoever has key.pem is this workstation until it is revoked.
name = {name}
gateway = "{gateway}"
server_name = "{server_name}"
console_port = {console_port}
"""


@frozen(kw_only=True)
class BundleFacts:
    """What a bundle tells its workstation."""

    name: str
    gateway: str
    console_port: int


@contextmanager
def new_bundle(folder: Path, facts: BundleFacts, tls: Path) -> Iterator[Identity]:
    """Writes a bundle with a fresh certificate; it disappears again if the block fails.

    The block registers the certificate: a bundle that the gateway does not
    know would only puzzle whoever carries it to the machine.
    """
    if folder.exists() and any(folder.iterdir()):
        raise Failed(f"{folder} is not empty; name a new folder for the bundle")
    existed = folder.exists()
    try:
        yield _written(folder, facts, tls)
    except BaseException:
        for path in folder.iterdir() if existed else ():
            path.unlink()
        if not existed:
            shutil.rmtree(folder, ignore_errors=True)
        raise


def write_facts(folder: Path, facts: BundleFacts) -> None:
    """``bundle.toml``, new or in place of an old one."""
    (folder / BUNDLE_NAME).unlink(missing_ok=True)
    text = _TEMPLATE.format(
        # Every JSON string is a TOML string, quotes and all.
        name=json.dumps(facts.name, ensure_ascii=False),
        gateway=facts.gateway,
        server_name=SERVER_NAME,
        console_port=facts.console_port,
    )
    write_private(folder / BUNDLE_NAME, text.encode())


def _written(folder: Path, facts: BundleFacts, tls: Path) -> Identity:
    authority = load_pair(tls, "ca")
    identity = new_client(authority, facts.name, utc_now())
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    write_facts(folder, facts)
    write_private(folder / "key.pem", identity.key_pem)
    write_private(folder / "certificate.pem", identity.certificate_pem)
    write_private(folder / "ca.pem", authority.certificate_pem)
    return identity
