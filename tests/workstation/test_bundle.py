"""Bundles: loaded whole, or everything that is wrong with them at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography import x509

from alarmgw.certificates import fingerprint
from alarmgw.errors import BadConfig
from alarmgw.workstation.bundle import load_bundle
from tests.certificates import Authority

SETTINGS = {
    "name": '"console"',
    "gateway": '"10.0.0.1:2527"',
    "server_name": '"gateway.alarmgw.internal"',
    "console_port": "2528",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A bundle as it should be."""
    authority = Authority()
    client = authority.client()
    (tmp_path / "key.pem").write_bytes(client.key_pem)
    (tmp_path / "certificate.pem").write_bytes(client.certificate_pem)
    (tmp_path / "ca.pem").write_bytes(authority.pem)
    settings(tmp_path)
    return tmp_path


def settings(folder: Path, **changes: str | None) -> None:
    """Write bundle.toml; None leaves a key out."""
    lines = [f"{key} = {value}" for key, value in {**SETTINGS, **changes}.items() if value]
    (folder / "bundle.toml").write_text("\n".join(lines))


def complaints(folder: Path) -> list[tuple[str, str]]:
    """The file and key of everything that is wrong."""
    with pytest.raises(BadConfig) as caught:
        load_bundle(folder)
    return [(Path(one.file).name, one.key) for one in caught.value.complaints]


def test_a_good_bundle_is_loaded(folder: Path) -> None:
    """Its settings and its three files."""
    bundle = load_bundle(folder)
    assert (bundle.name, bundle.host, bundle.port) == ("console", "10.0.0.1", 2527)
    assert bundle.server_name == "gateway.alarmgw.internal" and bundle.console_port == 2528
    assert b"PRIVATE KEY" in bundle.key and "PRIVATE" not in repr(bundle)


@pytest.mark.parametrize(
    ("gateway", "host"),
    [("gw.example.org:2527", "gw.example.org"), ("[fd00::1]:2527", "fd00::1")],
)
def test_gateways_have_names_or_either_kind_of_address(
    folder: Path, gateway: str, host: str
) -> None:
    """A host name, and an IPv6 address in brackets."""
    settings(folder, gateway=f'"{gateway}"')
    assert load_bundle(folder).host == host


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("gateway", '"10.0.0.1"'),
        ("gateway", '"10.0.0.1:0"'),
        ("gateway", '"10.0.0.1:70000"'),
        ("gateway", '"fd00::1:2527"'),
        ("gateway", "2527"),
        ("gateway", None),
        ("server_name", '"not a name"'),
        ("server_name", '""'),
        ("console_port", '"2528"'),
        ("console_port", "70000"),
        ("console_port", "true"),
        ("name", '""'),
        ("name", None),
    ],
)
def test_each_bad_setting_is_named(folder: Path, key: str, value: str | None) -> None:
    """The complaint has the file and the key."""
    settings(folder, **{key: value})
    assert complaints(folder) == [("bundle.toml", key)]


def test_an_unknown_key_is_named(folder: Path) -> None:
    """A misspelt key is not silently without effect."""
    settings(folder, gatewy='"x"')
    assert complaints(folder) == [("bundle.toml", "gatewy")]


def test_all_complaints_come_at_once(folder: Path) -> None:
    """A broken bundle is mended in one go."""
    settings(folder, gateway=None, name=None)
    (folder / "key.pem").write_text("nothing")
    (folder / "ca.pem").unlink()
    assert complaints(folder) == [
        ("bundle.toml", "name"),
        ("bundle.toml", "gateway"),
        ("key.pem", "file"),
        ("ca.pem", "file"),
    ]


@pytest.mark.parametrize("damage", [b"= broken", b"\xff\xfe"])
def test_settings_that_are_no_toml_are_one_complaint(folder: Path, damage: bytes) -> None:
    """The file is named, not every key that could not be read."""
    (folder / "bundle.toml").write_bytes(damage)
    assert complaints(folder) == [("bundle.toml", "file")]


def test_an_empty_folder_is_four_complaints(tmp_path: Path) -> None:
    """Each missing file is named."""
    assert len(complaints(tmp_path)) == 4


def test_a_key_of_another_certificate_is_found(folder: Path) -> None:
    """Files of two bundles mixed up are told apart before the gateway does."""
    (folder / "key.pem").write_bytes(Authority().client().key_pem)
    assert complaints(folder) == [("key.pem", "file")]


def test_a_bundle_may_name_what_plays_its_tones(folder: Path) -> None:
    """Word by word: no shell reads it."""
    settings(folder, player='["aplay", "-q", "{file}"]')
    assert load_bundle(folder).player == ("aplay", "-q", "{file}")


@pytest.mark.parametrize("player", ['"aplay {file}"', '["aplay"]', "[]", '["{file}"]', "[1]"])
def test_a_player_without_a_file_is_refused(folder: Path, player: str) -> None:
    """It would be silent, and nobody would know."""
    settings(folder, player=player)
    assert complaints(folder) == [("bundle.toml", "player")]


def test_a_bundle_knows_its_certificate_as_the_gateway_does(folder: Path) -> None:
    """By that name the gateway says in its entries who sits here."""
    certificate = x509.load_pem_x509_certificate((folder / "certificate.pem").read_bytes())
    assert load_bundle(folder).fingerprint == fingerprint(certificate)
