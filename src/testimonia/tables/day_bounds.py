"""Days without a time zone: bounds wide enough for that day anywhere on Earth."""

from __future__ import annotations

from typing import Final

import polars as pl

__all__ = [
    "YEARS",
    "anywhere",
    "anywhere_name",
    "expected_years",
    "of_odd_year",
]

YEARS: Final = (1800, 2099)
"""The first and last year of dates by default. A date outside of them is most likely a typing error (0016,
2999). They are fixed, so that results do not depend on the day of the run."""

_EARLIEST, _LATEST = "T00:00:00+14:00", "T23:59:59-12:00"
_RESOLUTION: Final = "The time zone is not stated: the bounds include this day anywhere on Earth."


def expected_years(years: tuple[int, int] = YEARS) -> str:
    """Describe the expected years, for a list of faults."""
    return f"a year from {years[0]} to {years[1]}"


def anywhere_name(first: pl.Expr, last: pl.Expr) -> pl.Expr:
    """Name the bounds of a period of days.

    Parameters
    ----------
    first, last
        Days as ``2026-03-03``.
    """
    name = pl.when(first == last).then(first).otherwise(pl.concat_str([first, last], separator="_"))
    return pl.concat_str([pl.lit("anywhere-"), name])


def anywhere(days: pl.DataFrame) -> pl.DataFrame:
    """Compute the bounds of periods of days, within each of which something happened.

    Parameters
    ----------
    days
        ``first`` and ``last``, as ``2026-03-03``; rows with a null are left out.

    Returns
    -------
    DataFrame
        Distinct rows of the table ``bounds``.

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


def of_odd_year(value: pl.Expr) -> pl.Expr:
    """Return whether text begins with a day, as ``2026-03-03``, outside of the `YEARS`.

    Parameters
    ----------
    value
        Text.

    Examples
    --------
    >>> days = pl.DataFrame({"day": ["2024-02-29", "0016-01-31", "2999-01-01", "soon", None]})
    >>> days.select(of_odd_year(pl.col("day"))).to_series().to_list()
    [False, True, True, False, False]
    """
    day = value.str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
    return ~day.dt.year().is_between(*YEARS).fill_null(True)
