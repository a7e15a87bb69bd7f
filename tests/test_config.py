"""`alarmgw.config`: what is right is read, and what is wrong is told, all of it at once."""

from __future__ import annotations

import ipaddress
import tomllib
from pathlib import Path

import pytest

from alarmgw import config
from alarmgw.codec.outcomes import DEFAULT
from alarmgw.config import SpaceFloor
from alarmgw.errors import BadConfig
from tests.homes import make_home

CONFIGS = Path(__file__).parent / "configs"
ETC = Path(__file__).parent.parent / "etc"


def complaints(home: Path) -> list[str]:
    """What `load` complains about, one text each, without the folder in front."""
    with pytest.raises(BadConfig) as caught:
        config.load(home)
    return [str(complaint).replace(f"{home}/", "") for complaint in caught.value.complaints]


@pytest.mark.parametrize("case", sorted(CONFIGS.glob("bad-*")), ids=lambda case: case.name)
def test_bad_configuration_gets_exactly_its_complaints(case: Path, tmp_path: Path) -> None:
    """Each wrong configuration is refused with all its complaints, in order, and no other."""
    home = make_home(tmp_path / "home", (case / "alarmgw.toml").read_text())
    expected = (case / "expected-error").read_text().splitlines()
    told = complaints(home)
    assert len(told) == len(expected), told
    for text, start in zip(told, expected, strict=True):
        assert text.startswith(start)


def test_default_configuration_is_read_whole(tmp_path: Path) -> None:
    """What `init` writes is what the contract shows."""
    read = config.load(make_home(tmp_path))
    first, second = read.listeners
    assert (read.name, read.workstations) == ("gw1", "tcp:2527:interface=127.0.0.1")
    assert first.endpoint == "tcp:2525:interface=127.0.0.1:backlog=1024"
    assert (first.tls, second.tls) == ("starttls", "implicit")
    assert first.trusted_networks == (ipaddress.ip_network("127.0.0.0/8"),)
    assert read.limits == config.Limits()


def test_missing_keys_have_the_defaults_of_the_annotated_file(tmp_path: Path) -> None:
    """A file with only the required keys differs from the annotated one in no default."""
    short = (
        '[gateway]\nname="gw1"\n[[listener]]\nendpoint="tcp:1"\n[workstations]\nendpoint="tcp:2"'
    )
    read = config.load(make_home(tmp_path, short))
    assert read.limits == config.Limits()
    assert read.listeners == (config.ListenerSettings(endpoint="tcp:1"),)


def test_documented_defaults_are_those_of_the_code() -> None:
    """Where etc/alarmgw.toml says "Default: "x"", leaving the key out means x."""
    listener = tomllib.loads(config.template())["listener"][0]
    plain = config.ListenerSettings(endpoint="")
    for key in ("tls", "tls_profile", "auth_without_tls", "client_certificates", "unknown_sources"):
        assert getattr(plain, key) == listener[key]
        assert f'# Default: "{listener[key]}".' in config.template()


def test_base_port_moves_all_ports_together(tmp_path: Path) -> None:
    """`write_default` puts SMTP, implicit TLS and workstations on N, N+1 and N+2."""
    config.write_default(tmp_path, 40000)
    document = tomllib.loads((tmp_path / "alarmgw.toml").read_text())
    endpoints = [row["endpoint"] for row in document["listener"]]
    endpoints.append(document["workstations"]["endpoint"])
    assert [config.bound_to(endpoint)[1] for endpoint in endpoints] == [40000, 40001, 40002]
    assert (tmp_path / "alarmgw.toml").stat().st_mode & 0o777 == 0o600


def test_write_default_never_overwrites(tmp_path: Path) -> None:
    """An existing configuration stays as it is."""
    (tmp_path / "alarmgw.toml").write_text("mine")
    with pytest.raises(FileExistsError):
        config.write_default(tmp_path)
    assert (tmp_path / "alarmgw.toml").read_text() == "mine"


def test_etc_shows_the_template() -> None:
    """etc/alarmgw.toml is what `init` writes, letter for letter."""
    assert (ETC / "alarmgw.toml").read_text() == config.template()


def test_missing_file_says_how_to_make_one(tmp_path: Path) -> None:
    """A home without alarmgw.toml names the command that makes one."""
    [text] = complaints(tmp_path)
    assert "alarmgw init" in text


def test_file_in_latin_1_is_one_complaint(tmp_path: Path) -> None:
    """A file in another encoding is told as such, not as a traceback."""
    (tmp_path / "alarmgw.toml").write_bytes('name = "Süd"'.encode("latin-1"))
    assert complaints(tmp_path) == ["alarmgw.toml: -: is not UTF-8; save it as UTF-8"]


def test_unusable_tls_files_are_told_at_the_key_that_needs_them(tmp_path: Path) -> None:
    """A lost key and a broken certificate are both told, each once."""
    home = make_home(tmp_path)
    (home / "tls" / "server.key").unlink()
    (home / "tls" / "ca.pem").write_text("no certificate")
    told = complaints(home)
    assert [text.split(": ")[1] for text in told] == ["workstations.endpoint"] * 2
    assert "tls/server.key cannot be read" in told[0]
    assert "tls/ca.pem is no certificate in PEM" in told[1]


