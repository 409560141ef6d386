"""Numbers the terms of staged quads: those that the dictionaries have keep their ids, others get new ones.

IRIs, blank nodes and most strings are handled in SQL; literals with a datatype, an escape or a value, each
distinct one once, in Python, so that what a valid number or date is has one definition.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

import polars as pl
from pyoxigraph import Literal, RdfFormat, parse

from testimonia.errors import InputError
from testimonia.query.columnar.literal_values import values_of
from testimonia.query.columnar.single_rows import first_row
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

if TYPE_CHECKING:
    import duckdb

__all__ = ["ORDERED_KINDS", "number_terms"]

ORDERED_KINDS: Final = (IRI, BLANK, STRING)
"""Kinds whose ids are in the order of their lexical forms in dictionaries that are filled at once."""

_CODED: Final = (NUMERIC, DATETIME, OTHER)
_AT_ONCE: Final = 1 << 17
_LITERALS: Final = {
    "text": pl.String,
    "kind": pl.Int32,
    "lexical": pl.String,
    "language": pl.String,
    "datatype": pl.String,
    "inline": pl.Int64,
    "number": pl.Float64,
    "exact": pl.String,
    "instant": pl.Int64,
    "offset_minutes": pl.Int32,
}
_TEXTS: Final = f"""
CREATE TEMP TABLE texts AS
SELECT text, CASE
    WHEN starts_with(text, '<') THEN {IRI}
    WHEN starts_with(text, '_:') THEN {BLANK}
    WHEN contains(text, '\\') THEN 0
    WHEN suffix(text, '"') THEN {STRING}
    WHEN regexp_matches(text, '"@[A-Za-z0-9-]+$') THEN {TAGGED}
    ELSE 0 END AS kind
