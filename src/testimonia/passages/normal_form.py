"""The normal form of words, which does not depend on how a text is typeset, extracted or tokenised.

docs/reference/anchors.md is the specification, with the reasons, and normal_form.toml has its tables.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any, Final

__all__ = ["VERSION", "NormalText", "normal", "normalized"]

_TABLES: Final[dict[str, Any]] = tomllib.loads(
    files(__package__).joinpath("normal_form.toml").read_text("utf-8")
)
VERSION: Final[int] = _TABLES["version"]
"""The version of the form; digests of different versions are not compared."""

_QUOTE, _DASH = '"', "-"
_DIGITS: Final = frozenset("0123456789")
_LITERALS: Final[dict[str, str]] = _TABLES["literals"]
_LITERAL: Final = re.compile("|".join(map(re.escape, sorted(_LITERALS, key=len, reverse=True))))


def _points(ranges: Iterable[str]) -> Iterable[int]:
    for each in ranges:
        first, _, last = each.partition("-")
        yield from range(int(first, 16), int(last or first, 16) + 1)


_UNIFIED: Final = {
    point: chr(int(to, 16))
    for to, ranges in _TABLES["unified"].items()
    for point in _points(ranges)
}
_REMOVED: Final = frozenset(
    chr(point) for ranges in _TABLES["removed"].values() for point in _points(ranges)
)
_LETTERS: Final = {int(old, 16): chr(int(new, 16)) for old, new in _TABLES["letters"].items()}


class _Pieces(dict[str, str]):
    """The replacement of each character, before letters and marks are composed."""

    def __missing__(self, character: str) -> str:
        unified = character.translate(_UNIFIED)
        pieces = unicodedata.normalize("NFKD", unified).translate(_UNIFIED).translate(_LETTERS)
        self[character] = kept = "".join(each for each in pieces if each not in _REMOVED)
        return kept


class _Joined(dict[str, bool]):
    """Whether a character may compose, or change places, with the one before it."""

    def __missing__(self, character: str) -> bool:
        category = unicodedata.category(character)
        self[character] = joined = category[0] == "M" or "\u1160" <= character <= "\u11ff"
        return joined


_PIECES: Final = _Pieces()
_JOINED: Final = _Joined()


@dataclass(frozen=True)
class NormalText:
    """The normal form of a text, and where each of its characters comes from.

    Attributes
    ----------
    form
        The normal form.
    starts, ends
        For each character of the form, the span of the text that it comes from, in code points. Both
        are in ascending order.
    rows
        For each quotation mark that replaces a row of them with spaces between: where the first one
        ends and the last begins. The first may close a sentence, and the last open the next.
    """

    form: str
    starts: list[int] = field(repr=False)
    ends: list[int] = field(repr=False)
    rows: dict[int, tuple[int, int]] = field(default_factory=dict, repr=False)

    def __len__(self) -> int:
        """Return the length of the form in code points."""
        return len(self.form)

    def within(self, start: int, end: int) -> tuple[int, int]:
        """Return the span of the form that comes from a span of the text."""
        first = bisect_right(self.ends, start)
        return first, max(first, bisect_left(self.starts, end))

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Return the span of the text that a non-empty span of the form comes from."""
        start = self.rows[first][1] if first in self.rows else self.starts[first]
        end = self.rows[last - 1][0] if last - 1 in self.rows else self.ends[last - 1]
        return (start, end) if start < end else (self.starts[first], self.ends[last - 1])


def normalized(text: str) -> str:
    r"""Convert words to their normal form.

    Examples
    --------
    >>> normalized("``Two boats -LRB- both new -RRB- sank , ''\nhe said .")
    '"Twoboats(bothnew)sank,"hesaid.'
    >>> normalized("“Two boats (both new) sank,” he\u00a0said.")
    '"Twoboats(bothnew)sank,"hesaid.'
    >>> normalized("a well-known hos-\npital, 10 \u2013 15")
    'awellknownhospital,10-15'
    """
    return normal(text).form


def normal(text: str) -> NormalText:
    """Convert a text to its normal form, and record where each character comes from."""
    pieces, starts, ends = _read(text)
    return _marked(*_composed(pieces, starts, ends))


_Placed = tuple[list[str], list[int], list[int]]


def _read(text: str) -> _Placed:
    """Replace literals, decompose, unify and remove, character by character."""
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    for literal in (*_LITERAL.finditer(text), None):
        stop = literal.start() if literal else len(text)
        for place in range(at, stop):
            for piece in _PIECES[text[place]]:
                pieces.append(piece)
                starts.append(place)
                ends.append(place + 1)
        if literal:
            at = literal.end()
            for piece in _PIECES[_LITERALS[literal.group()]]:
                pieces.append(piece)
                starts.append(stop)
                ends.append(at)
    return pieces, starts, ends


def _composed(pieces: list[str], starts: list[int], ends: list[int]) -> _Placed:
    """Compose letters and the marks that follow them (NFC)."""
    if "".join(pieces).isascii():
        return pieces, starts, ends
    composed: _Placed = ([], [], [])
    at, count = 0, len(pieces)
    while at < count:
        behind = at + 1
        while behind < count and _JOINED[pieces[behind]]:
            behind += 1
        # A mark can be a composition of others, too.
        whole = pieces[at] if behind == at + 1 else "".join(pieces[at:behind])
        for piece in whole if whole.isascii() else unicodedata.normalize("NFC", whole):
            composed[0].append(piece)
            composed[1].append(starts[at])
            composed[2].append(ends[behind - 1])
        at = behind
    return composed


def _marked(pieces: list[str], starts: list[int], ends: list[int]) -> NormalText:
    """Remove dashes except between digits, and all quotation marks of a row except the first."""
    kept: list[str] = []
    begins: list[int] = []
    stops: list[int] = []
    rows: dict[int, tuple[int, int]] = {}
    dash: tuple[int, int] | None = None
    for piece, start, end in zip(pieces, starts, ends, strict=True):
        if piece == _DASH:
            dash = dash or (start, end)
            continue
        if dash and piece in _DIGITS and kept and kept[-1] in _DIGITS:
            kept.append(_DASH)
            begins.append(dash[0])
            stops.append(dash[1])
        dash = None
        if piece == _QUOTE and kept and kept[-1] == _QUOTE:
            at = len(kept) - 1
            if start > stops[-1]:
                rows[at] = (rows[at][0] if at in rows else stops[-1], start)
            stops[-1] = end
            continue
        kept.append(piece)
        begins.append(start)
        stops.append(end)
    return NormalText("".join(kept), begins, stops, rows)
