"""Turns rows into data frames with typed, nullable columns."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from importlib import import_module
from io import BytesIO
from typing import TYPE_CHECKING, Any

import polars as pl
from pyoxigraph import QueryResultsFormat, QuerySolutions, parse_query_results

from testimonia.extras import require
from testimonia.query.labelling import Label, labels_of
from testimonia.values import Term, Value, value_of

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

__all__ = ["arrow_table", "pandas_frame", "polars_frame"]

_LARGEST = 2**63


def arrow_table(variables: Sequence[str], tsv: bytes, label: Label | None = None) -> pyarrow.Table:
    """Make an Arrow table.

    A column is of the narrowest type that holds all its values; where they have nothing in common
    it holds strings: IRIs, and literals as they are written. Times that all have one offset from UTC,
    in whole hours, are timestamps of a zone such as Etc/GMT-3 (three hours *ahead* of UTC), so that
    days and years are those of the place. Times of several offsets stay strings: a column of timestamps
    has one zone, in which the day of the other places would be another.

    Parameters
    ----------
    variables
        The names of the columns.
    tsv
        The rows (W3C SPARQL 1.1 Query Results TSV Format).
    label
        Finds the label of an IRI. If given, a column of labels follows each column of IRIs that have
        some, as `testimonia.query.labelling.labelled` adds it.

    Raises
    ------
    ExtraMissing
        pyarrow is not installed.
    """
    arrow = _required("pyarrow")
    names, columns = [], []
    for name, texts in zip(variables, _texts(tsv, len(variables)), strict=True):
        names.append(name)
        columns.append(_column(arrow, texts))
        if label is not None and f"{name}_label" not in variables:
            labels = _labels(texts, label)
            if labels is not None:
                names.append(f"{name}_label")
                columns.append(_strings(arrow, labels))
    return arrow.table(columns, names=names)


def pandas_frame(table: pyarrow.Table) -> pandas.DataFrame:
    """Make a pandas frame of an Arrow table, with nullable dtypes.

    Raises
    ------
    ExtraMissing
        pandas is not installed.
    """
    require("frames", "pandas", "pyarrow")
    pandas, arrow = _required("pandas"), _required("pyarrow")
    dtypes = {
        arrow.bool_(): pandas.BooleanDtype(),
        arrow.int64(): pandas.Int64Dtype(),
        arrow.float64(): pandas.Float64Dtype(),
        arrow.string(): pandas.StringDtype(),
    }
    return table.to_pandas(types_mapper=dtypes.get)  # type: ignore[no-any-return]


def polars_frame(table: pyarrow.Table) -> polars.DataFrame:
    """Make a polars frame of an Arrow table.

    Raises
    ------
    ExtraMissing
        polars is not installed.
    """
    return _required("polars").from_arrow(table)  # type: ignore[no-any-return]


def _required(module: str) -> Any:
    require("frames", module)
    return import_module(module)


def _texts(tsv: bytes, columns: int) -> list[pl.Series]:
    """Split rows into columns of terms, each written as in Turtle; null where unbound."""
    if not columns:
        return []
    frame = pl.read_csv(
        BytesIO(tsv),
        has_header=False,
        skip_rows=1,
        separator="\t",
        quote_char=None,
        schema={str(index): pl.String for index in range(columns)},
        raise_if_empty=False,
    )
    return frame.get_columns()


def _column(arrow: Any, texts: pl.Series) -> pyarrow.Array:
    is_iri = _is_iri(texts)
    if is_iri.all():  # null where unbound, which counts as either
        return _strings(arrow, _without_brackets(texts))
    if not is_iri.any() and (words := _plain(texts)) is not None:
        return _strings(arrow, words)
    # Each distinct term is converted once.
    encoded = texts.to_arrow(compat_level=pl.CompatLevel.oldest()).dictionary_encode()
    terms = _terms(encoded.dictionary.to_pylist())
    return _typed(arrow, [value_of(term) for term in terms], terms).take(encoded.indices)


def _plain(texts: pl.Series) -> pl.Series | None:
    """Take strings out of their quotation marks, if all are without a datatype, tag or escape."""
    plain = texts.str.starts_with('"') & texts.str.ends_with('"')
    if plain.all() and not texts.str.contains("\\", literal=True).any():
        return _without_brackets(texts)
    return None


def _is_iri(texts: pl.Series) -> pl.Series:
    return texts.str.starts_with("<") & ~texts.str.starts_with("<<")


def _without_brackets(texts: pl.Series) -> pl.Series:
    return texts.str.head(-1).str.slice(1)


def _terms(texts: Sequence[str]) -> list[Term]:
    rows = parse_query_results("\n".join(["?term", *texts, ""]).encode(), QueryResultsFormat.TSV)
    assert isinstance(rows, QuerySolutions)  # noqa: S101 - there is a row for each text
    return [row[0] for row in rows]


def _labels(texts: pl.Series, label: Label) -> pl.Series | None:
    iris = texts.filter(_is_iri(texts)).unique(maintain_order=True)
    found = labels_of(_without_brackets(iris), label)
    if not found:
        return None
    old = [f"<{iri}>" for iri in found]
    return texts.replace_strict(old, list(found.values()), default=None, return_dtype=pl.String)


def _strings(arrow: Any, texts: pl.Series) -> pyarrow.Array:
    return texts.to_arrow(compat_level=pl.CompatLevel.oldest()).cast(arrow.string())


def _typed(arrow: Any, values: Sequence[Value | None], terms: Sequence[Term]) -> pyarrow.Array:
    kinds = {type(value) for value in values}
    if kinds == {bool}:
        return arrow.array(values, arrow.bool_())
    if kinds == {int} and all(-_LARGEST <= int(v) < _LARGEST for v in values):  # type: ignore[arg-type]
        return arrow.array(values, arrow.int64())
    if float in kinds and kinds <= {int, float}:
        return arrow.array([float(v) for v in values], arrow.float64())  # type: ignore[arg-type]
    if kinds and kinds <= {int, Decimal}:
        return _decimals(arrow, values)
    if kinds == {datetime} and (zone := _zone(values)):  # type: ignore[arg-type]
        return arrow.array(values, arrow.timestamp("us", zone))
    return arrow.array([_text(term) for term in terms], arrow.string())


def _zone(values: Sequence[datetime | None]) -> str | None:
    """Name the zone of times of one offset in whole hours; polars knows no offsets, only zones."""
    offsets = {value.utcoffset() for value in values if value is not None}
    if len(offsets) != 1 or (offset := offsets.pop()) is None:
        return None
    hours = offset / timedelta(hours=1)
    if hours != int(hours) or not -12 <= hours <= 14:
        return None
    return f"Etc/GMT{-int(hours):+d}" if hours else "UTC"


def _decimals(arrow: Any, values: Sequence[Any]) -> pyarrow.Array:
    exact = [None if value is None else Decimal(value) for value in values]
    try:
        return arrow.array(exact)
    except arrow.ArrowInvalid:  # more digits than 256 bits hold
        return arrow.array([None if v is None else str(v) for v in exact], arrow.string())


def _text(term: Term) -> str:
    value = getattr(term, "value", None)
    return value if isinstance(value, str) else str(term)
