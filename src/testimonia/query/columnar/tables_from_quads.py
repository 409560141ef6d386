"""Makes the tables of quads in the memory of a connection, for data that are small."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import duckdb
import pyarrow as pa
from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Triple

from testimonia.errors import InputError
from testimonia.query.columnar.literal_values import values_of
from testimonia.query.columnar.quad_tables import (
    DICTIONARIES,
    FACTS,
    PREDICATE_TABLE,
    TRIPLES,
    table_of,
)
from testimonia.query.columnar.term_ids import (
    BLANK,
    DATETIME,
    IRI,
    NUMERIC,
    OTHER,
    STRING,
    TAGGED,
    inline_id,
    kind_of_term,
    make_id,
)

__all__ = ["fill"]

Term = NamedNode | BlankNode | Literal
_LITERAL_TYPES = (
    pa.int64(),
    pa.string(),
    pa.int64(),
    pa.float64(),
    pa.string(),
    pa.int64(),
    pa.int32(),
)
"""Exact numbers are given as texts, which DuckDB reads."""


def fill(connection: duckdb.DuckDBPyConnection, quads: Iterable[Quad]) -> None:
    """Make the tables of quads.

    Parameters
    ----------
    connection
        A connection to an empty database.
    quads
        RDF 1.1 quads; equal ones count once.

    Raises
    ------
    InputError
        A quad has a triple as its subject or object.
    """
    listed = list({_terms_of(quad) for quad in quads})
    ids = _ids_of(listed)
    connection.execute(DICTIONARIES + FACTS + PREDICATE_TABLE)
    _write_dictionaries(connection, ids)
    ordered = 1 << IRI | 1 << BLANK | 1 << STRING
    connection.execute("INSERT INTO facts VALUES ('ordered_kinds', $1)", [ordered])
    tables: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for subject, predicate, object_, graph in listed:
        place = 0 if graph is None else ids[graph]
        tables[ids[predicate]].append((ids[subject], ids[object_], place))
    for number, rows in sorted(tables.items()):
        _write_table(connection, number, sorted(rows))


def _terms_of(quad: Quad) -> tuple[Term, Term, Term, Term | None]:
    subject, predicate, object_, graph = quad
    if isinstance(subject, Triple) or isinstance(object_, Triple):
        raise InputError(
            "a triple is a term of another, which columns cannot keep",
            hint="Keep such data in a store of Oxigraph, or write them as RDF 1.1.",
        )
    return subject, predicate, object_, None if isinstance(graph, DefaultGraph) else graph


def _ids_of(quads: Iterable[tuple[Term | None, ...]]) -> dict[Term, int]:
    terms = {term for quad in quads for term in quad if term is not None}
    terms.update([term.datatype for term in terms if isinstance(term, Literal)])
    by_kind: dict[int, list[Term]] = defaultdict(list)
    for term in terms:
        by_kind[kind_of_term(term)].append(term)
    ids: dict[Term, int] = {}
    for kind, found in by_kind.items():
        found.sort(key=lambda term: (term.value.encode(), str(term)))
        for number, term in enumerate(found, 1):
            inline = (
                inline_id(term.value, term.datatype.value) if isinstance(term, Literal) else None
            )
            ids[term] = make_id(kind, number) if inline is None else inline
    return ids


def _write_dictionaries(connection: duckdb.DuckDBPyConnection, ids: dict[Term, int]) -> None:
    rows: dict[str, list[Sequence[Any]]] = defaultdict(list)
    for term, number in sorted(ids.items(), key=lambda item: item[1]):
        kind = number >> 56
        if kind == TAGGED and isinstance(term, Literal):
            rows["tagged"].append((number, term.value, term.language))
        elif kind in (NUMERIC, DATETIME, OTHER) and isinstance(term, Literal):
            values = values_of(term)
            rows["literals"].append((number, term.value, ids[term.datatype], *values))
        elif kind in (IRI, BLANK, STRING):
            name = {IRI: "iris", BLANK: "blanks", STRING: "strings"}[kind]
            rows[name].append((number, term.value))
    for name, listed in rows.items():
        types = (pa.int64(), pa.string(), pa.string()) if name != "literals" else _LITERAL_TYPES
        columns = zip(zip(*listed, strict=True), types, strict=False)
        arrays = [pa.array(values, of) for values, of in columns]
        _insert(connection, name, pa.table(arrays, [f"c{n}" for n in range(len(arrays))]))


def _insert(connection: duckdb.DuckDBPyConnection, name: str, rows: pa.Table) -> None:
    connection.register("rows_of_table", rows)
    connection.execute(f"INSERT INTO {name} SELECT * FROM rows_of_table")
    connection.unregister("rows_of_table")


def _write_table(
    connection: duckdb.DuckDBPyConnection, predicate: int, rows: list[tuple[int, int, int]]
) -> None:
    name = table_of(predicate)
    first = [number == 0 or row[:2] != rows[number - 1][:2] for number, row in enumerate(rows)]
    subjects, objects, graphs = zip(*rows, strict=True)
    table = pa.table(
        {
            "s": pa.array(subjects, pa.int64()),
            "o": pa.array(objects, pa.int64()),
            "g": pa.array(graphs, pa.int64()),
            "first": pa.array(first, pa.bool_()),
        }
    )
    connection.execute(TRIPLES.format(name=name))
    _insert(connection, name, table)
    connection.execute(
        "INSERT INTO predicates VALUES (?, ?, ?, ?, ?, ?)",
        [predicate, name, len(rows), not all(first), _kinds(subjects), _kinds(objects)],
    )


def _kinds(ids: Iterable[int]) -> int:
    found = 0
    for number in ids:
        found |= 1 << (number >> 56)
    return found
