"""Lets so many requests run at once; those that wait are let in by turns, client by client."""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from testimonia.web.problems import Busy

__all__ = ["Lane"]


class Lane:
    """Places for requests, and those that wait for one.

    A client that sends many waits behind itself, not others behind it: whoever waits is taken in turn
    by client. No client takes more than half of the waiting room.

    Parameters
    ----------
    places
        How many may run at once.
    waiting
        How many may wait.
    patience
        Seconds that one waits.
    """

    def __init__(self, places: int, waiting: int, patience: float) -> None:
        self._free = places
        self._most = waiting
        self._patience = patience
        self._waiting: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()

    @asynccontextmanager
    async def place(self, client: str) -> AsyncIterator[None]:
        """Wait for a place, and leave it afterwards.

        Parameters
        ----------
        client
            Who asks.

        Raises
        ------
        Busy
            Too many wait already, or no place came free in time.
        """
        await self._enter(client)
        try:
            yield
        finally:
            self._leave()

    async def _enter(self, client: str) -> None:
        if self._free:
            self._free -= 1
            return
        own = len(self._waiting.get(client, ()))
        if sum(map(len, self._waiting.values())) >= self._most or own >= self._most // 2:
            raise Busy("too many requests are waiting", hint="Try again a little later.")
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(client, deque()).append(turn)
        try:
            async with asyncio.timeout(self._patience):
                await turn
        except BaseException as error:
            if turn.done() and not turn.cancelled():  # let in at the moment of giving up
                self._leave()
            else:
                self._forget(client, turn)
            if isinstance(error, TimeoutError):
                raise Busy(
                    f"no place came free in {self._patience:g} seconds",
                    hint="Try again a little later.",
                ) from None
            raise

    def _leave(self) -> None:
        while self._waiting:
            client, queue = self._waiting.popitem(last=False)
            turn = queue.popleft()
            if queue:
                self._waiting[client] = queue  # at the end: others come first now
            if not turn.done():  # whoever has given up may not have had the time to say so
                turn.set_result(None)
                return
        self._free += 1

    def _forget(self, client: str, turn: asyncio.Future[None]) -> None:
        queue = self._waiting.get(client, deque())
        if turn in queue:
            queue.remove(turn)
        if not queue:
            self._waiting.pop(client, None)
