"""The queue of queries: limits how many run at once, and lets waiting clients take turns."""

from __future__ import annotations

import asyncio
from collections import Counter, OrderedDict, deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from testimonia.web.http.problems import Busy

__all__ = ["QueryQueue"]


class QueryQueue:
    """A fair queue for a number of slots.

    Waiting clients are served round-robin, so that one with many requests delays only itself. No client
    may take more than half of the queue.

    Parameters
    ----------
    slots
        How many queries may run at once.
    max_waiting
        How many queries may wait.
    timeout
        Seconds that a query may wait.
    share
        Returns how many slots a client may hold at once; all of them by default.
    """

    def __init__(
        self,
        slots: int,
        max_waiting: int,
        timeout: float,
        share: Callable[[str], int] | None = None,
    ) -> None:
        self._free = slots
        self._max_waiting = max_waiting
        self._timeout = timeout
        self._share = share or (lambda _: slots)
        self._held: Counter[str] = Counter()
        self._waiting: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()

    @asynccontextmanager
    async def slot(self, client: str) -> AsyncIterator[None]:
        """Wait for a slot, and release it afterwards.

        Parameters
        ----------
        client
            Address of the client.

        Raises
        ------
        Busy
            The queue is full, or no slot became free in time.
        """
        await self._acquire(client)
        try:
            yield
        finally:
            self._release(client)

    def wake(self) -> None:
        """Give free slots to clients that wait; to be called when the share of one has grown."""
        while self._free:
            client = next(filter(self._may_take, self._waiting), None)
            if client is None:
                return
            queue = self._waiting.pop(client)
            waiter = queue.popleft()
            if queue:
                self._waiting[client] = queue  # moves the client to the end
            if not waiter.done():  # a cancelled one may not have been removed yet
                self._take(client)
                waiter.set_result(None)

    def _may_take(self, client: str) -> bool:
        return self._held[client] < self._share(client)

    def _take(self, client: str) -> None:
        self._free -= 1
        self._held[client] += 1

    def _release(self, client: str) -> None:
        self._free += 1
        self._held[client] -= 1
        self._held += Counter()  # removes clients whose count is zero
        self.wake()

    async def _acquire(self, client: str) -> None:
        if self._free and self._may_take(client):
            self._take(client)
            return
        own = len(self._waiting.get(client, ()))
        total = sum(map(len, self._waiting.values()))
        if total >= self._max_waiting or own >= self._max_waiting // 2:
            raise Busy("too many requests are waiting", hint="Try again a little later.")
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(client, deque()).append(waiter)
        try:
            async with asyncio.timeout(self._timeout):
                await waiter
        except BaseException as error:
            if waiter.done() and not waiter.cancelled():  # got a slot at the moment of giving up
                self._release(client)
            else:
                self._discard(client, waiter)
            if isinstance(error, TimeoutError):
                raise Busy(
                    f"no worker became free within {self._timeout:g} seconds",
                    hint="Try again a little later.",
                ) from None
            raise

    def _discard(self, client: str, waiter: asyncio.Future[None]) -> None:
        queue = self._waiting.get(client, deque())
        if waiter in queue:
            queue.remove(waiter)
        if not queue:
            self._waiting.pop(client, None)
