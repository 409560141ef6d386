"""Parses the rows of UCDP GED into numbers, codes and days, and lists faulty ones."""

from __future__ import annotations

from typing import Final

import polars as pl

from testimonia.errors import TableError
from testimonia.tables.day_bounds import expected_years, of_odd_year
from testimonia.tables.rows import AGAIN, Check, checked, whole_number

__all__ = ["DEATHS", "MAPPED", "TYPES", "one_form", "read"]

TYPES: Final = {1: "state-based-conflict", 2: "non-state-conflict", 3: "one-sided-violence"}
"""Types of violence, as in the UCDP GED codebook."""

_ONE_SIDED: Final = 3
DEATHS: Final = ("deaths_a", "deaths_b", "deaths_civilians", "deaths_unknown")
"""The columns of deaths by group; they add up to ``best``."""

_IDS: Final = (
    "id",
    "conflict_new_id",
    "dyad_new_id",
    "side_a_new_id",
    "side_b_new_id",
    "country_id",
)
_NAMES: Final = ("conflict_name", "dyad_name", "side_a", "side_b", "country")
_CODES: Final = {"type_of_violence": 3, "event_clarity": 2, "date_prec": 5, "where_prec": 7}
_COUNTS: Final = (*DEATHS, "best", "low", "high")
_DATES: Final = ("date_start", "date_end")
_DEGREES: Final = {"latitude": 90, "longitude": 180}
_NEEDED: Final = (*_IDS, *_NAMES, "type_of_violence", *_DATES, *_COUNTS)
_OPTIONAL: Final = (
    *("event_clarity", "date_prec", "where_prec", "where_coordinates", "adm_1", "adm_2"),
    *("latitude", "longitude", "source_article", "source_office", "source_date"),
    *("source_headline", "source_original"),
)
MAPPED: Final = frozenset((*_NEEDED, *_OPTIONAL))
"""The columns that are mapped."""

_DAY: Final = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?)?$"


def read(batch: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Parse rows, and list the faults of those that are not valid.

    Parameters
    ----------
    batch
        Rows as published, every cell as text.

    Returns
    -------
    tuple
        The parsed rows, with identifiers as digits, the days ``first`` and ``last``,
        the ``type`` as a code, and whether the violence is ``one_sided``; and the rejects.

    Raises
    ------
    TableError
        A column is missing that every edition has.
    """
    missing = [name for name in _NEEDED if name not in batch.columns]
    if missing:
        raise TableError(
            f"this is not a table of UCDP GED: it has no column {', '.join(missing)}",
            hint="Give the file of events, with the column names of the UCDP GED codebook.",
        )
    batch = batch.with_columns(
        pl.lit(None, pl.String).alias(name) for name in _OPTIONAL if name not in batch.columns
    )
    cells = pl.col(*_NEEDED, *_OPTIONAL).str.strip_chars()
    batch = batch.with_columns(cells.replace("", None))
    rows, rejects = checked(batch, [*_numbers(), *_dates(), *_others()])
    numbers = pl.col(*_IDS, *_CODES, *_COUNTS).cast(pl.Float64).cast(pl.Int64)
    rows = rows.with_columns(numbers).with_columns(
        pl.col(_IDS).cast(pl.String),
        type=pl.col("type_of_violence").replace_strict(TYPES, return_dtype=pl.String),
        first=_day("date_start"),
        last=_day("date_end"),
        one_sided=pl.col("type_of_violence") == _ONE_SIDED,
    )
    return rows, rejects


def one_form(key: pl.Expr) -> pl.Expr:
    """Normalise numbers: 7, 7.0 and 007 are the same.

    Parameters
    ----------
    key
        Text; anything that is not a number is unchanged.
    """
    return key.str.strip_chars().str.replace(r"^0*([0-9]+?)(\.0*)?$", "$1")


def _numbers() -> list[Check]:
    codes = [
        (name, ~whole_number(name, most), f"a whole number from 1 to {most}")
        for name, most in _CODES.items()
    ]
    whole = [
        (name, ~whole_number(name), "a whole number from 0, such as 12 or 12.0")
        for name in (*_IDS, *_COUNTS)
    ]
    return codes + whole


def _dates() -> list[Check]:
    order = ("date_end", _day("date_end") < _day("date_start"), "a date not before date_start")
    return [(name, ~_is_date(name), "a date such as 2016-01-31") for name in _DATES] + [
        *((name, of_odd_year(pl.col(name)), expected_years()) for name in _DATES),
        order,
    ]


def _others() -> list[Check]:
    needed = [
        (name, pl.col(name).is_null(), "a value") for name in (*_IDS, *_NAMES, "type_of_violence")
    ]
    degrees = [
        (name, ~_are_degrees(name, most), f"a number from -{most} to {most}")
        for name, most in _DEGREES.items()
    ]
    alone = [
        (
            name,
            pl.col(name).is_null() & pl.col(other).is_not_null(),
            f"a value, since {other} has one",
        )
        for name, other in (("latitude", "longitude"), ("longitude", "latitude"))
    ]
    number = one_form(pl.col("id"))
    again = ("id", number.is_not_null() & ~number.is_first_distinct(), AGAIN)
    return [*needed, *degrees, *alone, again]


def _day(name: str) -> pl.Expr:
    return pl.col(name).str.slice(0, 10)


def _is_date(name: str) -> pl.Expr:
    readable = _day(name).str.to_date("%Y-%m-%d", strict=False).is_not_null()
    return (pl.col(name).str.contains(_DAY) & readable).fill_null(False)


def _are_degrees(name: str, most: int) -> pl.Expr:
    text = pl.col(name)
    within = text.cast(pl.Float64, strict=False).abs() <= most
    return text.is_null() | (text.str.contains(r"^[+-]?[0-9]+(\.[0-9]+)?$") & within)
