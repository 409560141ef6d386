"""Writes staged quads into the tables of their predicates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from testimonia.query.columnar.dictionaries import number_terms
from testimonia.query.columnar.quad_tables import (
    DICTIONARIES,
    FACTS,
    PREDICATE_TABLE,
    TRIPLES,
    table_of,
)
from testimonia.query.columnar.single_rows import first_row

if TYPE_CHECKING:
    import duckdb

__all__ = ["create_tables", "fact", "set_fact", "write_quads", "write_staged"]

_ENCODED: Final = """
CREATE TEMP TABLE codes AS SELECT t.code, i.id FROM staged_terms t JOIN term_ids i ON i.text = t.text;
CREATE TEMP TABLE new_quads AS
SELECT s.id AS s, p.id AS p, o.id AS o, coalesce(g.id, 0) AS g FROM staged_quads q
JOIN codes s ON s.code = q.s JOIN codes p ON p.code = q.p JOIN codes o ON o.code = q.o
LEFT JOIN codes g ON g.code = q.g ORDER BY 2;
DROP TABLE codes; DROP TABLE term_ids; DROP TABLE staged_terms; DROP TABLE staged_quads;
CREATE TEMP TABLE new_graphs AS SELECT DISTINCT g FROM new_quads;
"""
_ROWS: Final = """
CREATE TEMP TABLE rows_of_predicate AS
SELECT s, o, g, (s, o) IS DISTINCT FROM (lag(s) OVER sorted, lag(o) OVER sorted) AS first
FROM (SELECT DISTINCT s, o, g FROM ({old}SELECT s, o, g FROM new_quads WHERE p = {predicate}))
WINDOW sorted AS (ORDER BY s, o, g);
"""
_ROWS_OF_ONE_GRAPH: Final = """
CREATE TEMP TABLE rows_of_predicate AS
SELECT DISTINCT s, o, g, true AS first FROM new_quads WHERE p = {predicate};
"""
_KEPT: Final = "SELECT s, o, g FROM {table} WHERE g NOT IN (SELECT g FROM new_graphs) UNION ALL "
_LISTED: Final = """
INSERT INTO predicates
SELECT {predicate}, '{table}', count(*), coalesce(bool_or(NOT first), false),
    coalesce(bit_or(1::INTEGER << (s >> 56)::INTEGER), 0), coalesce(bit_or(1::INTEGER << (o >> 56)::INTEGER), 0)
FROM {table} HAVING count(*) > 0;
"""


def create_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the tables of `testimonia.query.columnar.quad_tables`, empty."""
    connection.execute(DICTIONARIES + FACTS + PREDICATE_TABLE)


def fact(connection: duckdb.DuckDBPyConnection, name: str) -> int:
    """Read a number of the table ``facts``; 0 if it is not there."""
    found = first_row(connection, "SELECT value FROM facts WHERE name = ?", [name])
    return int(found[0]) if found else 0


def set_fact(connection: duckdb.DuckDBPyConnection, name: str, value: int) -> None:
    """Set a number of the table ``facts``."""
    connection.execute("DELETE FROM facts WHERE name = ?", [name])
    connection.execute("INSERT INTO facts VALUES (?, ?)", [name, value])


def write_staged(connection: duckdb.DuckDBPyConnection, *, replaces: bool = True) -> None:
    """Write the staged quads, whose tables are removed.

    Parameters
    ----------
    connection
        A connection on which quads were staged.
    replaces
        Whether they replace the graphs that they are in, instead of being added to them.

    Raises
    ------
    InputError
        A term cannot be kept by column.
    """
    was_empty = first_row(connection, "SELECT count(*) FROM predicates") == (0,)
    ordered = number_terms(connection)
    before = fact(connection, "ordered_kinds")
    set_fact(connection, "ordered_kinds", ordered if was_empty else ordered & before)
    connection.execute(_ENCODED)
    write_quads(connection, replaces=replaces)


def write_quads(connection: duckdb.DuckDBPyConnection, *, replaces: bool = True) -> None:
    """Write encoded quads, whose tables are removed.

    Parameters
    ----------
    connection
        A connection with the temporary tables ``new_quads`` (``s``, ``p``, ``o``, ``g``: ids) and ``new_graphs``
        (``g``).
    replaces
        Whether what these graphs held is removed.
    """
    if not replaces:
        connection.execute("DELETE FROM new_graphs")
    old = dict(connection.execute("SELECT id, name FROM predicates").fetchall())
    found = connection.execute("SELECT p, count(DISTINCT g) FROM new_quads GROUP BY p").fetchall()
    new = dict(found)
    for predicate in sorted(old.keys() | new.keys()):
        if predicate in new or (replaces and _loses_rows(connection, old[predicate])):
            _write_predicate(connection, predicate, old.get(predicate), new.get(predicate, 0))
    connection.execute("DROP TABLE new_quads; DROP TABLE new_graphs")


def _loses_rows(connection: duckdb.DuckDBPyConnection, table: str) -> bool:
    lost = f"SELECT 1 FROM {table} WHERE g IN (SELECT g FROM new_graphs) LIMIT 1"
    return first_row(connection, lost) is not None


def _write_predicate(
    connection: duckdb.DuckDBPyConnection, predicate: int, old: str | None, graphs: int
) -> None:
    table = table_of(predicate)
    rows = _ROWS if old is not None or graphs > 1 else _ROWS_OF_ONE_GRAPH
    kept = "" if old is None else _KEPT.format(table=old)
    connection.execute(rows.format(old=kept, predicate=predicate))
    if old is not None:
        connection.execute(f"DROP TABLE {old}; DELETE FROM predicates WHERE id = {predicate}")
    connection.execute(
        TRIPLES.format(name=table)
        + f"INSERT INTO {table} SELECT s, o, g, first FROM rows_of_predicate ORDER BY s, o, g;"
        + "DROP TABLE rows_of_predicate"
    )
    connection.execute(_LISTED.format(predicate=predicate, table=table))
    empty = first_row(connection, f"SELECT count(*) FROM {table}") == (0,)
    if empty:
        connection.execute(f"DROP TABLE {table}")
