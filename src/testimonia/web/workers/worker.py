"""The worker process: runs one query after the other until it is killed.

It has no state to lose. The server kills it at the time limit, or when the client has disconnected; if
the server itself is gone, a timer of the kernel (SIGALRM) ends it.
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
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import NoReturn, cast

from pyoxigraph import (
    NamedNode,
    QueryBoolean,
    QuerySolutions,
    QueryTriples,
)

from testimonia.catalogue.lookup import Names
from testimonia.catalogue.questions import Question
from testimonia.dataset import Dataset
from testimonia.errors import QueryError, TestimoniaError
from testimonia.pages.answer_fragment import PART, Parts, Results, html_fragment
from testimonia.pages.licence_notice import Notice
from testimonia.pages.page_renderer import PageRenderer
from testimonia.processes.orphans import die_with
from testimonia.processes.resource_limits import limit_resources
from testimonia.query.query_faults import syntax_fault
from testimonia.query.sparql import form, names_dataset
from testimonia.web.http.content_negotiation import BY_SUFFIX, RESULT_FORMATS, Kind
from testimonia.web.http.problems import (
    AnswerTooLarge,
    NotAcceptable,
    WorkerDied,
    to_error_data,
    worker_not_started,
)
from testimonia.web.settings import MEBIBYTE
from testimonia.web.workers.page_job import described_triples, make_page
from testimonia.web.workers.result_serialization import write
from testimonia.web.workers.wire_format import BODY, END, FAILURE, FRAME, HEAD, READY, Job, frame

__all__ = ["WorkerContext", "run_worker"]

_NICENESS = 10
_BUFFER = 1 << 16


@dataclass(frozen=True)
class WorkerContext:
    """The data and limits that all workers share.

    Attributes
    ----------
    dataset
        The data. A store in memory was loaded before the fork; one on disk is opened after it.
    questions
        The competency questions, by name. They are read before the fork, as a worker may not open files.
    notice
        What every page says of the data.
    memory
        Memory in MiB that a worker may use beyond the data.
    largest_answer
        Size limit of an answer in MiB.
    quotations
        The words of passages, by IRI.
    """

    dataset: Dataset
    questions: Mapping[str, Question]
    notice: Notice
    memory: int
    largest_answer: int
    quotations: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def pages(self) -> PageRenderer:
        """Renders pages. A store on disk is another one after the fork."""
        return PageRenderer(self.dataset.store, self.notice, self.quotations)


def run_worker(
    context: WorkerContext, connection: socket.socket, parent: int, *, long: bool
) -> NoReturn:
    """Run the jobs that arrive over a connection, and exit when it closes.

    Parameters
    ----------
    context
        The data and limits.
    connection
        Connection to the server.
    parent
        Process id of the fork server; the worker ends with it.
    long
        Whether it is for long queries, which run at a lower priority.
    """
    status = 1
    try:
        die_with(parent)
        faulthandler.disable()  # the server reports a query that overflows the stack
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        if long:
            os.nice(_NICENESS)
        _prepare(context, connection)
        before = _peak_memory()
        with connection, connection.makefile("rb") as jobs:
            while head := jobs.read(FRAME.size):
                _, length = FRAME.unpack(head)
                _run(context, Job.from_json(jobs.read(length)), connection)
                connection.sendall(
                    frame(END, b"" if _reusable(context, before) else b"not reusable")
                )
        status = 0
    except OSError:  # the server is gone
        status = 0
    finally:
        os._exit(status)  # skips the exit handlers and buffers inherited from the parent


def _prepare(context: WorkerContext, connection: socket.socket) -> None:
    """Open the data, restrict the process, and report that it is ready, or why it is not."""
    on_disk = context.dataset.directory is not None
    try:
        if on_disk:
            context.dataset.open_read_only()
        context.pages.prepare()
        limit_resources(context.memory, files=on_disk)
    except (TestimoniaError, OSError, ValueError, MemoryError) as error:
        _fail(connection, worker_not_started(error))
        os._exit(1)
    connection.sendall(frame(READY))


class _AnswerTooLarge(Exception):
    """The answer exceeds the size limit."""


class _AnswerStream(io.RawIOBase):
    """Sends what is written to it as frames, up to a size limit."""

    def __init__(self, connection: socket.socket, most: int) -> None:
        self._connection = connection
        self._left = most
        self.exceeded = False

    def writable(self) -> bool:
        return True

    def write(self, content: bytes | bytearray | memoryview) -> int:  # type: ignore[override]
        chunk = bytes(content)
        self._left -= len(chunk)
        if self._left < 0:
            self.exceeded = True
            raise _AnswerTooLarge
        self._connection.sendall(frame(BODY, chunk))
        return len(chunk)


def _run(context: WorkerContext, job: Job, connection: socket.socket) -> None:
    signal.setitimer(signal.ITIMER_REAL, job.seconds)
    stream = _AnswerStream(connection, context.largest_answer * MEBIBYTE)
    try:
        _write_results(context, job, connection, stream)
    except TestimoniaError as error:
        _fail(connection, to_error_data(error))
    except SyntaxError as error:
        fault = syntax_fault(error, job.query or None, base=job.base or None)
        _fail(connection, to_error_data(fault))
    except MemoryError:
        _fail(connection, to_error_data(_out_of_memory(context)))
    except (_AnswerTooLarge, RuntimeError, OSError, ValueError) as error:
        if stream.exceeded:
            _fail(connection, to_error_data(_too_large(context)))
        else:
            _fail(connection, to_error_data(QueryError(f"the query failed: {error}")))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _reusable(context: WorkerContext, before: int) -> bool:
    """Return whether enough of the worker's memory is left for another query."""
    return _peak_memory() - before < context.memory * MEBIBYTE // 4


