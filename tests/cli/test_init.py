"""`alarmgw init`: a home, whole or not at all."""

from __future__ import annotations

import resource
import stat
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from alarmgw import certificates, config
from alarmgw.cli.home import JOURNAL_NAME
from alarmgw.store import accounts
from alarmgw.store.journal import JournalReader
from tests.cli.conftest import Run


def test_new_home_passes_its_own_check(run: Run, tmp_path: Path) -> None:
    """What `init` makes is a configuration that loads, on the ports that were asked for."""
    new = tmp_path / "new"
    assert run("init", new, "--base-port", 4000).exit_code == 0
    assert config.bound_to(config.load(new).workstations) == ("127.0.0.1", 4002)
    assert run("check", "--home", new).exit_code == 0


def test_first_workstation_is_enrolled(run: Run, tmp_path: Path) -> None:
    """The bundle's certificate is registered under the name console."""
    new = tmp_path / "new"
    run("init", new, "--base-port", 4000)
    bundle = new / "workstations" / "console"
    facts = tomllib.loads((bundle / "bundle.toml").read_text())
    assert (facts["gateway"], facts["console_port"]) == ("127.0.0.1:4002", 4003)
    certificate = certificates.load_certificate(bundle / "certificate.pem")
    with JournalReader(new / JOURNAL_NAME).reading() as connection:
        known = accounts.workstation(connection, certificates.fingerprint(certificate))
    assert known is not None and known.name == "console"


def test_everything_is_for_its_owner_only(run: Run, tmp_path: Path) -> None:
    """Folders have mode 0700 and files 0600."""
    new = tmp_path / "new"
    run("init", new)
    for path in (new, *new.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_existing_home_is_not_touched(run: Run, home: Path) -> None:
    """A folder with anything in it is refused and left as it was."""
    before = {path: path.stat().st_mtime_ns for path in home.rglob("*")}
    result = run("init", home)
    assert result.exit_code == 1 and "not empty" in result.stderr
    assert before == {path: path.stat().st_mtime_ns for path in home.rglob("*")}


@pytest.fixture
def small_files() -> Iterator[None]:
    """No file grows beyond 30 KB: certificates can be written, a journal cannot."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_failed_init_leaves_nothing(run: Run, tmp_path: Path, small_files: None) -> None:
    """When a late step fails, the folder is as it was before the first, and one line says why."""
    (tmp_path / "empty").mkdir()
    for result in (run("init", tmp_path / "new"), run("init", tmp_path / "empty")):
        assert result.exit_code == 1 and result.stderr.count("\n") == 1
    assert not (tmp_path / "new").exists() and not list((tmp_path / "empty").iterdir())
