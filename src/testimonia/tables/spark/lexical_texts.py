"""Writes terms as texts in the SQL of Spark: IRIs, and lexical forms of literals."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import TYPE_CHECKING

from sqlglot import exp

from testimonia.query.columnar.conversions import (
    INLINE_TYPES,
    lexical_of_inline,
    lexical_of_text,
)
from testimonia.query.columnar.term_ids import PAYLOAD_BITS
from testimonia.tables.spark.spark_sql import expression_in_spark

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

__all__ = ["all_texts", "quoted", "text_of_id", "text_of_text"]


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
    cases = [f"WHEN {kind} THEN {lexical_of_inline(number, kind)}" for kind in INLINE_TYPES]
    return expression_in_spark(
        f"CASE ({number} >> {PAYLOAD_BITS}) {' '.join(cases)} ELSE {found} END"
    )


def text_of_text(text: str) -> str:
    """Write the lexical form of a term of `testimonia.query.columnar.operands.text_of`."""
    return expression_in_spark(lexical_of_text(text))


def quoted(text: str) -> str:
    """Write a text as a literal of SQL."""
    return exp.Literal.string(text).sql(dialect="spark")
