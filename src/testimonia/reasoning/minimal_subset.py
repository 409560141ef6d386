"""Shrinks a set of statements to a few that still clash."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

__all__ = ["minimal"]

_Item = TypeVar("_Item")


def minimal(
    items: Sequence[_Item], clashes: Callable[[list[_Item]], bool], *, tries: int
) -> tuple[list[_Item], bool]:
    """Find few items that clash together, out of many that do.

    Adding statements never mends an inconsistency, so the shortest clashing run of items from the
    start is found by bisection; its last item belongs to every clash in that run, is kept, and the
    search goes on among the items before it (Junker, QUICKXPLAIN, 2004, in its linear form). No item
    can be left out of the result when it is whole.

    Parameters
    ----------
    items
        Items that clash together.
    clashes
        Tells whether some of them do.
    tries
        How often it may be called.

    Returns
    -------
    list, bool
        The items that are left, and whether the search ended before the tries were used up; if not,
        some of them may be innocent.
    """
    kept: list[_Item] = []
    rest = list(items)
    while True:
        if tries <= 0:
            return [*kept, *rest], False
        tries -= 1
        if clashes(kept):
            return kept, True
        low, high = 0, len(rest)  # rest[:low] does not clash with what is kept, rest[:high] does
        while high - low > 1:
            if tries <= 0:
                return [*kept, *rest[:high]], False
            tries -= 1
            middle = (low + high) // 2
            if clashes([*kept, *rest[:middle]]):
                high = middle
            else:
                low = middle
        kept.append(rest[high - 1])
        rest = rest[: high - 1]
