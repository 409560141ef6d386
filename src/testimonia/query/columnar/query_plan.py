"""What the compilation of one query collects: names, parameters, common table expressions and constants."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from pyoxigraph import BlankNode, Literal, NamedNode

from testimonia.query.columnar.literal_values import values_of
from testimonia.query.columnar.operands import Form, Operand, bit
from testimonia.query.columnar.table_facts import TableFacts
from testimonia.query.columnar.term_ids import (
    BLANK,
    DATETIME,
    IRI,
    NUMERIC,
    OTHER,
    STRING,
    TAGGED,
    kind_of_term,
    make_id,
)

__all__ = ["DICTIONARY_OF_KIND", "QueryPlan"]

DICTIONARY_OF_KIND: Final = {
    IRI: "iris",
    BLANK: "blanks",
    STRING: "strings",
    TAGGED: "tagged",
    NUMERIC: "literals",
    DATETIME: "literals",
    OTHER: "literals",
}
_UNKNOWN: Final = 1 << 55
"""Payloads from here on are of terms that a query names and no dictionary has."""
_COLUMNS: Final = {"iris": 2, "blanks": 2, "strings": 2, "tagged": 3}


@dataclass
class QueryPlan:
    """What the compilation of one query collects.

    Attributes
    ----------
    facts
        What is known of the tables.
    base
        What relative IRIs are relative to.
    owner
        The number of the store that defines its functions.
    parameters
        Values of the SQL's parameters, by name.
    ctes
        Common table expressions, by name.
    unknown
        Terms that the query names and the data do not hold, by the ids made for them.
    calls
        SPARQL expressions that are left to Oxigraph, by the names of their SQL functions.
    closures
        Names of transitive closures, by the tables that they are of, after what they start from if that is one term.
    """

    facts: TableFacts
    base: str | None = None
    owner: int = 0
    parameters: dict[str, Any] = field(default_factory=dict)
    ctes: dict[str, str] = field(default_factory=dict)
    unknown: dict[int, NamedNode | BlankNode | Literal] = field(default_factory=dict)
    calls: dict[str, str] = field(default_factory=dict)
    closures: dict[str, str] = field(default_factory=dict)
    _names: int = 0
    _by_value: dict[tuple[type, Any], str] = field(default_factory=dict)

    def name(self, letter: str) -> str:
        """Make a name that nothing else in the query has."""
        self._names += 1
        return f"{letter}{self._names}"

    def parameter(self, value: str | int) -> str:
        """Pass a value to the SQL as a parameter, and name it."""
        key = (type(value), value)
        if key not in self._by_value:
            name = f"p{len(self.parameters)}"
            self.parameters[name] = value
            self._by_value[key] = f"${name}"
        return self._by_value[key]

    def common(self, sql: str, letter: str = "q") -> str:
        """Name a SELECT that several places may use."""
        for name, known in self.ctes.items():
            if known == sql:
                return name
        name = self.name(letter)
        self.ctes[name] = sql
        return name

    def constant(self, term: NamedNode | BlankNode | Literal) -> Operand:
        """Make an operand of a term."""
        number = self.facts.id_of(term)
        if number is None:
            number = self._made_id(term)
        return Operand(
            Form.ID, f"{number}::BIGINT", bit(kind_of_term(term)), maybe=False, term=term
        )

    def _made_id(self, term: NamedNode | BlankNode | Literal) -> int:
        for number, known in self.unknown.items():
            if known == term:
                return number
        if isinstance(term, Literal):
            self.constant(term.datatype)  # its row in the dictionary names it
        number = make_id(kind_of_term(term), _UNKNOWN + len(self.unknown))
        self.unknown[number] = term
        return number

    def with_ctes(self, sql: str) -> str:
        """Put the common table expressions before a SELECT."""
        parts = [*self._dictionaries(sql), *(f"{n} AS ({s})" for n, s in self.ctes.items())]
        return f"WITH RECURSIVE {', '.join(parts)} {sql}" if parts else sql

    def _dictionaries(self, sql: str) -> Iterable[str]:
        """Define the dictionaries that hold terms of the query besides those of the data."""
        whole = " ".join([sql, *self.ctes.values()])
        for table in ("iris", "blanks", "strings", "tagged", "literals"):
            if f"known_{table}" not in whole:
                continue
            rows = [self._row(table, n, t) for n, t in self.unknown.items() if _is_in(table, n)]
            added = f" UNION ALL SELECT * FROM (VALUES {', '.join(rows)})" if rows else ""
            yield f"known_{table} AS NOT MATERIALIZED (SELECT * FROM {table}{added})"

    def _row(self, table: str, number: int, term: NamedNode | BlankNode | Literal) -> str:
        value = self.parameter(term.value)
        if table == "tagged" and isinstance(term, Literal):
            return f"({number}::BIGINT, {value}, {self.parameter(term.language or '')})"
        if table == "literals" and isinstance(term, Literal):
            return self._literal_row(number, term)
        return f"({number}::BIGINT, {value})"

    def _literal_row(self, number: int, term: Literal) -> str:
        parts = ["NULL" if value is None else str(value) for value in values_of(term)]
        datatype = self.constant(term.datatype).sql
        types = ("DOUBLE", "DECIMAL(38, 18)", "BIGINT", "INTEGER")
        cast = [
            f"CAST('{p}' AS {t})" if p != "NULL" else f"NULL::{t}"
            for p, t in zip(parts, types, strict=True)
        ]
        return f"({number}::BIGINT, {self.parameter(term.value)}, {datatype}, {', '.join(cast)})"


def _is_in(table: str, number: int) -> bool:
    return DICTIONARY_OF_KIND.get(number >> 56) == table
