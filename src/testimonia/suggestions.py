"""Suggests names that exist for one that does not: the "did you mean" of every error message."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Final

__all__ = ["did_you_mean", "nearest"]

_LONGEST: Final = 1_000
"""Characters of a name that is compared; comparing takes time in proportion to their square."""


def nearest(
    name: str, names: Iterable[str], *, most: int = 3, similarity: float = 0.5
) -> list[str]:
    """List the names that are most similar to a name.

    Parameters
    ----------
    name
        What somebody wrote; no name is similar to one of more than 1,000 characters.
    names
        The names there are.
    most
        How many to list at most.
    similarity
        How similar a name must be, from 0 (anything) to 1 (equal): the share of characters that both
        have in common (``difflib.SequenceMatcher.ratio``).

    Returns
    -------
    list of str
        The most similar first; empty where none is similar enough.

    Examples
    --------
    >>> nearest("whoconfirmed", ["who-confirmed", "who-denied", "timeline"])
    ['who-confirmed', 'who-denied']
    """
    if len(name) > _LONGEST:
        return []
    return get_close_matches(name, list(names), n=most, cutoff=similarity)


def did_you_mean(suggestions: Sequence[str]) -> str:
    """Write suggestions as a question; empty where there are none.

    Parameters
    ----------
    suggestions
        As `nearest` lists them.

    Examples
    --------
    >>> did_you_mean(["killed", "wounded"])
    'Did you mean killed or wounded?'
    """
    return f"Did you mean {' or '.join(suggestions)}?" if suggestions else ""
