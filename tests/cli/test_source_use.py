"""`alarmgw source disable`, `enable` and `certificate`."""

from __future__ import annotations

import json
from pathlib import Path

from cryptography import x509

from alarmgw.certificates import fingerprint, issued_by, load_certificate
from alarmgw.cli.home import JOURNAL_NAME
from alarmgw.store import accounts
from alarmgw.store.journal import JournalReader
from tests.cli.conftest import Run


def test_a_source_is_disabled_and_enabled(run: Run) -> None:
    """And shows since when."""
    run("source", "add", "a@x")
    assert run("source", "disable", "A@x").stdout == "a@x disabled\n"
    assert json.loads(run("source", "show", "a@x", "--json").stdout)["disabled"]
    assert run("source", "enable", "a@x").exit_code == 0
    assert json.loads(run("source", "show", "a@x", "--json").stdout)["disabled"] is None


def test_a_certificate_proves_the_login_at_smtp_and_no_workstation(
    run: Run, home: Path, tmp_path: Path
) -> None:
    """Its fingerprint is the login's; the broker knows workstations only, and this is none."""
    run("source", "add", "a@x", "--login", "cam")
    assert run("source", "certificate", "a@x", "--to", tmp_path / "cam").exit_code == 0
    made = load_certificate(tmp_path / "cam" / "certificate.pem")
    assert issued_by(made, load_certificate(home / "tls" / "ca.pem"))
    assert made.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)[0].value == "cam"
    assert (tmp_path / "cam" / "key.pem").stat().st_mode & 0o777 == 0o600
    reader = JournalReader(home / JOURNAL_NAME)
    assert reader.directory().certificates == {fingerprint(made): "cam"}
    with reader.reading() as connection:
        assert accounts.workstation(connection, fingerprint(made)) is None


def test_a_refused_certificate_leaves_no_folder(run: Run, tmp_path: Path) -> None:
    """A key that proves nothing would only puzzle whoever finds it."""
    run("source", "add", "a@x")
    result = run("source", "certificate", "a@x", "--to", tmp_path / "cam")
    assert result.exit_code == 1 and "--login" in result.stderr
    assert not (tmp_path / "cam").exists()
