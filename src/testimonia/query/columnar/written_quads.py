"""Writes the quads of tables as N-Quads, or adds up the digests of their lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

import polars as pl
import pyarrow as pa

from testimonia.query.columnar.term_texts import ALL_TEXTS, inline_text
from testimonia.query.line_sums import LABEL

if TYPE_CHECKING:
    import duckdb

__all__ = ["line_sum", "nquads"]

_ROWS: Final = 100_000
_BYTES: Final = 32
"""How long a digest is."""
_DIGESTS: Final = f"""
SELECT unhex(sha256(
    CASE WHEN contains(line, '_:') THEN regexp_replace(line, '{LABEL}', '_:', 'g') ELSE line END
)) FROM ({{}})
"""
_TEXTS: Final = f"CREATE TEMP TABLE term_texts AS {ALL_TEXTS}"


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
    for select in _selects(connection, "TRUE" if graph is None else f"q.g = {graph}"):
        connection.execute(select)
        while rows := connection.fetchmany(_ROWS):
            yield "".join([f"{line}\n" for (line,) in rows]).encode()


def line_sum(connection: duckdb.DuckDBPyConnection, left_out: Sequence[int] = ()) -> int:
    """Add up the digests of quads, as `testimonia.query.line_sums` does.

    Parameters
    ----------
    connection
        A connection to the tables of `testimonia.query.columnar.quad_tables`, which may be read-only.
    left_out
        The ids of graphs whose quads do not count.
    """
    total = 0
    wanted = f"q.g NOT IN ({', '.join(map(str, left_out))})" if left_out else "TRUE"
    for select in _selects(connection, wanted):
        digests = connection.sql(_DIGESTS.format(select)).to_arrow_table()
        total += sum(_sum(chunk) for chunk in digests.column(0).chunks)
    return total


def _selects(connection: duckdb.DuckDBPyConnection, condition: str) -> Iterator[str]:
    """Write the SELECT of the lines of each predicate, without their ends, and of nothing else."""
    tables = connection.execute("SELECT id, name FROM predicates").fetchall()
    connection.execute(_TEXTS)
    try:
        for predicate, table in tables:
            yield (
                f"SELECT s.text || ' ' || p.text || ' ' || coalesce(o.text, {inline_text('q.o')}) || "
                f"coalesce(' ' || g.text, '') || ' .' AS line FROM {table} q "
                f"JOIN term_texts s ON s.id = q.s JOIN term_texts p ON p.id = {predicate} "
                f"LEFT JOIN term_texts o ON o.id = q.o LEFT JOIN term_texts g ON g.id = q.g WHERE {condition}"
            )
    finally:
        connection.execute("DROP TABLE term_texts")


def _sum(digests: pa.BinaryArray) -> int:
    """Add up numbers of 256 bits, the most significant byte first."""
    data = digests.buffers()[2]
    if data is None:
        return 0
    start, length = digests.offset * _BYTES, len(digests) * _BYTES
    column = pa.Array.from_buffers(pa.uint8(), length, [None, data.slice(start, length)])
    bytes_ = pl.Series("byte", pl.from_arrow(column), pl.UInt64)
    sums = [int(bytes_.gather_every(_BYTES, n).sum()) for n in range(_BYTES)]
    return sum(one << (8 * (_BYTES - 1 - n)) for n, one in enumerate(sums))
