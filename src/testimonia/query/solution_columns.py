"""The columns of solutions: terms as texts in the notation of Turtle, each different one read once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from io import BytesIO
from typing import Any, TypeVar, overload

import polars as pl
from pyoxigraph import QueryResultsFormat, QuerySolutions, parse_query_results

from testimonia.values import Term

__all__ = ["columns_of", "distinct_terms", "terms_of_column", "tsv_of"]

T = TypeVar("T")


def columns_of(tsv: bytes, number: int) -> list[pl.Series]:
    """Split rows into columns of terms; null where unbound.

    Parameters
    ----------
    tsv
        The rows (W3C SPARQL 1.1 Query Results TSV Format).
    number
        How many columns they have.
    """
    if not number:
        return []
    frame = pl.read_csv(
        BytesIO(tsv),
        has_header=False,
        skip_rows=1,
        separator="\t",
        quote_char=None,
        schema={str(index): pl.String for index in range(number)},
        raise_if_empty=False,
    )
    return frame.get_columns()


def tsv_of(names: Sequence[str], columns: Sequence[pl.Series], rows: int) -> bytes:
    """Write rows as TSV, of columns as `columns_of` gives them.

    Parameters
    ----------
    names
        The variables.
    columns
        Their terms, without tabs and line ends.
    rows
        How many rows there are.
    """
    head = "\t".join(f"?{name}" for name in names).encode() + b"\n"
    if not columns:
        return head + b"\n" * rows
    stream = BytesIO()
    stream.write(head)
    pl.DataFrame(columns).write_csv(
        stream, include_header=False, separator="\t", quote_style="never", null_value=""
    )
    return stream.getvalue()


@overload
def terms_of_column(texts: pl.Series) -> list[Term | None]: ...
@overload
def terms_of_column(texts: pl.Series, convert: Callable[[Term], T]) -> list[T | None]: ...
def terms_of_column(texts: pl.Series, convert: Callable[[Term], Any] | None = None) -> list[Any]:
    """Read the terms of a column.

    Parameters
    ----------
    texts
        Terms, null where unbound.
    convert
        Makes something else of each different term.
    """
    distinct = texts.unique().drop_nulls().to_list()
    terms = distinct_terms(distinct)
    made: Iterable[Any] = terms if convert is None else map(convert, terms)
    known: dict[str | None, Any] = dict(zip(distinct, made, strict=True))
    known[None] = None
    return [known[text] for text in texts.to_list()]


def distinct_terms(texts: Sequence[str]) -> list[Term]:
    """Read terms.

    Parameters
    ----------
    texts
        Terms in the notation of Turtle, without tabs and line ends.
    """
    rows = parse_query_results("\n".join(["?term", *texts, ""]).encode(), QueryResultsFormat.TSV)
    assert isinstance(rows, QuerySolutions)  # noqa: S101 - there is a row for each text
    return [row[0] for row in rows]
