"""Where graphs go: a store over HTTP, or the embedded store in a directory."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Protocol, Self

from pyoxigraph import NamedNode, RdfFormat, serialize

from testimonia.errors import InputError, Place, StoreError
from testimonia.loading.comparison import normal_count
from testimonia.loading.spool import SpooledGraph
from testimonia.namespaces import IDENTIFIER
from testimonia.remote import PROFILES, RemoteStore, Rewrite
from testimonia.store import Store

__all__ = ["Directory", "Remote", "Target", "staging_of"]

STAGING: Final = IDENTIFIER + "graph/staging/"


class Target(Protocol):
    """What graphs are loaded into.

    Attributes
    ----------
    title
        What it is called in messages.
    rewrites
        What it is known to rewrite.
    whole_updates
        Whether readers see a graph whole or not at all while it is replaced.
    left_behind
        What is true of a graph whose writing broke off, in words that follow its name.
    """

    title: str
    rewrites: tuple[Rewrite, ...]
    whole_updates: bool
    left_behind: str

    def counts(self, graphs: Sequence[NamedNode]) -> dict[NamedNode, int]:
        """Count the statements of graphs."""

    def write(self, graph: SpooledGraph, told: Callable[[int], None] | None) -> None:
        """Put a graph in place of what it held."""

    def read(self, graph: NamedNode, sink: IO[bytes]) -> None:
        """Get a graph as N-Triples."""

    def finish(self) -> None:
        """Make what was written lasting and seen."""


def staging_of(graph: NamedNode) -> NamedNode:
    """Name the graph in which another is made ready; always the same, so that none is left over."""
    return NamedNode(STAGING + hashlib.sha256(graph.value.encode()).hexdigest()[:32])


class Remote:
    """A store over HTTP.

    Parameters
    ----------
    store
        How it is spoken to.
    """

    def __init__(self, store: RemoteStore) -> None:
        self._store = store
        self.title = f"{store.profile.title} at {store.host}"
        self.rewrites = store.profile.rewrites
        self.whole_updates = store.profile.whole_update
        self.left_behind = (
            "is as it was before, or whole"
            if self.whole_updates
            else "may be there in part, as this store cannot replace a graph at once"
        )

    def counts(self, graphs: Sequence[NamedNode]) -> dict[NamedNode, int]:
        """Count the statements of graphs."""
        return self._store.counts(graphs)

    def write(self, graph: SpooledGraph, told: Callable[[int], None] | None) -> None:
        """Put a graph in place of what it held, whole or not at all as far as the store can.

        Raises
        ------
        StoreError
            The store refuses it, or takes only part of it; readers still see what was there.
        """
        body = graph.body.told_to(told)
        if self._store.profile.whole_put:
            self._store.put(graph.name, body)
            return
        staging = staging_of(graph.name)
        if not self._store.profile.whole_update:
            self._store.delete(staging)
        self._store.put(staging, body)
        self._check_staged(graph, staging)
        self._store.update(
            self._store.profile.replacing(staging, graph.name), purpose=f"replace {graph.name}"
        )
        self._store.delete(staging)

    def _check_staged(self, graph: SpooledGraph, staging: NamedNode) -> None:
        count = self._store.counts([staging])[staging]
        if count == graph.triples:
            return
        with tempfile.TemporaryDirectory() as folder:
            wanted = normal_count(graph, self.rewrites, Path(folder))
        if count != wanted:
            raise StoreError(
                f"{self.title} took {count:,} of the {wanted:,} statements of {graph.name}",
                hint="See the store's log.",
            )

    def read(self, graph: NamedNode, sink: IO[bytes]) -> None:
        """Get a graph as N-Triples."""
        self._store.read(graph, sink)

    def finish(self) -> None:
        """Do nothing: a store over HTTP keeps each graph as it comes."""


class Directory:
    """The embedded store in a directory, which is replaced as a whole once all is in it.

    What is loaded goes into a copy beside it, made of links to the same files. Nobody else can
    write to the store meanwhile, and whoever reads it sees it as it was.

    Parameters
    ----------
    directory
        A store, an empty directory, or nothing yet.

    Raises
    ------
    InputError
        It is something else, or its store is open elsewhere.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._copy = directory.with_name(f".{directory.name}.loading")
        self._before = directory.with_name(f".{directory.name}.before")
        self.title = f"the store in {directory}"
        self.rewrites = PROFILES["oxigraph"].rewrites
        self.whole_updates = True
        self.left_behind = "is as it was before"
        if not directory.parent.is_dir():
            raise InputError(
                "the directory that the store shall be in does not exist",
                place=Place(directory.parent),
                hint="Make it, or choose another.",
            )
        if self._before.is_dir() and not directory.exists():
            self._before.rename(directory)  # a load was cut off between its last two steps
        self._original = Store(directory) if directory.exists() else None
        self._new: Store | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._original = self._new = None
        shutil.rmtree(self._copy, ignore_errors=True)

    def counts(self, graphs: Sequence[NamedNode]) -> dict[NamedNode, int]:
        """Count the statements of graphs."""
        store = self._new or self._original
        return {graph: store.count(graph) if store else 0 for graph in graphs}

    def write(self, graph: SpooledGraph, told: Callable[[int], None] | None) -> None:
        """Put a graph in place of what it held, in the copy."""
        if self._new is None:
            shutil.rmtree(self._copy, ignore_errors=True)
            if self._original is not None:
                self._original.copy_to(self._copy)
            self._new = Store(self._copy)
        self._new.replace(graph.name, graph.body.told_to(told))

    def read(self, graph: NamedNode, sink: IO[bytes]) -> None:
        """Get a graph as N-Triples."""
        store = self._new or self._original
        sink.seek(0)
        sink.truncate()
        if store is not None:
            serialize(store.statements(graph), sink, RdfFormat.N_TRIPLES)

    def finish(self) -> None:
        """Put the copy in place of the store, if anything was written.

        Raises
        ------
        InputError
            It cannot be renamed, such as where the directory is a file system of its own.
        """
        if self._new is None:
            return
        self._new.flush()
        self._original = self._new = None
        try:
            shutil.rmtree(self._before, ignore_errors=True)
            if self._directory.exists():
                self._directory.rename(self._before)
            self._copy.rename(self._directory)
        except OSError as error:
            if self._before.is_dir() and not self._directory.exists():
                self._before.rename(self._directory)
            raise InputError(
                f"the store cannot be replaced ({error.strerror or error})",
                place=Place(self._directory),
                hint="Give a directory inside one that may be written to; the store is as it was.",
            ) from None
        shutil.rmtree(self._before, ignore_errors=True)
