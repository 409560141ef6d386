"""Loads graphs into a triple store, each atomically, then reads them back and compares them.

A graph that is in the store already, unchanged, is left alone. So a load can be run again at any time:
after an interruption it continues, and when everything is there it changes nothing. No record is kept
of what was loaded: the store itself is queried, since a record could be wrong.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import IO, Final, cast
from urllib.parse import urlsplit

from testimonia.errors import InputError, LoadStopped, StoreError
from testimonia.loading.by_column import ColumnLoad, load_by_column
from testimonia.loading.destinations import Directory, Remote, Target
from testimonia.loading.graph_requests import getting, placing, sending, staging_of, together_in
from testimonia.loading.outcomes import GraphOutcome, LoadReport, State
from testimonia.loading.reading_back import Comparison, compare
from testimonia.loading.sources import graph_name, spooled
from testimonia.loading.spool import Spool, SpooledGraph, no_room
from testimonia.printing import one_line
from testimonia.progress import Progress
from testimonia.query.evaluation import LARGEST_ANSWER
from testimonia.query.remote import Request, Requests, connect
from testimonia.query.remote.credentials import Credentials
from testimonia.query.remote.probing import SILENCE
from testimonia.query.remote.profiles import base_of, profile_named
from testimonia.query.remote.transport import AnswerTooLarge
from testimonia.rdf.files import Reading, Source

_IN_MEMORY: Final = 1 << 20
"""Graphs up to this size are read back into memory, others into a temporary file."""

_LOOKED_AT: Final = 1_000
"""Graphs that are looked for in the store before what is missing of them is written."""

_LONGER: Final = 16
"""How many times longer N-Triples may be when a store writes them; an escape takes up to six bytes."""

__all__ = [
    "ColumnLoad",
    "Comparison",
    "GraphOutcome",
    "LoadReport",
    "load",
    "load_by_column",
    "requests",
]


def load(
    source: Source | Sequence[Source],
    target: Source,
    *,
    store: str | None = None,
    graph: str | None = None,
    timeout: float = SILENCE,
    progress: Progress | None = None,
    base: str | None = None,
    contexts: Mapping[str, str | Path] | None = None,
) -> LoadReport:
    """Load graphs into a triple store, then read each back and compare it with its source.

    A release keeps its graphs, and its ontology and code lists get graphs of their own. A graph
    replaces the one of the same name; other graphs of the store are not changed.

    Parameters
    ----------
    source
        A release folder; or RDF files and directories, one or more.
    target
        A directory for the embedded store; or the URL of a store, such as
        ``http://localhost:3030/claims``. User and password, or a token, are taken from the
        environment: ``TESTIMONIA_STORE_USER``, ``TESTIMONIA_STORE_PASSWORD``,
        ``TESTIMONIA_STORE_TOKEN``.
    store
        The kind of store at the URL; detected when left out.
    graph
        IRI of the graph for statements that are in no named graph.
    timeout
        Seconds without an answer after which a request fails.
    progress
        Called with what is being done, how many bytes or statements are done, and the total if it is
        known.
    base, contexts
        The base of relative IRIs, and local copies of JSON-LD contexts, as for `testimonia.open`.

    Returns
    -------
    LoadReport
        What was loaded, what was in the store already, what the store rewrote, and what differs.

    Raises
    ------
    InputError
        A source or the target cannot be used. Nothing was loaded.
    LoadStopped
        The store failed during the load, or there was no space for temporary files. The message says
        what is in the store; running the same load again continues from there.
    StoreError
        The store cannot be reached or used. Nothing was loaded.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "a.ttl").write_text("<x:s> <x:p> 007 .")
    >>> report = load(folder / "a.ttl", folder / "store", graph="x:graph")
    >>> report.passes, report.triples, report.rewritten
    (True, 1, {'integers': 1})
    """
    sources = [source] if isinstance(source, str) or not isinstance(source, Sequence) else source
    into = None if graph is None else graph_name(graph)
    reading = Reading(base, contexts=contexts or {})
    if progress is not None and isinstance(target, str) and "://" in target:
        progress(f"connecting to {urlsplit(base_of(target)).netloc}", 0, None)
    with (
        _opened(target, store, timeout) as place,
        spooled(sources, graph=into, progress=progress, reading=reading) as spool,
    ):
        return _Run(spool, place, progress).report()


def requests(
    source: Source | Sequence[Source],
    target: str,
    *,
    store: str,
    graph: str | None = None,
    base: str | None = None,
    contexts: Mapping[str, str | Path] | None = None,
) -> Iterator[Request]:
    """Show which requests a load would send to an empty store, without sending any.

    Parameters
    ----------
    source, target, graph, base, contexts
        As for `load`.
    store
        The kind of store at the URL.

    Raises
    ------
    InputError
        A source or the target cannot be used.
    """
    sources = [source] if isinstance(source, str) or not isinstance(source, Sequence) else source
    profile = profile_named(store)
    credentials = bool(Credentials.from_environment())
    asked = Requests(profile.addresses(base_of(target), credentials=credentials), profile.enclosed)
    into = None if graph is None else graph_name(graph)
    reading = Reading(base, contexts=contexts or {})
    with spooled(sources, graph=into, reading=reading) as spool:
        yield asked.query("ASK {}", purpose="answer a query")
        yield from asked.counts([each.name for each in spool.graphs])
        together = together_in(profile)
        for first in range(0, len(spool.graphs), together):
            some = spool.graphs[first : first + together]
            yield from sending(some, profile, asked)
            if not profile.whole_put:
                yield from asked.counts([staging_of(each.name) for each in some])
            yield from placing(some, profile, asked)
            yield from getting(some, asked)


class _Run:
    """A load in progress."""

    def __init__(self, spool: Spool, target: Target, progress: Progress | None) -> None:
        self._spool = spool
        self._target = target
        self._progress = progress
        self._done: list[GraphOutcome] = []
        self._waiting: deque[SpooledGraph] = deque()
        self._waiting_bytes = 0
        self._bytes = self._triples = 0

    def report(self) -> LoadReport:
        counts = self._target.counts([graph.name for graph in self._spool.graphs])
        try:
            for first in range(0, len(self._spool.graphs), _LOOKED_AT):
                some = self._spool.graphs[first : first + _LOOKED_AT]
                present = [graph for graph in some if self._may_be_there(graph, counts[graph.name])]
                contents = self._target.read_together(present)
                unchanged = {g.name for g in present if self._is_there(g, contents.get(g.name))}
                for graph in some:
                    if graph.name not in unchanged:
                        self._waiting.append(graph)
                        self._waiting_bytes += graph.body.size
                        if self._batch_is_full():
                            self._write()
            self._write()
            self._target.finish()
        except StoreError as error:
            raise self._stopped(error) from error
        except OSError as error:
            message, hint = no_room(error)
            raise self._stopped(StoreError(message, hint=hint)) from error
        outcomes = sorted(self._done, key=lambda outcome: outcome.name)
        return LoadReport(self._target.title, tuple(outcomes), self._target.whole_updates)

    def _may_be_there(self, graph: SpooledGraph, count: int) -> bool:
        # Literals may become equal when a store rewrites them, so it may hold fewer statements.
        fewer = bool(self._target.rewrites) and 0 < count < graph.triples
        return count == graph.triples or fewer

    def _is_there(self, graph: SpooledGraph, content: bytes | None) -> bool:
        try:
            comparison = self._compared(graph, content)
        except AnswerTooLarge:  # so it is not this graph
            return False
        if comparison.same:
            self._note(graph, "unchanged", comparison)
        return comparison.same

    def _batch_is_full(self) -> bool:
        most = self._target.together, self._target.together_bytes
        return len(self._waiting) >= most[0] or self._waiting_bytes >= most[1]

    def _write(self) -> None:
        if not self._waiting:
            return
        self._target.write([self._with_progress(graph) for graph in self._waiting])
        contents = self._target.read_together(self._waiting)
        while self._waiting:
            graph = self._waiting[0]
            self._note(graph, "loaded", self._compared(graph, contents.get(graph.name)))
            self._waiting.popleft()
        self._waiting_bytes = 0

    def _note(self, graph: SpooledGraph, state: State, comparison: Comparison) -> None:
        self._done.append(GraphOutcome.of(graph, state, comparison))
        self._bytes += graph.body.size
        self._triples += graph.triples
        self._report_progress(0)

    def _compared(self, graph: SpooledGraph, content: bytes | None) -> Comparison:
        """Compare a graph with what was read of it; it is read if that is None."""
        folder, rewrites = Path(tempfile.gettempdir()), self._target.rewrites
        if content is not None:
            return compare(graph, BytesIO(content), rewrites, folder)
        with tempfile.SpooledTemporaryFile(_IN_MEMORY) as sink:
            stored = cast(IO[bytes], sink)
            most = max(LARGEST_ANSWER, _LONGER * graph.body.size)
            self._target.read(graph.name, stored, most=most)
            return compare(graph, stored, rewrites, folder, canonical=self._target.canonical)

    def _with_progress(self, graph: SpooledGraph) -> SpooledGraph:
        return replace(graph, body=replace(graph.body, progress=self._report_progress))

    def _report_progress(self, sent: int) -> None:
        if self._progress is not None:
            graphs = f"{len(self._done):,} of {len(self._spool.graphs):,} graphs"
            what = f"{graphs}, {self._triples:,} quads; bytes"
            self._progress(what, self._bytes + sent, self._spool.size)

    def _stopped(self, error: StoreError) -> LoadStopped:
        whole = len(self._done)
        state = f"{whole:,} of {len(self._spool.graphs):,} graphs are in the store and checked"
        if self._waiting:
            others = len(self._waiting) - 1
            more = f" and {others:,} more" if others else ""
            state += f"; {self._waiting[0].name}{more}: {self._target.left_behind}"
        hint = f"{error.hint} Then run the same command again: it continues from there."
        return LoadStopped(f"{error.message}. {state}", hint=hint.strip())


@contextlib.contextmanager
def _opened(target: Source, store: str | None, timeout: float) -> Iterator[Target]:
    if isinstance(target, str) and "://" in target:
        with connect(target, store=store, timeout=timeout) as remote:
            yield Remote(remote)
        return
    if store is not None:
        raise InputError(
            f"a store in a directory cannot be of the kind {one_line(store)!r}",
            hint="Give --store only with a URL.",
        )
    with Directory(Path(target)) as directory:
        yield directory
