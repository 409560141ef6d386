"""Prepares and checks the rows of a described table: missing cells, days, numbers and codes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from urllib.parse import quote

import polars as pl

from testimonia.tables.day_bounds import YEARS, expected_years
from testimonia.tables.descriptions.agent_names import odd_json
from testimonia.tables.descriptions.agreeing import name_of
from testimonia.tables.descriptions.choices import applies, folded, outside
from testimonia.tables.descriptions.day_cells import (
    FIRST,
    LAST,
    columns_of_day,
    days_of,
    expected_day,
)
from testimonia.tables.descriptions.description import Description, Figure, Named
from testimonia.tables.descriptions.figure_cells import QUANTITY, quantities_of
from testimonia.tables.rows import Check, checked

__all__ = [
    "EVENT",
    "FIGURE",
    "FIRST",
    "KEY",
    "LAST",
    "RECORD",
    "checked_rows",
    "number_columns",
]

KEY, EVENT, RECORD, FIGURE = "\0key", "\0event", "\0record", "\0figure"
_READ, _BELIEVED = "\0read", "\0believed"
_DEGREES: Final = r"^[+-]?[0-9]+(\.[0-9]+)?$"
_QUANTITY: Final = (
    "a number such as 12, ~60, 100+, 5-7 or several; other words, and separators of thousands other than "
    "the comma, are named in quantities"
)
_NUMBER: Final = "a number such as 12, without a sign, since another column has the other end"


def number_columns(figure: Figure) -> dict[str, str]:
    """Return the columns of the numbers of a figure: ``column``, or ``low`` and ``high``."""
    given = {"column": figure.column, "low": figure.low, "high": figure.high}
    return {which: column for which, column in given.items() if column}


def checked_rows(
    batch: pl.DataFrame, description: Description, key_column: str, document: str
) -> tuple[pl.DataFrame, pl.DataFrame, dict[str, int]]:
    """Prepare rows, and split off those that cannot be mapped.

    Parameters
    ----------
    batch
        Rows as published, numbered in the column `ROW`.
    description
        The description of their table.
    key_column
        The column of keys.
    document
        The name of the document.

    Returns
    -------
    tuple
        The rows, in which cells that hold no value are null, with the columns `KEY`, `EVENT`, `RECORD`,
        `FIRST`, `LAST`, and for each column of a figure those of `QUANTITY`; the rejects; and how many
        cells of which kind were not used.
    """
    rows, counted = _with_nulls(batch, description)
    rows = rows.with_columns(pl.col(key_column).str.strip_chars().replace("", None).alias(KEY))
    days = days_of(rows, description.day, _years(description))
    rows = rows.hstack(days.rename({"read": _READ, "believed": _BELIEVED}))
    rows = rows.hstack(
        [
            column
            for figure in description.figures
            for column in _numbers(rows, figure, description, counted)
        ]
    )
    good, rejects = checked(rows, _checks(rows, description, key_column))
    return _named(good, document), rejects, counted


def _years(description: Description) -> tuple[int, int]:
    given = [int(year) for year in description.years]
    return (given[0], given[1]) if given else YEARS


def _with_nulls(
    batch: pl.DataFrame, description: Description
) -> tuple[pl.DataFrame, dict[str, int]]:
    """Make the cells without a value null, and count those that are not empty."""
    absent = [name for name in description.columns if name not in batch.columns]
    batch = batch.with_columns(pl.lit(None, pl.String).alias(name) for name in absent)
    names = list(description.columns)
    if not names:
        return batch, {}
    rows = batch.with_columns(pl.col(names).str.strip_chars().replace("", None))
    counted: dict[str, int] = {}
    if description.missing:
        codes = [code.strip().lower() for code in description.missing]
        coded = rows.select(folded(pl.col(names)).is_in(codes).fill_null(False))
        for name in names:
            if count := int(coded[name].sum()):
                counted[f"no value, by a code for missing: {name}"] = count
        rows = rows.with_columns(
            pl.when(~folded(pl.col(name)).is_in(codes)).then(pl.col(name)).alias(name)
            for name in names
        )
    return rows, counted


def _numbers(
    rows: pl.DataFrame, figure: Figure, description: Description, counted: dict[str, int]
) -> Iterator[pl.Series]:
    name = name_of(figure)
    for which, column in number_columns(figure).items():
        cells = rows[column]
        if figure.missing:
            codes = [code.strip().lower() for code in figure.missing]
            coded = rows.select(folded(pl.col(column)).is_in(codes)).to_series()
            if count := int(coded.sum()):
                counted[f"no figure, by a code for missing: {name}"] = count
            cells = rows.select(pl.when(~coded).then(pl.col(column))).to_series()
        alone = which == "column"
        found = quantities_of(
            cells,
            description.quantities,
            bounds=figure.bounds if alone else "exact",
            exact_only=not alone,
        )
        yield from (found[each].alias(f"\0{name} {which} {each}") for each in QUANTITY)


def _checks(rows: pl.DataFrame, description: Description, key_column: str) -> Iterator[Check]:
    yield key_column, pl.col(KEY).is_null(), "a key"
    yield from _of_days(description)
    place = description.place
    for name, most in ((place.latitude, 90), (place.longitude, 180)):
        if name:
            number = pl.col(name).cast(pl.Float64, strict=False)
            odd = pl.col(name).is_not_null() & ~(
                pl.col(name).str.contains(_DEGREES) & (number.abs() <= most)
            ).fill_null(False)
            yield name, odd, f"a number from -{most} to {most}"
    for name, other in (
        (place.latitude, place.longitude),
        (place.longitude, place.latitude),
    ):
        if name:
            alone = pl.col(name).is_null() & pl.col(other).is_not_null()
            yield name, alone, f"a value, since {other} has one"
    yield from _of_choices(description)
    for figure in description.figures:
        yield from _of_figure(figure)
    for named in _every_named(description):
        if named.json and named.column:
            odd_cells = odd_json(rows[named.column], named.json)
            expected = f"a JSON list of objects with the field {named.json}"
            yield named.column, pl.col(named.column).is_in(odd_cells), expected


def _of_days(description: Description) -> Iterator[Check]:
    first, *_ = columns_of_day(description.day)
    expected = expected_day(description.day)
    yield first, ~pl.col(_READ) & pl.col(first).is_null(), "a date"
    unread = ~pl.col(_READ) & pl.col(first).is_not_null()
    until = description.day.until
    if until:
        alone = pl.col(FIRST).is_null()
        yield first, unread & alone, expected
        yield until, unread & ~alone, f"{expected}, not before that of {first}"
    else:
        yield first, unread, expected
    believed = expected_years(_years(description))
    yield first, ~pl.col(_BELIEVED), f"{believed}; others are allowed by years in the description"


def _of_choices(description: Description) -> Iterator[Check]:
    for choice in (
        description.event_type,
        description.clarity,
        description.place_precision,
        description.time_precision,
    ):
        if check := outside(choice):
            yield check
    for each in (*description.figures, *description.responsibility, *description.conduct):
        harm = each.harm if isinstance(each, Figure) else None
        for choice in (harm, each.stance, each.certainty, each.basis, each.channel):
            if check := outside(choice):
                column, odd, expected = check
                yield column, odd & applies(each.when, each.unless), expected


def _of_figure(figure: Figure) -> Iterator[Check]:
    name = name_of(figure)
    here = applies(figure.when, figure.unless)
    for which, column in number_columns(figure).items():
        odd = pl.col(f"\0{name} {which} odd").fill_null(False)
        yield column, odd & here, _QUANTITY if which == "column" else _NUMBER


def _every_named(description: Description) -> Iterator[Named]:
    for figure in description.figures:
        yield from filter(None, (figure.by, figure.who.affiliation))
    for account in description.responsibility:
        yield from (*account.perpetrators, *filter(None, (account.by,)))
    for conduct in description.conduct:
        yield from (*conduct.actors, *conduct.against, *conduct.alongside)
    yield from description.sources.informants
    yield from description.sources.addresses


def _named(rows: pl.DataFrame, document: str) -> pl.DataFrame:
    """Name events and records by their keys, percent-encoded as the shapes require."""
    keys = rows[KEY]
    odd = keys.filter(keys.str.contains(r"[^A-Za-z0-9._~-]")).unique()
    encoded = [quote(key, safe="") for key in odd]
    key = pl.col(KEY).replace(odd.to_list(), encoded) if encoded else pl.col(KEY)
    return rows.with_columns(
        pl.concat_str([pl.lit(f"{document}/"), key]).alias(EVENT),
        pl.concat_str([pl.lit(f"{document}#record="), key]).alias(RECORD),
    )
