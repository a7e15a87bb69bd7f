"""Plain words: what is said of a conversation, in English or German (``diagnoses.toml``)."""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Mapping
from importlib import resources

from attrs import frozen

from alarmgw.conversation import Conversation
from alarmgw.diagnosis import diagnosis

LANGUAGES = ("en", "de")

_FACT = re.compile(r"\{(\w+)\}")
_NOTHING = {"en": "nothing", "de": "nichts"}
_SIZES = ((1 << 20, "MB"), (1 << 10, "KB"), (1, "B"))


@frozen
class Words:
    """Two sentences: what happened, and what to change so that it does not happen again."""

    happened: str
    change: str


@functools.cache
def sentences() -> Mapping[str, Mapping[str, Words]]:
    """The table: the words of each diagnosis by its code and the language."""
    text = resources.files("alarmgw").joinpath("diagnoses.toml").read_text(encoding="utf-8")
    return {
        code: {language: Words(**words) for language, words in row.items()}
        for code, row in tomllib.loads(text).items()
    }


def words(found: Conversation, language: str) -> Words:
    """What is said of a conversation in one of the `LANGUAGES`."""
    plain = sentences()[diagnosis(found)][language]
    facts = _facts(found, language)
    return Words(_filled(plain.happened, facts), _filled(plain.change, facts))


def _facts(found: Conversation, language: str) -> dict[str, str]:
    last = found.mails[-1] if found.mails else None
    return {
        "peer": found.peer,
        "login": found.login or "?",
        "recipient": _last(found.recipients) or "?",
        "sender": _last(found.senders) or "?",
        "verb": found.last_verb or _NOTHING[language],
        "size": size_text(last.size, language) if last else "?",
    }


def _filled(sentence: str, facts: Mapping[str, str]) -> str:
    """``sentence`` with its facts; braces in a fact are the device's and mean nothing."""
    return _FACT.sub(lambda match: facts[match[1]], sentence)


def size_text(size: int, language: str) -> str:
    """A size as people read it, with the language's decimal sign."""
    unit, name = next(row for row in _SIZES if size >= row[0] or row[0] == 1)
    text = f"{size / unit:.1f}" if unit > 1 and size < 10 * unit else str(round(size / unit))
    return f"{text.replace('.', ',') if language == 'de' else text} {name}"


def _last(names: tuple[str, ...]) -> str | None:
    return names[-1] if names else None
