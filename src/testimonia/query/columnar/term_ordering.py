"""Puts ids back into the order of their terms, which terms that were added later have left.

Queries compare and sort IRIs, blank nodes and strings by their ids where these are in order, and by their texts
where they are not, which takes up to twice as long.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import polars as pl

from testimonia.query.columnar.dictionaries import ORDERED_KINDS
from testimonia.query.columnar.quad_tables import TRIPLES, table_of
from testimonia.query.columnar.quad_writing import fact, set_fact
from testimonia.query.columnar.term_ids import BLANK, IRI, PAYLOAD_BITS, STRING, make_id

if TYPE_CHECKING:
    import duckdb

__all__ = ["order_terms"]

_DICTIONARIES: Final = {IRI: "iris", BLANK: "blanks", STRING: "strings"}
_RANKED: Final = """
CREATE TEMP TABLE ranked AS
SELECT id AS old, {first} + row_number() OVER (ORDER BY lexical) - 1 AS id, lexical FROM {table};
DELETE FROM {table};
INSERT INTO {table} SELECT id, lexical FROM ranked ORDER BY id;
"""
_KEY: Final = ("s", "o", "g")

_NewIds = Mapping[int, pl.Series]
"""For each kind, the new ids by the payload of the old ones."""


def order_terms(connection: duckdb.DuckDBPyConnection) -> None:
    """Renumber the terms of the kinds whose ids are not in order, in all tables.

    Parameters
    ----------
    connection
        A connection that may change the tables of `testimonia.query.columnar.quad_tables`.
    """
    ordered = fact(connection, "ordered_kinds")
    kinds = [kind for kind in ORDERED_KINDS if not ordered & 1 << kind]
    if not kinds:
        return
    new_ids = {kind: _renumbered(connection, kind) for kind in kinds}
    _rename_datatypes(connection, new_ids)
    tables = _rows(connection, "SELECT id AS old, id AS new, name FROM predicates")
    tables = tables.with_columns(_mapped("new", new_ids))
    for name in tables["name"]:  # the new name of a table may be the old one of another
        connection.execute(f"ALTER TABLE {name} RENAME TO old_{name}")
    for old, new, name in tables.iter_rows():
        _rewrite(connection, f"old_{name}", table_of(new), new_ids)
        # Negative, so that it is not taken for the old id of another.
        connection.execute(
            "UPDATE predicates SET id = $1, name = $2 WHERE id = $3", [-new, table_of(new), old]
        )
    connection.execute("UPDATE predicates SET id = -id")
    set_fact(connection, "ordered_kinds", ordered | sum(1 << kind for kind in kinds))


def _rows(connection: duckdb.DuckDBPyConnection, sql: str) -> pl.DataFrame:
    frame = pl.from_arrow(connection.sql(sql).to_arrow_table())
    assert isinstance(frame, pl.DataFrame)  # noqa: S101 - made of a table
    return frame


def _renumbered(connection: duckdb.DuckDBPyConnection, kind: int) -> pl.Series:
    """Renumber a dictionary, and give the new ids by the payload of the old ones."""
    connection.execute(_RANKED.format(first=make_id(kind, 1), table=_DICTIONARIES[kind]))
    ranked = _rows(connection, f"SELECT old - {make_id(kind, 0)} AS payload, id FROM ranked")
    size = _rows(connection, f"SELECT max(old) - {make_id(kind, 0)} FROM ranked").item() or 0
    connection.execute("DROP TABLE ranked")
    payloads = pl.select(payload=pl.int_range(size + 1))
    return payloads.join(ranked, on="payload", how="left", maintain_order="left")["id"]


def _rename_datatypes(connection: duckdb.DuckDBPyConnection, new_ids: _NewIds) -> None:
    named = _rows(connection, "SELECT DISTINCT datatype AS old, datatype AS new FROM literals")
    connection.register("new_datatypes", named.with_columns(_mapped("new", new_ids)).to_arrow())
    connection.execute(
        "UPDATE literals SET datatype = n.new FROM new_datatypes n WHERE n.old = datatype"
    )
    connection.unregister("new_datatypes")


def _rewrite(connection: duckdb.DuckDBPyConnection, old: str, name: str, new_ids: _NewIds) -> None:
    """Write the triples of a predicate to a new table, in the order of the new ids."""
    rows = _rows(connection, f"SELECT * FROM {old}")
    connection.execute(f"DROP TABLE {old}")
    rows = rows.with_columns(_mapped(column, new_ids) for column in _KEY).sort(_KEY)
    differs = pl.any_horizontal(pl.col("s", "o") != pl.col("s", "o").shift())
    rows = rows.with_columns(differs.fill_null(value=True).alias("first"))
    connection.register("new_rows", rows.to_arrow())
    connection.execute(TRIPLES.format(name=name) + f"INSERT INTO {name} SELECT * FROM new_rows")
    connection.unregister("new_rows")


def _mapped(column: str, new_ids: _NewIds) -> pl.Expr:
    """Write the new id of each id in a column; those of other kinds stay."""
    kind = pl.col(column) // (1 << PAYLOAD_BITS)
    mapped = pl.col(column)
    for each, ids in new_ids.items():
        payload = pl.when(kind == each).then(pl.col(column) - make_id(each, 0)).otherwise(0)
        mapped = pl.when(kind == each).then(pl.lit(ids).gather(payload)).otherwise(mapped)
    return mapped.alias(column)
