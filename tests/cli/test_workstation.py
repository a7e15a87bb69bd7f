"""`alarmgw workstation`: enrolling and locking out."""

from __future__ import annotations

import tomllib
from pathlib import Path

from alarmgw import certificates, config
from alarmgw.cli.home import JOURNAL_NAME
from alarmgw.store import accounts
from alarmgw.store.accounts import Workstation
from alarmgw.store.journal import JournalReader
from tests.cli.conftest import Run


def enrolled(home: Path) -> list[Workstation]:
    """What the store knows."""
    with JournalReader(home / JOURNAL_NAME).reading() as connection:
        return accounts.workstations(connection)


def test_bundle_is_registered_and_points_to_the_gateway(run: Run, home: Path) -> None:
    """The bundle names the configured address and port, and its certificate is known."""
    folder = home / "workstations" / "l2"
    assert run("workstation", "add", "leit2", "--to", folder).exit_code == 0
    facts = tomllib.loads((folder / "bundle.toml").read_text())
    assert facts == {
        "name": "leit2",
        "gateway": "127.0.0.1:2527",
        "server_name": "gateway.alarmgw.internal",
        "console_port": 2528,
    }
    certificate = certificates.load_certificate(folder / "certificate.pem")
    fingerprints = [row.fingerprint for row in enrolled(home)]
    assert fingerprints == [certificates.fingerprint(certificate)]


def test_address_for_the_workstation_can_be_given(run: Run, home: Path, tmp_path: Path) -> None:
    """--gateway and --console-port stand in the bundle, an IPv6 address in brackets."""
    words = ["--gateway", "[fd00::1]:9000", "--console-port", "81"]
    run("workstation", "add", "leit2", "--to", tmp_path / "b", *words)
    facts = tomllib.loads((tmp_path / "b" / "bundle.toml").read_text())
    assert (facts["gateway"], facts["console_port"]) == ("[fd00::1]:9000", 81)


def test_gateway_on_all_addresses_must_be_named(run: Run, home: Path, tmp_path: Path) -> None:
    """Listening everywhere says nothing about how the workstation gets there."""
    text = config.template().replace('"tcp:2527:interface=127.0.0.1"', '"tcp:2527"')
    (home / "alarmgw.toml").write_text(text)
    result = run("workstation", "add", "leit2", "--to", tmp_path / "b")
    assert result.exit_code == 2 and "--gateway" in result.stderr


def test_refused_workstation_leaves_no_bundle(run: Run, home: Path, tmp_path: Path) -> None:
    """A name that is taken writes nothing."""
    run("workstation", "add", "leit2", "--to", tmp_path / "one")
    assert run("workstation", "add", "leit2", "--to", tmp_path / "two").exit_code == 1
    assert not (tmp_path / "two").exists() and len(enrolled(home)) == 1


def test_revoked_name_is_free_again(run: Run, home: Path, tmp_path: Path) -> None:
    """After `revoke` the old certificate is locked out and the name may be used anew."""
    run("workstation", "add", "leit2", "--to", tmp_path / "one")
    assert run("workstation", "revoke", "leit2").exit_code == 0
    assert run("workstation", "add", "leit2", "--to", tmp_path / "two").exit_code == 0
    assert [row.revoked is None for row in enrolled(home)].count(True) == 1
