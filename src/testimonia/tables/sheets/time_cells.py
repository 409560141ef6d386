"""Makes rows of ``bounds`` from dates that are given in place of links to ``bounds``."""

from __future__ import annotations

import re
from datetime import UTC, date, timedelta, timezone
from typing import Final

import polars as pl

from testimonia import dates
from testimonia.errors import InputError
from testimonia.tables.day_bounds import anywhere
from testimonia.tables.schema import by_name, frame_schema

__all__ = ["bounds_of", "ends_of", "is_odd"]

_EAST, _WEST = timezone(timedelta(hours=14)), timezone(timedelta(hours=-12))
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_OF_A_SET: Final = re.compile(rf"\[({_DAY.pattern})\.\.({_DAY.pattern})\]")
_OFFSET: Final = re.compile(r"T.*(Z|[+-][0-9]{2}(:?[0-9]{2})?)$")
_NO_DATE: Final = (
    ValueError,
    TypeError,
    ArithmeticError,
    LookupError,
    AttributeError,
    RecursionError,
)
"""Exceptions of the date parser on text that is not a date."""

_ANYWHERE: Final = "The time zone is not stated: the bounds include this time anywhere on Earth."
_AS_GIVEN: Final = "The time as given, with its offset from UTC."


def ends_of(edtf: str, offset: timezone = UTC) -> dates.Bounds | None:
    """Return the bounds of a date, or None if it is not a date in EDTF.

    Parameters
    ----------
    edtf
        Any cell.
    offset
        The offset from UTC for dates without one.
    """
    try:
        return dates.bounds(edtf, offset)
    except (InputError, *_NO_DATE):
        return None


def is_odd(edtf: str, years: tuple[int, int]) -> bool:
    """Return whether a date begins or ends outside of the expected years.

    Parameters
    ----------
    edtf
        A date in EDTF; anything else is not odd.
    years
        The first and last expected year.

    Examples
    --------
    >>> is_odd("0016-03", (1800, 2099)), is_odd("2026-03-03/..", (1800, 2099))
    (True, False)
    """
    ends = ends_of(edtf)
    if ends is None:
        return False
    found = [end.year for end in (ends.not_before, ends.not_after) if end is not None]
    return any(not years[0] <= year <= years[1] for year in found)


def bounds_of(edtf: str) -> pl.DataFrame | None:
    """Make the row of ``bounds`` for a date; None if it is not a date in EDTF.

    A date without a time zone may be local anywhere on Earth: its bounds begin with it at UTC+14 and end
    with it at UTC-12.

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
    found = ends_of(edtf, _EAST), ends_of(edtf, _WEST)
    if found[0] is None or found[1] is None:
        return None
    first, last = found[0].not_before, found[1].not_after
    if days and date.fromisoformat(days[0]) <= date.fromisoformat(days[1]):
        row = anywhere(pl.DataFrame({"first": [days[0]], "last": [days[1]]}))
        return row.select(pl.col(name) for name in row.columns)
    given = bool(_OFFSET.search(edtf))
    cells = {
        "id": edtf if given else f"anywhere-{edtf}",
        "label": edtf,
        "edtf": edtf,
        "not_before": first and first.isoformat(),
        "not_after": last and last.isoformat(),
        "resolution": _AS_GIVEN if given else _ANYWHERE,
    }
    schema = frame_schema(by_name("bounds"))
    return pl.DataFrame([cells], schema={name: schema[name] for name in cells})
