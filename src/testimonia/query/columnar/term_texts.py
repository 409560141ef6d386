"""How terms are written as N-Triples, in SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from testimonia.namespaces import PREFIXES
from testimonia.query.columnar.term_ids import (
    BLANK,
    BOOLEAN,
    COUNT,
    DATE,
    DATETIME,
    INTEGER,
    INTEGER_ZERO,
    IRI,
    NUMERIC,
    OTHER,
    PAYLOAD_BITS,
    STRING,
    TAGGED,
)

if TYPE_CHECKING:
    import duckdb

__all__ = ["ALL_TEXTS", "inline_text", "texts_of"]

_XSD: Final = PREFIXES["xsd"]
_QUOTED: Final = (
    "'\"' || replace(replace(replace(replace(d.lexical, '\\', '\\\\'), '\"', '\\\"'), "
    "chr(10), '\\n'), chr(13), '\\r') || '\"'"
)
_LITERALS: Final = (
    f"SELECT d.id, {_QUOTED} || '^^<' || i.lexical || '>' FROM literals d "
    "JOIN iris i ON i.id = d.datatype"
)
_OF_KIND: Final = {
    IRI: "SELECT d.id, '<' || d.lexical || '>' AS text FROM iris d",
    BLANK: "SELECT d.id, '_:' || d.lexical FROM blanks d",
    STRING: f"SELECT d.id, {_QUOTED} FROM strings d",
    TAGGED: f"SELECT d.id, {_QUOTED} || '@' || d.language FROM tagged d",
    NUMERIC: _LITERALS,
    DATETIME: _LITERALS,
    OTHER: _LITERALS,
}
ALL_TEXTS: Final = " UNION ALL ".join(dict.fromkeys(_OF_KIND.values()))
"""Selects the terms of all dictionaries: ``id`` and ``text``."""


def inline_text(sql: str) -> str:
    """Write the text of an inline id; NULL for any other.

    Parameters
    ----------
    sql
        The id.
    """
    payload = f"({sql} & {(1 << PAYLOAD_BITS) - 1})"
    return f"""CASE {sql} >> {PAYLOAD_BITS}
WHEN {INTEGER} THEN '"' || ({payload} - {INTEGER_ZERO}) || '"^^<{_XSD}integer>'
WHEN {COUNT} THEN '"' || ({payload} - {INTEGER_ZERO}) || '"^^<{_XSD}nonNegativeInteger>'
WHEN {BOOLEAN} THEN '"' || ({payload} = 1) || '"^^<{_XSD}boolean>'
WHEN {DATE} THEN '"' || (DATE '0001-01-01' + {payload}::INTEGER) || '"^^<{_XSD}date>'
END"""


def texts_of(connection: duckdb.DuckDBPyConnection, ids: pl.Series) -> pl.DataFrame:
    """Look up terms.

    Parameters
    ----------
    connection
        A connection to the tables of `testimonia.query.columnar.quad_tables`.
    ids
        Ids, each once and none null.

    Returns
    -------
    polars.DataFrame
        ``id`` and ``text``, in no particular order and without ids that no dictionary has.
    """
    kinds = (ids // (1 << PAYLOAD_BITS)).unique().sort()
    selects = dict.fromkeys(
        f"{_OF_KIND[kind]} JOIN wanted_ids w ON w.id = d.id"
        if kind in _OF_KIND
        else f"SELECT d.id, {inline_text('d.id')} FROM wanted_ids d WHERE d.id >> {PAYLOAD_BITS} = {kind}"
        for kind in kinds
    )
    if not selects:
        return pl.DataFrame(schema={"id": pl.Int64, "text": pl.String})
    connection.register("wanted_ids", ids.alias("id").to_frame().to_arrow())
    try:
        found = connection.sql(" UNION ALL ".join(selects)).to_arrow_table()
    finally:
        connection.unregister("wanted_ids")
    return pl.DataFrame(pl.from_arrow(found.rename_columns(["id", "text"])))
