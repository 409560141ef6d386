"""Compares words regardless of composition, accents and the style of quotation marks."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

__all__ = ["equivalents", "lookalikes", "runs", "same_words"]

# Characters that authors and software use for one another, each replaced by exactly one.
_LOOKALIKES = str.maketrans("“”„«»’‘‚‹›ʼ\u00a0\u202f\u2009\n\r\t–—‑", "\"\"\"\"\"''''''      ---")  # noqa: RUF001
_TATWEEL = "\u0640"
_WORD = re.compile(r"\w+")

Span = tuple[int, int]


def _composed(character: str) -> str:
    return unicodedata.normalize("NFD", character)


def _bare(character: str) -> str:
    """Remove accents, tatweel and case, and unify quotation marks, dashes and spaces."""
    pieces = unicodedata.normalize("NFKD", character.translate(_LOOKALIKES)).casefold()
    return "".join(
        each for each in pieces if each != _TATWEEL and unicodedata.category(each) != "Mn"
    )


def equivalents(text: str, words: str) -> list[Span]:
    r"""Find where words occur in a text, composed (NFC) or decomposed (NFD).

    Source: Unicode Standard Annex #15, Unicode Normalization Forms.

    Returns
    -------
    list of pairs of int
        Start and end (exclusive) in the text, in code points.

    Examples
    --------
    >>> equivalents("au cafe\u0301 hier", "caf\u00e9")
    [(3, 8)]
    >>> equivalents("au cafe\u0301 hier", "cafe")
    []
    """
    return [
        (start, end)
        for start, end in _found(text, words, _composed)
        if end == len(text) or not unicodedata.combining(text[end])
    ]


def lookalikes(text: str, words: str) -> list[Span]:
    """Find where words occur in a text, ignoring accents, case, quotation marks, dashes and spaces."""
    return _found(text, words, _bare)


def _found(text: str, words: str, written: Callable[[str], str]) -> list[Span]:
    # Marks may be in different orders, which only normalising the whole text unifies.
    sought = "".join(map(written, unicodedata.normalize("NFD", words)))
    pieces: list[str] = []
    origins: list[int] = []
    for at, character in enumerate(text):
        for piece in written(character):
            pieces.append(piece)
            origins.append(at)
    whole, spans = "".join(pieces), []
    at = whole.find(sought) if sought else -1
    while at >= 0:
        end = at + len(sought)
        begins_there = at == 0 or origins[at - 1] != origins[at]
        ends_there = end == len(whole) or origins[end] != origins[end - 1]
        if begins_there and ends_there:
            spans.append((origins[at], origins[end - 1] + 1))
        at = whole.find(sought, at + 1)
    return spans


def same_words(text: str) -> list[str]:
    """List the words of a text, without accents, case and punctuation."""
    return _WORD.findall("".join(map(_bare, unicodedata.normalize("NFD", text))))


def runs(words: list[str], length: int) -> set[tuple[str, ...]]:
    """Collect every run of a given number of consecutive words."""
    return {tuple(words[at : at + length]) for at in range(len(words) - length + 1)}
