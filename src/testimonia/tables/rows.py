"""Checks rows as published, a column at a time, before they are mapped."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import polars as pl

from testimonia.tables.batch_reader import ROW
from testimonia.tables.cell_checks import FAULTS

__all__ = ["AGAIN", "Check", "checked", "path_segment", "segment", "whole_number"]

Check = tuple[str, pl.Expr, str]
"""A check: a column, whether a row is faulty there, and what was expected."""

AGAIN: Final = "a key that no row before has"
"""What is expected of a row with the key of an earlier row."""

# Characters that would end a path or its segment. Spaces become underscores, which are readable.
_KEPT_OUT: Final = {"%": "%25", "/": "%2F", "#": "%23", "?": "%3F", " ": "_"}
_TRANSLATED: Final = str.maketrans(_KEPT_OUT)
_LARGEST: Final = 10**15


def checked(rows: pl.DataFrame, checks: Iterable[Check]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Split rows into good and faulty ones.

    Parameters
    ----------
    rows
        Rows as published, numbered in the column `ROW`.
    checks
        The checks to run. Null is not a fault.

    Returns
    -------
    tuple
        The good rows, and for each fault of the others ``row``, ``column``, ``value`` and what was
        ``expected``.
    """
    faults = [
        rows.filter(odd.fill_null(False)).select(
            pl.col(ROW).alias("row"),
            pl.lit(name).alias("column"),
            pl.col(name).alias("value"),
            pl.lit(expected).alias("expected"),
        )
        for name, odd, expected in checks
    ]
    rejects = pl.concat([pl.DataFrame(schema=FAULTS), *faults])
    return rows.filter(~pl.col(ROW).is_in(rejects["row"].implode())), rejects


def whole_number(name: str, most: int | None = None) -> pl.Expr:
    """Return whether a cell is empty or a whole number, written as ``12`` or ``12.0``.

    Parameters
    ----------
    name
        The column.
    most
        The maximum, with a minimum of 1; when left out, any number from 0.
    """
    text = pl.col(name)
    number = text.cast(pl.Float64, strict=False)
    within = number.is_between(1, most) if most else number < _LARGEST
    return text.is_null() | (text.str.contains(r"^[0-9]+(\.0*)?$") & within)


def path_segment(name: str) -> pl.Expr:
    """Write the cells of a column as segments of the path of an IRI; ``-`` for empty ones.

    Parameters
    ----------
    name
        The column.
    """
    odd, kept = list(_KEPT_OUT), list(_KEPT_OUT.values())
    return pl.col(name).str.replace_many(odd, kept).fill_null("-")


def segment(text: str) -> str:
    """Write a text as a segment of the path of an IRI, as `path_segment` does.

    Parameters
    ----------
    text
        The text.

    Examples
    --------
    >>> segment("Hill Front/North")
    'Hill_Front%2FNorth'
    """
    return text.translate(_TRANSLATED)
