"""The server's side of a worker: a connection to a process that runs one query at a time."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import IO, Final

from testimonia.web.http import problems
from testimonia.web.http.problems import Problem
from testimonia.web.settings import MEBIBYTE
from testimonia.web.workers.fork_server_client import ForkServer
from testimonia.web.workers.wire_format import BODY, END, FAILURE, FRAME, HEAD, READY, Job

__all__ = ["MAX_BYTES_IN_MEMORY", "Answer", "Worker", "WorkerGone", "WorkerNotStarted"]

MAX_BYTES_IN_MEMORY: Final = MEBIBYTE
"""Size in bytes up to which an answer is held in memory; a larger one goes to a temporary file."""

_CHUNK: Final = 1 << 16
_READ_AHEAD: Final = 1 << 18


def _nothing() -> None:
    pass


@dataclass(slots=True)
class Answer:
    """The answer to a query, in the format asked for.

    Attributes
    ----------
    kind
        Kind of result: solutions, boolean or triples.
    format
        Name of the format.
    size
        Size in bytes.
    iri
        What a page is about.
    on_close
        Called once, when all users have closed the answer.
    etag
        Its entity tag (RFC 9110, section 8.8.3): of a page a digest; of an answer random, because running
        the query again may give another one.
    """

    kind: str
    format: str
    size: int
    _content: IO[bytes]
    iri: str = ""
    on_close: Callable[[], None] = _nothing
    etag: str = field(default_factory=lambda: f'"{secrets.token_hex(8)}"')
    _users: int = 1

    def shared(self) -> Answer:
        """Return the answer for one more user, who closes it as well."""
        self._users += 1
        return self

    def chunks(self, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """Iterate over the content in chunks; several users may do so at the same time.

        Parameters
        ----------
        start, end
            Range of bytes; all by default.
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
        """Release the content, once all users have closed the answer."""
        self._users -= 1
        if self._users:
            return
        self._content.close()
        on_close, self.on_close = self.on_close, _nothing
        on_close()


class WorkerNotStarted(Exception):
    """A worker could not be started; the message says why."""


class WorkerGone(Exception):
    """A worker died before its answer was complete."""


class Worker:
    """A connection to a worker.

    Parameters
    ----------
    fork_server
        The process that forks it.
    long
        Whether it is for long queries.

    Attributes
    ----------
    reusable
        Whether it can run another job.

    Raises
    ------
    OSError
        No connection can be made to the worker.
    """

    def __init__(self, fork_server: ForkServer, *, long: bool) -> None:
        self._fork_server = fork_server
        self.number, self._socket = fork_server.start(long=long)
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self.reusable = False

    async def wait_until_ready(self) -> None:
        """Wait until the worker is ready.

        Raises
        ------
        WorkerNotStarted
            The worker cannot be started.
        """
        if self._streams is not None:
            return
        self._streams = await asyncio.open_connection(sock=self._socket, limit=_READ_AHEAD)
        try:
            kind, content = await self._read_frame()
        except (asyncio.IncompleteReadError, ConnectionError):
            raise WorkerNotStarted("no process can be started to run the query") from None
        if kind != READY:
            raise WorkerNotStarted(json.loads(content)["message"])
        self.reusable = True

    async def run(self, job: Job) -> Answer:
        """Run a job, and read the whole answer.

        Raises
        ------
        WorkerNotStarted
            The worker cannot be started.
        WorkerGone
            The worker died.
        Problem
            The job failed.
        OSError
            The answer cannot be stored.
        """
        await self.wait_until_ready()
        assert self._streams is not None  # noqa: S101
        self.reusable = False
        content = tempfile.SpooledTemporaryFile(max_size=MAX_BYTES_IN_MEMORY)  # noqa: SIM115
        try:
            self._streams[1].write(job.to_frame())
            await self._streams[1].drain()
            return await self._read_answer(content)
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            content.close()
            raise WorkerGone from error
        except BaseException:
            content.close()
            raise

    async def _read_answer(self, content: tempfile.SpooledTemporaryFile[bytes]) -> Answer:
        head: dict[str, str] = {}
        failure: Problem | None = None
        size = 0
        while True:
            kind, part = await self._read_frame()
            if kind == BODY:
                size += len(part)
                content.write(part)
            elif kind == HEAD:
                head = json.loads(part)
            elif kind == FAILURE:
                failure = problems.from_error_data(**json.loads(part))
            elif kind == END:
                self.reusable = not part
                break
        if failure is not None:
            raise failure
        answer = Answer(head["kind"], head["format"], size, content, head.get("iri", ""))
        answer.etag = head.get("etag", answer.etag)
        return answer

    async def _read_frame(self) -> tuple[bytes, bytes]:
        assert self._streams is not None  # noqa: S101
        kind, length = FRAME.unpack(await self._streams[0].readexactly(FRAME.size))
        return kind, await self._streams[0].readexactly(length)

    def stop(self) -> None:
        """Kill the worker."""
        if self._streams is None:
            self._socket.close()
        else:
            self._streams[1].transport.abort()
        with contextlib.suppress(OSError):  # the fork server is gone, and its workers with it
            self._fork_server.stop(self.number)
