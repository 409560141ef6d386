"""Chooses codes by the values of columns, and the rows to which a claim applies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import polars as pl

from testimonia.tables.descriptions.description import NOTHING, Choice

__all__ = ["applies", "chosen", "folded", "is_one_of", "outside", "raw", "where_claimed"]

_MANY: Final = 12
"""Maximum number of values to list in a message."""


def folded(cells: pl.Expr) -> pl.Expr:
    """Write cells as they are compared: case and outer spaces do not matter."""
    return cells.str.strip_chars().str.to_lowercase()


def is_one_of(column: str, values: Iterable[str]) -> pl.Expr:
    """Return whether the cells of a column have one of some values; an empty text is an empty cell.

    Parameters
    ----------
    column
        The column.
    values
        The values.
    """
    wanted = [value.strip().lower() for value in values]
    return folded(pl.col(column)).fill_null("").is_in(wanted)


def applies(when: Mapping[str, tuple[str, ...]], unless: Mapping[str, tuple[str, ...]]) -> pl.Expr:
    """Return whether rows have the values that a claim needs, and none that exclude it."""
    needed = [is_one_of(column, values) for column, values in when.items()]
    excluded = [~is_one_of(column, values) for column, values in unless.items()]
    return pl.all_horizontal(pl.lit(True), *needed, *excluded)


def where_claimed(
    rows: pl.DataFrame,
    when: Mapping[str, tuple[str, ...]],
    unless: Mapping[str, tuple[str, ...]],
    stance: Choice | None,
) -> pl.DataFrame:
    """Return the rows to which a claim applies, and of which the description says something.

    Parameters
    ----------
    rows
        Rows of the table.
    when, unless, stance
        As in the description of the claim.
    """
    if when or unless:
        rows = rows.filter(applies(when, unless))
    if stance is None or (stance.always and stance.always != NOTHING):
        return rows
    return rows.clear() if stance.always else rows.filter(raw(stance, "asserts") != NOTHING)


def chosen(choice: Choice | None, default: str | None = None) -> pl.Expr:
    """Return the code of each row; null where the description says that there is nothing.

    Parameters
    ----------
    choice
        How it is chosen.
    default
        The code without a choice, and of empty cells without another one.
    """
    return raw(choice, default).replace(NOTHING, None)


def raw(choice: Choice | None, default: str | None = None) -> pl.Expr:
    """Return the code of each row, or `NOTHING`.

    Parameters
    ----------
    choice
        How it is chosen.
    default
        The code without a choice, and of empty cells without another one.
    """
    if choice is None:
        return pl.lit(default, pl.String)
    if choice.always:
        return pl.lit(choice.always)
    codes = {value.strip().lower(): code for value, code in choice.values.items()}
    cells = folded(pl.col(choice.column))
    found = cells.replace_strict(codes, default=None, return_dtype=pl.String) if codes else None
    other = pl.lit(choice.otherwise or default, pl.String)
    return other if found is None else pl.coalesce(found, other)


def outside(choice: Choice | None) -> tuple[str, pl.Expr, str] | None:
    """Make the check for values that a choice does not have; None if it has all.

    Returns
    -------
    tuple or None
        The column, whether its cell is faulty, and what is expected.
    """
    if choice is None or not choice.column or choice.otherwise:
        return None
    listed = ", ".join(list(choice.values)[:_MANY])
    more = len(choice.values) - _MANY
    expected = f"one of: {listed}" + (f" and {more} more" if more > 0 else "")
    odd = pl.col(choice.column).is_not_null() & ~is_one_of(choice.column, choice.values)
    return choice.column, odd, f"{expected}; or name the value in the description"
