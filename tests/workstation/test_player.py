"""The player plays with a program of the machine, and says why it does not."""

from __future__ import annotations

import sys
import wave
from collections.abc import Sequence
from pathlib import Path

import pytest
from twisted.internet.task import Clock

from alarmgw.workstation.player import FOLDER, HANGS_SECONDS, Player, started, usual_player


class Program:
    """A program that runs until the test says otherwise."""

    def __init__(self) -> None:
        self.code: int | None = None

    def poll(self) -> int | None:
        """Its exit code; None while it runs."""
        return self.code

    def kill(self) -> None:
        """It ends as a killed program does."""
        self.code = -9


class Stage:
    """A player whose programs a test can look at."""

    def __init__(self, folder: Path) -> None:
        self.clock = Clock()
        self.commands: list[Sequence[str]] = []
        self.programs: list[Program] = []
        self.refusal: OSError | None = None
        self.player = Player(self.clock, folder / FOLDER, ("play", "-q", "{file}"), self._start)

    def _start(self, words: Sequence[str]) -> Program:
        if self.refusal is not None:
            raise self.refusal
        self.commands.append(words)
        self.programs.append(Program())
        return self.programs[-1]


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    """A player in an empty folder."""
    return Stage(tmp_path)


def test_it_plays_a_file_that_is_there(stage: Stage) -> None:
    """Written on the first use, and a WAV file."""
    stage.player.play("class-2")
    program, option, file = stage.commands[0]
    assert (program, option) == ("play", "-q")
    with wave.open(file) as read:
        assert read.getnframes() > 0


def test_a_tone_that_follows_ends_the_one_before(stage: Stage) -> None:
    """Two at once are none."""
    stage.player.play("class-3")
    stage.player.play("class-1")
    assert [program.code for program in stage.programs] == [-9, None]


def test_a_program_that_fails_is_told_with_its_code(stage: Stage) -> None:
    """And no more after it has worked again."""
    told: list[str | None] = []
    stage.player.on_change = lambda: told.append(stage.player.fault)
    for code in (1, 0):
        stage.player.play("class-2")
        stage.programs[-1].code = code
        stage.clock.advance(1)
    assert list(dict.fromkeys(told)) == ["play ended with code 1", None]


def test_a_program_that_is_missing_is_told(stage: Stage) -> None:
    """With the reason that the machine gives."""
    stage.refusal = FileNotFoundError(2, "No such file or directory")
    stage.player.play("class-2")
    assert stage.player.fault == "play cannot be started: No such file or directory"


def test_a_program_that_hangs_is_ended(stage: Stage) -> None:
    """The next tone must not wait for it."""
    stage.player.play("class-2")
    stage.clock.pump([1.0] * round(HANGS_SECONDS + 2))
    assert stage.programs[0].code == -9
    assert stage.player.fault == "the player did not end"


def test_silence_ends_the_tone(stage: Stage) -> None:
    """And leaves nothing in the clock."""
    stage.player.play("class-2")
    stage.player.stop()
    assert stage.programs[0].code == -9
    assert stage.clock.getDelayedCalls() == []


def test_without_a_program_it_says_so(tmp_path: Path) -> None:
    """It is no fault of the tone."""
    player = Player(Clock(), tmp_path, None)
    player.play("class-1")
    assert player.fault == "no program that plays a file was found"


def test_pages_that_play_hear_of_each_tone(stage: Stage) -> None:
    """When it would be played, and not amid the change that it is played for."""
    told: list[tuple[int, str]] = []
    player = stage.player
    player.on_change = lambda: told.append((player.asked, player.last))
    player.play("class-3")
    stage.programs[-1].code = 1
    stage.clock.advance(1)
    assert told == [(1, "class-3")]
    player.play("class-3")
    player.play("class-1")
    assert len(told) == 1
    stage.clock.advance(0)
    assert told == [(1, "class-3"), (3, "class-1")]
    player.play("class-1")
    player.stop()
    assert stage.clock.getDelayedCalls() == []


@pytest.mark.parametrize("name", ["O'Neil", "a''b"])
def test_an_apostrophe_in_a_folder_ends_no_quotes(tmp_path: Path, name: str) -> None:
    """PowerShell takes two for one; a program without quotes gets the name as it is."""
    folder = tmp_path / name
    folder.mkdir()
    heard: list[Sequence[str]] = []
    for platform, program in (("win32", "powershell"), ("linux", "aplay")):
        command = usual_player(platform, program.__eq__)

        def start(words: Sequence[str]) -> Program:
            heard.append(words)
            return Program()

        Player(Clock(), folder / FOLDER, command, start).play("class-2")
    file = str(folder / FOLDER / "class-2.wav")
    doubled = file.replace("'", "''")
    assert heard[0][-1] == f"(New-Object Media.SoundPlayer '{doubled}').PlaySync()"
    assert heard[1][-1] == file


@pytest.mark.parametrize(
    ("platform", "there", "first"),
    [
        ("linux", {"paplay", "aplay"}, "paplay"),
        ("linux", {"aplay"}, "aplay"),
        ("win32", {"powershell"}, "powershell"),
        ("linux", set(), None),
    ],
)
def test_the_usual_player_is_one_that_is_there(
    platform: str, there: set[str], first: str | None
) -> None:
    """By platform, the best one first."""
    found = usual_player(platform, lambda name: name if name in there else None)
    assert (found[0] if found else None) == first
    assert found is None or any("{file}" in word for word in found)


def test_a_real_program_gets_the_file(tmp_path: Path) -> None:
    """Started without a shell, so that no name can be a command."""
    note = tmp_path / "note"
    script = "import sys, shutil; shutil.copy(sys.argv[1], sys.argv[2])"
    program = started([sys.executable, "-c", script, __file__, str(note)])
    while program.poll() is None:
        pass
    assert note.read_bytes() == Path(__file__).read_bytes()
