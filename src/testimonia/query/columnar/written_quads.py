"""Writes the quads of tables as N-Quads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from testimonia.namespaces import PREFIXES
from testimonia.query.columnar.term_ids import (
    BOOLEAN,
    COUNT,
    DATE,
    INTEGER,
    INTEGER_ZERO,
    PAYLOAD_BITS,
)

if TYPE_CHECKING:
    import duckdb

__all__ = ["nquads"]

_XSD: Final = PREFIXES["xsd"]
_ROWS: Final = 100_000
_QUOTED: Final = (
    "'\"' || replace(replace(replace(replace(d.lexical, '\\', '\\\\'), '\"', '\\\"'), "
    "chr(10), '\\n'), chr(13), '\\r') || '\"'"
)
_TEXTS: Final = f"""
CREATE TEMP TABLE term_texts AS
SELECT id, '<' || lexical || '>' AS text FROM iris
UNION ALL SELECT id, '_:' || lexical FROM blanks
UNION ALL SELECT id, {_QUOTED} FROM strings d
UNION ALL SELECT id, {_QUOTED} || '@' || language FROM tagged d
UNION ALL SELECT d.id, {_QUOTED} || '^^<' || i.lexical || '>' FROM literals d JOIN iris i ON i.id = d.datatype
"""
_PAYLOAD: Final = f"(q.o & {(1 << PAYLOAD_BITS) - 1})"
_INLINE: Final = f"""CASE q.o >> {PAYLOAD_BITS}
WHEN {INTEGER} THEN '"' || ({_PAYLOAD} - {INTEGER_ZERO}) || '"^^<{_XSD}integer>'
WHEN {COUNT} THEN '"' || ({_PAYLOAD} - {INTEGER_ZERO}) || '"^^<{_XSD}nonNegativeInteger>'
WHEN {BOOLEAN} THEN '"' || ({_PAYLOAD} = 1) || '"^^<{_XSD}boolean>'
WHEN {DATE} THEN '"' || (DATE '0001-01-01' + {_PAYLOAD}::INTEGER) || '"^^<{_XSD}date>'
END"""


def nquads(connection: duckdb.DuckDBPyConnection, graph: int | None = None) -> Iterator[bytes]:
    """Write quads, as N-Quads that are not in canonical form, in no particular order.

    Parameters
    ----------
    connection
        A connection to the tables of `testimonia.query.columnar.quad_tables`, which may be read-only.
    graph
        The id of the graph that they are in; all quads when left out.

    Yields
    ------
    bytes
        Some lines.
    """
    tables = connection.execute("SELECT id, name FROM predicates").fetchall()
    wanted = "" if graph is None else f" WHERE q.g = {graph}"
    connection.execute(_TEXTS)
    try:
        for predicate, table in tables:
            connection.execute(
                f"SELECT s.text || ' ' || p.text || ' ' || coalesce(o.text, {_INLINE}) || "
                f"coalesce(' ' || g.text, '') || ' .' FROM {table} q "
                f"JOIN term_texts s ON s.id = q.s JOIN term_texts p ON p.id = {predicate} "
                f"LEFT JOIN term_texts o ON o.id = q.o LEFT JOIN term_texts g ON g.id = q.g{wanted}"
            )
            while rows := connection.fetchmany(_ROWS):
                yield "".join([f"{line}\n" for (line,) in rows]).encode()
    finally:
        connection.execute("DROP TABLE term_texts")
