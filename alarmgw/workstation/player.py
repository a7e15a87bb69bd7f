"""The player: tones played by a program of this machine, so that no page has to be open.

``player`` in ``bundle.toml`` names the program, its words in a list, ``{file}``
where the WAV file belongs; without it the usual ones are looked for.  A
program that is missing or fails is told with its reason: the page says so,
and plays itself what is to be heard, when it is told of it.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.logger import Logger

from alarmgw.codec.tone import TONES, wav

#: The folder of the WAV files in the bundle.
FOLDER = "tones"

#: A player that still plays after so many seconds hangs, and is ended.
HANGS_SECONDS = 15.0

#: How often it is looked whether the player has ended.
LOOK_SECONDS = 0.25

_WINDOWS = ("powershell", "-NoProfile", "-Command",
            "(New-Object Media.SoundPlayer '{file}').PlaySync()")  # fmt: skip
_OTHERS = (("pw-play", "{file}"), ("paplay", "{file}"), ("aplay", "-q", "{file}"))


class Process(Protocol):
    """What we ask of a program that was started (`subprocess.Popen`)."""

    def poll(self) -> int | None:
        """Its exit code; None while it runs."""

    def kill(self) -> None:
        """End it now."""


def usual_player(
    platform: str = sys.platform, which: Callable[[str], str | None] = shutil.which
) -> tuple[str, ...] | None:
    """The command that plays a file on a machine of this kind; None where there is none."""
    known = (_WINDOWS,) if platform == "win32" else _OTHERS
    return next((words for words in known if which(words[0])), None)


def started(words: Sequence[str]) -> Process:
    """Start a program that nobody talks to.  Raises `OSError`."""
    nothing = subprocess.DEVNULL
    return subprocess.Popen(words, stdin=nothing, stdout=nothing, stderr=nothing)


def _words(command: Sequence[str], file: str) -> list[str]:
    # Where the file stands within quotes it must not end them; PowerShell doubles its own.
    quoted = file.replace("'", "''")
    return [word.replace("'{file}'", f"'{quoted}'").replace("{file}", file) for word in command]


class Player:
    """Plays one tone at a time; a more urgent one ends the one before."""

    log = Logger()

    def __init__(
        self,
        clock: IReactorTime,
        folder: Path,
        command: Sequence[str] | None,
        start: Callable[[Sequence[str]], Process] = started,
    ) -> None:
        """``folder`` gets the WAV files.  Without a ``command`` it is silent and says so."""
        self.on_change: Callable[[], None] = _nobody
        self.fault: str | None = None if command else "no program that plays a file was found"
        self._clock, self._folder, self._command, self._start = clock, folder, command, start
        #: How many tones were to be played, and the last one.
        self.asked, self.last = 0, ""
        self._playing: Process | None = None
        self._looking: IDelayedCall | None = None
        self._telling: IDelayedCall | None = None
        self._since = 0.0

    def play(self, tone: str) -> None:
        """Play the tone of this name (a key of `alarmgw.codec.tone.TONES`)."""
        self._end()
        self.asked, self.last = self.asked + 1, tone
        if self.fault is not None:  # then pages play it, and must hear of it: not amid a change
            self._telling = self._clock.callLater(0, self._tell_pages)
        if self._command is None:
            return
        try:
            self._playing = self._start(_words(self._command, str(self._file(tone))))
        except OSError as error:
            self._tell(f"{self._command[0]} cannot be started: {error.strerror or error}")
            return
        self._since = self._clock.seconds()
        self._looking = self._clock.callLater(LOOK_SECONDS, self._look)

    def stop(self) -> None:
        """Be silent."""
        self._end()

    def _file(self, tone: str) -> Path:
        """The tone's file, written when it is needed first.  Raises `OSError`."""
        path = self._folder / f"{tone}.wav"
        data = wav(tone) if tone in TONES else b""
        if not path.is_file() or path.stat().st_size != len(data):
            self._folder.mkdir(exist_ok=True)
            path.write_bytes(data)
        return path

    def _look(self) -> None:
        self._looking = None
        if self._playing is None:
            return
        code = self._playing.poll()
        if code is not None:
            self._playing = None
            name = self._command[0] if self._command else ""
            self._tell(None if code == 0 else f"{name} ended with code {code}")
        elif self._clock.seconds() - self._since > HANGS_SECONDS:
            self._end()
            self._tell("the player did not end")
        else:
            self._looking = self._clock.callLater(LOOK_SECONDS, self._look)

    def _tell_pages(self) -> None:
        self._telling = None
        self.on_change()

    def _end(self) -> None:
        for call in (self._looking, self._telling):
            if call is not None:
                call.cancel()
        self._looking = self._telling = None
        playing, self._playing = self._playing, None
        if playing is not None and playing.poll() is None:
            playing.kill()
            playing.poll()

    def _tell(self, fault: str | None) -> None:
        if fault == self.fault:
            return
        self.fault = fault
        if fault is not None:
            self.log.warn("Tones are not played here: {fault}", fault=fault)
        self.on_change()


def _nobody() -> None:
    """Nobody asked to hear of it."""
