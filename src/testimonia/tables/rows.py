"""Published rows, checked a column at a time before anything is made of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import polars as pl

from testimonia.tables.batch_reader import ROW
from testimonia.tables.cell_checks import FAULTS

__all__ = ["AGAIN", "Look", "checked", "path_segment", "whole_number"]

Look = tuple[str, pl.Expr, str]
"""A column, whether a row is at fault there, and what was expected."""

AGAIN: Final = "a key that no row before has"
"""What is expected of a row whose key was there before."""

# What would end the path of an IRI, or a part of it. Underscores for spaces: names stay readable.
_KEPT_OUT: Final = {"%": "%25", "/": "%2F", "#": "%23", "?": "%3F", " ": "_"}
_LARGEST: Final = 10**15


def checked(rows: pl.DataFrame, looks: Iterable[Look]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Part rows from those at fault.

    Parameters
    ----------
    rows
        Published rows, numbered in the column `ROW`.
    looks
        What to look at. Null is no fault.

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
        for name, odd, expected in looks
    ]
    rejects = pl.concat([pl.DataFrame(schema=FAULTS), *faults])
    return rows.filter(~pl.col(ROW).is_in(rejects["row"].implode())), rejects


def whole_number(name: str, most: int | None = None) -> pl.Expr:
    """Tell whether a cell is empty or a whole number, written as ``12`` or ``12.0``.

    Parameters
    ----------
    name
        The column.
    most
        The greatest number allowed, with 1 as the least; from 0 on where left out.
    """
    text = pl.col(name)
    number = text.cast(pl.Float64, strict=False)
    within = number.is_between(1, most) if most else number < _LARGEST
    return text.is_null() | (text.str.contains(r"^[0-9]+(\.0*)?$") & within)


def path_segment(name: str) -> pl.Expr:
    """Write the cells of a column as a part of the path of an IRI; ``-`` where they are empty.

    Parameters
    ----------
    name
        The column.
    """
    odd, kept = list(_KEPT_OUT), list(_KEPT_OUT.values())
    return pl.col(name).str.replace_many(odd, kept).fill_null("-")