FROM (SELECT DISTINCT text FROM staged_terms);
CREATE TEMP TABLE term_ids(text VARCHAR NOT NULL, id BIGINT NOT NULL);
CREATE TEMP TABLE literal_texts(
    text VARCHAR, kind INTEGER, lexical VARCHAR, language VARCHAR, datatype VARCHAR, inline BIGINT,
    number DOUBLE, exact DECIMAL(38, 18), instant BIGINT, offset_minutes INTEGER
);
"""
_PLAIN: Final = {
    IRI: ("iris", "substr(text, 2, length(text) - 2)"),
    BLANK: ("blanks", "substr(text, 3)"),
    STRING: ("strings", "substr(text, 2, length(text) - 2)"),
}
_LANGUAGE: Final = "regexp_extract(text, '\"@([A-Za-z0-9-]+)$', 1)"


def number_terms(connection: duckdb.DuckDBPyConnection) -> int:
    """Give ids to the texts of ``staged_terms``, in a temporary table ``term_ids`` (``text``, ``id``).

    Parameters
    ----------
    connection
        A connection to the dictionaries, on which quads were staged.

    Returns
    -------
    int
        Bits of the kinds whose ids are in the order of their lexical forms because all of them are new.

    Raises
    ------
    InputError
        A term is one of RDF 1.2: a triple term, or a literal with a base direction.
    """
    _refuse_newer_terms(connection)
    connection.execute(_TEXTS)
    for frame in _parsed_literals(connection):
        connection.register("new_rows", frame.to_arrow())
        connection.execute("INSERT INTO literal_texts SELECT * FROM new_rows")
        connection.unregister("new_rows")
    # Datatypes are IRIs of the dictionary, though no statement need be about them.
    connection.execute(
        f"INSERT INTO texts SELECT DISTINCT '<' || datatype || '>', {IRI} FROM literal_texts "
        "WHERE datatype IS NOT NULL AND inline IS NULL "
        "AND '<' || datatype || '>' NOT IN (SELECT text FROM texts)"
    )
    ordered = sum(1 << kind for kind in ORDERED_KINDS if _number_plain(connection, kind))
    _number_tagged(connection)
    for kind in _CODED:
        _number_literals(connection, kind)
    connection.execute(
        "INSERT INTO term_ids SELECT text, inline FROM literal_texts WHERE inline IS NOT NULL;"
        "DROP TABLE texts; DROP TABLE literal_texts"
    )
    return ordered


def _refuse_newer_terms(connection: duckdb.DuckDBPyConnection) -> None:
    found = first_row(
        connection,
        "SELECT text FROM staged_terms WHERE starts_with(text, '<<') "
        "OR (starts_with(text, '\"') AND regexp_matches(text, '\"@[A-Za-z0-9-]+--(ltr|rtl)$')) LIMIT 1",
    )
    if found is not None:
        raise InputError(
            f"{found[0]} is a term of RDF 1.2, which cannot be kept by column",
            hint="Write it as ordinary statements, or load it into a store of the engine oxigraph.",
        )


def _parsed_literals(connection: duckdb.DuckDBPyConnection) -> Iterator[pl.DataFrame]:
    """Convert the literals that SQL does not."""
    found = connection.sql("SELECT text FROM texts WHERE kind = 0").to_arrow_table()
    for batch in found.to_batches(_AT_ONCE):
        texts = batch.column(0).to_pylist()
        lines = "\n".join(f"<x:> <x:> {text} ." for text in texts)
        literals = (quad.object for quad in parse(lines, RdfFormat.N_TRIPLES))
        rows = [
            _row(text, literal)
            for text, literal in zip(texts, literals, strict=True)
            if isinstance(literal, Literal)
        ]
        yield pl.DataFrame(rows, schema=_LITERALS, orient="row")


def _row(text: str, literal: Literal) -> Sequence[object]:
    kind = kind_of_term(literal)
    if kind in (STRING, TAGGED):
        nothing = (None,) * 6
        return (text, kind, literal.value, literal.language, *nothing)
    datatype = literal.datatype.value
    inline = inline_id(literal.value, datatype)
    values = values_of(literal) if inline is None else (None,) * 4
    return (text, kind, literal.value, None, datatype, inline, *values)


def _number_plain(connection: duckdb.DuckDBPyConnection, kind: int) -> bool:
    """Give ids to IRIs, blank nodes or strings; return whether all ids are in order."""
    table, lexical = _PLAIN[kind]
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE of_kind AS SELECT text, {lexical} AS lexical FROM texts "
        f"WHERE kind = {kind} UNION ALL SELECT text, lexical FROM literal_texts WHERE kind = {kind}"
    )
    return _number(connection, table, kind, ("lexical",))


def _number_tagged(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE of_kind AS "
        "SELECT text, substr(text, 2, length(text) - length(language) - 3) AS lexical, language "
        f"FROM (SELECT text, {_LANGUAGE} AS language FROM texts WHERE kind = {TAGGED}) "
        f"UNION ALL SELECT text, lexical, language FROM literal_texts WHERE kind = {TAGGED}"
    )
    _number(connection, "tagged", TAGGED, ("lexical", "language"))


def _number_literals(connection: duckdb.DuckDBPyConnection, kind: int) -> None:
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE of_kind AS SELECT l.text, l.lexical, i.id AS datatype, "
        "l.number, l.exact, l.instant, l.offset_minutes FROM literal_texts l "
        f"JOIN iris i ON i.lexical = l.datatype WHERE l.kind = {kind}"
    )
    _number(
        connection,
        "literals",
        kind,
        ("lexical", "datatype"),
        ("number", "exact", "instant", "offset_minutes"),
    )


def _number(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    kind: int,
    key: Sequence[str],
    values: Sequence[str] = (),
) -> bool:
    """Give ids to the terms of ``of_kind``, and add new ones to a dictionary; return whether it was empty.

    Parameters
    ----------
    connection
        The connection.
    table
        The dictionary.
    kind
        The kind of the terms.
    key
        The columns that make a term.
    values
        The other columns of the dictionary.
    """
    least, most = make_id(kind, 0), make_id(kind + 1, 0)
    within = f"d.id BETWEEN {least} AND {most - 1}"
    largest = first_row(connection, f"SELECT max(d.id) FROM {table} d WHERE {within}")
    last = largest[0] if largest is not None and largest[0] is not None else least
    same = " AND ".join(f"d.{name} = t.{name}" for name in key)
    if last > least:
        connection.execute(
            f"INSERT INTO term_ids SELECT t.text, d.id FROM of_kind t JOIN {table} d "
            f"ON {same} AND {within}"
        )
    columns = ", ".join([*key, *values])
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE new_terms AS SELECT text, "
        f"{last} + row_number() OVER (ORDER BY {', '.join(key)}) AS id, {columns} FROM of_kind t "
        + (
            f"WHERE NOT EXISTS (SELECT 1 FROM {table} d WHERE {same} AND {within})"
            if last > least
            else ""
        )
    )
    connection.execute(
        f"INSERT INTO {table} SELECT id, {columns} FROM new_terms ORDER BY id;"
        "INSERT INTO term_ids SELECT text, id FROM new_terms"
    )
    added = first_row(connection, "SELECT count(*) FROM new_terms")
    connection.execute("DROP TABLE new_terms; DROP TABLE of_kind")
    return last == least or added == (0,)
