"""A limit on a resource, in total and for each client."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import partial

from testimonia.web.http.problems import Busy

__all__ = ["ClientLimit"]


class ClientLimit:
    """Limits how many of something are in use at a time, in total and by each client.

    Parameters
    ----------
    most
        How many may be in use at a time.
    max_per_client
        How many of them one client may use.
    message
        The error message for a request that exceeds either limit.
    """

    def __init__(self, most: int, max_per_client: int, message: str) -> None:
        self._most = most
        self._max_per_client = max_per_client
        self._message = message
        self._in_use: Counter[str] = Counter()

    def acquire(self, client: str) -> Callable[[], None]:
        """Acquire one for a client.

        Parameters
        ----------
        client
            Address of the client.

        Returns
        -------
        callable
            Releases it; to be called exactly once.

        Raises
        ------
        Busy
            A limit is reached.
        """
        if self._in_use.total() >= self._most or self._in_use[client] >= self._max_per_client:
            raise Busy(self._message, hint="Try again a little later.")
        self._in_use[client] += 1
        return partial(self._release, client)

    def _release(self, client: str) -> None:
        self._in_use[client] -= 1
        self._in_use += Counter()  # removes clients whose count is zero
