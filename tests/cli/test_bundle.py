"""`alarmgw.cli.bundle`: a workstation's folder."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from alarmgw import certificates
from alarmgw.cli.bundle import BundleFacts, new_bundle, write_facts
from alarmgw.cli.speech import Failed

FACTS = BundleFacts(name="leit2", gateway="10.8.0.1:2527", console_port=2528)


def test_certificate_is_from_the_gateways_authority(home: Path, tmp_path: Path) -> None:
    """The bundle's certificate and its ca.pem belong together; the key is its owner's only."""
    with new_bundle(tmp_path / "b", FACTS, home / "tls"):
        pass
    certificate, authority = (
        certificates.load_certificate(tmp_path / "b" / name)
        for name in ("certificate.pem", "ca.pem")
    )
    assert certificates.issued_by(certificate, authority)
    assert stat.S_IMODE((tmp_path / "b" / "key.pem").stat().st_mode) == 0o600


def test_failed_registration_takes_the_bundle_back(home: Path, tmp_path: Path) -> None:
    """When the block fails, a new folder is gone and an empty one is empty again."""
    (tmp_path / "old").mkdir()
    for folder in (tmp_path / "new", tmp_path / "old"):
        with pytest.raises(ZeroDivisionError), new_bundle(folder, FACTS, home / "tls"):
            assert (folder / "key.pem").exists()
            raise ZeroDivisionError
    assert not (tmp_path / "new").exists() and not list((tmp_path / "old").iterdir())


def test_folder_with_something_in_it_is_refused(home: Path, tmp_path: Path) -> None:
    """Nobody's files are mixed with a key."""
    (tmp_path / "photo.jpg").touch()
    with pytest.raises(Failed, match="not empty"), new_bundle(tmp_path, FACTS, home / "tls"):
        pass
    assert (tmp_path / "photo.jpg").exists()


def test_facts_can_be_written_anew(tmp_path: Path) -> None:
    """A moved gateway is one file in the bundle."""
    write_facts(tmp_path, FACTS)
    write_facts(tmp_path, BundleFacts(name="leit2", gateway="10.9.0.1:1", console_port=2))
    assert 'gateway = "10.9.0.1:1"' in (tmp_path / "bundle.toml").read_text()
