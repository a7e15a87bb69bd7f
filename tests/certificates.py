"""A certificate authority for tests: servers, workstations and their bundles in one line each."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path

from attrs import field, frozen
from cryptography.hazmat.primitives.asymmetric import ec

from alarmgw.certificates import SERVER_NAME, Identity, new_authority, new_client, new_server
from alarmgw.workstation.bundle import Bundle

BORN = datetime.now(timezone.utc)


@frozen
class Authority:
    """One gateway's CA."""

    identity: Identity = field(factory=lambda: new_authority("gw1", BORN))

    @property
    def pem(self) -> bytes:
        """Its certificate."""
        return self.identity.certificate_pem

    def server(self) -> Identity:
        """A gateway's certificate for the fixed name."""
        return new_server(self.identity, ec.generate_private_key(ec.SECP256R1()), BORN)

    def client(self, name: str = "console") -> Identity:
        """A workstation's certificate."""
        return new_client(self.identity, name, BORN)

    def bundle(
        self, client: Identity, port: int, *, server_name: str = SERVER_NAME, ca: bytes = b""
    ) -> Bundle:
        """What the workstation with this certificate knows."""
        return Bundle(
            folder=Path("bundle"),
            name="console",
            host="127.0.0.1",
            port=port,
            server_name=server_name,
            console_port=0,
            key=client.key_pem,
            certificate=client.certificate_pem,
            ca=ca or self.pem,
        )
