"""The server's side of the workers: hands them requests, and kills and replaces them."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from testimonia.errors import TimeLimitExceeded
from testimonia.web import problems
from testimonia.web.allowances import Allowance
from testimonia.web.keeping import ForkServer
from testimonia.web.lanes import Lane
from testimonia.web.logs import LOG
from testimonia.web.problems import Busy, Problem, busy
from testimonia.web.settings import TRIAL, Settings
from testimonia.web.teams import Team
from testimonia.web.wire import Job
from testimonia.web.workers import IN_MEMORY, Reply, WorkerGone

__all__ = ["Pool"]

_MOST_ON_DISK: Final = 32
_ALARM: Final = 2.0  # seconds after which a worker ends itself that the server has not killed


class Pool:
    """Workers in two lanes, so that long queries never keep short ones from an answer.

    Every query begins among the quick workers. One that is not done after `TRIAL` seconds is stopped
    there, and queues for one of the workers for long queries, where it has the whole time limit. A
    client that has a long query leaves at least one of the quick workers to others.

    Parameters
    ----------
    fork_server
        Where workers come from.
    settings
        How many, and within which limits.
    """

    def __init__(self, fork_server: ForkServer, settings: Settings) -> None:
        self._limit = settings.time_limit
        quick, long = settings.workers - settings.long_workers, settings.long_workers
        self._clients_of_long: Counter[str] = Counter()
        self._quick = Lane(
            quick,
            settings.waiting,
            settings.time_limit,
            lambda client: max(1, quick - (client in self._clients_of_long)),
        )
        # Whoever comes next may have to wait for one query to reach the limit, and then for its turn.
        self._long = Lane(long, settings.waiting, 2 * settings.time_limit)
        self._quick_team = Team(fork_server, quick, long=False)
        self._long_team = Team(fork_server, long, long=True)
        self._large_answers = Allowance(
            _MOST_ON_DISK, _MOST_ON_DISK // 2, "too many large answers are being sent"
        )

    async def answer(self, job: Job, client: str) -> Reply:
        """Run a job.

        Parameters
        ----------
        job
            What to do.
        client
            Who wants it done; those who want much wait for themselves.

        Returns
        -------
        Reply
            To be closed by whoever asked.

        Raises
        ------
        Problem
            It failed, took too long, or there is too much to do.
        """
        try:
            reply = await self._answered(job, client)
            if reply.size > IN_MEMORY:
                reply.closing = self._take_room(reply, client)
        except Busy as error:
            raise busy(error, self._limit) from None
        return reply

    async def begin(self) -> None:
        """Wait until workers are ready.

        Raises
        ------
        NotStarted
            None can be started for one of the lanes.
        """
        await self._quick_team.begin()
        await self._long_team.begin()

    def close(self) -> None:
        """Stop the workers that have nothing to do; the fork server's end stops all."""
        self._quick_team.close()
        self._long_team.close()

    def _take_room(self, reply: Reply, client: str) -> Callable[[], None]:
        """Count a large answer until it is sent; whoever reads slowly keeps others from none."""
        try:
            return self._large_answers.take(client)
        except Busy:
            reply.close()
            raise

    async def _answered(self, job: Job, client: str) -> Reply:
        trial = min(TRIAL, self._limit)
        async with self._quick.place(client):
            try:
                return await self._run(self._quick_team, job, trial)
            except TimeoutError:
                if trial == self._limit:
                    raise self._too_long() from None
        with self._counted(client):
            async with self._long.place(client):
                try:
                    return await self._run(self._long_team, job, self._limit)
                except TimeoutError:
                    raise self._too_long() from None

    @contextlib.contextmanager
    def _counted(self, client: str) -> Iterator[None]:
        """Count the long queries of a client."""
        self._clients_of_long[client] += 1
        try:
            yield
        finally:
            self._clients_of_long[client] -= 1
            self._clients_of_long += Counter()  # forgets those that have none
            self._quick.admit()

    async def _run(self, team: Team, job: Job, seconds: float) -> Reply:
        async with asyncio.timeout(seconds), team.worker() as worker:
            try:
                return await worker.run(replace(job, seconds=seconds + _ALARM))
            except WorkerGone:
                raise problems.of(
                    "WorkerDied",
                    "the query ended the process that ran it, most likely for want of memory",
                    "Make the query narrower.",
                ) from None
            except OSError as error:
                LOG.warning("an answer cannot be kept (%s)", error)
                raise Busy(
                    f"the answer cannot be kept until it is sent ({error.strerror})",
                    hint="Try again a little later.",
                ) from None

    def _too_long(self) -> Problem:
        error = TimeLimitExceeded(
            f"the query took longer than {self._limit:g} seconds and was stopped",
            hint="Make the query narrower, or take the dump of the data.",
        )
        return problems.of(**problems.told(error))