def _peak_memory() -> int:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def _fail(connection: socket.socket, error: Mapping[str, str]) -> None:
    connection.sendall(frame(FAILURE, json.dumps(error).encode()))


def _out_of_memory(context: WorkerContext) -> QueryError:
    return WorkerDied(
        f"the query needs more than {context.memory} MiB of memory", hint="Make the query narrower."
    )


def _too_large(context: WorkerContext) -> QueryError:
    return AnswerTooLarge(
        f"the answer is larger than {context.largest_answer} MiB",
        hint="Add a LIMIT, or download the dump of the data.",
    )


def _write_results(
    context: WorkerContext, job: Job, connection: socket.socket, answer: _AnswerStream
) -> None:
    if "page" in job.formats:
        _write_page(context, job, connection, answer)
        return
    query = job.query
    if job.question:
        query = context.dataset.bind(context.questions[job.question], job.parameters)
    results: Results = context.dataset.store.results(
        query,
        base=job.base or None,
        default_graphs=_graphs(job.default_graphs),
        named_graphs=_graphs(job.named_graphs),
    )
    kind = _kind(results)
    name = job.formats.get(kind)
    if name is None:
        offered = ", ".join(form.media_types[0] for form in RESULT_FORMATS[kind])
        raise NotAcceptable(
            f"the answer ({kind}) is not available in any of the formats asked for",
            hint=f"It is available as {offered}.",
        )
    if isinstance(results, QueryTriples) and _describes(job, query):
        results = described_triples(context.pages, query, results, Names(context.dataset.store))
    connection.sendall(frame(HEAD, json.dumps({"kind": kind, "format": name}).encode()))
    stream = io.BufferedWriter(cast(io.RawIOBase, answer), _BUFFER)
    label = partial(context.dataset.label, language=job.languages)
    if name == "html":
        stream.write(
            html_fragment(
                results,
                label,
                spaced=bool(job.question),
                href=context.pages.address,
                part=job.part,
                parts=_parts(job.address),
            ).encode()
        )
    else:
        write(results, BY_SUFFIX[name], stream, label if job.labels else None)
    stream.flush()


def _parts(address: str) -> Parts | None:
    """Return how the parts of a long answer are addressed."""
    if not address:
        return None
    mark = "&" if "?" in address else "?"
    return lambda part: address if part == 1 else f"{address}{mark}{PART}={part}"


def _write_page(
    context: WorkerContext, job: Job, connection: socket.socket, answer: _AnswerStream
) -> None:
    name = job.formats["page"]
    made = make_page(context.pages, job.page, name, job.languages)
    head = {"kind": "page", "format": name, "iri": made.iri, "etag": made.etag}
    connection.sendall(frame(HEAD, json.dumps(head).encode()))
    for start in range(0, len(made.content), _BUFFER):
        answer.write(made.content[start : start + _BUFFER])


def _describes(job: Job, query: str) -> bool:
    """Return whether a query asks for descriptions from all data, and not from some graphs only."""
    whole = job.default_graphs is None and job.named_graphs is None
    return whole and form(query) == "DESCRIBE" and not names_dataset(query)


def _graphs(names: tuple[str, ...] | None) -> list[NamedNode] | None:
    if names is None:
        return None
    try:
        return [NamedNode(name) for name in names]
    except ValueError as error:
        raise QueryError(f"a graph name is not an IRI ({error})", hint="Give full IRIs.") from None


def _kind(results: Results) -> Kind:
    if isinstance(results, QuerySolutions):
        return "solutions"
    return "boolean" if isinstance(results, QueryBoolean) else "triples"
