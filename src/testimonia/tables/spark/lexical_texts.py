"""Writes terms as texts in the SQL of Spark: IRIs, and lexical forms of literals."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import TYPE_CHECKING, Final

from sqlglot import exp

from testimonia.query.columnar.term_ids import (
    BOOLEAN,
    COUNT,
    DATE,
    INTEGER,
    INTEGER_ZERO,
    PAYLOAD_BITS,
)

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

__all__ = ["all_texts", "quoted", "text_of_id", "text_of_text"]

_PAYLOAD: Final = (1 << PAYLOAD_BITS) - 1


def all_texts(dictionaries: Mapping[str, DataFrame]) -> DataFrame:
    """Unite dictionaries: ``id``, ``lexical``."""
    texts = [table.select("id", "lexical") for table in dictionaries.values()]
    return reduce(lambda one, other: one.unionByName(other), texts)


def text_of_id(number: str, found: str) -> str:
    """Write the text of an id.

    Parameters
    ----------
    number
        The id, in SQL.
    found
        Its text in the dictionaries, in SQL.
    """
    value = f"(({number} & {_PAYLOAD}) - {INTEGER_ZERO})"
    day = f"date_add(DATE '0001-01-01', CAST({number} & {_PAYLOAD} AS INT))"
    return (
        f"CASE shiftright({number}, {PAYLOAD_BITS}) WHEN {INTEGER} THEN CAST({value} AS STRING) "
        f"WHEN {COUNT} THEN CAST({value} AS STRING) WHEN {DATE} THEN CAST({day} AS STRING) "
        f"WHEN {BOOLEAN} THEN CAST(({number} & 1) = 1 AS STRING) ELSE {found} END"
    )


def text_of_text(text: str) -> str:
    """Write the lexical form of a term of `testimonia.query.columnar.operands.text_of`."""
    return (
        f"CASE WHEN left({text}, 1) IN ('I', 'S', 'B') THEN substring({text}, 2) "
        f"ELSE substring({text}, instr({text}, ' ') + 1) END"
    )


def quoted(text: str) -> str:
    """Write a text as a literal of SQL."""
    return exp.Literal.string(text).sql(dialect="spark")
