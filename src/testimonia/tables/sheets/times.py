"""Dates written where a row of ``bounds`` is asked for: the bounds that they stand for."""

from __future__ import annotations

import re
from datetime import date, timedelta, timezone
from typing import Final

import polars as pl

from testimonia import dates
from testimonia.errors import InputError
from testimonia.tables.days import anywhere
from testimonia.tables.schema import by_name, frame_schema

__all__ = ["bounds_of"]

_EAST, _WEST = timezone(timedelta(hours=14)), timezone(timedelta(hours=-12))
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_OF_A_SET: Final = re.compile(rf"\[({_DAY.pattern})\.\.({_DAY.pattern})\]")
_OFFSET: Final = re.compile(r"T.*(Z|[+-][0-9]{2}(:?[0-9]{2})?)$")
_ANYWHERE: Final = "The time zone is not told: the bounds hold this time anywhere on Earth."
_AS_GIVEN: Final = "The moment as it is given, with its offset from UTC."


def bounds_of(edtf: str) -> pl.DataFrame | None:
    """Make the row of ``bounds`` that a date stands for, or None where it is no date in EDTF.

    A date without a time zone is a local date, wherever on Earth: its bounds begin with it at UTC+14
    and end with it at UTC-12.

    Parameters
    ----------
    edtf
        A date, date and time, interval or set (Extended Date/Time Format, ISO 8601-2:2019 Annex A).

    Examples
    --------
    >>> bounds_of("2026-03")["not_after"].item()
    '2026-03-31T23:59:59-12:00'
    >>> bounds_of("March")
    """
    days = (edtf, edtf) if _DAY.fullmatch(edtf) else None
    if of_a_set := _OF_A_SET.fullmatch(edtf):
        days = (of_a_set[1], of_a_set[2])
    try:
        first = dates.bounds(edtf, _EAST).not_before
        last = dates.bounds(edtf, _WEST).not_after
    except InputError:
        return None
    if days and date.fromisoformat(days[0]) <= date.fromisoformat(days[1]):
        row = anywhere(pl.DataFrame({"first": [days[0]], "last": [days[1]]}))
        return row.select(pl.col(name) for name in row.columns)
    given = bool(_OFFSET.search(edtf))
    told = {
        "id": edtf if given else f"anywhere-{edtf}",
        "label": edtf,
        "edtf": edtf,
        "not_before": first and first.isoformat(),
        "not_after": last and last.isoformat(),
        "resolution": _AS_GIVEN if given else _ANYWHERE,
    }
    schema = frame_schema(by_name("bounds"))
    return pl.DataFrame([told], schema={name: schema[name] for name in told})
