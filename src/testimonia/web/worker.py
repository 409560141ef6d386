"""A worker: a forked process that answers one request after the other, until it is killed.

It holds nothing that is lost with it. The server kills it when its time is up or nobody waits for the
answer any more; should the server be gone, an alarm of the kernel's ends it.
"""

from __future__ import annotations

import faulthandler
import io
import json
import os
import resource
import signal
import socket
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import IO, NoReturn, cast

from pyoxigraph import (
    NamedNode,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    serialize,
)

from testimonia.catalogue.questions import Question
from testimonia.dataset import Dataset
from testimonia.errors import QueryError, TestimoniaError
from testimonia.namespaces import PREFIXES
from testimonia.processes.orphans import die_with
from testimonia.processes.resource_limits import limit_resources
from testimonia.query.query_faults import syntax_fault
from testimonia.web import answer_tables, problems, rowwise
from testimonia.web.formats import BY_SUFFIX, KINDS, Kind
from testimonia.web.problems import AnswerTooLarge, NotAcceptable, WorkerDied, not_started
from testimonia.web.settings import MEBIBYTE
from testimonia.web.wire import END, FAILURE, FRAME, HEAD, PART, READY, Job, frame

__all__ = ["Bench", "work"]

_NICENESS = 10
_BUFFER = 1 << 16


@dataclass(frozen=True, slots=True)
class Bench:
    """What all workers share.

    Attributes
    ----------
    dataset
        The data. A store in memory was loaded before the fork; one on disk is opened after it.
    questions
        The competency questions by name, read beforehand: a worker may open no file.
    memory
        MiB that a worker may take beyond the data.
    largest_answer
        MiB that an answer may have.
    """

    dataset: Dataset
    questions: Mapping[str, Question]
    memory: int
    largest_answer: int


def work(bench: Bench, connection: socket.socket, parent: int, *, long: bool) -> NoReturn:
    """Answer what comes over a connection, and leave the process when it ends.

    Parameters
    ----------
    bench
        What it works on.
    connection
        Where requests come from and answers go.
    parent
        The process that forked it, with which it ends.
    long
        Whether it is for long queries, which leave the processor to short ones.
    """
    status = 1
    try:
        die_with(parent)
        faulthandler.disable()  # a query that exhausts the stack is the server's to report
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        if long:
            os.nice(_NICENESS)
        _prepare(bench, connection)
        before = _largest_size()
        with connection, connection.makefile("rb") as requests:
            while head := requests.read(FRAME.size):
                _, length = FRAME.unpack(head)
                _answer(bench, Job.read(requests.read(length)), connection)
                connection.sendall(frame(END, b"" if _fresh(bench, before) else b"spent"))
        status = 0
    except OSError:  # the server is gone
        status = 0
    finally:
        os._exit(status)  # the exit handlers and buffers of the parent are not the child's to run


def _prepare(bench: Bench, connection: socket.socket) -> None:
    """Open the data and confine the process, then report that it is ready, or why it is not."""
    on_disk = bench.dataset.directory is not None
    try:
        if on_disk:
            bench.dataset.open_read_only()
        limit_resources(bench.memory, files=on_disk)
    except (TestimoniaError, OSError, ValueError, MemoryError) as error:
        _fail(connection, not_started(error))
        os._exit(1)
    connection.sendall(frame(READY))


class _TooLarge(Exception):
    """The answer is larger than it may be."""


class _Reply(io.RawIOBase):
    """Sends what is written to it, up to a limit."""

    def __init__(self, connection: socket.socket, most: int) -> None:
        self._connection = connection
        self._left = most
        self.full = False

    def writable(self) -> bool:
        return True

    def write(self, content: bytes | bytearray | memoryview) -> int:  # type: ignore[override]
        chunk = bytes(content)
        self._left -= len(chunk)
        if self._left < 0:
            self.full = True
            raise _TooLarge
        self._connection.sendall(frame(PART, chunk))
        return len(chunk)


