"""Turns rows into data frames with typed, nullable columns."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from importlib import import_module
from typing import TYPE_CHECKING, Any

from testimonia.extras import require
from testimonia.values import Term, Value

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

__all__ = ["arrow_table", "pandas_frame", "polars_frame"]

_LARGEST = 2**63


def arrow_table(
    variables: Sequence[str],
    rows: Sequence[Sequence[Value | None]],
    terms: Sequence[tuple[Term | None, ...]],
) -> pyarrow.Table:
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
    rows
        The values.
    terms
        The terms that the values come from.

    Raises
    ------
    ExtraMissing
        pyarrow is not installed.
    """
    arrow = _required("pyarrow")
    columns = [
        _column(arrow, [row[i] for row in rows], [line[i] for line in terms])
        for i in range(len(variables))
    ]
    return arrow.table(columns, names=list(variables))


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


def _column(
    arrow: Any, values: Sequence[Value | None], terms: Sequence[Term | None]
) -> pyarrow.Array:
    kinds = {type(value) for value in values if value is not None}
    if kinds == {bool}:
        return arrow.array(values, arrow.bool_())
    if kinds == {int} and all(v is None or -_LARGEST <= int(v) < _LARGEST for v in values):  # type: ignore[arg-type]
        return arrow.array(values, arrow.int64())
    if float in kinds and kinds <= {int, float}:
        return arrow.array([None if v is None else float(v) for v in values], arrow.float64())  # type: ignore[arg-type]
    if kinds and kinds <= {int, Decimal}:
        return _decimals(arrow, values)
    if kinds == {datetime} and (zone := _zone(values)):  # type: ignore[arg-type]
        return arrow.array(values, arrow.timestamp("us", zone))
    return arrow.array([None if t is None else _text(t) for t in terms], arrow.string())


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
