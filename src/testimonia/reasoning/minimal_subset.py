"""Finds a minimal inconsistent subset of statements."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

__all__ = ["minimal"]

_Item = TypeVar("_Item")


def minimal(
    items: Sequence[_Item], clashes: Callable[[list[_Item]], bool], *, tries: int
) -> tuple[list[_Item], bool]:
    """Find a minimal subset of items that clash, given items that do.

    Adding statements never removes an inconsistency, so the shortest prefix of items that clashes is
    found by bisection; its last item belongs to every clash in that prefix, is kept, and the search goes
    on among the items before it (Junker, QUICKXPLAIN, 2004, in its linear form). No item can be left out
    of a complete result.

    Parameters
    ----------
    items
        Items that clash together.
    clashes
        Returns whether some of them clash.
    tries
        Maximum number of calls of `clashes`.

    Returns
    -------
    list, bool
        The subset, and whether the search was completed within the tries; if not, the subset may not be
        minimal.
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