def test_plain_listener_needs_no_rsa_certificate(tmp_path: Path) -> None:
    """tls = "none" on every listener asks for no more than the workstations' certificate."""
    home = make_home(tmp_path, config.template().replace('"starttls"\n', '"none"\n', 2))
    text = (home / "alarmgw.toml").read_text().replace('tls = "implicit"', 'tls = "none"')
    (home / "alarmgw.toml").write_text(text)
    (home / "tls" / "server-rsa.key").unlink()
    assert {listener.tls for listener in config.load(home).listeners} == {"none"}


def test_missing_archive_is_no_empty_archive(tmp_path: Path) -> None:
    """A disk that is not mounted stops the start instead of filling the disk below it."""
    home = make_home(tmp_path)
    (home / "archive").rmdir()
    [text] = complaints(home)
    assert text.startswith("archive: archive: ") and "mounted?" in text


def test_archive_on_another_file_system_is_refused(tmp_path: Path) -> None:
    """Archive and spool must share a file system, because publishing is a rename."""
    home = make_home(tmp_path)
    (home / "spool").rmdir()
    (home / "spool").symlink_to("/proc")
    [text] = complaints(home)
    assert text.startswith("spool: spool: is on another file system")


@pytest.mark.parametrize(
    ("endpoint", "bound"),
    [
        ("tcp:25", ("", 25)),
        ("tcp:port=25:interface=10.8.0.1", ("10.8.0.1", 25)),
        ("tcp:25:interface=\\:\\:1", ("::1", 25)),
        ("haproxy:tcp:25", ("", 25)),
        ("systemd:domain=INET:index=0", ("", 0)),
    ],
)
def test_bound_to_reads_interface_and_port(endpoint: str, bound: tuple[str, int]) -> None:
    """Interface and port are found in each form that Twisted allows."""
    assert config.bound_to(endpoint) == bound


@pytest.mark.parametrize(
    "endpoint",
    [
        "haproxy:tcp:25",
        "tcp6:25",
        "systemd:domain=INET:index=0",
        "haproxy:systemd:domain=INET6:name=alarmgw-smtp.socket",
    ],
)
def test_endpoint_kinds_of_the_contract_are_taken(endpoint: str, tmp_path: Path) -> None:
    """tcp, systemd and haproxy are endpoints, whether or not they could be opened here."""
    toml = config.template().replace("tcp:2525:interface=127.0.0.1:backlog=1024", endpoint)
    assert config.load(make_home(tmp_path, toml)).listeners[0].endpoint == endpoint


def test_space_floor_is_a_share_or_a_number() -> None:
    """2% follows the disk's size, a number of bytes does not."""
    assert SpaceFloor(percent=2.0).of(1000) == 20
    assert SpaceFloor(bytes=500).of(1000) == 500


def test_name_is_read_while_the_rest_is_being_mended(tmp_path: Path) -> None:
    """A command that only needs the node's name is not stopped by another key."""
    home = make_home(tmp_path, '[gateway]\nname="gw7"\n[limits]\nconnections="many"\n')
    assert config.read_name(home) == "gw7"


def test_wrong_name_stops_whoever_needs_it(tmp_path: Path) -> None:
    """An unusable node name is told by `read_name` as by `load`."""
    with pytest.raises(BadConfig, match=r"gateway\.name"):
        config.read_name(make_home(tmp_path, '[gateway]\nname="GW 1"\n'))


ONE = """
[[outcome]]
code = "cat"
key = 1
lists = ["alarm", "fault"]
false = true
english = "Cat"
german = "Katze"
"""


def test_a_control_room_may_have_outcomes_of_its_own(tmp_path: Path) -> None:
    """They replace those that come with the program; without the file these hold."""
    home = make_home(tmp_path)
    assert config.load(home).outcomes == DEFAULT
    (home / config.OUTCOMES_NAME).write_text(ONE)
    assert [one.code for one in config.load(home).outcomes.all] == ["cat"]


@pytest.mark.parametrize(
    "content",
    [b"", b"[[outcome]]", b"\xff", ONE.replace("cat", "Cat!").encode(), b"key ="],
    ids=["empty", "without fields", "latin 1", "bad code", "no toml"],
)
def test_wrong_outcomes_are_complaints_beside_all_others(content: bytes, tmp_path: Path) -> None:
    """The gateway does not start with them; what else is wrong is told with it."""
    home = make_home(tmp_path, config.template().replace('"gw1"', '"GW 1"'))
    (home / config.OUTCOMES_NAME).write_bytes(content)
    with pytest.raises(BadConfig) as caught:
        config.load(home)
    files = {complaint.file.rpartition("/")[2] for complaint in caught.value.complaints}
    assert files == {"alarmgw.toml", "outcomes.toml"}


def test_outcomes_that_cannot_be_read_are_a_complaint(tmp_path: Path) -> None:
    """Nothing is taken for them."""
    home = make_home(tmp_path)
    (home / config.OUTCOMES_NAME).mkdir()
    assert "outcomes.toml" in complaints(home)[0]
