"""The normalised words for what devices report: each with its kind, class and names.

The words and the phrases that mean them are data (eventwords.toml).  A text is
folded into small tokens without accents, so that ``MotionDetected``,
``motion-detected`` and ``MOTION DETECTED`` are the same; then phrases are looked
up by their first token.  Nothing here grows faster than the text.
"""

from __future__ import annotations

import functools
import itertools
import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from importlib import resources

from attrs import field, frozen

#: A device's own words, as far as they are looked at and kept.
RAW_CHARACTERS = 256

#: What is assumed where nothing is understood: unknown never means lost.
UNKNOWN = "unknown_alarm"

#: Where a run-together word breaks: ``DetectStart``, ``HDDError``.
_GLUE = re.compile(r"(?<=[a-zß-öø-ÿ])(?=[A-ZÀ-ÖØ-Þ])|(?<=[A-Z])(?=[A-Z][a-z])")
_TOKEN = re.compile(r"[^\W_]+")
_ONE_LETTER = str.maketrans(
    {"ł": "l", "Ł": "l", "ø": "o", "Ø": "o", "\u0131": "i", "đ": "d", "ß": "ss"}
)
_CHINESE = re.compile(r"[\u2e80-\u9fff]")


@frozen(kw_only=True)
class EventWord:
    """One normalised word: an entry's ``event``."""

    word: str
    kind: str
    priority: int
    english: str
    german: str


@frozen
class Phrase:
    """Tokens that mean something: some that must be, then the last one.

    ``open_end``: the last one is only a beginning.
    """

    head: tuple[str, ...]
    last: str
    open_end: bool
    rank: int

    def ends_at(self, tokens: Sequence[str], at: int) -> int | None:
        """Behind which token the phrase ends if it begins at ``at``."""
        end = at + len(self.head)
        if self.head and (end >= len(tokens) or tuple(tokens[at:end]) != self.head):
            return None
        found = tokens[end]
        fits = found.startswith(self.last) if self.open_end else found == self.last
        return end + 1 if fits else None


_NO_PHRASES: Sequence[Phrase] = ()


@frozen(eq=False)
class Lexicon:
    """Phrases by the beginning of their first token; the least rank wins."""

    _by_token: Mapping[str, Sequence[Phrase]]
    _by_beginning: Mapping[str, Sequence[Phrase]]
    _anywhere: Sequence[tuple[str, int]]
    #: Beginnings of fewer letters; there are hardly any.
    _short: Sequence[Phrase]

    def hits(self, tokens: Sequence[str]) -> list[tuple[int, int, int]]:
        """Rank, first token and end of everything that is found."""
        return [
            (phrase.rank, at, end)
            for at, token in enumerate(tokens)
            for phrase in _begun_by(self, token)
            if (end := phrase.ends_at(tokens, at)) is not None
        ]

    def begun_by(self, token: str) -> tuple[Phrase, ...]:
        """The phrases that may begin with this token."""
        exact = self._by_token.get(token, _NO_PHRASES)
        begun = self._by_beginning.get(token[:3], _NO_PHRASES)
        likely = [*exact, *(phrase for phrase in begun if token.startswith(phrase.last))]
        likely += [phrase for phrase in self._short if token.startswith(phrase.last)]
        if not token.isascii() and _CHINESE.search(token):
            found = (rank for text, rank in self._anywhere if text in token)
            likely += [Phrase((), token, False, rank) for rank in found]
        return (*likely,)


@functools.lru_cache(maxsize=8192)
def _begun_by(phrases: Lexicon, token: str) -> tuple[Phrase, ...]:
    return phrases.begun_by(token)


@frozen
class Reading:
    """What a piece of a device's text says: a word or None, and start, end or None."""

    word: EventWord | None
    state: str | None
    #: It says at least that something was noticed: alarm, detected, erkannt.
    sign: bool


_SAYS_NOTHING = Reading(None, None, False)


