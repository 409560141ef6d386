"""Targets of a load: a store over HTTP, or the embedded store in a directory."""

from __future__ import annotations

import contextlib
import sys
import tempfile
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Protocol, Self

from pyoxigraph import NamedNode

from testimonia.errors import InputError, StoreError, StoreFull
from testimonia.loading.graph_requests import (
    STAGING,
    placing,
    read_with_others,
    sending,
    staging_of,
    together_in,
)
from testimonia.loading.reading_back import normal_count
from testimonia.loading.spool import SpooledGraph
from testimonia.query.remote import PROFILES, RemoteStore, Rewrite
from testimonia.query.remote.transport import AnswerTooLarge
from testimonia.query.store_directories import Change
from testimonia.rdf.canonical.nquads import in_graph

__all__ = ["Directory", "Remote", "Target"]

_TOGETHER_BYTES: Final = 16 << 20
_FEW: Final = 100  # up to this many graphs are counted one by one


class Target(Protocol):
    """What graphs are loaded into.

    Attributes
    ----------
    title
        Its name in messages.
    rewrites
        How it is known to rewrite literals.
    whole_updates
        Whether readers see a graph whole or not at all while it is replaced.
    together
        How many graphs to write at once.
    together_bytes
        How large graphs that are written at once may be.
    canonical
        Whether it returns graphs as canonical lines.
    left_behind
        The state of a graph whose writing was interrupted, in words that follow its name.
    """

    title: str
    rewrites: tuple[Rewrite, ...]
    whole_updates: bool
    together: int
    together_bytes: int
    canonical: bool
    left_behind: str

    def counts(self, graphs: Sequence[NamedNode]) -> dict[NamedNode, int]:
        """Count the statements of graphs."""

    def write(self, graphs: Sequence[SpooledGraph]) -> None:
        """Replace the content of graphs."""

    def read_together(self, graphs: Sequence[SpooledGraph]) -> dict[NamedNode, bytes]:
        """Get those of some graphs that are best read together, as N-Triples."""

    def read(self, graph: NamedNode, sink: IO[bytes], *, most: int) -> None:
        """Get a graph as N-Triples.

        Parameters
        ----------
        graph
            Its IRI.
        sink
            Where it is written, replacing any content.
        most
            Maximum number of bytes to accept from a remote store.
        """

    def finish(self) -> None:
        """Make what was written permanent and visible."""


class Remote:
    """A store over HTTP.

    Parameters
    ----------
    store
        The connection to it.
    """

    def __init__(self, store: RemoteStore) -> None:
        self._store = store
        self.title = f"{store.profile.title} at {store.host}"
        self.rewrites = store.profile.rewrites
        self.whole_updates = store.profile.whole_update
        self.together = together_in(store.profile)
        self.together_bytes = _TOGETHER_BYTES
        self.canonical = False
        self.left_behind = (
            "as before, or complete but not checked"
            if self.whole_updates
            else "perhaps incomplete, as this store cannot replace a graph atomically, and perhaps also "
            f"in a graph {STAGING}…, which the same load removes"
        )

    def counts(self, graphs: Sequence[NamedNode]) -> dict[NamedNode, int]:
        """Count the statements of graphs."""
        return self._store.counts(graphs)

    def write(self, graphs: Sequence[SpooledGraph]) -> None:
        """Replace the content of graphs, each atomically if the store can.

        Raises
        ------
        StoreError
            The store refuses it, or accepts only part of it; readers still see the old content.
        """
        profile, requests = self._store.profile, self._store.requests
        there: set[NamedNode] = set()
        if requests.addresses.dataset is not None and len(graphs) > 1:
            counts = self._store.counts([graph.name for graph in graphs])
            there = {name for name, count in counts.items() if count}
        for request in sending(graphs, profile, requests, there):
            self._store.send(request)
        if not profile.whole_put:
            self._check_staged(graphs)
        for request in placing(graphs, profile, requests):
            self._store.send(request)

    def _check_staged(self, graphs: Sequence[SpooledGraph]) -> None:
        counts = self._store.counts([staging_of(graph.name) for graph in graphs])
        for graph in graphs:
            count = counts[staging_of(graph.name)]
            if count == graph.triples:
                continue
            wanted = normal_count(graph, self.rewrites, Path(tempfile.gettempdir()))
            if count != wanted:
                raise StoreError(
                    f"{self.title} took {count:,} of the {wanted:,} statements of {graph.name}",
                    hint="See the store's log.",
                )

    def read_together(self, graphs: Sequence[SpooledGraph]) -> dict[NamedNode, bytes]:
        """Get the small ones of some graphs as N-Triples, with few queries.

        Parameters
        ----------
        graphs
            The graphs as they should be.

        Raises
        ------
        StoreError
            The store does not give them.
        """
        found: dict[NamedNode, bytes] = {}
        for some in read_with_others(graphs, self._store.requests):
            with contextlib.suppress(AnswerTooLarge):  # each alone then
                found |= self._store.read_together(some)
        return found

    def read(self, graph: NamedNode, sink: IO[bytes], *, most: int) -> None:
        """Get a graph as N-Triples.

        Parameters
        ----------
        graph
            Its name; one that is not there is empty.
        sink
            Takes the text, in place of what it holds.
        most
            How many bytes it may have.

        Raises
        ------
        AnswerTooLarge
            It has more.
        StoreError
            The store does not give it.
        """
        self._store.read(graph, sink, most=most)

    def finish(self) -> None:
        """Do nothing: a store over HTTP keeps each graph as it is sent."""


