"""Finds the words of a number in a quotation, beside the thing that a figure counts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from testimonia.notes import cues
from testimonia.notes.name_index import slug
from testimonia.validation.quantities import number_range

__all__ = ["words_of_number"]

_WORD: Final = re.compile(r"[\w'’-]+(?:[.,][0-9]{3})*|[^\w\s]")  # noqa: RUF001
_WITHIN: Final = 3  # words after the number: "four of the dock workers"
_STOPS: Final = frozenset(".,;:)!?،؛")
_STEM: Final = 4  # letters that the singular and the plural have in common


def words_of_number(
    number: int, quotation: str, names: Iterable[str], language: str | None, *, people: bool
) -> str | None:
    """Return the words of a number, if they precede what is counted and there are no others.

    Parameters
    ----------
    number
        The number.
    quotation
        The words of the passages.
    names
        The names of what is counted.
    language
        The language of the quotation, as a BCP 47 tag, if it is known.
    people
        Whether people are counted, so that any words for people count as a name.
    """
    stems = {word[:_STEM] for name in names for word in slug(name).split("-") if len(word) > 2}
    found_cues = cues.find(quotation, language) if people else ()
    of_people = {cue.start for cue in found_cues if cue.bound_type == "exact"}
    beside, others, alone = set(), set(), True
    tokens = list(_WORD.finditer(quotation))
    for index, token in enumerate(tokens):
        word, rest = token[0], tokens[index + 1 :]
        if number_range(word) != (number, number):
            continue
        if number == 1 and word.casefold() not in ("1", "one"):
            continue  # "a" and "an" are in every sentence
        if token.start() in of_people or _precedes(rest, stems):
            beside.add(word)
        else:
            others.add(word)
            alone = alone and _is_alone(rest)
    found = beside or (others if alone else set())
    return found.pop() if len(found) == 1 else None


def _is_alone(tokens: list[re.Match[str]]) -> bool:
    """Return whether no other thing follows a number: "the toll rose to 29.", "twenty of them"."""
    return not tokens or tokens[0][0] in _STOPS or tokens[0][0].casefold() in cues.common_words()


def _precedes(tokens: list[re.Match[str]], stems: set[str]) -> bool:
    """Return whether one of the next words is that of a thing, before any other number or a stop."""
    for token in tokens[:_WITHIN]:
        if not token[0][0].isalnum() or number_range(token[0]) is not None:
            return False
        if slug(token[0])[:_STEM] in stems:
            return True
    return False
