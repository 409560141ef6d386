"""Turns claim tables into statements of ids, and the dictionaries of these, in Spark's Python workers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

import polars as pl
import pyarrow as pa
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, parse

from testimonia.errors import TableError
from testimonia.query.columnar.literal_values import values_of
from testimonia.query.columnar.query_plan import DICTIONARY_OF_KIND
from testimonia.query.columnar.term_ids import kind_of_term
from testimonia.tables.columns import Table
from testimonia.tables.spark.hashed_ids import hashed_id
from testimonia.tables.spark.staging import arrow_batches, for_the_user
from testimonia.tables.to_quads import statements

__all__ = ["NUMBERED", "TRIPLE", "entries_of", "number_statements", "numberer"]

TRIPLE: Final = "triple"
NUMBERED: Final = pa.schema(
    [
        ("part", pa.string()),
        ("a", pa.int64()),
        ("b", pa.int64()),
        ("c", pa.int64()),
        ("lexical", pa.string()),
        ("language", pa.string()),
        ("number", pa.float64()),
        ("exact", pa.string()),
        ("instant", pa.int64()),
        ("offset_minutes", pa.int64()),
    ]
)
"""A statement, with subject, predicate and object in ``a``, ``b`` and ``c``; or a row of the dictionary ``part``, with
the id in ``a`` and that of the datatype in ``b``."""

_POLARS: Final = pl.Schema(pl.from_arrow(NUMBERED.empty_table()).schema)  # type: ignore[union-attr]
_NOTHING: Final = (None,) * 4

_Batches = Iterator[pa.RecordBatch]
_Term = NamedNode | BlankNode | Literal
_Row = tuple[Any, ...]


def numberer(
    table: Table, predicates: frozenset[str], salt: int, place: str
) -> Callable[[_Batches], _Batches]:
    """Make the function that turns rows of a claim table into rows of `NUMBERED`.

    Parameters
    ----------
    table
        The table.
    predicates
        The IRIs of the properties that are wanted.
    salt
        As for `testimonia.tables.spark.hashed_ids.hashed_id`.
    place
        Where the rows are, for errors.
    """
    wanted = [f"<{iri}>" for iri in predicates]

    def numbered(batches: _Batches) -> _Batches:
        for batch in batches:
            frame = pl.DataFrame(pl.from_arrow(batch))
            try:
                rows = statements(table, frame)
            except TableError as error:
                raise for_the_user(error, place) from None
            rows = rows.filter(pl.col("p").is_in(wanted))
            yield from arrow_batches(number_statements(rows, salt), NUMBERED)

    return numbered


def number_statements(rows: pl.DataFrame, salt: int) -> pl.DataFrame:
    """Give numbers to the terms of statements.

    Parameters
    ----------
    rows
        ``s``, ``p``, ``o``: terms of N-Triples.
    salt
        As for `testimonia.tables.spark.hashed_ids.hashed_id`.

    Returns
    -------
    DataFrame
        Rows of `NUMBERED`.
    """
    texts = pl.concat([rows["s"], rows["p"], rows["o"]]).unique()
    terms = _parsed(texts.to_list())
    ids = pl.Series([hashed_id(term, salt) for term in terms], dtype=pl.Int64)
    numbers = rows.select(pl.col(name).replace_strict(texts, ids) for name in ("s", "p", "o"))
    triples = numbers.unique().select(
        pl.lit(TRIPLE).alias("part"), pl.col("s").alias("a"), pl.col("p").alias("b"), c="o"
    )
    return pl.concat([triples, entries_of(terms, salt)], how="diagonal")


def entries_of(terms: Sequence[_Term], salt: int) -> pl.DataFrame:
    """Write the rows of the dictionaries for some terms.

    Parameters
    ----------
    terms
        RDF 1.1 terms.
    salt
        As for `testimonia.tables.spark.hashed_ids.hashed_id`.

    Returns
    -------
    DataFrame
        Rows of `NUMBERED`; none for terms that are their own ids.
    """
    found = [_entry(term, salt) for term in terms if kind_of_term(term) in DICTIONARY_OF_KIND]
    types = {t.datatype for t in terms if isinstance(t, Literal) and not t.language}
    found += [_entry(datatype, salt) for datatype in types]
    return pl.DataFrame(found, _POLARS, orient="row")


def _entry(term: _Term, salt: int) -> _Row:
    part = DICTIONARY_OF_KIND[kind_of_term(term)]
    datatype, language = None, None
    values: _Row = _NOTHING
    if isinstance(term, Literal):
        language = term.language
        if part == "literals":
            datatype, values = hashed_id(term.datatype, salt), tuple(values_of(term))
    return (part, hashed_id(term, salt), datatype, None, term.value, language, *values)


def _parsed(texts: Sequence[str]) -> list[_Term]:
    lines = "".join(f"<x:s> <x:p> {text} .\n" for text in texts)
    found = parse(lines, RdfFormat.N_TRIPLES)
    return [quad.object for quad in found]
