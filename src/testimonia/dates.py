"""Resolves dates in sources to bounds: EDTF strings, and weekdays relative to a date."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from typing import Final, Literal

from testimonia.edtf import LONGEST, NotEdtf, OutOfReach, moment, reachable, span
from testimonia.errors import InputError

__all__ = [
    "Bounds",
    "Direction",
    "ResolvedDay",
    "SeasonNamed",
    "bounds",
    "resolve_weekday",
    "unlikely",
]

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
_EARLIEST: Final = 1800  # the data describe no earlier incident


class SeasonNamed(InputError):
    """An EDTF date names a season, whose first and last days it does not define."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """The first and last second at which something may have happened; None where unbounded."""

    not_before: datetime | None
    not_after: datetime | None


@dataclass(frozen=True, slots=True)
class ResolvedDay:
    """A day, and a sentence that says how it was found."""

    day: date
    how: str


def bounds(edtf: str, offset: timezone) -> Bounds:
    """Find the bounds of an EDTF string.

    Uncertainty and approximation (``?``, ``~``) do not widen the bounds: EDTF does not say by how
    much. An unknown or open end of an interval gives no bound.

    Parameters
    ----------
    edtf
        A date, date and time, interval or set (Extended Date/Time Format, ISO 8601-2:2019 Annex A).
    offset
        The offset from UTC to use if the string has none.

    Raises
    ------
    SeasonNamed
        It names a season.
    InputError
        It is not EDTF, there is no such day, or it lies outside the years 1 to 9999.

    Examples
    --------
    >>> from datetime import UTC
    >>> bounds("2025-12", UTC).not_after.isoformat()
    '2025-12-31T23:59:59+00:00'
    """
    if plain := _plain(edtf):
        begins, ends = plain
        return _whole_days(begins, ends, offset)
    if len(edtf) > LONGEST:
        raise InputError(
            f"a date of {len(edtf):,} characters is too long to be EDTF",
            hint=f"A date has at most {LONGEST:,} characters.",
        )
    try:
        if found := moment(edtf):
            at = found if found.tzinfo else found.replace(tzinfo=offset)
            return Bounds(at, at)
        first, last = reachable(span(edtf))
    except NotEdtf as fault:
        raise _not_edtf(edtf, str(fault)) from None
    except OutOfReach as fault:
        raise _without_bounds(edtf, str(fault)) from None
    return _whole_days(first and date(*first), last and date(*last), offset)


def unlikely(found: Bounds, today: date) -> str | None:
    """Explain why bounds are implausible for a reported event, as with a mistyped year.

    Parameters
    ----------
    found
        Bounds of something that is said to have happened.
    today
        Today's date.

    Returns
    -------
    str or None
        None if they are plausible.

    Examples
    --------
    >>> from datetime import UTC
    >>> unlikely(bounds("0016-03-02", UTC), date(2026, 1, 1))
    'the year 16 is before 1800: is the century missing?'
    """
    begins, ends = found.not_before, found.not_after
    if ends and ends.year < _EARLIEST:
        return f"the year {ends.year} is before {_EARLIEST}: is the century missing?"
    if begins and begins.year > today.year + 1:
        return f"the year {begins.year} is in the future"
    return None


def resolve_weekday(weekday: str, anchor: date, direction: Direction) -> ResolvedDay:
    """Find the date of a weekday relative to another date.

    Parameters
    ----------
    weekday
        Its English name, in any case.
    anchor
        The date that it is relative to, such as that of the document.
    direction
        Where to look, relative to that date.

    Raises
    ------
    InputError
        It is not a weekday.

    Examples
    --------
    >>> resolve_weekday("Saturday", date(2025, 12, 14), "before").how
    'Saturday is taken as 2025-12-13, the last Saturday before 2025-12-14'
    """
    name = weekday.strip().capitalize()
    if name not in _WEEKDAYS:
        raise InputError(
            f"{weekday!r} is not a weekday", hint=f"The weekdays are {', '.join(_WEEKDAYS)}."
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

    Most dates have this form, and a table has thousands: this is several times as fast as the parser.
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
        first = date(year or 0, 1 if month is None else month, 1 if day is None else day)
    except ValueError:  # a season or the like, the year 0, or no such day: left to the parser
        return None
    if day is not None:
        return first, first
    return first, date(first.year, month or 12, monthrange(first.year, month or 12)[1])


def _whole_days(first: date | None, last: date | None, offset: timezone) -> Bounds:
    return Bounds(
        datetime.combine(first, time(), offset) if first else None,
        datetime.combine(last, _END_OF_DAY, offset) if last else None,
    )


def _without_bounds(edtf: str, reason: str) -> InputError:
    if "season" in reason:
        return SeasonNamed(f"{edtf!r} {reason}", hint="Name the months.")
    return InputError(f"{edtf!r} {reason}", hint="Leave out its bounds.")


def _not_edtf(edtf: str, reason: str) -> InputError:
    if reason == "it ends before it begins":
        return InputError(f"{edtf!r} ends before it begins", hint="Swap its ends.")
    return InputError(
        f"{edtf!r} is not a date in EDTF" + (f": {reason}" if reason else ""),
        hint="Write 2025-12-13, 2025-12, 2025, or an interval 2025-12-13/2025-12-14.",
    )
