"""Evaluates a query, here or in a process of its own that can be stopped.

Oxigraph offers no way to interrupt a query: a signal handler of Python does not run before the
call into Rust returns, and a thread cannot be killed. A process can. Where the platform forks, a
forked child sees the store in memory as it is at no cost; elsewhere, and for stores on disk (whose
background threads do not survive a fork), a fresh process opens the data read-only. The same
process boundary keeps a query that exhausts the stack from taking the caller down.
"""

from __future__ import annotations

import contextlib
import faulthandler
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import IO, Any, Final, Literal, NoReturn, cast

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
from testimonia.query_faults import syntax_fault
from testimonia.sparql import check, names_dataset, service_call

__all__ = ["LARGEST_ANSWER", "Answer", "evaluate", "evaluate_within", "run"]

LARGEST_ANSWER: Final = 256 * 1024 * 1024
"""Most bytes that a query under a time limit may answer with, so that it cannot fill the memory."""

Kind = Literal["solutions", "boolean", "triples"]

_COMPLETE, _FAILED = b"\0", b"\1"  # neither byte occurs in JSON or N-Triples
_KINDS: dict[bytes, Kind] = {b"S": "solutions", b"B": "boolean", b"T": "triples"}
_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class Answer:
    """What a query answered.

    Attributes
    ----------
    kind
        Solutions of a SELECT, the boolean of an ASK, or the triples of a CONSTRUCT or DESCRIBE.
    content
        SPARQL 1.1 Query Results JSON; N-Triples for triples.
    """

    kind: Kind
    content: bytes


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
        It is not well formed, is an update, calls on another server, or fails.
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
    if not 0 < seconds <= threading.TIMEOUT_MAX:  # not a number is neither
        raise QueryError(
            f"the time limit is {seconds:g} seconds",
            hint=f"Give a number greater than zero, and at most {threading.TIMEOUT_MAX:.0f}.",
        )
    if directory is not None:
        store.flush()
        return _decoded(_spawned(directory, query, seconds))
    if hasattr(os, "fork"):
        return _decoded(_forked(store, query, seconds))
    with tempfile.TemporaryDirectory() as folder:
        dump = Path(folder, "store.nq")
        store.dump(dump, RdfFormat.N_QUADS)
        return _decoded(_spawned(dump, query, seconds))


def run(
    store: Store,
    query: str,
    *,
    base: str | None = None,
    default_graphs: Sequence[NamedNode] | None = None,
    named_graphs: Sequence[NamedNode] | None = None,
) -> QuerySolutions | QueryBoolean | QueryTriples:
    """Run a query and give its results as the store finds them.

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
        It is not well formed, is an update, or calls on another server. What fails later, while the
        results are read, is of Oxigraph's kind: SyntaxError, RuntimeError, OSError or ValueError.
    """
    check(query)
    try:
        called = service_call(query, base)
        if called is not None:
            _fail("SERVICE", called.line, called.column)
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


def _answer(store: Store, query: str, stream: IO[bytes]) -> None:
    """Write the kind of the answer, its content, and how it ended."""
    try:
        called = service_call(query)
        if called is not None:
            stream.write(_FAILED + json.dumps(["SERVICE", called.line, called.column]).encode())
            return
        union = not names_dataset(query)
        results = store.query(query, use_default_graph_as_union=union, prefixes=PREFIXES)
        if isinstance(results, QuerySolutions):
            stream.write(b"S")
        else:
            stream.write(b"B" if isinstance(results, QueryBoolean) else b"T")
        if isinstance(results, QuerySolutions | QueryBoolean):
            results.serialize(stream, QueryResultsFormat.JSON)
        else:
            results.serialize(stream, RdfFormat.N_TRIPLES)
    except SyntaxError as error:
        fault = syntax_fault(error, query)
        where = fault.place or Place("query")
        reason = [fault.message, fault.hint, where.line, where.column]
        stream.write(_FAILED + json.dumps(["SyntaxError", *reason]).encode())
    except (RuntimeError, OSError, ValueError) as error:
        stream.write(_FAILED + json.dumps([type(error).__name__, str(error)]).encode())
    else:
        stream.write(_COMPLETE)


