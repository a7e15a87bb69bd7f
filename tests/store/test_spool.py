"""The spool: what makes a mail durable, in which order, and what a fault means for it."""

from __future__ import annotations

import contextlib
import errno
import hashlib
from pathlib import Path

import pytest

from alarmgw.errors import Cause, TryLater
from alarmgw.model import Source
from alarmgw.store.safefile import Files
from alarmgw.store.spool import Draft, Spool, folder_in_spool, put_entry, text_bytes
from tests.fakes_files import FailingFiles, LinklessFiles, RecordingFiles
from tests.store.lives import MAIL, SOURCES, alarm_record, mail_of, picture, sealed, stored

MESSAGE = mail_of(picture(), text="Zaun Süd\r\n")
TWO: tuple[Source | None, ...] = SOURCES


def draft_with(home: Path, files: Files) -> Draft:
    """A new draft in a new spool."""
    return Spool(home, files).create(MAIL)


def test_a_mail_is_durable_by_three_syncs_in_their_order(tmp_path: Path) -> None:
    """Names are synced while data arrives, the mail's bytes once, after all is written."""
    files = RecordingFiles()
    stored(draft_with(tmp_path, files), MESSAGE)
    relevant = [step for step in files.steps if "sync" in step or "write message" in step]
    assert relevant[1:] == [
        "write message.eml",
        f"sync_folder {MAIL}",
        "sync_folder spool",
        "write message.eml",
        "sync message.eml",
    ]


def test_names_that_nobody_synced_are_synced_at_the_end(tmp_path: Path) -> None:
    """`Draft.finish` promises nothing without durable names."""
    files = RecordingFiles()
    draft = draft_with(tmp_path, files)
    draft.write(MESSAGE)
    draft.finish()
    assert files.steps.index("sync_folder spool") < files.steps.index("sync message.eml")


def test_the_home_s_folders_are_made_once_and_synced_each_time(tmp_path: Path) -> None:
    """`Spool` syncs folders that are there, too: who made them may have been stopped before."""
    files = RecordingFiles()
    Spool(tmp_path, files)
    Spool(tmp_path, files)
    synced = f"sync_folder {tmp_path.name}"
    assert files.steps == ["mkdir spool", "mkdir archive", synced, synced]


def test_an_id_that_is_taken_is_refused(tmp_path: Path) -> None:
    """`Spool.create` never writes into another mail's folder."""
    spool = Spool(tmp_path, Files())
    first = spool.create(MAIL)
    with pytest.raises(TryLater):
        spool.create(MAIL)
    assert stored(first, MESSAGE).mail.size == len(MESSAGE)
    assert (first.folder / "message.eml").read_bytes() == MESSAGE


def test_a_further_alarm_s_folder_that_is_taken_is_left_alone(tmp_path: Path) -> None:
    """`Draft.seal` and `Draft.abort` remove no folder that this draft has not made."""
    draft = draft_with(tmp_path, Files())
    taken = folder_in_spool(tmp_path, f"{MAIL}-2")
    taken.mkdir()
    (taken / "message.eml").write_bytes(b"promised")
    sealed(draft, stored(draft, MESSAGE), TWO)
    draft.abort()
    assert (taken / "message.eml").read_bytes() == b"promised"


@pytest.mark.parametrize(
    ("operation", "name"),
    [("write", "message.eml"), ("sync", "message.eml"), ("close", "message.eml"),
     ("sync_folder", MAIL), ("write", ".jpg"), ("close", ".jpg"), ("close", "text.txt"),
     ("write", "text.txt"), ("link", "01-"), ("unlink", "")],
)  # fmt: skip
def test_no_fault_leaves_a_descriptor_open(tmp_path: Path, operation: str, name: str) -> None:
    """Whatever fails in a draft's life, everything that it opened is closed in the end."""
    files = FailingFiles(operation, errno.EIO, name)
    draft = draft_with(tmp_path, files)
    with contextlib.suppress(TryLater):
        sealed(draft, stored(draft, MESSAGE), TWO)
    draft.abort()
    assert files.failed
    assert files.names == {}


def test_the_mail_is_kept_octet_for_octet(tmp_path: Path) -> None:
    """`Draft.finish` tells size and hash of what is on disk."""
    finished = stored(draft_with(tmp_path, Files()), MESSAGE)
    assert (tmp_path / "spool" / MAIL / "message.eml").read_bytes() == MESSAGE
    assert finished.mail.size == len(MESSAGE)
    assert finished.mail.sha256 == hashlib.sha256(MESSAGE).hexdigest()
    assert len(finished.unpacked.pictures) == 1


