"""Which graphs the triple patterns of a group are matched in (SPARQL 1.1 Query, section 13)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from testimonia.query.columnar.table_facts import PredicateFacts

__all__ = ["HIDDEN", "ActiveGraph"]

HIDDEN: Final = "(graph)"
"""How names of variables begin that hold the graph of a match; no query can name them."""


@dataclass(frozen=True)
class ActiveGraph:
    """The graphs in which triple patterns are matched.

    Attributes
    ----------
    graphs
        The ids of the graphs; None for all.
    column
        The name of the hidden variable that holds the graph of a match, inside of ``GRAPH ?g``; None where graphs are merged.
    """

    graphs: tuple[int, ...] | None = None
    column: str | None = None

    @property
    def condition(self) -> str:
        """Write the condition on the column ``g``; empty where every graph is meant."""
        if self.graphs is not None:
            listed = ", ".join(map(str, self.graphs))
            return f"g IN ({listed})" if listed else "FALSE"
        return "g <> 0" if self.column else ""

    @property
    def columns(self) -> str:
        """List the columns of its triples besides the predicate."""
        return "s, o, g" if self.column else "s, o"

    def triples(self, predicate: PredicateFacts) -> str:
        """Write the table of a predicate, each triple once.

        Parameters
        ----------
        predicate
            The predicate.
        """
        if self.graphs is None and not self.column:
            kept = " WHERE first" if predicate.many_graphs else ""
            return f"(SELECT s, o FROM {predicate.table}{kept})" if kept else predicate.table
        distinct = "" if self.column or len(self.graphs or ()) == 1 else "DISTINCT "
        return f"(SELECT {distinct}{self.columns} FROM {predicate.table} WHERE {self.condition})"

    def selected(self, predicate: PredicateFacts) -> str:
        """Write a SELECT of the subjects and objects of a predicate."""
        table = self.triples(predicate)
        return table[1:-1] if table.startswith("(") else f"SELECT s, o FROM {table}"
