"""The server's side of the workers: hands them requests, gathers answers, kills and replaces them."""

from __future__ import annotations

import asyncio
import contextlib
import json
import math
import os
import socket
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import IO, Any, Final

from testimonia.errors import InputError, Place, TimeLimitExceeded
from testimonia.web import problems
from testimonia.web.contents import Contents
from testimonia.web.lanes import Lane
from testimonia.web.messages import (
    END,
    FAILURE,
    FRAME,
    HEAD,
    LONG,
    ORDER,
    PART,
    QUICK,
    STOP,
    Job,
)
from testimonia.web.problems import Busy, Problem
from testimonia.web.settings import MEBIBYTE, TRIAL, Settings

__all__ = ["ForkServer", "Pool", "Reply"]

_IN_MEMORY: Final = MEBIBYTE
_MOST_ON_DISK: Final = 32
_CHUNK: Final = 1 << 16
_READ_AHEAD: Final = 1 << 18
_ALARM: Final = 2.0  # seconds after which a worker ends itself that the server has not killed
_FAREWELL: Final = 10.0


class ForkServer:
    """The process that holds the data and forks workers, seen from the server.

    Parameters
    ----------
    settings
        What to load, and within which limits.
    folder
        Where it may write a dump of the data.

    Raises
    ------
    InputError
        The data cannot be loaded.
    """

    def __init__(self, settings: Settings, folder: Path) -> None:
        self.control, theirs = socket.socketpair()
        self._dump = folder / "dump.nq"
        self._number = 0
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - this interpreter, this package
                # -P: a module in the working directory must not stand in for an installed one.
                [sys.executable, "-P", "-m", "testimonia.web.forkserver", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": _path()},
            )
        try:
            self.contents = self._load(settings)
        except BaseException:
            self._process.kill()
            self.close()
            raise

    @property
    def dump(self) -> Path | None:
        """All data as published, or None where some came from a store."""
        return self._dump if self._dump.exists() else None

    def start(self, *, long: bool) -> tuple[int, socket.socket]:
        """Start a worker, and give its number and the connection to it."""
        ours, theirs = socket.socketpair()
        self._number += 1
        with theirs:
            order = ORDER.pack(LONG if long else QUICK, self._number)
            socket.send_fds(self.control, [order], [theirs.fileno()])
        return self._number, ours

    def stop(self, number: int) -> None:
        """Kill a worker."""
        self.control.sendall(ORDER.pack(STOP, number))

    def close(self) -> None:
        """Kill all workers, and leave nothing behind."""
        self.control.close()
        try:
            self._process.wait(_FAREWELL)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _load(self, settings: Settings) -> Contents:
        wanted = {
            "sources": [str(path.absolute()) for path in settings.sources],
            "shipped": settings.shipped,
            "store": None if settings.store is None else str(settings.store.absolute()),
            "memory": settings.memory,
            "largest_answer": settings.largest_answer,
            "dump": str(self._dump),
        }
        self.control.sendall(json.dumps(wanted).encode() + b"\n")
        with self.control.makefile("rb") as stream:
            line = stream.readline()
        if not line:
            raise InputError(
                "the process that loads the data died",
                hint="Most likely there is not enough memory: serve them from a --store.",
            )
        found: dict[str, Any] = json.loads(line)
        if "error" in found:
            message, hint, place = found["error"]
            raise InputError(message, hint=hint, place=Place(place) if place else None)
        return Contents(**found)


def _nothing() -> None:
    pass


@dataclass(slots=True)
class Reply:
    """What a worker answered.

    Attributes
    ----------
    kind
        solutions, boolean or triples.
    format
        Name of the format.
    size
        Bytes.
    closing
        Is called once, when it is closed.
    """

    kind: str
    format: str
    size: int
    _content: IO[bytes]
    closing: Callable[[], None] = _nothing

    def chunks(self) -> Iterator[bytes]:
        """Give the content piece by piece."""
        self._content.seek(0)
        while chunk := self._content.read(_CHUNK):
            yield chunk

    def close(self) -> None:
        """Let go of the content."""
        self._content.close()
        closing, self.closing = self.closing, _nothing
        closing()


class _Died(Exception):
    """A worker ended before its answer did."""


