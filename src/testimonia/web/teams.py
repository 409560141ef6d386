"""The workers of a lane: each place in it has one, or will have one again as soon as may be."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from testimonia.web.keeping import ForkServer
from testimonia.web.logs import LOG
from testimonia.web.problems import Busy
from testimonia.web.workers import NotStarted, Worker

__all__ = ["Team"]

_SOONEST: Final = 0.1
_LATEST: Final = 5.0


class Team:
    """Workers that have nothing to do, and places whose worker could not be started yet.

    A place is never lost: where its worker cannot be replaced, for want of descriptors, processes or
    memory, that is tried again later, at longer and longer intervals.

    Parameters
    ----------
    fork_server
        Where workers come from.
    places
        How many there are.
    long
        Whether they are for long queries.
    """

    def __init__(self, fork_server: ForkServer, places: int, *, long: bool) -> None:
        self._fork_server = fork_server
        self._long = long
        self._idle: list[Worker] = []
        self._missing = places
        self._pause = _SOONEST
        self._retry: asyncio.TimerHandle | None = None
        self._closed = False
        self._fill()

    async def begin(self) -> None:
        """Wait until the workers are ready.

        Raises
        ------
        NotStarted
            None of them can be started.
        """
        reason = NotStarted("no connection can be made to a process that runs queries")
        waiting, self._idle = self._idle, []
        for worker in waiting:
            try:
                await worker.begin()
            except NotStarted as error:
                reason = error
                self._replace(worker, soon=False)
            else:
                self._idle.append(worker)
        if not self._idle:
            raise reason

    @asynccontextmanager
    async def worker(self) -> AsyncIterator[Worker]:
        """Take a worker, and put it back afterwards; one that cannot take another job is replaced.

        Raises
        ------
        Busy
            No worker can be started at the moment.
        """
        worker = await self._taken()
        try:
            yield worker
        finally:
            if worker.sound:
                self._idle.append(worker)
            else:
                self._replace(worker, soon=True)

    def close(self) -> None:
        """Stop the workers that have nothing to do; the fork server's end stops all."""
        self._closed = True
        if self._retry is not None:
            self._retry.cancel()
        for worker in self._idle:
            worker.stop()
        self._idle = []

    async def _taken(self) -> Worker:
        reason = "no process can be started to run the query"
        while self._idle:
            worker = self._idle.pop()
            try:
                await worker.begin()
            except NotStarted as error:
                reason = str(error)
                self._replace(worker, soon=False)
            except BaseException:
                self._replace(worker, soon=True)
                raise
            else:
                self._pause = _SOONEST
                return worker
        raise Busy(reason, hint="Try again a little later.")

    def _replace(self, worker: Worker, *, soon: bool) -> None:
        """Start another worker in the place of one, now or after a pause."""
        worker.stop()
        self._missing += 1
        if soon and self._retry is None:
            self._fill()
        else:
            self._try_again()

    def _fill(self) -> None:
        self._retry = None
        while self._missing and not self._closed:
            try:
                worker = Worker(self._fork_server, long=self._long)
            except OSError as error:
                LOG.warning("a worker cannot be started (%s); it is tried again", error)
                self._try_again()
                return
            self._missing -= 1
            self._idle.append(worker)

    def _try_again(self) -> None:
        if self._retry is None and not self._closed:
            self._retry = asyncio.get_running_loop().call_later(self._pause, self._fill)
            self._pause = min(2 * self._pause, _LATEST)