def _decoded(message: bytes) -> Answer:
    content, failed, reason = message.rpartition(_FAILED)
    if failed:
        _fail(*json.loads(reason))
    content = message[1:].removesuffix(_COMPLETE)
    return Answer(_KINDS[message[:1]], content)


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
    raise QueryError(f"the query failed: {reason[0]}", hint="Mend the query.")


def _forked(store: Store, query: str, seconds: float) -> bytes:
    receiver, sender = os.pipe()
    # An interrupt between fork and the care for the child would leave a child that nobody ends.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    with warnings.catch_warnings():
        # Python 3.12 warns of forking beside other threads; the child runs nothing of theirs.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        _work_and_leave(store, query, sender, before)
    os.close(sender)

    def kill() -> None:
        os.kill(child, signal.SIGKILL)

    try:
        with os.fdopen(receiver, "rb", 0) as stream:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
            return _gathered(stream, kill, seconds)
    finally:
        kill()
        os.waitpid(child, 0)


def _work_and_leave(store: Store, query: str, sender: int, signals: Iterable[int]) -> NoReturn:
    try:
        faulthandler.disable()  # a query that overflows the stack is the parent's to report
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, signals)
        with os.fdopen(sender, "wb", _CHUNK) as stream:
            _answer(store, query, stream)
    finally:
        os._exit(0)  # the parent's exit handlers and buffers are not the child's to run


def _spawned(place: Path, query: str, seconds: float) -> bytes:
    package = str(Path(__file__).resolve().parents[1])
    # An empty entry would mean the working directory.
    inherited = filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))
    with subprocess.Popen(  # noqa: S603 - this interpreter, this module
        # -P: a module in the working directory must not stand in for one that is installed.
        [sys.executable, "-P", "-m", __name__, str(place)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([package, *inherited])},
    ) as process:
        request, answer = cast(IO[bytes], process.stdin), cast(IO[bytes], process.stdout)
        with contextlib.suppress(BrokenPipeError), request:
            request.write(query.encode())
        return _gathered(answer, process.kill, seconds)


def _gathered(stream: IO[bytes], kill: Callable[[], None], seconds: float) -> bytes:
    """Read all that a child writes, and kill it at the end or when its time is up."""
    expired = threading.Event()

    def stop() -> None:
        expired.set()
        kill()

    timer = threading.Timer(seconds, stop)
    timer.daemon = True
    timer.start()
    message = bytearray()
    try:
        while len(message) <= LARGEST_ANSWER and (chunk := stream.read(_CHUNK)):
            message += chunk
    finally:
        timer.cancel()
        timer.join()  # afterwards nothing kills a process number that may be another's by then
        kill()
    if len(message) > LARGEST_ANSWER:
        raise QueryError(
            f"the answer is larger than {LARGEST_ANSWER >> 20} MiB", hint="Add a LIMIT."
        )
    if message.endswith(_COMPLETE) or _FAILED in message:
        return bytes(message)
    if expired.is_set():
        raise TimeLimitExceeded(
            f"the query took longer than {seconds:g} seconds and was stopped",
            hint="Make the query narrower, or allow it more time.",
        )
    raise QueryError(
        "the query's process died, most likely for want of memory", hint="Make the query narrower."
    )


def _serve(place: Path) -> None:
    query = sys.stdin.buffer.read().decode()
    if place.is_dir():
        store = _opened(place)
    else:
        store = Store()
        store.bulk_load(path=str(place), format=RdfFormat.N_QUADS)
    _answer(store, query, sys.stdout.buffer)


def _opened(directory: Path) -> Store:
    """Open a store read-only, again if its owner has just tidied away a file that it listed."""
    for wait in (0.05, 0.1, 0.2, 0.4):
        try:
            return Store.read_only(str(directory))
        except (OSError, RuntimeError):
            time.sleep(wait)
    return Store.read_only(str(directory))


if __name__ == "__main__":
    _serve(Path(sys.argv[1]))
