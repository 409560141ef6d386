"""Lets so many requests run at once; those that wait are let in by turns, client by client."""

from __future__ import annotations

import asyncio
from collections import Counter, OrderedDict, deque
from collections.abc import AsyncIterator, Callable
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
    share
        Tells how many of the places a client may have at once; all of them when left out.
    """

    def __init__(
        self,
        places: int,
        waiting: int,
        patience: float,
        share: Callable[[str], int] | None = None,
    ) -> None:
        self._free = places
        self._most = waiting
        self._patience = patience
        self._share = share or (lambda _: places)
        self._held: Counter[str] = Counter()
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
            self._leave(client)

    def admit(self) -> None:
        """Let in whoever waits and may come in: to be called when somebody's share has grown."""
        while self._free:
            client = next(filter(self._may_enter, self._waiting), None)
            if client is None:
                return
            queue = self._waiting.pop(client)
            turn = queue.popleft()
            if queue:
                self._waiting[client] = queue  # at the end: others come first now
            if not turn.done():  # whoever has given up may not have had the time to say so
                self._take(client)
                turn.set_result(None)

    def _may_enter(self, client: str) -> bool:
        return self._held[client] < self._share(client)

    def _take(self, client: str) -> None:
        self._free -= 1
        self._held[client] += 1

    def _leave(self, client: str) -> None:
        self._free += 1
        self._held[client] -= 1
        self._held += Counter()  # forgets those that have none
        self.admit()

    async def _enter(self, client: str) -> None:
        if self._free and self._may_enter(client):
            self._take(client)
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
                self._leave(client)
            else:
                self._forget(client, turn)
            if isinstance(error, TimeoutError):
                raise Busy(
                    f"no place came free in {self._patience:g} seconds",
                    hint="Try again a little later.",
                ) from None
            raise

    def _forget(self, client: str, turn: asyncio.Future[None]) -> None:
        queue = self._waiting.get(client, deque())
        if turn in queue:
            queue.remove(turn)
        if not queue:
            self._waiting.pop(client, None)
