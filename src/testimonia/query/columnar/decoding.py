"""Turns columns of ids and texts into RDF terms, each different one once."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple
from rdflib import BNode, Variable

from testimonia.namespaces import PREFIXES
from testimonia.query.columnar.compiled_queries import CompiledColumn, CompiledQuery
from testimonia.query.columnar.operands import Form, term_of_text
from testimonia.query.columnar.term_ids import inline_term
from testimonia.query.evaluation import Answer

__all__ = ["ColumnarAnswer", "terms_of"]

Term = NamedNode | BlankNode | Literal
_XSD: Final = PREFIXES["xsd"]
_INTEGER: Final = NamedNode(_XSD + "integer")
_BOOLEAN: Final = NamedNode(_XSD + "boolean")
_STRING: Final = _XSD + "string"
_DICTIONARIES: Final = {
    "iris": "SELECT d.id, d.lexical, NULL FROM iris d JOIN wanted_ids USING (id)",
    "blanks": "SELECT d.id, d.lexical, NULL FROM blanks d JOIN wanted_ids USING (id)",
    "strings": "SELECT d.id, d.lexical, NULL FROM strings d JOIN wanted_ids USING (id)",
    "tagged": "SELECT d.id, d.lexical, d.language FROM tagged d JOIN wanted_ids USING (id)",
    "literals": "SELECT d.id, d.lexical, i.lexical FROM literals d JOIN wanted_ids USING (id) "
    "JOIN iris i ON i.id = d.datatype",
}
_OF_KIND: Final = {1: "iris", 2: "blanks", 3: "strings", 4: "tagged"}


@dataclass(frozen=True)
class ColumnarAnswer:
    """What a compiled query answered.

    Attributes
    ----------
    compiled
        The query.
    table
        Its rows, as DuckDB gave them.
    terms
        Terms by id, for all ids in the table.
    """

    compiled: CompiledQuery
    table: pa.Table
    terms: dict[int, Term]

    @property
    def variables(self) -> list[str]:
        """The variables of a SELECT."""
        return [column.variable for column in self.compiled.columns]

    @property
    def boolean(self) -> bool:
        """What an ASK answers."""
        return bool(self.table.num_rows > 0)

    def columns(self) -> list[list[Term | None]]:
        """Decode the values, by variable."""
        found, number = [], 0
        for column in self.compiled.columns:
            if column.has_column:
                found.append(_decoded(column, self.table.column(number), self.terms))
                number += 1
            else:
                found.append([column.term] * self.table.num_rows)
        return found

    def rows(self) -> Iterator[tuple[Term | None, ...]]:
        """Give the solutions of a SELECT, in order."""
        columns = self.columns()
        if not columns:
            return iter([()] * self.table.num_rows)
        return zip(*columns, strict=True)

    def triples(self) -> Iterator[Triple]:
        """Give the triples of a CONSTRUCT, each once."""
        by_name = dict(zip(self.variables, self.columns(), strict=True))
        seen: set[Triple] = set()
        for number in range(self.table.num_rows):
            blanks: dict[BNode, BlankNode] = {}
            for pattern in self.compiled.template:
                parts = [_instance(part, by_name, number, blanks) for part in pattern]
                triple = _triple(*parts)
                if triple is not None and triple not in seen:
                    seen.add(triple)
                    yield triple

    def as_answer(self) -> Answer:
        """Write it as `testimonia.query.evaluation.evaluate` does: as JSON, or as N-Triples."""
        kind = self.compiled.kind
        if kind == "boolean":
            return Answer(kind, json.dumps({"head": {}, "boolean": self.boolean}).encode())
        if kind == "triples":
            lines = (f"{t.subject} {t.predicate} {t.object} .\n" for t in self.triples())
            return Answer(kind, "".join(lines).encode())
        written: dict[Term, str] = {}
        names = [json.dumps(name) for name in self.variables]
        rows = []
        for row in self.rows():
            cells = []
            for name, term in zip(names, row, strict=True):
                if term is not None:
                    if term not in written:
                        written[term] = json.dumps(_in_json(term), ensure_ascii=False)
                    cells.append(f"{name}:{written[term]}")
            rows.append(f"{{{','.join(cells)}}}")
        head = json.dumps({"vars": self.variables})
        return Answer(
            kind, f'{{"head":{head},"results":{{"bindings":[{",".join(rows)}]}}}}'.encode()
        )


def _in_json(term: Term) -> dict[str, str]:
    if isinstance(term, NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, BlankNode):
        return {"type": "bnode", "value": term.value}
    known = {"type": "literal", "value": term.value}
    if term.language:
        return {**known, "xml:lang": term.language}
    if term.datatype.value == _STRING:
        return known
    return {**known, "datatype": term.datatype.value}


def _decoded(column: CompiledColumn, values: Any, terms: dict[int, Term]) -> list[Term | None]:
    listed = values.to_pylist()
    makers: dict[Form, Callable[[Any], Term | None]] = {
        Form.ID: terms.get,
        Form.STR_OF: lambda number: Literal(terms[number].value),
        Form.STRING: Literal,
        Form.ADDRESS: NamedNode,
        Form.INTEGER: lambda text: Literal(text, datatype=_INTEGER),
        Form.BOOLEAN: lambda truth: Literal("true" if truth else "false", datatype=_BOOLEAN),
        Form.TEXT: term_of_text,
    }
    make = makers[column.form]
    known: dict[Any, Term | None] = {None: None}
    for value in set(listed):
        if value is not None:
            known[value] = make(value)
    return [known[value] for value in listed]


def _instance(
    part: Any, values: dict[str, list[Term | None]], row: int, blanks: dict[BNode, BlankNode]
) -> Term | None:
    if isinstance(part, BNode):
        return blanks.setdefault(part, BlankNode())
    return values[str(part)][row] if isinstance(part, Variable) else part


def _triple(subject: Any, predicate: Any, object_: Any) -> Triple | None:
    """Make a triple, unless a term is missing or cannot be where it is."""
    if (
        object_ is None
        or isinstance(subject, Literal | None)
        or not isinstance(predicate, NamedNode)
    ):
        return None
    return Quad(subject, predicate, object_).triple


def terms_of(
    connection: duckdb.DuckDBPyConnection, compiled: CompiledQuery, table: pa.Table
) -> dict[int, Term]:
    """Look up the terms of all ids in a result.

    Parameters
    ----------
    connection
        The connection that gave it.
    compiled
        The query.
    table
        The result.
    """
    with_column = [column for column in compiled.columns if column.has_column]
    of_ids = [
        table.column(number)
        for number, column in enumerate(with_column)
        if column.form in (Form.ID, Form.STR_OF)
    ]
    if not of_ids or not table.num_rows:
        return {}
    chunks = [pc.unique(column).drop_null() for column in of_ids]
    numbers = pc.unique(pa.chunked_array(chunks))
    found: dict[int, Term] = dict(compiled.unknown)
    wanted: dict[str, list[int]] = {}
    for number in numbers.to_pylist():
        if number in found:
            continue
        term = inline_term(number)
        if term is not None:
            found[number] = term
        else:
            wanted.setdefault(_OF_KIND.get(number >> 56, "literals"), []).append(number)
    for name, listed in wanted.items():
        connection.register("wanted_ids", pa.table({"id": pa.array(listed, pa.int64())}))
        try:
            rows = connection.execute(_DICTIONARIES[name]).fetchall()
        finally:
            connection.unregister("wanted_ids")
        found.update((row[0], _made(name, row[1], row[2])) for row in rows)
    return found


def _made(dictionary: str, lexical: str, about: str | None) -> Term:
    if dictionary == "iris":
        return NamedNode(lexical)
    if dictionary == "blanks":
        return BlankNode(lexical)
    if dictionary == "tagged":
        return Literal(lexical, language=about)
    return Literal(lexical, datatype=NamedNode(about)) if about else Literal(lexical)
