"""Bounds how much of something there is at a time, in all and for each client."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import partial

from testimonia.web.problems import Busy

__all__ = ["Allowance"]


class Allowance:
    """Counts what clients hold; none may take more than its part of it.

    Parameters
    ----------
    most
        How many there may be at a time.
    most_of_one
        How many of them one client may hold.
    refusal
        What whoever comes too late is told.
    """

    def __init__(self, most: int, most_of_one: int, refusal: str) -> None:
        self._most = most
        self._most_of_one = most_of_one
        self._refusal = refusal
        self._held: Counter[str] = Counter()

    def take(self, client: str) -> Callable[[], None]:
        """Take one for a client.

        Parameters
        ----------
        client
            Who takes it.

        Returns
        -------
        callable
            Gives it back; to be called once.

        Raises
        ------
        Busy
            There are too many already.
        """
        if self._held.total() >= self._most or self._held[client] >= self._most_of_one:
            raise Busy(self._refusal, hint="Try again a little later.")
        self._held[client] += 1
        return partial(self._give_back, client)

    def _give_back(self, client: str) -> None:
        self._held[client] -= 1
        self._held += Counter()  # forgets those that have none
