"""What rules and policies are run on: a store, or quads by column."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

from pyoxigraph import NamedNode, Quad, Triple

__all__ = ["Writable"]


class Writable(Protocol):
    """Quads that can be changed graph by graph, as `testimonia.query.store.Store` describes it."""

    def write(self, construct: str, graph: NamedNode) -> int:
        """Replace a graph by the result of a CONSTRUCT query, and count its statements."""

    def load(self, quads: Iterable[Quad]) -> None:
        """Add quads."""

    def statements(self, graph: NamedNode) -> Iterator[Triple]:
        """Read the statements of a graph."""

    def clear(self, graph: NamedNode) -> None:
        """Remove a graph."""

    def forget(self, root: NamedNode) -> None:
        """Remove a graph and those whose names begin with its name and a slash."""

    def line_sum(self, without: NamedNode | None = None) -> int:
        """Add up the digests of all quads, or of those that are in no graph below one."""
