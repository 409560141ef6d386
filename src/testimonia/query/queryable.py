"""What questions, queries and labels need of a store, whether it is embedded or remote."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from pyoxigraph import NamedNode, Triple

from testimonia.query.evaluation import Answer

__all__ = ["Queryable"]


class Queryable(Protocol):
    """A store that can be read by queries and by patterns."""

    def query(self, sparql: str, *, time_limit: float | None = None) -> Answer:
        """Run a query over the union of all graphs."""

    def outgoing(self, subject: NamedNode, predicate: NamedNode | None = None) -> Iterator[Triple]:
        """Find the statements that have a subject, in any graph."""

    def incoming(self, object_: NamedNode, predicate: NamedNode | None = None) -> Iterator[Triple]:
        """Find the statements that have an object, in any graph."""

    def uses(self, term: NamedNode) -> bool:
        """Check whether data use a term as a predicate, or as the class of something."""

    def subjects(self, namespace: str) -> set[str]:
        """Find the IRIs in a namespace that something is stated about."""

    def sizes(self) -> dict[str, int]:
        """Count the statements of each graph that an IRI names."""

    def __len__(self) -> int:
        """Count the statements of all graphs."""
