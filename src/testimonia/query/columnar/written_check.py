"""Reads back what was written into tables of quads, and compares it with what was staged.

Both are added up as hashes of the texts of terms, so that neither order nor ids matter.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl
from pyoxigraph import RdfFormat, parse

from testimonia.errors import InputError
from testimonia.query.columnar.single_rows import first_row
from testimonia.query.columnar.term_texts import ALL_TEXTS, inline_text
from testimonia.rdf.canonical.nquads import split, triples

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

__all__ = ["Staged", "check_written", "staged"]

_STAGED: Final = """
WITH hashed AS (SELECT code, hash(text) AS h FROM staged_terms)
SELECT count(*), coalesce(sum(hash(s, p, o, g)::HUGEINT), 0) FROM (
    SELECT DISTINCT s.h AS s, p.h AS p, o.h AS o, coalesce(g.h, 0) AS g FROM staged_quads q
    JOIN hashed s ON s.code = q.s JOIN hashed p ON p.code = q.p JOIN hashed o ON o.code = q.o
    LEFT JOIN hashed g ON g.code = q.g
)
"""
_GRAPHS: Final = """
SELECT DISTINCT t.text FROM staged_quads q LEFT JOIN staged_terms t ON t.code = q.g
"""
_HASHED: Final = f"""
CREATE TEMP TABLE hashed_terms AS SELECT id, hash(text) AS h FROM ({ALL_TEXTS})
"""
_ODD: Final = r"[\x00-\x09\x0B\x0C\x0E-\x1F\x7F\x{FFFE}\x{FFFF}]"
"""Characters that canonical N-Triples escape and `ALL_TEXTS` does not."""

_ODD_TERMS: Final = f"SELECT id, text FROM ({ALL_TEXTS}) WHERE regexp_matches(text, $1)"
_REPLACED: Final = """
DELETE FROM hashed_terms WHERE id IN (SELECT id FROM odd_terms);
INSERT INTO hashed_terms SELECT id, hash(text) FROM odd_terms;
"""
_WRITTEN: Final = f"""
SELECT count(*), coalesce(sum(hash(s.h, p.h, coalesce(o.h, hash({inline_text("q.o")})), coalesce(g.h, 0))::HUGEINT), 0)
FROM {{table}} q JOIN hashed_terms s ON s.id = q.s JOIN hashed_terms p ON p.id = {{predicate}}
LEFT JOIN hashed_terms o ON o.id = q.o LEFT JOIN hashed_terms g ON g.id = q.g
WHERE coalesce(g.h, 0) IN (
    SELECT CASE WHEN text IS NULL THEN 0 ELSE hash(text) END FROM graphs_written  -- hash(NULL) is a number
)
"""


@dataclass(frozen=True)
class Staged:
    """What was staged.

    Attributes
    ----------
    quads
        How many different quads.
    total
        The sum of their hashes.
    graphs
        A column of the names of their graphs; null for the default graph.
    """

    quads: int
    total: int
    graphs: pa.Table


def staged(connection: duckdb.DuckDBPyConnection) -> Staged:
    """Add up staged quads.

    Parameters
    ----------
    connection
        A connection with the tables of `testimonia.query.columnar.term_staging.Staging`.
    """
    quads, total = first_row(connection, _STAGED) or (0, 0)
    return Staged(int(quads), int(total), connection.sql(_GRAPHS).to_arrow_table())


def check_written(connection: duckdb.DuckDBPyConnection, expected: Staged) -> None:
    """Check that the graphs of staged quads hold these quads and no others.

    Parameters
    ----------
    connection
        A connection to the tables of `testimonia.query.columnar.quad_tables`.
    expected
        What was staged.

    Raises
    ------
    InputError
        They do not.
    """
    quads = total = 0
    connection.register("graphs_written", expected.graphs)
    connection.execute(_HASHED)
    _escape(connection)
    for predicate, table in connection.execute("SELECT id, name FROM predicates").fetchall():
        found = first_row(connection, _WRITTEN.format(table=table, predicate=predicate))
        assert found is not None  # noqa: S101 - an aggregate has one row
        quads, total = quads + int(found[0]), total + int(found[1])
    connection.execute("DROP TABLE hashed_terms")
    connection.unregister("graphs_written")
    if (quads, total) != (expected.quads, expected.total):
        raise InputError(
            f"what was written by column is not what was read ({quads:,} of {expected.quads:,} quads were found)",
            hint="Check disk and memory of this machine, and report it: nothing was changed.",
        )


def _escape(connection: duckdb.DuckDBPyConnection) -> None:
    """Hash the terms anew that canonical N-Triples write with other escapes."""
    odd = connection.execute(_ODD_TERMS, [_ODD]).fetchall()
    if not odd:
        return
    lines = "".join([f"<x:s> <x:p> {text} .\n" for _, text in odd])
    written = triples(list(parse(lines, RdfFormat.N_TRIPLES)))
    texts = [split(line)[2].decode() for line in written]
    connection.register(
        "odd_terms", pl.DataFrame({"id": [n for n, _ in odd], "text": texts}).to_arrow()
    )
    connection.execute(_REPLACED)
    connection.unregister("odd_terms")
