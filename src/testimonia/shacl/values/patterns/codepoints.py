"""Character sets as sorted ranges of code points, and the named sets of Unicode and XML.

Source: XML Schema 1.1 part 2, sections G.4.2.2 (categories), G.4.2.3 (blocks) and G.4.2.5
(multi-character escapes); XPath Functions 3.1, section 5.6.2, for case variants.
"""

from __future__ import annotations

import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Final, TypeAlias

__all__ = [
    "CATEGORIES",
    "NAME",
    "NAME_START",
    "Ranges",
    "blocks",
    "category",
    "complement",
    "union",
    "with_variants",
    "without",
]

Ranges: TypeAlias = tuple[tuple[int, int], ...]
"""First and last code points of each range, sorted, without overlaps."""

CATEGORIES: Final = frozenset(
    [
        "L",
        "Lu",
        "Ll",
        "Lt",
        "Lm",
        "Lo",
        "M",
        "Mn",
        "Mc",
        "Me",
        "N",
        "Nd",
        "Nl",
        "No",
        "P",
        "Pc",
        "Pd",
        "Ps",
        "Pe",
        "Pi",
        "Pf",
        "Po",
        "Z",
        "Zs",
        "Zl",
        "Zp",
        "S",
        "Sm",
        "Sc",
        "Sk",
        "So",
        "C",
        "Cc",
        "Cf",
        "Co",
        "Cn",
    ]
)
# XML 1.0 (fifth edition), productions 4 and 4a
NAME_START: Final[Ranges] = (
    *((0x3A, 0x3A), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A), (0xC0, 0xD6), (0xD8, 0xF6)),
    *((0xF8, 0x2FF), (0x370, 0x37D), (0x37F, 0x1FFF), (0x200C, 0x200D), (0x2070, 0x218F)),
    *((0x2C00, 0x2FEF), (0x3001, 0xD7FF), (0xF900, 0xFDCF), (0xFDF0, 0xFFFD), (0x10000, 0xEFFFF)),
)
_IN_NAMES: Final[Ranges] = (
    *((0x2D, 0x2E), (0x30, 0x39), (0xB7, 0xB7), (0x300, 0x36F), (0x203F, 0x2040)),
)
_SURROGATES: Final[Ranges] = ((0xD800, 0xDFFF),)
_LAST: Final = sys.maxunicode
_CASED: Final = 0x1FFFF  # no character above it has case variants


def union(ranges: Iterable[tuple[int, int]]) -> Ranges:
    """Merge ranges that may overlap."""
    joined: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if joined and first <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        else:
            joined.append((first, last))
    return tuple(joined)


def complement(ranges: Ranges) -> Ranges:
    """Return all characters that are not in the ranges."""
    left: list[tuple[int, int]] = []
    start = 0
    for first, last in union([*ranges, *_SURROGATES]):
        if first > start:
            left.append((start, first - 1))
        start = last + 1
    return (*left, (start, _LAST)) if start <= _LAST else tuple(left)


def without(ranges: Ranges, others: Ranges) -> Ranges:
    """Return the characters of one set that are not in another."""
    return complement(union([*complement(ranges), *others]))


NAME: Final[Ranges] = union([*NAME_START, *_IN_NAMES])


@cache
def _by_category() -> dict[str, Ranges]:
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for name, run in groupby(range(_LAST + 1), lambda point: unicodedata.category(chr(point))):
        points = list(run)
        found[name].append((points[0], points[-1]))
    return {name: tuple(ranges) for name, ranges in found.items() if name != "Cs"}


@cache
def category(name: str) -> Ranges:
    """Return the characters of a general category, such as ``Lu`` or ``L``."""
    found = _by_category()
    return union(pair for each, ranges in found.items() if each.startswith(name) for pair in ranges)


@cache
def blocks() -> dict[str, Ranges]:
    """Return the blocks of Unicode 17 by name, without spaces, including older names."""
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for line in Path(__file__).with_name("blocks.txt").read_text("ascii").splitlines():
        name, first, last = line.split()
        found[name].append((int(first, 16), int(last, 16)))
    return {name: union(ranges) for name, ranges in found.items()}


@cache
def _variants() -> dict[int, frozenset[int]]:
    """Return for each cased character those with the same lower or upper case."""
    lower, upper = defaultdict(set), defaultdict(set)
    for point in range(_CASED + 1):
        character = chr(point)
        if character.lower() != character or character.upper() != character:
            lower[character.lower()].add(point)
            upper[character.upper()].add(point)
    return {
        point: frozenset(lower[chr(point).lower()] | upper[chr(point).upper()])
        for points in lower.values()
        for point in points
    }


def with_variants(ranges: Ranges) -> Ranges:
    """Return characters with their case variants."""
    variants = _variants()
    more = [
        (other, other)
        for first, last in ranges
        for point in range(first, min(last, _CASED) + 1)
        for other in variants.get(point, ())
    ]
    return union([*ranges, *more])
