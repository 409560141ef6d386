"""Turns rows into data frames with typed, nullable columns."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from io import BytesIO
from typing import TYPE_CHECKING, Any

import polars as pl

from testimonia.extras import require
from testimonia.query.arrow_columns import typed_column
from testimonia.query.labelling import Label, labels_of
from testimonia.query.solution_columns import distinct_terms

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

__all__ = ["arrow_table", "pandas_frame", "polars_frame"]


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
    terms = distinct_terms(encoded.dictionary.to_pylist())
    return typed_column(terms).take(encoded.indices)


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


def _labels(texts: pl.Series, label: Label) -> pl.Series | None:
    iris = texts.filter(_is_iri(texts)).unique(maintain_order=True)
    found = labels_of(_without_brackets(iris), label)
    if not found:
        return None
    old = [f"<{iri}>" for iri in found]
    return texts.replace_strict(old, list(found.values()), default=None, return_dtype=pl.String)


def _strings(arrow: Any, texts: pl.Series) -> pyarrow.Array:
    return texts.to_arrow(compat_level=pl.CompatLevel.oldest()).cast(arrow.string())
