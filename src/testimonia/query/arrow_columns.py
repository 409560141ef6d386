"""Makes columns of Arrow, each of the narrowest type that holds all its values."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from importlib import import_module
from typing import TYPE_CHECKING, Any

from testimonia.values import Term, value_of

if TYPE_CHECKING:
    import pyarrow

__all__ = ["table_of_terms", "typed_column"]

_LARGEST = 2**63


def table_of_terms(
    variables: Sequence[str], rows: Sequence[Sequence[Term | None]]
) -> pyarrow.Table:
    """Make an Arrow table of terms, in one thread; `testimonia.query.frames.arrow_table` makes the same of text.

    Parameters
    ----------
    variables
        The names of the columns.
    rows
        Their terms, None where unbound.
    """
    arrow: Any = import_module("pyarrow")
    columns = []
    for index in range(len(variables)):
        places: dict[Term, int] = {}
        found = [
            None if (term := row[index]) is None else places.setdefault(term, len(places))
            for row in rows
        ]
        columns.append(typed_column(list(places)).take(arrow.array(found, arrow.int64())))
    return arrow.table(columns, names=list(variables))


def typed_column(terms: Sequence[Term]) -> pyarrow.Array:
    """Make a column of the values of terms; of their text, where these have no type in common.

    Parameters
    ----------
    terms
        The terms.
    """
    arrow: Any = import_module("pyarrow")
    values = [value_of(term) for term in terms]
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
