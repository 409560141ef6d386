"""Parses figures in one phrase, such as ``killed 4 dock workers``, into columns, and writes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from testimonia.tables.quantity_text import Cell, quantity
from testimonia.tables.sheets.cells import codes_of

__all__ = ["Cell", "Figure", "code_words", "figure", "phrase_of", "quantity"]

_LEVELS: Final = {
    "severely damaged": "severely-damaged",
    "destroyed": "destroyed",
    "damaged": "damaged",
}
_DETAINED: Final = ("detained", "arrested")


@dataclass(frozen=True)
class Figure:
    """A figure as it is typed.

    Attributes
    ----------
    type
        The class of its proposition.
    columns
        Its values, by column of the table ``propositions``.
    counted
        Whom or what it counts: the rest of the words; empty if there are none.
    words
        The words of the quantity, if it is in words.
    quoted
        Whether they are in quotation marks.
    """

    type: str
    columns: Mapping[str, Cell]
    counted: str = ""
    words: str | None = None
    quoted: bool = field(default=False)


def code_words(code: str) -> str:
    """Write a code as words."""
    return code.replace("-", " ")


def figure(text: str) -> Figure | None:
    """Read a phrase; None if it does not begin with harm, detention or damage, or has no quantity.

    Parameters
    ----------
    text
        The phrase.

    Examples
    --------
    >>> four = figure('killed 4 "four" dock workers')
    >>> four.columns["upper_bound"], four.words, four.counted
    (4, 'four', 'dock workers')
    >>> dict(figure("injured >70").columns)
    {'harm': 'injured', 'lower_bound': 71, 'bound_type': 'at-least'}
    >>> figure("ran away") is None
    True
    """
    plain = " ".join(text.split())
    begun = _begun(plain)
    if begun is None:
        return None
    kind, columns, rest = begun
    found = quantity(rest)
    if found is None:
        return Figure(kind, columns, rest) if kind == "DamageProposition" and rest else None
    bounds, words, quoted, counted = found
    return Figure(kind, columns | bounds, counted, words, quoted)


def _begun(text: str) -> tuple[str, dict[str, Cell], str] | None:
    """Split the verb from a phrase."""
    folded = text.casefold()

    def after(verb: str) -> str | None:
        if folded == verb or folded.startswith(verb + " "):
            return text[len(verb) :].strip()
        return None

    for verb in _DETAINED:
        if (rest := after(verb)) is not None:
            return "DetentionProposition", {}, rest
    for words, level in _LEVELS.items():
        if (rest := after(words)) is not None:
            return "DamageProposition", {"damage_level": level}, rest
    for code in sorted(codes_of()["harm"], key=len, reverse=True):
        for verb in (code, code_words(code)):
            if (rest := after(verb)) is not None:
                return "CasualtyProposition", {"harm": code}, rest
    return None


def phrase_of(row: Mapping[str, Cell], counted: str, words: str | None) -> str | None:
    """Write a figure as a phrase; None if that is not possible.

    Parameters
    ----------
    row
        A row of the table ``propositions``.
    counted
        The name of the group, or the kind of thing, that it counts.
    words
        The words of the quantity, if any, which are written in quotation marks.
    """
    kinds = row.get("type")
    kind = kinds[0] if isinstance(kinds, list) and len(kinds) == 1 else None
    verb = {
        "CasualtyProposition": row.get("harm"),
        "DamageProposition": row.get("damage_level"),
        "DetentionProposition": "detained",
    }.get(str(kind))
    if not isinstance(verb, str):
        return None
    number = _quantity_of(row)
    parts = [code_words(verb), number, f'"{words}"' if words else None, counted]
    return " ".join(part for part in parts if part) if number or words or counted else None


def _quantity_of(row: Mapping[str, Cell]) -> str | None:
    low, high, point = (row.get(name) for name in ("lower_bound", "upper_bound", "point_estimate"))
    within = f" ({low}–{high})" if isinstance(low, int) and isinstance(high, int) else ""  # noqa: RUF001
    near = next((each for each in (point, low, high) if each is not None), None)
    match row.get("bound_type"):
        case "exact" if low is not None and low == high:
            return str(low)
        case "range" if within:
            return f"{low}–{high}"  # noqa: RUF001
        case "at-least" if low is not None:
            return f"≥{low}"
        case "at-most" if high is not None:
            return f"≤{high}"
        case "approximately" if near is not None:
            return f"~{near}{within}"
        case "nearly" if isinstance(high, int):
            return f"nearly {high + 1}{within}"  # its upper bound is one less than the number
        case "vague":
            return "several"
    return None
