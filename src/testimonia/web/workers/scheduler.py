"""Schedules queries on the workers, and enforces the time limit by killing them."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from testimonia.errors import TimeLimitExceeded
from testimonia.web.http import problems
from testimonia.web.http.client_limits import ClientLimit
from testimonia.web.http.problems import Busy, Problem, service_unavailable
from testimonia.web.logs import LOG
from testimonia.web.settings import QUICK_TIME_LIMIT, Settings
from testimonia.web.workers.fork_server_client import ForkServer
from testimonia.web.workers.query_queue import QueryQueue
from testimonia.web.workers.wire_format import Job
from testimonia.web.workers.worker_client import MAX_BYTES_IN_MEMORY, Answer, WorkerGone
from testimonia.web.workers.worker_pool import WorkerPool

__all__ = ["Scheduler"]

_MAX_ANSWERS_ON_DISK: Final = 32
_ALARM_DELAY: Final = (
    2.0  # seconds after which a worker ends itself if the server has not killed it
)


class Scheduler:
    """Two queues, each with its own workers, so that long queries never block short ones.

    Every query starts in the quick queue. One that takes longer than `QUICK_TIME_LIMIT` is stopped there
    and starts again in the long queue, where it has the full time limit. A client with a long query
    must leave at least one of the quick workers to others.

    Parameters
    ----------
    fork_server
        The process that forks workers.
    settings
        The number of workers, and the limits.
    """

    def __init__(self, fork_server: ForkServer, settings: Settings) -> None:
        self._time_limit = settings.time_limit
        quick, long = settings.workers - settings.long_workers, settings.long_workers
        self._clients_of_long: Counter[str] = Counter()
        self._quick_queue = QueryQueue(
            quick,
            settings.waiting,
            settings.time_limit,
            lambda client: max(1, quick - (client in self._clients_of_long)),
        )
        # The next one may have to wait until a running query reaches the limit, and then for its turn.
        self._long_queue = QueryQueue(long, settings.waiting, 2 * settings.time_limit)
        self._quick_workers = WorkerPool(fork_server, quick, long=False)
        self._long_workers = WorkerPool(fork_server, long, long=True)
        self._large_answers = ClientLimit(
            _MAX_ANSWERS_ON_DISK, _MAX_ANSWERS_ON_DISK // 2, "too many large answers are being sent"
        )

    async def run(self, job: Job, client: str) -> Answer:
        """Run a job.

        Parameters
        ----------
        job
            What to run.
        client
            Address of the client, to which the per-client limits apply.

        Returns
        -------
        Answer
            The answer; the caller closes it.

        Raises
        ------
        Problem
            The job failed or took too long, or the endpoint is at capacity.
        """
        try:
            answer = await self._run_quick_then_long(job, client)
            if answer.size > MAX_BYTES_IN_MEMORY:
                answer.on_close = self._count_large_answer(answer, client)
        except Busy as error:
            raise service_unavailable(error, self._time_limit) from None
        return answer

    async def wait_until_ready(self) -> None:
        """Wait until workers are ready.

        Raises
        ------
        WorkerNotStarted
            None could be started for one of the queues.
        """
        await self._quick_workers.wait_until_ready()
        await self._long_workers.wait_until_ready()

    def close(self) -> None:
        """Stop the idle workers; closing the fork server stops all."""
        self._quick_workers.close()
        self._long_workers.close()

    def _count_large_answer(self, answer: Answer, client: str) -> Callable[[], None]:
        """Count a large answer until it is sent, so that slow readers cannot fill the disk."""
        try:
            return self._large_answers.acquire(client)
        except Busy:
            answer.close()
            raise

    async def _run_quick_then_long(self, job: Job, client: str) -> Answer:
        quick_limit = min(QUICK_TIME_LIMIT, self._time_limit)
        async with self._quick_queue.slot(client):
            try:
                return await self._run_within(self._quick_workers, job, quick_limit)
            except TimeoutError:
                if quick_limit == self._time_limit:
                    raise self._time_limit_exceeded() from None
        with self._counted_as_long(client):
            async with self._long_queue.slot(client):
                try:
                    return await self._run_within(self._long_workers, job, self._time_limit)
                except TimeoutError:
                    raise self._time_limit_exceeded() from None

    @contextlib.contextmanager
    def _counted_as_long(self, client: str) -> Iterator[None]:
        """Count the long queries of a client."""
        self._clients_of_long[client] += 1
        try:
            yield
        finally:
            self._clients_of_long[client] -= 1
            self._clients_of_long += Counter()  # removes clients whose count is zero
            self._quick_queue.wake()

    async def _run_within(self, workers: WorkerPool, job: Job, seconds: float) -> Answer:
        async with asyncio.timeout(seconds), workers.worker() as worker:
            try:
                return await worker.run(replace(job, seconds=seconds + _ALARM_DELAY))
            except WorkerGone:
                raise problems.from_error_data(
                    "WorkerDied",
                    "the process that ran the query died, most likely because it ran out of memory",
                    "Make the query narrower.",
                ) from None
            except OSError as error:
                LOG.warning("an answer could not be stored (%s)", error)
                raise Busy(
                    f"the answer could not be stored until it is sent ({error.strerror})",
                    hint="Try again a little later.",
                ) from None

    def _time_limit_exceeded(self) -> Problem:
        error = TimeLimitExceeded(
            f"the query took longer than {self._time_limit:g} seconds and was stopped",
            hint="Make the query narrower, or download the dump of the data.",
        )
        return problems.from_error_data(**problems.to_error_data(error))