@frozen
class Vocabulary:
    """All words, and how they are found in a text."""

    words: Mapping[str, EventWord]
    lexicon: Lexicon
    #: The same, and behind all words what tells of a beginning, of an end, and of anything at all.
    everything: Lexicon
    stops: frozenset[str]
    _ranked: Sequence[EventWord] = field(repr=False)

    def word(self, rank: int) -> EventWord:
        """The word of that rank."""
        return self._ranked[rank]

    def read(self, tokens: Sequence[str]) -> Reading:
        """What the tokens say."""
        ranks = {hit[0] for hit in self.everything.hits(tokens)}
        if not ranks:
            return _SAYS_NOTHING
        best, words = min(ranks), len(self._ranked)
        starts, ends = words in ranks, words + 1 in ranks
        state = None if starts == ends else "start" if starts else "end"
        return Reading(self._ranked[best] if best < words else None, state, words + 2 in ranks)


def folded(text: str) -> str:
    """``text`` in small letters without accents, run-together words apart.

    >>> folded("Überfall DetectStart")
    'uberfall detect start'
    """
    apart = text if text.islower() else _GLUE.sub(" ", text)
    if apart.isascii():
        return apart.lower()
    plain = unicodedata.normalize("NFKD", apart.translate(_ONE_LETTER))
    return "".join(mark for mark in plain if not unicodedata.combining(mark)).lower()


def tokens_of(text: str) -> list[str]:
    """The folded words of ``text``."""
    words = text[:RAW_CHARACTERS].split()
    return [*itertools.chain.from_iterable(map(tokens_of_word, words))]


@functools.lru_cache(maxsize=4096)
def tokens_of_word(word: str) -> tuple[str, ...]:
    """The same of one word: devices say the same few again and again.

    >>> tokens_of_word("HDD-Fehler")
    ('hdd', 'fehler')
    """
    return (*_TOKEN.findall(folded(word)),)


@functools.lru_cache(maxsize=4096)
def read_words(text: str) -> Reading:
    """What a device's own words mean.

    >>> read_words("Human DetectStart").state
    'start'
    """
    return vocabulary().read(tokens_of(text))


def mentions_word(text: str) -> bool:
    """Whether there is any word in ``text`` that could be an event: a cheap look."""
    return bool(vocabulary().lexicon.hits(tokens_of(text)))


@functools.cache
def vocabulary() -> Vocabulary:
    """The words that eventwords.toml lists."""
    source = resources.files("alarmgw.codec").joinpath("eventwords.toml").read_text("utf-8")
    table = tomllib.loads(source)
    words = [
        EventWord(
            word=row["word"],
            kind=row["kind"],
            priority=row["class"],
            english=row["english"],
            german=row["german"],
        )
        for row in table["word"]
    ]
    phrases = [row["phrases"] for row in table["word"]]
    states, reading = table["states"], table["reading"]
    return Vocabulary(
        words={word.word: word for word in words},
        lexicon=lexicon(dict(enumerate(phrases))),
        everything=lexicon(
            dict(enumerate([*phrases, states["start"], states["end"], reading["signs"]]))
        ),
        stops=frozenset(reading["stops"]),
        ranked=words,
    )


def lexicon(phrases: Mapping[int, Sequence[str]]) -> Lexicon:
    """The phrases of each rank, ready to be looked up."""
    by_token: dict[str, list[Phrase]] = {}
    by_beginning: dict[str, list[Phrase]] = {}
    anywhere: list[tuple[str, int]] = []
    short: list[Phrase] = []
    for rank, texts in phrases.items():
        for text in dict.fromkeys(texts):
            if _CHINESE.search(text):
                anywhere.append((folded(text), rank))
                continue
            for phrase in _phrases(text, rank):
                if phrase.open_end and not phrase.head and len(phrase.last) < 3:
                    short.append(phrase)
                elif phrase.open_end and not phrase.head:
                    by_beginning.setdefault(phrase.last[:3], []).append(phrase)
                else:
                    by_token.setdefault((*phrase.head, phrase.last)[0], []).append(phrase)
    return Lexicon(by_token, by_beginning, anywhere, short)


def _phrases(text: str, rank: int) -> Iterator[Phrase]:
    """The phrase as written and, of several words, as one."""
    *head, last = _TOKEN.findall(folded(text))
    open_end = text.endswith("*")
    yield Phrase((*head,), last, open_end, rank)
    if head:
        yield Phrase((), "".join(head) + last, open_end, rank)
