"""Reads the days of rows: the first and the last on which what a row reports may have happened."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable
from datetime import date, datetime
from typing import Final

import polars as pl

from testimonia.tables.day_bounds import YEARS
from testimonia.tables.descriptions.description import Day

__all__ = ["FIRST", "LAST", "columns_of_day", "days_of", "expected_day"]

FIRST, LAST = "\0first", "\0last"

_DAY: Final = r"^\s*([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?\s*$"
_WIDER: Final = re.compile(r"([0-9]{4})(?:-([0-9]{2}))?")
# The names of months are unambiguous; which of two numbers is the month is not.
_FORMATS: Final = (
    "%d %B %Y",
    "%d %b %Y",
    "%B %d, %Y",
    "%b %d, %Y",
    "%d-%b-%Y",
    "%d-%B-%Y",
    "%B %Y",
    "%b %Y",
    "%b-%Y",
)
_WITHOUT_DAY: Final = re.compile(r"%-?[dejU]")
_WITHOUT_MONTH: Final = re.compile(r"%-?[bBmhj]")
_SPAN = tuple[str | None, str | None]


def columns_of_day(day: Day) -> list[str]:
    """List the columns that say when something happened, those that must have a value first."""
    return [name for name in (day.column or day.year, day.until, day.month, day.day) if name]


def expected_day(day: Day) -> str:
    """Describe the cells that can be read as days."""
    if day.year:
        return "a year, a month from 1 to 12 and a day of that month, where 0 is unknown"
    formats = f", or in a format such as {', '.join(day.formats)}" if day.formats else ""
    return f"a date such as 2026-03-03 or 3 March 2026{formats}; other formats are named in day: formats"


def days_of(rows: pl.DataFrame, day: Day, years: tuple[int, int] = YEARS) -> pl.DataFrame:
    """Read the days of rows.

    Parameters
    ----------
    rows
        Rows; empty cells are null.
    day
        Where the days are, and in which formats.
    years
        The first and last year that is believed.

    Returns
    -------
    DataFrame
        `FIRST` and `LAST`, as ``2026-03-03``, null if there is no day or it cannot be read; ``read``,
        whether it could be; and ``believed``, whether its year is one of those expected.
    """
    if day.year:
        columns = [name for name in (day.year, day.month, day.day) if name]
        distinct = rows.select(columns).unique()
        spans = [_of_parts(*row) for row in distinct.iter_rows()]
        found = _joined(rows.select(columns), distinct, spans)
    else:
        found = _of_column(rows[day.column], day.formats)
        if day.until:
            last = _of_column(rows[day.until], day.formats).rename(lambda name: f"{name} until")
            until = pl.coalesce(f"{LAST} until", LAST)
            empty = rows.select(empty=pl.col(day.until).is_null())
            found = found.hstack(last).hstack(empty)
            read = (
                pl.col("read") & (pl.col("read until") | pl.col("empty")) & ~(until < pl.col(FIRST))
            )
            found = found.select(FIRST, until.alias(LAST), read=read.fill_null(False))
    year = [pl.col(name).str.slice(0, 4).cast(pl.Int64, strict=False) for name in (FIRST, LAST)]
    believed = pl.all_horizontal(each.is_between(*years) for each in year)
    return found.with_columns(believed=believed.fill_null(True))


def _of_column(cells: pl.Series, formats: Iterable[str]) -> pl.DataFrame:
    name = "\0day"
    frame = cells.rename(name).to_frame()
    day = pl.col(name).str.extract(_DAY, 1)
    real = pl.when(day.str.to_date("%Y-%m-%d", strict=False).is_not_null()).then(day)
    fast = frame.select(name, day=real)
    others = fast.filter(pl.col("day").is_null())[name].unique().drop_nulls()
    spans = {text: _of_text(text, (*formats, *_FORMATS)) for text in others}
    slow = pl.DataFrame(
        {
            name: list(spans),
            FIRST: [first for first, _ in spans.values()],
            LAST: [last for _, last in spans.values()],
        },
        schema={name: pl.String, FIRST: pl.String, LAST: pl.String},
    )
    both = fast.join(slow, on=name, how="left", maintain_order="left")
    return both.select(
        pl.coalesce("day", FIRST).alias(FIRST),
        pl.coalesce("day", LAST).alias(LAST),
    ).with_columns(read=pl.col(FIRST).is_not_null())


def _joined(rows: pl.DataFrame, distinct: pl.DataFrame, spans: list[_SPAN]) -> pl.DataFrame:
    known = distinct.with_columns(
        pl.Series(FIRST, [first for first, _ in spans], dtype=pl.String),
        pl.Series(LAST, [last for _, last in spans], dtype=pl.String),
    )
    found = rows.join(
        known, on=distinct.columns, how="left", nulls_equal=True, maintain_order="left"
    )
    return found.select(FIRST, LAST, read=pl.col(FIRST).is_not_null())


def _of_text(text: str, formats: Iterable[str]) -> _SPAN:
    text = " ".join(text.split())
    if match := _WIDER.fullmatch(text):
        return _span(int(match[1]), int(match[2] or 0), 0)
    for form in formats:
        try:
            found = datetime.strptime(text, form)
        except ValueError:
            continue
        month = found.month if _WITHOUT_MONTH.search(form) else 0
        return _span(found.year, month, found.day if _WITHOUT_DAY.search(form) else 0)
    return None, None


def _of_parts(year: str | None, month: str | None = None, day: str | None = None) -> _SPAN:
    numbers = []
    for text in (year, month, day):
        match = re.fullmatch(r"0*([0-9]{1,4})(?:\.0*)?", text or "0")
        if match is None:
            return _of_named_month(year, month, day)
        numbers.append(int(match[1]))
    return _span(*numbers)


def _of_named_month(year: str | None, month: str | None, day: str | None) -> _SPAN:
    """Read the parts of a date whose month is a name."""
    if month is None or not month.isalpha():
        return None, None
    text = f"{day} {month} {year}" if day and day.strip("0") else f"{month} {year}"
    return _of_text(text, _FORMATS)


def _span(year: int, month: int, day: int) -> _SPAN:
    """Return the first and last day of a year, month or day; 0 is unknown."""
    try:
        if not month:
            return (None, None) if day else (f"{date(year, 1, 1)}", f"{date(year, 12, 31)}")
        if not day:
            last = monthrange(year, month)[1]
            return f"{date(year, month, 1)}", f"{date(year, month, last)}"
        return f"{date(year, month, day)}", f"{date(year, month, day)}"
    except ValueError:
        return None, None
