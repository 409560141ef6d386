"""Reads single rows from DuckDB."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb

__all__ = ["first_row"]


def first_row(
    connection: duckdb.DuckDBPyConnection, sql: str, parameters: Sequence[object] = ()
) -> tuple[Any, ...] | None:
    """Run a statement and give its first row; None if it has none.

    The result is read to its end: DuckDB 2 runs nothing else on a connection before.

    Parameters
    ----------
    connection
        The connection.
    sql
        A statement with few rows.
    parameters
        Values of its parameters.
    """
    rows = connection.execute(sql, list(parameters)).fetchall()
    return rows[0] if rows else None
