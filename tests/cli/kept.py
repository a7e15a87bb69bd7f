"""A whole home at the fingers of commands: certificates, configuration, mails."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from alarmgw.cli.home import JOURNAL_NAME
from alarmgw.store.safefile import Files
from tests import journals
from tests.store.kept import mail_id
from tests.store.lives import SOURCES, mail_of, picture, received, settled


def keep_mails(home: Path, count: int = 3) -> list[Path]:
    """Mails in a home, settled; their folders."""
    with closing(journals.started(home / JOURNAL_NAME)) as journal:
        places = [
            received(home, journal, Files(), mail_of(picture()), mail_id(number), SOURCES[:1])[0]
            for number in range(1, count + 1)
        ]
        settled(home, journal, Files())
    return [home / place.path for place in places]
