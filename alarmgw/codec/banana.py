"""Banana and jelly, Perspective Broker's own codecs: bounded before anything is held.

`twisted.spread.banana` keeps whatever a peer announces (640,000 list places of
640 KB each) before anybody asked who the peer is.  `BananaGuard` reads the
same bytes first, counts, and says stop.  The functions below it read the few
shapes of jelly that our messages have; nothing else is ever unjellied.
"""

from __future__ import annotations

from typing import NoReturn

from attrs import frozen

from alarmgw.codec.wire import Fault
from alarmgw.errors import Cause, Refused

_LIST, _INT, _STRING, _NEG = 0x80, 0x81, 0x82, 0x83
_LONG, _LONG_NEG, _VOCAB = 0x85, 0x86, 0x87
_VOCABULARY = range(1, 32)

#: What is whole with its type byte (a string here: an empty one).
_WHOLE = (_INT, _NEG, _LONG, _LONG_NEG, _STRING)

#: Nine digits of seven bits: every number up to 2**63.
_PREFIX_BYTES = 9

#: The class name under which Perspective Broker sends a failure.
_FAILURE = b"twisted.spread.pb.CopyableFailure"


@frozen
class Bounds:
    """What a peer may ask us to hold: of one expression, and (``in_all``) of all it ever says."""

    expression_bytes: int
    depth: int
    items: int
    in_all: int | None = None


#: Before login: room for a greeting, not for an attack.
STRANGER = Bounds(expression_bytes=16 * 1024, depth=8, items=64, in_all=16 * 1024)

#: What a workstation says: requests and credits.
WORKSTATION = Bounds(expression_bytes=64 * 1024, depth=8, items=256)

#: What a gateway says: batches and pictures.
GATEWAY = Bounds(expression_bytes=320 * 1024, depth=16, items=256)


#: The names of the types that jelly may send or build; dotted ones are Python's own.
PLAIN_TYPES = frozenset(
    [b"None", b"unicode", b"tuple", b"dictionary", b"remote"]
    + [b"builtins." + name for name in (b"bytes", b"str", b"int", b"NoneType", b"tuple", b"dict")]
)


class Overrun(Exception):
    """The peer's bytes exceed their bounds, or are no Banana; the text says which."""


class BananaGuard:
    """Counts bytes, depth and items of each Banana expression as it arrives."""

    def __init__(self, bounds: Bounds) -> None:
        self.bounds = bounds
        self._in_all = 0
        self._prefix = bytearray()
        self._skip = 0
        self._open: list[int] = []
        self._size = 0
        self._items = 0

    def feed(self, data: bytes) -> None:
        """Count ``data``.  Raises `Overrun`; the stream is unusable after that."""
        self._in_all += len(data)
        if self.bounds.in_all is not None and self._in_all > self.bounds.in_all:
            raise Overrun(f"more than {self.bounds.in_all} bytes before login")
        position = 0
        while position < len(data):
            read = self._string if self._skip else self._token
            position = read(data, position)

    def _string(self, data: bytes, position: int) -> int:
        step = min(self._skip, len(data) - position)
        self._skip -= step
        if not self._skip:
            self._item_done()
        return position + step

    def _token(self, data: bytes, position: int) -> int:
        """Read prefix digits and, if it is there, the type byte that ends them."""
        for place in range(position, len(data)):
            byte = data[place]
            if byte >= 0x80:
                self._typed(byte)
                return place + 1
            self._prefix.append(byte)
            if len(self._prefix) > _PREFIX_BYTES:
                raise Overrun("a number of too many digits")
        return len(data)

    def _typed(self, kind: int) -> None:
        number = sum(digit << (7 * place) for place, digit in enumerate(self._prefix))
        self._grow(len(self._prefix) + 1 + (number if kind == _STRING else 0))
        self._prefix.clear()
        if kind == _LIST:
            self._list(number)
        elif kind == _STRING and number:
            self._skip = number
        elif kind in _WHOLE or (kind == _VOCAB and number in _VOCABULARY):
            self._item_done()
        else:
            raise Overrun(f"byte {kind:#x} begins nothing that belongs here")

    def _grow(self, size: int) -> None:
        self._size += size
        self._items += 1
        if self._size > self.bounds.expression_bytes:
            raise Overrun(f"a message of more than {self.bounds.expression_bytes} bytes")
        if self._items > self.bounds.items:
            raise Overrun(f"a message of more than {self.bounds.items} items")

    def _list(self, length: int) -> None:
        if length > self.bounds.items:
            raise Overrun(f"a list of more than {self.bounds.items} items")
        self._open.append(length)
        if len(self._open) > self.bounds.depth:
            raise Overrun(f"lists nested more than {self.bounds.depth} deep")
        if not length:
            self._open.pop()
            self._item_done()

    def _item_done(self) -> None:
        while self._open:
            self._open[-1] -= 1
            if self._open[-1]:
                return
            self._open.pop()
        self._size = self._items = 0


@frozen
class Reference:
    """An object of the peer's that it lets us call."""

    number: int


def arguments(positional: object, named: object) -> tuple[object, ...]:
    """A call's arguments: bytes, texts, numbers, None, references.  Raises `Refused`."""
    if named != [b"dictionary"]:
        _refuse()
    if not isinstance(positional, list) or positional[:1] != [b"tuple"]:
        _refuse()
    return tuple(plain(value) for value in positional[1:])


def plain(value: object) -> object:
    """One jellied value of the few kinds that we use.  Raises `Refused`."""
    match value:
        case bytes() | int():
            return value
        case [b"None"]:
            return None
        case [b"unicode", bytes(text)]:
            return _decoded(text)
        case [b"remote", int(number)]:
            return Reference(number)
    _refuse()


def failure(fault: Fault) -> list[object]:
    """A `Fault` as Perspective Broker sends failures: its fixed text and nothing of ours."""
    empty: list[object] = [b"list"]
    state: dict[bytes, object] = {
        b"type": b"alarmgw.Fault." + fault.name.encode("ascii"),
        b"value": [b"unicode", fault.value.encode("ascii")],
        b"traceback": [b"unicode", b""],
        b"tb": [b"None"],
        b"frames": empty,
        b"stack": empty,
        b"parents": empty,
    }
    pairs = [[[b"unicode", name], value] for name, value in state.items()]
    return [_FAILURE, [b"dictionary", *pairs]]


def fault_in(value: object) -> Fault:
    """The `Fault` in a failure that the peer sent; `Fault.INTERNAL` if it is none of ours."""
    if not (isinstance(value, list) and len(value) == 2 and isinstance(value[1], list)):
        return Fault.INTERNAL
    for pair in value[1][1:]:
        match pair:
            case [[b"unicode", b"value"] | b"value", [b"unicode", bytes(text)]]:
                return _TEXTS.get(text, Fault.INTERNAL)
    return Fault.INTERNAL


_TEXTS = {fault.value.encode("ascii"): fault for fault in Fault}


def _decoded(text: bytes) -> str:
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError:
        _refuse()


def _refuse() -> NoReturn:
    raise Refused(Cause.BAD_VALUE, "arguments of a kind that no call of ours has")
