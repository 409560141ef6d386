"""Workers, seen from the server: each a connection to a process that runs one query at a time."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import IO, Final

from testimonia.web import problems
from testimonia.web.keeping import ForkServer
from testimonia.web.problems import Problem
from testimonia.web.settings import MEBIBYTE
from testimonia.web.wire import END, FAILURE, FRAME, HEAD, PART, READY, Job

__all__ = ["IN_MEMORY", "NotStarted", "Reply", "Worker", "WorkerGone"]

IN_MEMORY: Final = MEBIBYTE
"""Most bytes of an answer that are kept in memory."""

_CHUNK: Final = 1 << 16
_READ_AHEAD: Final = 1 << 18


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
        Is called once, when everybody has closed it.
    tag
        Its entity tag (RFC 9110, section 8.8.3): whoever runs the query again gets another answer.
    """

    kind: str
    format: str
    size: int
    _content: IO[bytes]
    closing: Callable[[], None] = _nothing
    tag: str = field(default_factory=lambda: f'"{secrets.token_hex(8)}"')
    _users: int = 1

    def shared(self) -> Reply:
        """Give it to one more user, who closes it as well."""
        self._users += 1
        return self

    def chunks(self, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """Give the content piece by piece; others may read it at the same time.

        Parameters
        ----------
        start, end
            Which bytes of it; all when left out.
        """
        end = self.size if end is None else end
        while start < end:
            self._content.seek(start)
            chunk = self._content.read(min(_CHUNK, end - start))
            if not chunk:
                return
            start += len(chunk)
            yield chunk

    def close(self) -> None:
        """Let go of the content, once all its users have."""
        self._users -= 1
        if self._users:
            return
        self._content.close()
        closing, self.closing = self.closing, _nothing
        closing()


class NotStarted(Exception):
    """A worker could not be started; its message says why."""


class WorkerGone(Exception):
    """A worker ended before its answer did."""


class Worker:
    """A connection to a worker.

    Parameters
    ----------
    fork_server
        Where it comes from.
    long
        Whether it is for long queries.

    Attributes
    ----------
    sound
        Whether it can take another job.

    Raises
    ------
    OSError
        No connection can be made to it.
    """

    def __init__(self, fork_server: ForkServer, *, long: bool) -> None:
        self._fork_server = fork_server
        self.number, self._socket = fork_server.start(long=long)
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self.sound = False

    async def begin(self) -> None:
        """Wait until it is ready.

        Raises
        ------
        NotStarted
            It cannot be.
        """
        if self._streams is not None:
            return
        self._streams = await asyncio.open_connection(sock=self._socket, limit=_READ_AHEAD)
        try:
            kind, content = await self._next()
        except (asyncio.IncompleteReadError, ConnectionError):
            raise NotStarted("no process can be started to run the query") from None
        if kind != READY:
            raise NotStarted(json.loads(content)["message"])
        self.sound = True

    async def run(self, job: Job) -> Reply:
        """Hand it a job and gather the answer.

        Raises
        ------
        NotStarted
            The worker cannot be started.
        WorkerGone
            It ended.
        Problem
            The job failed.
        OSError
            The answer cannot be kept.
        """
        await self.begin()
        assert self._streams is not None  # noqa: S101
        self.sound = False
        content = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the reply's
        try:
            self._streams[1].write(job.written())
            await self._streams[1].drain()
            return await self._gathered(content)
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            content.close()
            raise WorkerGone from error
        except BaseException:
            content.close()
            raise

    async def _gathered(self, content: tempfile.SpooledTemporaryFile[bytes]) -> Reply:
        head: dict[str, str] = {}
        failure: Problem | None = None
        size = 0
        while True:
            kind, part = await self._next()
            if kind == PART:
                size += len(part)
                content.write(part)
            elif kind == HEAD:
                head = json.loads(part)
            elif kind == FAILURE:
                failure = problems.of(**json.loads(part))
            elif kind == END:
                self.sound = not part
                break
        if failure is not None:
            raise failure
        return Reply(head["kind"], head["format"], size, content)

    async def _next(self) -> tuple[bytes, bytes]:
        assert self._streams is not None  # noqa: S101
        kind, length = FRAME.unpack(await self._streams[0].readexactly(FRAME.size))
        return kind, await self._streams[0].readexactly(length)

    def stop(self) -> None:
        """Kill it."""
        if self._streams is None:
            self._socket.close()
        else:
            self._streams[1].transport.abort()
        with contextlib.suppress(OSError):  # no fork server, no worker
            self._fork_server.stop(self.number)
