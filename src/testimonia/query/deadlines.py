"""Applies one time limit to all the steps of an answer: reading, deriving and the query."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

from testimonia.errors import TimeLimitExceeded
from testimonia.query.evaluation import check_limit

__all__ = ["Deadline"]

T = TypeVar("T")

_AT_ONCE = 1000  # statements read between looks at the clock


class Deadline:
    """The time by which an answer must be there.

    Parameters
    ----------
    seconds
        From now; None for no limit.

    Raises
    ------
    QueryError
        The number is not a valid time limit.
    """

    def __init__(self, seconds: float | None) -> None:
        if seconds is not None:
            check_limit(seconds)
        self._seconds = seconds
        self._end = None if seconds is None else time.monotonic() + seconds

    def left(self, step: str) -> float | None:
        """Return the seconds that are left, or None without a limit.

        Parameters
        ----------
        step
            What is to be done with them, such as "the query".

        Raises
        ------
        TimeLimitExceeded
            No time is left.
        """
        if self._end is None:
            return None
        left = self._end - time.monotonic()
        if left <= 0:
            raise self.exceeded(step)
        return left

    def watched(self, items: Iterable[T], step: str) -> Iterator[T]:
        """Yield items until the time is up.

        Parameters
        ----------
        items
            The items.
        step
            What is done with them, for the message.

        Raises
        ------
        TimeLimitExceeded
            The time is up.
        """
        for index, item in enumerate(items):
            if index % _AT_ONCE == 0:
                self.left(step)
            yield item

    def exceeded(self, step: str) -> TimeLimitExceeded:
        """Make the error for a step during which the time ran out."""
        return TimeLimitExceeded(
            f"{step} took longer than {self._seconds:g} seconds and was stopped",
            hint=next((h for start, h in _HINTS.items() if step.startswith(start)), "")
            + "Allow it more time with a higher time limit, which covers "
            "reading the data, deriving from them and the query.",
        )


_HINTS = {
    "the query": "Make the query narrower. ",
    "deriving from the data": "Derive once into a store, with testimonia derive --store, and ask "
    "that. ",
    "reading the data": "Keep the data in a store, with --store. ",
}