class _Worker:
    """A connection to a worker."""

    def __init__(self, fork_server: ForkServer, *, long: bool) -> None:
        self._fork_server = fork_server
        self.number, self._socket = fork_server.start(long=long)
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self.spent = False

    async def run(self, job: Job) -> Reply:
        """Hand it a job and gather the answer."""
        if self._streams is None:
            self._streams = await asyncio.open_connection(sock=self._socket, limit=_READ_AHEAD)
        reader, writer = self._streams
        content = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - the reply's
        try:
            writer.write(job.written())
            await writer.drain()
            return await self._gathered(reader, content)
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            content.close()
            raise _Died from error
        except BaseException:
            content.close()
            raise

    async def _gathered(
        self, reader: asyncio.StreamReader, content: tempfile.SpooledTemporaryFile[bytes]
    ) -> Reply:
        head: dict[str, str] = {}
        failure: Problem | None = None
        size = 0
        while True:
            kind, length = FRAME.unpack(await reader.readexactly(FRAME.size))
            part = await reader.readexactly(length)
            if kind == PART:
                size += length
                content.write(part)
            elif kind == HEAD:
                head = json.loads(part)
            elif kind == FAILURE:
                failure = problems.of(**json.loads(part))
            elif kind == END:
                self.spent = bool(part)
                break
        if failure is not None:
            raise failure
        return Reply(head["kind"], head["format"], size, content)

    def stop(self) -> None:
        """Kill it."""
        if self._streams is None:
            self._socket.close()
        else:
            self._streams[1].transport.abort()
        with contextlib.suppress(OSError):  # no fork server, no worker
            self._fork_server.stop(self.number)


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
        self._fork_server = fork_server
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
        self._idle_quick = [_Worker(fork_server, long=False) for _ in range(quick)]
        self._idle_long = [_Worker(fork_server, long=True) for _ in range(long)]
        self._on_disk: Counter[str] = Counter()

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
            if reply.size > _IN_MEMORY:
                self._keep(reply, client)
        except Busy as error:
            later = {"Retry-After": str(math.ceil(self._limit))}
            raise Problem(503, error.message, error.hint, headers=later) from None
        return reply

    def close(self) -> None:
        """Stop the workers that have nothing to do; the fork server's end stops all."""
        for worker in (*self._idle_quick, *self._idle_long):
            worker.stop()
        self._idle_quick, self._idle_long = [], []

    def _keep(self, reply: Reply, client: str) -> None:
        """Count a large answer until it is sent; whoever reads slowly keeps others from none."""
        own = self._on_disk[client]
        if self._on_disk.total() >= _MOST_ON_DISK or own >= _MOST_ON_DISK // 2:
            reply.close()
            raise Busy("too many large answers are being sent", hint="Try again a little later.")
        self._on_disk[client] += 1
        reply.closing = partial(self._sent, client)

    def _sent(self, client: str) -> None:
        self._on_disk[client] -= 1
        self._on_disk += Counter()  # forgets those that have none

    async def _answered(self, job: Job, client: str) -> Reply:
        trial = min(TRIAL, self._limit)
        async with self._quick.place(client):
            try:
                return await self._run(self._idle_quick, job, trial, long=False)
            except TimeoutError:
                if trial == self._limit:
                    raise self._too_long() from None
        with self._counted(client):
            async with self._long.place(client):
                try:
                    return await self._run(self._idle_long, job, self._limit, long=True)
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

    async def _run(self, idle: list[_Worker], job: Job, seconds: float, *, long: bool) -> Reply:
        worker = idle.pop()
        sound = False
        try:
            async with asyncio.timeout(seconds):
                reply = await worker.run(replace(job, seconds=seconds + _ALARM))
            sound = not worker.spent
            return reply
        except Problem:
            sound = not worker.spent
            raise
        except _Died:
            raise problems.of(
                "WorkerDied",
                "the query ended the process that ran it, most likely for want of memory",
                "Make the query narrower.",
            ) from None
        finally:
            if not sound:
                worker.stop()
                worker = _Worker(self._fork_server, long=long)
            idle.append(worker)

    def _too_long(self) -> Problem:
        error = TimeLimitExceeded(
            f"the query took longer than {self._limit:g} seconds and was stopped",
            hint="Make the query narrower, or take the dump of the data.",
        )
        return problems.of(**problems.told(error))


def _path() -> str:
    package = str(Path(__file__).resolve().parents[2])
    # An empty entry would mean the working directory.
    inherited = filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))
    return os.pathsep.join([package, *inherited])