@pytest.mark.parametrize(
    ("number", "cause"),
    [
        (errno.ENOSPC, Cause.NO_SPACE),
        (errno.EDQUOT, Cause.NO_SPACE),
        (errno.EIO, Cause.STORE_FAILED),
    ],
)
@pytest.mark.parametrize("operation", ["write", "sync", "sync_folder", "close"])
def test_a_fault_means_later(tmp_path: Path, operation: str, number: int, cause: Cause) -> None:
    """Whatever fails before the promise is answered "later", with what the disk said."""
    name = MAIL if operation == "sync_folder" else "message.eml"
    files = FailingFiles(operation, number, name)
    with pytest.raises(TryLater) as caught:
        stored(draft_with(tmp_path, files), MESSAGE)
    assert caught.value.cause is cause


def test_a_file_whose_sync_failed_is_never_synced_again(tmp_path: Path) -> None:
    """After a failed sync every further use of the draft fails, though the disk works again."""
    files = FailingFiles("sync", errno.EIO)
    draft = draft_with(tmp_path, files)
    with pytest.raises(TryLater):
        stored(draft, MESSAGE)
    files.fault = None
    for again in (draft.finish, draft.sync_names, lambda: draft.write(b"x")):
        with pytest.raises(TryLater):
            again()
    assert [path.name for path in files.failed] == ["message.eml"]


@pytest.mark.parametrize("operation", ["mkdir", "create"])
def test_a_draft_that_cannot_begin_leaves_nothing(tmp_path: Path, operation: str) -> None:
    """`Spool.create` raises `TryLater` and removes what it had made."""
    spool = Spool(tmp_path, Files())
    spool.files = FailingFiles(operation, errno.ENOSPC)
    with pytest.raises(TryLater):
        spool.create(MAIL)
    assert list((tmp_path / "spool").iterdir()) == []


def test_pictures_that_do_not_fit_cost_no_mail(tmp_path: Path) -> None:
    """A disk too full for a picture, not for the mail, costs the picture."""
    files = FailingFiles("write", errno.ENOSPC, ".jpg")
    finished = stored(draft_with(tmp_path, files), MESSAGE)
    assert finished.unpacked.pictures == ()
    assert finished.unpacked.notes == ("unpacking_failed",)
    assert isinstance(finished.fault, OSError)


def test_sealing_puts_the_text_beside_the_mail(tmp_path: Path) -> None:
    """`Draft.seal` writes text.txt into the draft's folder; the entry is not known yet."""
    draft = draft_with(tmp_path, Files())
    sealed(draft, stored(draft, MESSAGE), TWO[:1])
    assert (draft.folder / "text.txt").read_text() == "Zaun Süd"
    assert not (draft.folder / "alarm.json").exists()


def test_each_alarm_gets_its_entry(tmp_path: Path) -> None:
    """`put_entry` finds the folder, be it the draft or a further alarm's."""
    draft = draft_with(tmp_path, Files())
    for alarm in sealed(draft, stored(draft, MESSAGE), TWO):
        put_entry(tmp_path, Files(), alarm.alarm, alarm.public)
        folder = folder_in_spool(tmp_path, alarm.alarm)
        assert (folder / "alarm.json").read_bytes() == alarm.public


def test_a_mail_without_text_has_no_text_file(tmp_path: Path) -> None:
    """`Draft.seal` makes text.txt only when there is text."""
    draft = draft_with(tmp_path, Files())
    sealed(draft, stored(draft, b"Subject: x\r\n\r\n"), TWO[:1])
    assert not (draft.folder / "text.txt").exists()


def test_each_further_alarm_has_a_complete_folder(tmp_path: Path) -> None:
    """`Draft.seal` links all files for the second alarm."""
    draft = draft_with(tmp_path, Files())
    alarms = sealed(draft, stored(draft, MESSAGE), TWO)
    second = folder_in_spool(tmp_path, alarms[1].alarm)
    for name in ("message.eml", "text.txt", "01-bild1.jpg"):
        assert (second / name).samefile(draft.folder / name)


