"""Reads quantities as people type them: digits with signs such as ``~60`` and ``100+``, and words."""

from __future__ import annotations

import re
from typing import Final, TypeAlias

from testimonia.validation.quantities import is_vague, number_range

__all__ = ["Cell", "quantity"]

Cell: TypeAlias = str | int | list[str] | None
"""The value of a cell of a claim table; None if it is empty."""

_N: Final = r"([0-9]{1,3}(?:,[0-9]{3}){1,5}|[0-9]{1,18})(?![0-9.,]*[0-9])"
_SIGNS: Final = (
    (rf"{_N}\s*(?:-|–|—|\bto\b)\s*{_N}", "range"),  # noqa: RUF001
    (rf"between\s+{_N}\s+and\s+{_N}", "range"),
    (rf"(?:~|≈|about\b|around\b|approximately\b|roughly\b)\s*{_N}", "approximately"),
    (rf"(?:nearly|almost)\s+{_N}", "nearly"),
    (rf"(?:>=|≥)\s*{_N}|{_N}\+", "least"),
    (rf"(?:<=|≤)\s*{_N}", "most"),
    (rf">\s*{_N}", "more"),
    (rf"<\s*{_N}", "fewer"),
    (rf"{_N}", "exact"),
)
_PATTERNS: Final = tuple(
    (re.compile(pattern + r"(?=[\s\"“(]|$)", re.I), how) for pattern, how in _SIGNS
)
_WITHIN: Final = re.compile(rf"\s*\({_N}\s*(?:-|–)\s*{_N}\)")  # noqa: RUF001
_QUOTED: Final = re.compile(r"\s*(?:\"([^\"]+)\"|“([^”]+)”)")
_NONE: Final = re.compile(r"(?:no one|nobody|none|no)\b", re.I)
_SOME: Final = re.compile(r"(?:a few|a number of|some|several|many|various)\b", re.I)
_LONGEST: Final = 5
"""Maximum number of words in a quantity."""


def quantity(text: str) -> tuple[dict[str, Cell], str | None, bool, str] | None:
    """Read the quantity that a text begins with.

    Parameters
    ----------
    text
        Signs and digits, or words, or words in quotation marks; followed by what is counted.

    Returns
    -------
    tuple
        The columns of its bounds; its words, if it is in words, and whether they are in quotation marks;
        and the rest of the text. None if the text does not begin with a quantity.
    """
    bounds, words, rest = _signs(text) or _in_words(text) or ({}, None, text)
    if bounds and (within := _WITHIN.match(rest)):
        low, high = map(_number, within.groups())
        bounds, rest = bounds | {"lower_bound": low, "upper_bound": high}, rest[within.end() :]
    quoted = _QUOTED.match(rest)
    if quoted:
        words, rest = quoted[1] or quoted[2], rest[quoted.end() :]
        bounds = bounds or _meant(words) or {"bound_type": "vague"}
    return (bounds, words, bool(quoted), rest.strip()) if bounds else None


def _signs(text: str) -> tuple[dict[str, Cell], str | None, str] | None:
    for pattern, how in _PATTERNS:
        if match := pattern.match(text):
            numbers = [_number(each) for each in match.groups() if each is not None]
            return _bounds(how, numbers), None, text[match.end() :]
    if match := _NONE.match(text):
        return _bounds("exact", [0]), None, text[match.end() :]
    return None


def _bounds(how: str, numbers: list[int]) -> dict[str, Cell]:
    first, last = numbers[0], numbers[-1]
    around = max(-(-first // 10), 1)  # a tenth, rounded outwards: docs/decisions/0004
    found: dict[str, dict[str, Cell]] = {
        "exact": {"lower_bound": first, "upper_bound": first, "bound_type": "exact"},
        "range": {"lower_bound": first, "upper_bound": last, "bound_type": "range"},
        "least": {"lower_bound": first, "bound_type": "at-least"},
        "more": {"lower_bound": first + 1, "bound_type": "at-least"},
        "most": {"upper_bound": first, "bound_type": "at-most"},
        "fewer": {"upper_bound": max(first - 1, 0), "bound_type": "at-most"},
        "approximately": {
            "lower_bound": max(first - around, 0),
            "upper_bound": first + around,
            "bound_type": "approximately",
            "point_estimate": first,
        },
        "nearly": {
            "lower_bound": max(first - around, 0),
            "upper_bound": max(first - 1, 0),
            "bound_type": "nearly",
        },
    }
    return found[how]


def _number(digits: str) -> int:
    return int(digits.replace(",", ""))


def _in_words(text: str) -> tuple[dict[str, Cell], str | None, str] | None:
    words = text.split(" ")
    for length in range(min(_LONGEST, len(words)), 0, -1):
        said = " ".join(words[:length])
        if bounds := _meant(said):
            return bounds, said, " ".join(words[length:])
    return None


def _meant(words: str) -> dict[str, Cell] | None:
    if _SOME.fullmatch(words):
        return {"lower_bound": 2, "bound_type": "vague"}
    if _NONE.fullmatch(words):
        return _bounds("exact", [0])
    span = number_range(words)
    if span is None:
        return None
    least, most = span
    if least == most and least is not None:
        return _bounds("exact", [least])
    if most is not None:
        return {"upper_bound": most, "bound_type": "at-most"}
    return {"lower_bound": least, "bound_type": "vague" if is_vague(words) else "at-least"}
