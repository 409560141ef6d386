"""A pool of workers: keeps the idle ones, and replaces those that died or were killed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from testimonia.web.http.problems import Busy
from testimonia.web.logs import LOG
from testimonia.web.workers.fork_server_client import ForkServer
from testimonia.web.workers.worker_client import Worker, WorkerNotStarted

__all__ = ["WorkerPool"]

_FIRST_RETRY: Final = 0.1
_MAX_RETRY: Final = 5.0


class WorkerPool:
    """A fixed number of workers, those that are idle and those that could not be started yet.

    The pool never shrinks: if a worker cannot be replaced for lack of descriptors, processes or memory,
    starting it is retried with exponential backoff.

    Parameters
    ----------
    fork_server
        The process that forks workers.
    size
        Number of workers.
    long
        Whether they are for long queries.
    """

    def __init__(self, fork_server: ForkServer, size: int, *, long: bool) -> None:
        self._fork_server = fork_server
        self._long = long
        self._idle: list[Worker] = []
        self._missing = size
        self._delay = _FIRST_RETRY
        self._retry: asyncio.TimerHandle | None = None
        self._closed = False
        self._fill()

    async def wait_until_ready(self) -> None:
        """Wait until the workers are ready.

        Raises
        ------
        WorkerNotStarted
            None of them could be started.
        """
        reason = WorkerNotStarted("no connection can be made to a process that runs queries")
        starting, self._idle = self._idle, []
        for worker in starting:
            try:
                await worker.wait_until_ready()
            except WorkerNotStarted as error:
                reason = error
                self._replace(worker, at_once=False)
            else:
                self._idle.append(worker)
        if not self._idle:
            raise reason

    @asynccontextmanager
    async def worker(self) -> AsyncIterator[Worker]:
        """Take an idle worker, and return it afterwards, or replace it if it cannot be reused.

        Raises
        ------
        Busy
            No worker can be started at the moment.
        """
        worker = await self._take()
        try:
            yield worker
        finally:
            if worker.reusable:
                self._idle.append(worker)
            else:
                self._replace(worker, at_once=True)

    def close(self) -> None:
        """Stop the idle workers; closing the fork server stops all."""
        self._closed = True
        if self._retry is not None:
            self._retry.cancel()
        for worker in self._idle:
            worker.stop()
        self._idle = []

    async def _take(self) -> Worker:
        reason = "no process can be started to run the query"
        while self._idle:
            worker = self._idle.pop()
            try:
                await worker.wait_until_ready()
            except WorkerNotStarted as error:
                reason = str(error)
                self._replace(worker, at_once=False)
            except BaseException:
                self._replace(worker, at_once=True)
                raise
            else:
                self._delay = _FIRST_RETRY
                return worker
        raise Busy(reason, hint="Try again a little later.")

    def _replace(self, worker: Worker, *, at_once: bool) -> None:
        """Stop a worker and start another one, at once or after a delay."""
        worker.stop()
        self._missing += 1
        if at_once and self._retry is None:
            self._fill()
        else:
            self._schedule_retry()

    def _fill(self) -> None:
        self._retry = None
        while self._missing and not self._closed:
            try:
                worker = Worker(self._fork_server, long=self._long)
            except OSError as error:
                LOG.warning("a worker could not be started (%s); trying again", error)
                self._schedule_retry()
                return
            self._missing -= 1
            self._idle.append(worker)

    def _schedule_retry(self) -> None:
        if self._retry is None and not self._closed:
            self._retry = asyncio.get_running_loop().call_later(self._delay, self._fill)
            self._delay = min(2 * self._delay, _MAX_RETRY)
