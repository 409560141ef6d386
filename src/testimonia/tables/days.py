"""Days whose time zone nobody told: bounds wide enough for that day anywhere on Earth."""

from __future__ import annotations

from typing import Final

import polars as pl

__all__ = ["anywhere", "anywhere_name"]

_EARLIEST, _LATEST = "T00:00:00+14:00", "T23:59:59-12:00"
_RESOLUTION: Final = "The time zone is not told: the bounds hold this day anywhere on Earth."


def anywhere_name(first: pl.Expr, last: pl.Expr) -> pl.Expr:
    """Name the bounds of a stretch of days.

    Parameters
    ----------
    first, last
        Days as ``2026-03-03``.
    """
    name = pl.when(first == last).then(first).otherwise(pl.concat_str([first, last], separator="_"))
    return pl.concat_str([pl.lit("anywhere-"), name])


def anywhere(days: pl.DataFrame) -> pl.DataFrame:
    """Give the bounds of some stretches of days, within each of which something happened.

    Parameters
    ----------
    days
        ``first`` and ``last``, as ``2026-03-03``; rows with a null are left out.

    Returns
    -------
    DataFrame
        Rows of the table ``bounds``, each once.

    Examples
    --------
    >>> anywhere(pl.DataFrame({"first": ["2026-03-03"], "last": ["2026-03-04"]}))["edtf"].item()
    '[2026-03-03..2026-03-04]'
    """
    first, last = pl.col("first"), pl.col("last")
    one = first == last
    return (
        days.select("first", "last")
        .drop_nulls()
        .unique(maintain_order=True)
        .select(
            id=anywhere_name(first, last),
            label=pl.when(one).then(first).otherwise(pl.format("{} to {}", first, last)),
            edtf=pl.when(one).then(first).otherwise(pl.format("[{}..{}]", first, last)),
            not_before=pl.concat_str([first, pl.lit(_EARLIEST)]),
            not_after=pl.concat_str([last, pl.lit(_LATEST)]),
            resolution=pl.lit(_RESOLUTION),
        )
    )
