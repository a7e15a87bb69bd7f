"""Pieces of stored pictures: what an alarm's entries list, and nothing else on the disk."""

import json
from pathlib import Path

import pytest

from alarmgw.errors import Refused
from alarmgw.store.pictures import read_chunk
from tests.journals import alarm, mail_id

ALARM = f"{mail_id(1)}-1"


class OneAlarm:
    """A journal that knows the alarm of the first mail, and says more about it if told."""

    def __init__(self, *more: dict[str, object], **changes: object) -> None:
        entries = [{**alarm(1), **changes}, *more]
        self.said = [(number, json.dumps(entry).encode()) for number, entry in enumerate(entries)]

    def of_alarm(self, wanted: str) -> list[tuple[int, bytes]]:
        """Its entries, or none for any other alarm."""
        return self.said if wanted == ALARM else []


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The alarm's folder, with its mail, a listed picture and a file that no entry lists."""
    made = tmp_path / str(alarm(1)["path"])
    made.mkdir(parents=True)
    for name in ("01-a.jpg", "message.eml", "text.txt", "alarm.json"):
        (made / name).write_bytes(name.encode() * 10)
    (tmp_path / "secret").write_bytes(b"secret")
    return made


@pytest.mark.parametrize("name", ["01-a.jpg", "message.eml", "text.txt"])
def test_reads_what_belongs_to_an_alarm(tmp_path: Path, folder: Path, name: str) -> None:
    """A listed picture, the mail and the text are read in pieces, with their length."""
    whole = name.encode() * 10
    assert read_chunk(tmp_path, OneAlarm(), ALARM, name, 0, 5) == (whole[:5], len(whole))
    assert read_chunk(tmp_path, OneAlarm(), ALARM, name, 5, 500) == (whole[5:], len(whole))
    assert read_chunk(tmp_path, OneAlarm(), ALARM, name, len(whole), 5) == (b"", len(whole))


@pytest.mark.parametrize(
    "name",
    [
        "alarm.json",
        "02-b.jpg",
        "",
        ".",
        "..",
        "../../../secret",
        "/etc/passwd",
        "01-a.jpg\0",
        "x/y",
    ],
)
def test_refuses_what_no_entry_lists(tmp_path: Path, folder: Path, name: str) -> None:
    """A name from outside that no entry lists never reaches the disk."""
    with pytest.raises(Refused):
        read_chunk(tmp_path, OneAlarm(), ALARM, name, 0, 5)


def test_refuses_an_unknown_alarm(tmp_path: Path, folder: Path) -> None:
    """An alarm that the journal does not know has no files."""
    with pytest.raises(Refused):
        read_chunk(tmp_path, OneAlarm(), "gw1-1", "message.eml", 0, 5)


def test_reads_what_a_rebuild_listed(tmp_path: Path, folder: Path) -> None:
    """A picture that only a later rebuild found is the alarm's, too."""
    (folder / "02-b.jpg").write_bytes(b"found later")
    rebuilt = {"type": "rebuilt", "pictures": [{"name": "02-b.jpg"}], "files": []}
    assert read_chunk(tmp_path, OneAlarm(rebuilt), ALARM, "02-b.jpg", 0, 50)[0] == b"found later"


def test_an_erased_name_is_no_name(tmp_path: Path, folder: Path) -> None:
    """When the content was erased the entry's names are null, and nothing is served by them."""
    journal = OneAlarm(pictures=[{"name": None}])
    with pytest.raises(Refused):
        read_chunk(tmp_path, journal, ALARM, "01-a.jpg", 0, 5)


@pytest.mark.parametrize("spool", [mail_id(1), ALARM])
def test_finds_a_folder_whose_rename_failed(tmp_path: Path, folder: Path, spool: str) -> None:
    """What was promised can be shown while it still lies in the spool."""
    (tmp_path / "spool").mkdir()
    folder.rename(tmp_path / "spool" / spool)
    assert read_chunk(tmp_path, OneAlarm(), ALARM, "01-a.jpg", 0, 8)[0] == b"01-a.jpg"


def test_what_is_gone_is_refused(tmp_path: Path, folder: Path) -> None:
    """A deletion period may have emptied the folder."""
    (folder / "01-a.jpg").unlink()
    with pytest.raises(Refused):
        read_chunk(tmp_path, OneAlarm(), ALARM, "01-a.jpg", 0, 8)


def test_follows_no_symbolic_link(tmp_path: Path, folder: Path) -> None:
    """Neither a file nor a folder on the way may be a link."""
    (folder / "01-a.jpg").unlink()
    (folder / "01-a.jpg").symlink_to(tmp_path / "secret")
    with pytest.raises(Refused):
        read_chunk(tmp_path, OneAlarm(), ALARM, "01-a.jpg", 0, 8)
    moved = folder.rename(tmp_path / "elsewhere")
    folder.symlink_to(moved)
    with pytest.raises(Refused):
        read_chunk(tmp_path, OneAlarm(), ALARM, "text.txt", 0, 8)


def test_a_path_that_leaves_the_home_is_refused(tmp_path: Path, folder: Path) -> None:
    """Even an entry's own path is walked within the home only."""
    journal = OneAlarm(path="archive/../..")
    with pytest.raises(Refused):
        read_chunk(tmp_path, journal, ALARM, "message.eml", 0, 8)


def test_a_folder_or_pipe_is_no_file(tmp_path: Path, folder: Path) -> None:
    """What is not a regular file is not read, and does not hold the thread."""
    (folder / "01-a.jpg").unlink()
    (folder / "01-a.jpg").mkdir()
    with pytest.raises(Refused):
        read_chunk(tmp_path, OneAlarm(), ALARM, "01-a.jpg", 0, 8)
