"""Resolves what sources say of time to bounds: EDTF strings, and weekdays seen from a date."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from functools import lru_cache
from time import struct_time
from typing import TYPE_CHECKING, Final, Literal

from testimonia.errors import InputError

if TYPE_CHECKING:
    from edtf.parser.parser_classes import EDTFObject

__all__ = ["Bounds", "Direction", "ResolvedDay", "bounds", "resolve_weekday"]

Direction = Literal["before", "on or before", "on or after", "after"]

_WEEKDAYS: Final = (
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
)
_PLAIN: Final = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
_END_OF_DAY: Final = time(23, 59, 59)
_OPEN: Final = ("", "..")  # EDTF: an end that is unknown, or that is open


@dataclass(frozen=True, slots=True)
class Bounds:
    """The first and the last second at which something may have been; None where unbounded."""

    not_before: datetime | None
    not_after: datetime | None


@dataclass(frozen=True, slots=True)
class ResolvedDay:
    """A day, and a sentence that says how it was found."""

    day: date
    how: str


def bounds(edtf: str, offset: timezone) -> Bounds:
    """Find the bounds of an EDTF string.

    Uncertainty and approximation (``?``, ``~``) leave the bounds as they are: how far they reach is
    not said. An unknown or open end of an interval gives no bound.

    Parameters
    ----------
    edtf
        A date, date and time, interval or set (Extended Date/Time Format, ISO 8601-2:2019 Annex A).
    offset
        The offset from UTC that holds where the string gives none.

    Raises
    ------
    InputError
        It is not EDTF, names a season, or lies outside the years 1 to 9999.

    Examples
    --------
    >>> from datetime import UTC
    >>> bounds("2025-12", UTC).not_after.isoformat()
    '2025-12-31T23:59:59+00:00'
    """
    if plain := _plain(edtf):
        begins, ends = plain
        return Bounds(
            datetime.combine(begins, time(), offset), datetime.combine(ends, _END_OF_DAY, offset)
        )
    first, slash, last = edtf.partition("/")
    if not (slash and _simple(first) and _simple(last)):
        parsed = _parsed(edtf)
    if slash:
        not_before = None if first in _OPEN else bounds(first, offset).not_before
        not_after = None if last in _OPEN else bounds(last, offset).not_after
        if not_before and not_after and not_before > not_after:
            raise InputError(f"{edtf!r} ends before it begins", hint="Exchange its ends.")
        return Bounds(not_before, not_after)
    if type(parsed).__name__ == "DateAndTime":
        moment = _moment(edtf, offset)
        return Bounds(moment, moment)
    if type(parsed).__name__ == "Season":
        raise InputError(
            f"{edtf!r} names a season, and seasons differ by hemisphere", hint="Name the months."
        )
    start = _day(parsed.lower_strict(), edtf)
    end = _day(parsed.upper_strict(), edtf)
    return Bounds(
        datetime.combine(start, time(), offset) if start else None,
        datetime.combine(end, _END_OF_DAY, offset) if end else None,
    )


def resolve_weekday(weekday: str, anchor: date, direction: Direction) -> ResolvedDay:
    """Find the day that a weekday means, seen from a date.

    Parameters
    ----------
    weekday
        Its English name, in any case.
    anchor
        The date it is seen from, such as that of the document.
    direction
        Where to look from there.

    Raises
    ------
    InputError
        It is no weekday.

    Examples
    --------
    >>> resolve_weekday("Saturday", date(2025, 12, 14), "before").how
    'Saturday is taken as 2025-12-13, the last Saturday before 2025-12-14'
    """
    name = weekday.strip().capitalize()
    if name not in _WEEKDAYS:
        raise InputError(
            f"{weekday!r} is no weekday", hint=f"The weekdays are {', '.join(_WEEKDAYS)}."
        )
    back = direction in ("before", "on or before")
    ahead = _WEEKDAYS.index(name) - anchor.weekday()
    distance = (-ahead if back else ahead) % 7
    if distance == 0 and direction in ("before", "after"):
        distance = 7
    day = anchor + timedelta(days=-distance if back else distance)
    which = "last" if back else "first"
    return ResolvedDay(day, f"{name} is taken as {day}, the {which} {name} {direction} {anchor}")


def _plain(edtf: str) -> tuple[date, date] | None:
    """Find the first and last day of a year, month or day, or of a set of days between two.

    Most times are written so; the library's grammar takes 15 ms for each, and a table has thousands.
    """
    if edtf.startswith("[") and edtf.endswith("]"):
        ends = [_plain(end) for end in edtf[1:-1].split("..") if not end.startswith("[")]
        if len(ends) != 2 or ends[0] is None or ends[1] is None or ends[0][0] > ends[1][1]:
            return None
        return ends[0][0], ends[1][1]
    match = _PLAIN.fullmatch(edtf)
    if match is None:
        return None
    year, month, day = (int(part) if part else None for part in match.groups())
    try:
        first = date(year or 0, month or 1, day or 1)
    except ValueError:  # a season, the year 0, or no such day: for the grammar to judge
        return None
    if day:
        return first, first
    return first, date(first.year, month or 12, monthrange(first.year, month or 12)[1])


def _simple(end: str) -> bool:
    return end in _OPEN or _plain(end) is not None


@lru_cache(maxsize=1024)
def _parsed(edtf: str) -> EDTFObject:
    from edtf import EDTFParseException, parse_edtf

    try:
        parsed: EDTFObject = parse_edtf(edtf)
    except (EDTFParseException, ValueError, TypeError):
        raise _not_edtf(edtf) from None
    return parsed


def _moment(edtf: str, offset: timezone) -> datetime:
    try:
        moment = datetime.fromisoformat(edtf)
    except ValueError:
        raise _not_edtf(edtf) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=offset)


def _not_edtf(edtf: str) -> InputError:
    return InputError(
        f"{edtf!r} is not a date in EDTF",
        hint="Write 2025-12-13, 2025-12, 2025, or an interval 2025-12-13/2025-12-14.",
    )


def _day(found: struct_time | float, edtf: str) -> date | None:
    if isinstance(found, float):  # the library's infinity
        return None
    try:
        return date(*found[:3])
    except ValueError:
        raise InputError(
            f"{edtf!r} lies outside the years 1 to 9999", hint="Leave its bounds out."
        ) from None