def _answer(bench: Bench, job: Job, connection: socket.socket) -> None:
    signal.setitimer(signal.ITIMER_REAL, job.seconds)
    reply = _Reply(connection, bench.largest_answer * MEBIBYTE)
    try:
        _write_results(bench, job, connection, reply)
    except TestimoniaError as error:
        _fail(connection, problems.told(error))
    except SyntaxError as error:
        fault = syntax_fault(error, job.query or None, base=job.base or None)
        _fail(connection, problems.told(fault))
    except MemoryError:
        _fail(connection, problems.told(_memory_short(bench)))
    except (_TooLarge, RuntimeError, OSError, ValueError) as error:
        if reply.full:
            _fail(connection, problems.told(_too_large(bench)))
        else:
            _fail(connection, problems.told(QueryError(f"the query failed: {error}")))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _fresh(bench: Bench, before: int) -> bool:
    """Tell whether queries have left enough of the memory that a worker may take."""
    return _largest_size() - before < bench.memory * MEBIBYTE // 4


def _largest_size() -> int:
    largest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return largest if sys.platform == "darwin" else largest * 1024


def _fail(connection: socket.socket, words: Mapping[str, str]) -> None:
    connection.sendall(frame(FAILURE, json.dumps(words).encode()))


def _memory_short(bench: Bench) -> QueryError:
    return WorkerDied(
        f"the query needs more than {bench.memory} MiB of memory", hint="Make it narrower."
    )


def _too_large(bench: Bench) -> QueryError:
    return AnswerTooLarge(
        f"the answer is larger than {bench.largest_answer} MiB",
        hint="Add a LIMIT, or take the dump of the data.",
    )


def _write_results(bench: Bench, job: Job, connection: socket.socket, reply: _Reply) -> None:
    query = job.query
    if job.question:
        query = bench.dataset.bind(bench.questions[job.question], job.parameters)
    results = bench.dataset.store.results(
        query,
        base=job.base or None,
        default_graphs=_graphs(job.default_graphs),
        named_graphs=_graphs(job.named_graphs),
    )
    kind = _kind(results)
    name = job.formats.get(kind)
    if name is None:
        offered = ", ".join(form.media_types[0] for form in KINDS[kind])
        raise NotAcceptable(
            f"the answer ({kind}) comes in none of the formats asked for",
            hint=f"It comes as {offered}.",
        )
    connection.sendall(frame(HEAD, json.dumps({"kind": kind, "format": name}).encode()))
    stream = io.BufferedWriter(cast(io.RawIOBase, reply), _BUFFER)
    label = partial(bench.dataset.label, language=job.languages)
    if name == "html":
        page = answer_tables.fragment(results, label, spaced=bool(job.question))
        stream.write(page.encode())
    else:
        _serialize(results, BY_SUFFIX[name].syntax, stream, label if job.labels else None)
    stream.flush()


def _graphs(names: tuple[str, ...] | None) -> list[NamedNode] | None:
    if names is None:
        return None
    try:
        return [NamedNode(name) for name in names]
    except ValueError as error:
        raise QueryError(
            f"the name of a graph is no IRI ({error})", hint="Give IRIs in full."
        ) from None


def _kind(results: QuerySolutions | QueryBoolean | QueryTriples) -> Kind:
    if isinstance(results, QuerySolutions):
        return "solutions"
    return "boolean" if isinstance(results, QueryBoolean) else "triples"


def _serialize(
    results: QuerySolutions | QueryBoolean | QueryTriples,
    syntax: QueryResultsFormat | RdfFormat | None,
    stream: IO[bytes],
    label: Callable[[str], str | None] | None = None,
) -> None:
    if isinstance(results, QuerySolutions) and (label or syntax == QueryResultsFormat.CSV):
        rowwise.write(results, syntax, stream, label)
    elif isinstance(results, QueryTriples):
        assert isinstance(syntax, RdfFormat)  # noqa: S101
        serialize(results, stream, syntax, prefixes=PREFIXES)
    else:
        assert isinstance(syntax, QueryResultsFormat)  # noqa: S101
        results.serialize(stream, syntax)
