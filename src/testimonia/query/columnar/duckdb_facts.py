"""What is known of tables in DuckDB before a query is compiled."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from pyoxigraph import BlankNode, Literal, NamedNode

from testimonia.query.columnar.table_facts import PredicateFacts
from testimonia.query.columnar.term_ids import (
    BLANK,
    IRI,
    STRING,
    TAGGED,
    inline_id,
    kind_of_term,
)

if TYPE_CHECKING:
    import duckdb

__all__ = ["DuckDBFacts"]

_BY_LEXICAL: Final = {
    IRI: "SELECT id FROM iris WHERE lexical = $1",
    BLANK: "SELECT id FROM blanks WHERE lexical = $1",
    STRING: "SELECT id FROM strings WHERE lexical = $1",
}
_TAGGED: Final = "SELECT id FROM tagged WHERE lexical = $1 AND language = $2"
_LITERALS: Final = "SELECT id FROM literals WHERE lexical = $1 AND datatype = $2"


class DuckDBFacts:
    """What is known of the tables of a connection, which are taken not to change.

    Parameters
    ----------
    connection
        A connection to the tables of `testimonia.query.columnar.quad_tables`.
    known
        The ids of some terms, to which what is looked up is added: ids stay when tables change.

    Attributes
    ----------
    predicates
        By IRI.
    ordered_kinds
        Bit *k* is set if ids of kind *k* are in the order of their terms.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        known: dict[NamedNode | BlankNode | Literal, int] | None = None,
    ) -> None:
        self._connection = connection
        self._known = {} if known is None else known
        self._missing: set[NamedNode | BlankNode | Literal] = set()
        self._nodes: dict[str, bool] = {}
        rows = connection.execute(
            "SELECT i.lexical, p.id, p.name, p.rows, p.many_graphs, p.subject_kinds, p.object_kinds "
            "FROM predicates p JOIN iris i ON i.id = p.id ORDER BY p.id"
        ).fetchall()
        self.predicates = {row[0]: PredicateFacts(*row[1:]) for row in rows}
        found = connection.execute(
            "SELECT value FROM facts WHERE name = 'ordered_kinds'"
        ).fetchall()
        self.ordered_kinds: int = found[0][0] if found else 0

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
        if term not in self._known and term not in self._missing:
            found = self._find(term)
            if found is None:
                self._missing.add(term)
            else:
                self._known[term] = found
        return self._known.get(term)

    def has_graph(self, ids: Sequence[int]) -> bool:
        """Check whether some triple is in one of some graphs.

        Parameters
        ----------
        ids
            The ids of their names.
        """
        if not ids:
            return False
        listed = ", ".join(map(str, ids))
        return any(
            self._one(f"SELECT 1 FROM {known.table} WHERE g IN ({listed}) LIMIT 1") is not None
            for known in self.predicates.values()
        )

    def has_node(self, number: str) -> bool:
        """Check whether a term is the subject or object of a triple.

        Parameters
        ----------
        number
            Its id, in SQL.
        """
        if number not in self._nodes:
            self._nodes[number] = any(
                self._one(f"SELECT 1 FROM {known.table} WHERE s = {number} OR o = {number} LIMIT 1")
                for known in self.predicates.values()
            )
        return self._nodes[number]

    def graphs(self) -> tuple[int, ...]:
        """List the ids of all graphs that have a name."""
        tables = [known.table for known in self.predicates.values()]
        parts = [f"SELECT DISTINCT g FROM {table} WHERE g <> 0" for table in tables]
        rows = self._connection.execute(" UNION ".join(parts)).fetchall() if parts else []
        return tuple(sorted(row[0] for row in rows))

    def _find(self, term: NamedNode | BlankNode | Literal) -> int | None:
        kind = kind_of_term(term)
        if isinstance(term, NamedNode) and term.value in self.predicates:
            return self.predicates[term.value].id
        if kind in _BY_LEXICAL:
            return self._one(_BY_LEXICAL[kind], term.value)
        if not isinstance(term, Literal):
            return None
        if kind == TAGGED:
            return self._one(_TAGGED, term.value, term.language)
        inline = inline_id(term.value, term.datatype.value)
        if inline is not None:
            return inline
        datatype = self.id_of(term.datatype)
        return None if datatype is None else self._one(_LITERALS, term.value, datatype)

    def _one(self, sql: str, *values: object) -> int | None:
        rows = self._connection.execute(sql, list(values)).fetchall()
        return rows[0][0] if rows else None
