"""Makes the tables of quads in the memory of a connection, for data that are small."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import duckdb
import pyarrow as pa
from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad

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
    listed = set(quads)
    for quad in listed:
        if not isinstance(quad.object, Term) or not isinstance(quad.subject, Term):
            raise InputError("triples as terms cannot be kept in columns")
    ids = _ids_of(listed)
    connection.execute(DICTIONARIES + FACTS + PREDICATE_TABLE)
    _write_dictionaries(connection, ids)
    ordered = 1 << IRI | 1 << BLANK | 1 << STRING
    connection.execute("INSERT INTO facts VALUES ('ordered_kinds', $1)", [ordered])
    tables: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for quad in listed:
        graph = 0 if isinstance(quad.graph_name, DefaultGraph) else ids[quad.graph_name]
        tables[ids[quad.predicate]].append((ids[quad.subject], ids[quad.object], graph))
    for predicate, rows in sorted(tables.items()):
        _write_table(connection, predicate, sorted(rows))


def _ids_of(quads: Iterable[Quad]) -> dict[Term, int]:
    terms: set[Term] = set()
    for quad in quads:
        terms.update((quad.subject, quad.predicate, quad.object))
        if not isinstance(quad.graph_name, DefaultGraph):
            terms.add(quad.graph_name)
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
        marks = ", ".join("?" * len(listed[0]))
        connection.executemany(f"INSERT INTO {name} VALUES ({marks})", listed)


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
    connection.register("rows_of_table", table)
    connection.execute(f"INSERT INTO {name} SELECT s, o, g, first FROM rows_of_table")
    connection.unregister("rows_of_table")
    connection.execute(
        "INSERT INTO predicates VALUES (?, ?, ?, ?, ?, ?)",
        [predicate, name, len(rows), not all(first), _kinds(subjects), _kinds(objects)],
    )


def _kinds(ids: Iterable[int]) -> int:
    found = 0
    for number in ids:
        found |= 1 << (number >> 56)
    return found