class Directory:
    """The embedded store in a directory, which is replaced as a whole once everything is loaded.

    Until then, readers see it as it was.

    Parameters
    ----------
    directory
        A store, an empty directory, or a path that does not exist yet.

    Raises
    ------
    InputError
        It is something else, another process has the store open, or it is the working directory.
    """

    def __init__(self, directory: Path) -> None:
        self.title = f"the store in {directory}"
        self._change = Change(directory)
        self.rewrites = PROFILES["oxigraph"].rewrites
        self.whole_updates = True
        self.together = self.together_bytes = sys.maxsize  # in one bulk load
        self.canonical = True
        self.left_behind = "as before"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._change.__exit__(kind, error, trace)

    def counts(self, graphs: Sequence[NamedNode]) -> dict[NamedNode, int]:
        """Count the statements of graphs."""
        store = self._change.store
        if store is None:
            return dict.fromkeys(graphs, 0)
        if len(graphs) > _FEW:
            sizes = store.sizes()
            return {graph: sizes.get(graph.value, 0) for graph in graphs}
        return {graph: store.count(graph) for graph in graphs}

    def write(self, graphs: Sequence[SpooledGraph]) -> None:
        """Replace the content of graphs in the copy.

        Raises
        ------
        StoreFull
            The copy cannot be written; the store is unchanged.
        """
        try:
            replaced = self.counts([graph.name for graph in graphs])
            store = self._change.begin()
            for name, count in replaced.items():
                if count:
                    store.clear(name)
            together = [graph for graph in graphs if not graph.blank]
            store.fill(chain.from_iterable(in_graph(each.body, each.name) for each in together))
            for graph in graphs:
                if graph.blank:
                    store.fill(in_graph(graph.body, graph.name))
        except (OSError, InputError) as error:
            why = error.message if isinstance(error, InputError) else error
            raise StoreFull(
                f"{self.title} cannot be written ({why})",
                hint="Free space there: a copy of the store is changed first. The store itself is unchanged.",
            ) from None

    def read_together(self, graphs: Sequence[SpooledGraph]) -> dict[NamedNode, bytes]:  # noqa: ARG002
        """Get nothing: a local store is read graph by graph."""
        return {}

    def read(self, graph: NamedNode, sink: IO[bytes], *, most: int) -> None:  # noqa: ARG002
        """Get a graph as N-Triples.

        Parameters
        ----------
        graph
            Its name; one that is not there is empty.
        sink
            Takes the text, in place of what it holds.
        most
            Ignored: a local store is trusted.
        """
        store = self._change.store
        sink.seek(0)
        sink.truncate()
        if store is not None:
            store.dump_graph(graph, sink)

    def finish(self) -> None:
        """Replace the store by the copy, if anything was written.

        Raises
        ------
        InputError
            It cannot be renamed, for example because the directory is a mount point.
        """
        self._change.finish()