def test_further_alarms_have_copies_where_links_are_impossible(tmp_path: Path) -> None:
    """A file system without hard links gives each alarm a complete folder, too."""
    draft = draft_with(tmp_path, LinklessFiles())
    alarms = sealed(draft, stored(draft, MESSAGE), TWO)
    second = folder_in_spool(tmp_path, alarms[1].alarm)
    assert (second / "message.eml").read_bytes() == MESSAGE
    assert not (second / "message.eml").samefile(draft.folder / "message.eml")


@pytest.mark.parametrize(
    ("operation", "name"),
    [("create", "text.txt"), ("mkdir", "9-2"), ("link", "01-")],
)
def test_what_cannot_be_sealed_is_told_and_costs_no_mail(
    tmp_path: Path, operation: str, name: str
) -> None:
    """A fault in sealing is returned; no half folder of a further alarm is left."""
    draft = draft_with(tmp_path, FailingFiles(operation, errno.ENOSPC, name))
    finished = stored(draft, MESSAGE)
    alarms = [alarm_record(finished.mail, number, None, finished.unpacked) for number in (1, 2)]
    faults = draft.seal(alarms)
    assert {fault.errno for fault in faults} == {errno.ENOSPC}
    second = folder_in_spool(tmp_path, alarms[1].alarm)
    assert not second.exists() or (second / "01-bild1.jpg").exists()


def test_an_aborted_draft_leaves_nothing(tmp_path: Path) -> None:
    """`Draft.abort` removes the draft and the folders of its further alarms."""
    draft = draft_with(tmp_path, Files())
    sealed(draft, stored(draft, MESSAGE), TWO)
    draft.abort()
    assert list((tmp_path / "spool").iterdir()) == []


def test_a_draft_can_be_aborted_in_the_middle_of_a_picture(tmp_path: Path) -> None:
    """`Draft.abort` needs no end of the mail, and takes no more of it."""
    draft = draft_with(tmp_path, Files())
    draft.write(MESSAGE[: len(MESSAGE) // 2])
    draft.abort()
    assert list((tmp_path / "spool").iterdir()) == []
    with pytest.raises(TryLater):
        draft.write(b"more")


def test_an_abort_that_fails_is_the_next_start_s(tmp_path: Path) -> None:
    """`Draft.abort` raises nothing when the disk removes nothing."""
    draft = draft_with(tmp_path, FailingFiles("unlink", errno.EIO))
    draft.abort()
    assert draft.folder.exists()


def test_a_draft_that_is_left_stays(tmp_path: Path) -> None:
    """`Draft.leave` keeps the folder: its journal line may be on disk."""
    draft = draft_with(tmp_path, Files())
    sealed(draft, stored(draft, MESSAGE), TWO)
    draft.leave()
    assert (draft.folder / "message.eml").read_bytes() == MESSAGE


def test_the_probe_syncs_a_fresh_file_each_time(tmp_path: Path) -> None:
    """`Spool.probe` never syncs a file twice, and leaves none."""
    files = FailingFiles("sync", errno.EIO)
    spool = Spool(tmp_path, files)
    with pytest.raises(TryLater):
        spool.probe()
    assert list((tmp_path / "spool").iterdir()) == []
    files.fault = None
    spool.probe()
    assert list((tmp_path / "spool").iterdir()) == []


def test_the_probe_gets_over_what_an_earlier_one_left(tmp_path: Path) -> None:
    """`Spool.probe` replaces the file of a gateway that was stopped in its probe."""
    spool = Spool(tmp_path, Files())
    (tmp_path / "spool" / "volume.probe").touch()
    spool.probe()
    assert list((tmp_path / "spool").iterdir()) == []


def test_the_first_alarm_waits_in_the_draft() -> None:
    """`folder_in_spool` is the draft for alarm 1 and a folder of its own for others."""
    assert folder_in_spool(Path("/h"), f"{MAIL}-1") == Path("/h/spool") / MAIL
    assert folder_in_spool(Path("/h"), f"{MAIL}-11") == Path("/h/spool") / f"{MAIL}-11"


def test_text_is_utf_8_whatever_it_came_from() -> None:
    """`text_bytes` writes a lone surrogate as U+FFFD, as entries do."""
    assert text_bytes("a\ud800b\U0001f600") == "a\ufffdb\U0001f600".encode()


def test_the_probe_does_what_a_mail_needs(tmp_path: Path) -> None:
    """`Spool.probe` syncs names as well: a volume that cannot do that would fail every mail."""
    files = FailingFiles("sync_folder", errno.EIO, "spool")
    with pytest.raises(TryLater):
        Spool(tmp_path, files).probe()
