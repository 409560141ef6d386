"""Evaluates a query, in this process or in a separate one that can be stopped."""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import IO, Any, Final, Literal, NoReturn

from pyoxigraph import (
    NamedNode,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Store,
)

from testimonia.errors import (
    Place,
    QueryError,
    QuerySyntaxFault,
    ServiceRefused,
    TimeLimitExceeded,
)
from testimonia.namespaces import PREFIXES
from testimonia.processes.children import (
    COMPLETE,
    FAILED,
    Ended,
    can_fork,
    on_disk,
    open_from_disk,
    run_in_fork,
    run_in_new_process,
)
from testimonia.processes.orphans import die_with
from testimonia.query.query_faults import syntax_fault
from testimonia.query.sparql import check, names_dataset, service_call

__all__ = [
    "LARGEST_ANSWER",
    "Answer",
    "check_limit",
    "evaluate",
    "evaluate_within",
    "refuse_service",
    "run",
]

LARGEST_ANSWER: Final = 256 * 1024 * 1024
"""Most bytes that a query under a time limit may answer with, so that it cannot fill the memory."""

Kind = Literal["solutions", "boolean", "triples"]

_KINDS: dict[bytes, Kind] = {b"S": "solutions", b"B": "boolean", b"T": "triples"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a query answered.

    Attributes
    ----------
    kind
        Solutions of a SELECT, the boolean of an ASK, or the triples of a CONSTRUCT or DESCRIBE.
    content
        SPARQL 1.1 Query Results; N-Triples for triples.
    form
        The format of query results: TSV for solutions found here, otherwise JSON.
    """

    kind: Kind
    content: bytes
    form: QueryResultsFormat = QueryResultsFormat.JSON


def evaluate(store: Store, query: str) -> Answer:
    """Evaluate a query over the union of all graphs, or those it names, for as long as it takes.

    The prefixes of `testimonia.namespaces` need not be declared.

    Parameters
    ----------
    store
        What to query.
    query
        SPARQL 1.1.

    Raises
    ------
    QueryError
        It is not well formed, is an update, calls another server (SERVICE), or fails.
    """
    check(query)
    stream = BytesIO()
    _answer(store, query, stream)
    return _decoded(stream.getvalue())


def evaluate_within(seconds: float, store: Store, directory: Path | None, query: str) -> Answer:
    """Evaluate a query as `evaluate` does, and stop it when it takes too long.

    Parameters
    ----------
    seconds
        How long it may take.
    store
        What to query.
    directory
        Where the store keeps its quads, or None when it is in memory.
    query
        SPARQL 1.1.

    Raises
    ------
    TimeLimitExceeded
        It took longer.
    QueryError
        As for `evaluate`; or the answer is larger than `LARGEST_ANSWER`.
    """
    check(query)
    check_limit(seconds)

    def answer(stream: IO[bytes]) -> None:
        _answer(store, query, stream)

    try:
        if directory is None and can_fork():
            message = run_in_fork(answer, seconds, most=LARGEST_ANSWER)
        else:
            with on_disk(store, directory) as place:
                message = run_in_new_process(
                    __name__, place, query.encode(), seconds, most=LARGEST_ANSWER
                )
    except Ended as end:
        raise _ended(end, seconds) from None
    return _decoded(message)


def check_limit(seconds: float) -> None:
    """Refuse a number that is not a valid time limit.

    Raises
    ------
    QueryError
        It is not greater than zero, or is more than the system can wait.
    """
    if not 0 < seconds <= threading.TIMEOUT_MAX:  # NaN fails both comparisons
        raise QueryError(
            f"the time limit is {seconds:g} seconds",
            hint=f"Give a number greater than zero, and at most {threading.TIMEOUT_MAX:.0f}.",
        )


def _ended(end: Ended, seconds: float) -> QueryError:
    if end.why == "time":
        return TimeLimitExceeded(
            f"the query took longer than {seconds:g} seconds and was stopped",
            hint="Make the query narrower, or allow it more time.",
        )
    if end.why == "size":
        return QueryError(
            f"the answer is larger than {LARGEST_ANSWER >> 20} MiB", hint="Add a LIMIT."
        )
    return QueryError(
        "the query's process died, most likely because it ran out of memory",
        hint="Make the query narrower.",
    )


def run(
    store: Store,
    query: str,
    *,
    base: str | None = None,
    default_graphs: Sequence[NamedNode] | None = None,
    named_graphs: Sequence[NamedNode] | None = None,
) -> QuerySolutions | QueryBoolean | QueryTriples:
    """Run a query and return its results as the store finds them.

    Parameters
    ----------
    store
        What to query.
    query
        SPARQL 1.1.
    base
        What its relative IRIs are relative to.
    default_graphs, named_graphs
        The dataset, in place of the one that the query names (SPARQL 1.1 Protocol, section 2.1.4);
        with neither, the query's own, or the union of all graphs.

    Raises
    ------
    QueryError
        It is not well formed, is an update, or calls another server (SERVICE). What fails later, while
        the results are read, raises Oxigraph's errors: SyntaxError, RuntimeError, OSError, ValueError.
    """
    check(query)
    try:
        refuse_service(query, base)
        if default_graphs is not None or named_graphs is not None:
            return store.query(
                query,
                base_iri=base,
                prefixes=PREFIXES,
                default_graph=list(default_graphs or ()),
                named_graphs=list(named_graphs or ()),
            )
        union = not names_dataset(query)
        return store.query(
            query, base_iri=base, prefixes=PREFIXES, use_default_graph_as_union=union
        )
    except SyntaxError as error:
        raise syntax_fault(error, query, base=base) from None


def refuse_service(query: str, base: str | None = None) -> None:
    """Refuse a query that calls another server.

    Parameters
    ----------
    query
        SPARQL 1.1.
    base
        What its relative IRIs are relative to.

    Raises
    ------
    ServiceRefused
        It does.
    SyntaxError
        It is not well formed.
    """
    called = service_call(query, base)
    if called is not None:
        _fail("SERVICE", called.line, called.column)


def _answer(store: Store, query: str, stream: IO[bytes]) -> None:
    """Write the kind of the answer, its content, and how it ended."""
    try:
        called = service_call(query)
        if called is not None:
            stream.write(FAILED + json.dumps(["SERVICE", called.line, called.column]).encode())
            return
        union = not names_dataset(query)
        results = store.query(query, use_default_graph_as_union=union, prefixes=PREFIXES)
        if isinstance(results, QuerySolutions):
            stream.write(b"S")
        else:
            stream.write(b"B" if isinstance(results, QueryBoolean) else b"T")
        if isinstance(results, QuerySolutions):
            results.serialize(stream, QueryResultsFormat.TSV)  # half as long as JSON, and as exact
        elif isinstance(results, QueryBoolean):
            results.serialize(stream, QueryResultsFormat.JSON)
        else:
            results.serialize(stream, RdfFormat.N_TRIPLES)
    except SyntaxError as error:
        fault = syntax_fault(error, query)
        where = fault.place or Place("query")
        reason = [fault.message, fault.hint, where.line, where.column]
        stream.write(FAILED + json.dumps(["SyntaxError", *reason]).encode())
    except (RuntimeError, OSError, ValueError) as error:
        stream.write(FAILED + json.dumps([type(error).__name__, str(error)]).encode())
    else:
        stream.write(COMPLETE)


def _decoded(message: bytes) -> Answer:
    content, failed, reason = message.rpartition(FAILED)
    if failed:
        _fail(*json.loads(reason))
    content = message[1:].removesuffix(COMPLETE)
    kind = _KINDS[message[:1]]
    return Answer(
        kind, content, QueryResultsFormat.TSV if kind == "solutions" else QueryResultsFormat.JSON
    )


def _fail(kind: str, *reason: Any) -> NoReturn:
    if kind == "SERVICE":
        raise ServiceRefused(
            "this query calls on another server (SERVICE), and nothing is fetched",
            place=Place("query", *reason),
            hint="Get the data as a file and open it together with the dataset.",
        )
    if kind == "SyntaxError":
        message, hint, line, column = reason
        raise QuerySyntaxFault(message, hint=hint, place=Place("query", line, column))
    raise QueryError(f"the query failed: {reason[0]}", hint="Correct the query.")


if __name__ == "__main__":
    die_with(os.getppid())
    _answer(open_from_disk(Path(sys.argv[1])), sys.stdin.buffer.read().decode(), sys.stdout.buffer)
