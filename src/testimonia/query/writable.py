"""What rules and policies are run on, and explained from: a store, or quads by column."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol

from pyoxigraph import NamedNode, Quad, Triple

from testimonia.values import Term

__all__ = ["Concluded", "Writable"]


class Concluded(Protocol):
    """Quads with what was derived from them, as `testimonia.query.store.Store` describes it."""

    def outgoing(self, subject: NamedNode, predicate: NamedNode | None = None) -> Iterator[Triple]:
        """Find the statements that have a subject."""

    def incoming(self, object_: NamedNode, predicate: NamedNode | None = None) -> Iterator[Triple]:
        """Find the statements that have an object."""

    def holds(self, quad: Quad, graph: NamedNode) -> bool:
        """Check whether a graph holds the triple of a quad."""

    def contains(self, triple: Triple) -> bool:
        """Check whether any graph holds a triple."""

    def solutions(self, select: str, values: Mapping[str, Term]) -> list[dict[str, Term]]:
        """Run a SELECT query with some of its variables set."""


class Writable(Protocol):
    """Quads that can be changed graph by graph, as `testimonia.query.store.Store` describes it."""

    def write(self, construct: str, graph: NamedNode) -> int:
        """Replace a graph by the result of a CONSTRUCT query, and count its statements."""

    def load(self, quads: Iterable[Quad]) -> None:
        """Add quads."""

    def statements(self, graph: NamedNode) -> Iterator[Triple]:
        """Read the statements of a graph."""

    def instances(self, kind: NamedNode, graph: NamedNode) -> list[NamedNode]:
        """Find the IRIs that a graph says to be of a class."""

    def clear(self, graph: NamedNode) -> None:
        """Remove a graph."""

    def forget(self, root: NamedNode) -> None:
        """Remove a graph and those whose names begin with its name and a slash."""

    def line_sum(self, without: NamedNode | None = None) -> int:
        """Add up the digests of all quads, or of those that are in no graph below one."""
