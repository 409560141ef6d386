"""What is known of the tables before a query is compiled: predicates, orders of ids, and the ids of terms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from pyoxigraph import BlankNode, Literal, NamedNode

__all__ = ["PredicateFacts", "TableFacts"]


@dataclass(frozen=True)
class PredicateFacts:
    """What is known of a predicate; see `testimonia.query.columnar.quad_tables`."""

    id: int
    table: str
    rows: int
    many_graphs: bool
    subject_kinds: int
    object_kinds: int


class TableFacts(Protocol):
    """What is known of the tables of one engine."""

    @property
    def predicates(self) -> Mapping[str, PredicateFacts]:
        """The predicates, by IRI."""

    @property
    def ordered_kinds(self) -> int:
        """Bit *k* is set if ids of kind *k* are in the order of their terms."""

    def id_of(self, term: NamedNode | BlankNode | Literal) -> int | None:
        """Look a term up.

        Parameters
        ----------
        term
            An RDF 1.1 term.

        Returns
        -------
        int or None
            None where the data do not hold it.
        """

    def has_graph(self, ids: Sequence[int]) -> bool:
        """Check whether some triple is in one of some graphs.

        Parameters
        ----------
        ids
            The ids of their names.
        """

    def has_node(self, number: str) -> bool:
        """Check whether a term is the subject or object of a triple.

        Parameters
        ----------
        number
            Its id, in SQL.
        """

    def graphs(self) -> tuple[int, ...]:
        """List the ids of all graphs that have a name."""
