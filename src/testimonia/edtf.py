"""Reads the Extended Date/Time Format: which days a string may mean, at levels 0 to 2.

The parser is our own: the library used before computed arbitrarily large powers of ten, printed to
standard output, raised undocumented exceptions, and was wrong for unspecified digits, significant
digits and open sets; see docs/decisions/0014-reading-edtf.md.

Source: Library of Congress, Extended Date/Time Format (EDTF) Specification, 4 February 2019
(ISO 8601-2:2019, Annex A).
"""

from __future__ import annotations

import re
from calendar import isleap, month_name
from collections.abc import Iterator
from datetime import datetime
from itertools import product
from typing import Final, NamedTuple

__all__ = ["LONGEST", "Day", "NotEdtf", "OutOfReach", "Span", "moment", "reachable", "span"]

LONGEST: Final = 500
"""Most characters that a string may have."""


class NotEdtf(ValueError):
    """A string is not EDTF, or there is no such day; the message says why, unless that is obvious."""


class OutOfReach(ValueError):
    """A string is EDTF, but has no bounds within the years 1 to 9999."""


class Day(NamedTuple):
    """A day of the proleptic Gregorian calendar."""

    year: int
    month: int
    day: int


class Span(NamedTuple):
    """The first and last day that a string may mean; None where its end is unknown or open."""

    first: Day | None
    last: Day | None


_Q = "[?~%]?"
_DATE = re.compile(
    rf"{_Q}(?P<year>-?[0-9X]{{4}})(?:S(?P<digits>[0-9]{{1,9}}))?{_Q}"
    rf"(?:-{_Q}(?P<month>[0-9X]{{2}}){_Q}(?:-{_Q}(?P<day>[0-9X]{{2}}){_Q})?)?"
)
_LONG_YEAR = re.compile(
    rf"{_Q}Y(?P<year>-?[0-9]+)(?:E(?P<power>[0-9]+))?(?:S(?P<digits>[0-9]{{1,9}}))?{_Q}"
)
_MOMENT = re.compile(
    r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})T(?P<clock>[0-9]{2}:[0-9]{2}:[0-9]{2})"
    r"(?P<zone>Z|[+-][0-9]{2}(?::[0-9]{2})?)?"
)
_SEASONS: Final = range(21, 33)
_PARTS: Final = {  # ISO 8601-2: quarters, terms of four months, halves
    **{33 + index: (3 * index + 1, 3 * index + 3) for index in range(4)},
    **{37 + index: (4 * index + 1, 4 * index + 4) for index in range(3)},
    **{40 + index: (6 * index + 1, 6 * index + 6) for index in range(2)},
}
_OPEN: Final = ("", "..")
_LENGTHS: Final = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def span(text: str) -> Span:
    """Find the days that a date, an interval or a set may mean.

    Qualifiers (``?``, ``~``, ``%``) do not widen the span: EDTF does not say by how much.

    Parameters
    ----------
    text
        EDTF of level 0, 1 or 2, but no date with a time; see :func:`moment`.

    Raises
    ------
    NotEdtf
        It is not EDTF, or no such day exists.
    OutOfReach
        It names a season, whose days the specification does not define, or a year beyond 1 to 9999.

    Examples
    --------
    >>> span("156X-12-25").last
    Day(year=1569, month=12, day=25)
    >>> span("[..1760-12-03]").first is None
    True
    """
    if len(text) > LONGEST:
        raise NotEdtf(f"it is longer than {LONGEST} characters")
    if text[:1] in ("[", "{"):
        return _set(text)
    first, slash, last = text.partition("/")
    if not slash:
        return _date(text)
    if first == last == "":
        raise NotEdtf("")
    return _ordered(
        None if first in _OPEN else _date(first).first,
        None if last in _OPEN else _date(last).last,
    )


def moment(text: str) -> datetime | None:
    """Parse a date with a time; None if the text has no such form.

    Parameters
    ----------
    text
        EDTF, level 0: ``1985-04-12T23:20:30``, with ``Z`` or an offset or without.

    Raises
    ------
    NotEdtf
        It has that form, but there is no such date, time or offset.
    OutOfReach
        It lies in the year 0.
    """
    match = _MOMENT.fullmatch(text)
    if match is None:
        return None
    _within_reach(span(match["day"]))
    zone = match["zone"] or ""
    if zone.startswith(("+", "-")) and int(zone[1:3]) * 60 + int(zone[4:6] or 0) > 14 * 60:
        raise NotEdtf(f"{zone} is not an offset from UTC; those range from -14:00 to +14:00")
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise NotEdtf(f"there is no time {text[11:]}") from None


def reachable(found: Span) -> Span:
    """Return a span if it lies within the years 1 to 9999.

    Raises
    ------
    OutOfReach
        It does not.
    """
    _within_reach(found)
    return found


def _within_reach(found: Span) -> None:
    if any(day is not None and not 1 <= day.year <= 9999 for day in found):
        raise OutOfReach("lies outside the years 1 to 9999")


def _ordered(first: Day | None, last: Day | None) -> Span:
    if first and last and first > last:
        raise NotEdtf("it ends before it begins")
    return Span(first, last)


def _set(text: str) -> Span:
    closing = {"[": "]", "{": "}"}[text[0]]
    if not text.endswith(closing) or len(text) < 3:
        raise NotEdtf("")
    members = [_member(each.strip(" ")) for each in text[1:-1].split(",")]
    firsts, lasts = zip(*members, strict=True)
    return Span(
        None if None in firsts else min(firsts),
        None if None in lasts else max(lasts),
    )


def _member(text: str) -> Span:
    first, dots, last = text.partition("..")
    if not dots:
        return _date(text)
    if not first and not last:
        raise NotEdtf("")
    return _ordered(_date(first).first if first else None, _date(last).last if last else None)


def _date(text: str) -> Span:
    if long_year := _LONG_YEAR.fullmatch(text):
        return _long(long_year)
    match = _DATE.fullmatch(text)
    if match is None or (match["digits"] and match["month"]):
        raise NotEdtf("")
    year, month, day = match["year"], match["month"], match["day"]
    if match["digits"]:
        if "X" in year:
            raise NotEdtf("")
        return _estimated(int(year), match["digits"])
    if month and month.isdigit() and int(month) in (*_SEASONS, *_PARTS):
        return _part_of_year(year, int(month), day)
    found = _search(year, month, day)
    if found is None:
        raise NotEdtf(_why(year, month, day))
    return found


def _part_of_year(year: str, part: int, day: str | None) -> Span:
    if day:
        raise NotEdtf("a season, quarter or half has no days of its own")
    if part in _SEASONS:
        raise OutOfReach("names a season, whose first and last days are not the same everywhere")
    begins, ends = (f"{month:02}" for month in _PARTS[part])
    first, last = _extreme(year, begins, None), _extreme(year, ends, None, last=True)
    return Span(first, last)


def _search(year: str, month: str | None, day: str | None) -> Span | None:
    """Find the first and last day whose digits are those given, any digit standing for X."""
    first, last = _extreme(year, month, day), _extreme(year, month, day, last=True)
    return None if first is None or last is None else Span(first, last)


def _extreme(year: str, month: str | None, day: str | None, *, last: bool = False) -> Day | None:
    # Years differ only in whether they are leap years.
    months = [number for number in range(1, 13) if _fits(number, month)]
    days = [number for number in range(1, 32) if _fits(number, day)]
    in_a_year = {
        leap: [
            (each, number) for each in months for number in days if number <= _length(leap, each)
        ]
        for leap in (True, False)
    }
    if not any(in_a_year.values()):
        return None
    for number in _years(year, last=last):
        if found := in_a_year[isleap(number)]:
            return Day(number, *found[-1 if last else 0])
    return None


def _years(text: str, *, last: bool) -> Iterator[int]:
    """Yield the four-digit years that a text may mean, in order or, for the last, backwards."""
    sign, digits = (-1, text[1:]) if text.startswith("-") else (1, text)
    step = sign * (-1 if last else 1)
    choices = ["0123456789"[::step] if digit == "X" else digit for digit in digits]
    if sign < 0 and digits == "0000":
        raise NotEdtf("the year 0 has no sign")
    for each in product(*choices):
        year = sign * int("".join(each))
        if sign > 0 or year:
            yield year


def _fits(number: int, digits: str | None) -> bool:
    return digits is None or all(
        mine in ("X", theirs) for mine, theirs in zip(digits, f"{number:02}", strict=True)
    )


def _length(leap: bool, month: int) -> int:
    return 29 if leap and month == 2 else _LENGTHS[month - 1]


def _why(year: str, month: str | None, day: str | None) -> str:
    """Say why no day has these digits."""
    for number, name in ((month, "month"), (day, "day")):
        if number == "00":
            return f"there is no {name} 00; an unknown {name} is written XX"
    if month and not any(_fits(number, month) for number in range(1, 13)):
        return f"there is no month {month}"
    if day and not any(_fits(number, day) for number in range(1, 32)):
        return f"there is no day {day}"
    if month == "02" and day == "29" and "X" not in year and not isleap(int(year)):
        return f"{int(year)} is not a leap year: it has no 29 February"
    if month and month.isdigit():
        longest = 29 if month == "02" else _length(True, int(month))
        return f"{month_name[int(month)]} has {'at most ' if month == '02' else ''}{longest} days"
    return "no month has such a day"


def _long(match: re.Match[str]) -> Span:
    digits, power = match["year"].lstrip("-"), match["power"]
    if not power and (len(digits) < 5 or digits.startswith("0")):
        raise NotEdtf("only years of more than four digits, without leading zeros, begin with Y")
    if power and (len(power) > 3 or len(digits) + int(power) > LONGEST) and digits.strip("0"):
        raise OutOfReach("lies outside the years 1 to 9999")
    year = int(match["year"]) * 10 ** (int(power or 0) if digits.strip("0") else 0)
    if match["digits"]:
        return _estimated(year, match["digits"])
    return Span(Day(year, 1, 1), Day(year, 12, 31))


def _estimated(year: int, significant: str) -> Span:
    """Find the bounds of a year with significant digits: 1950S2 is 1900 to 1999."""
    digits = int(significant)
    if digits == 0:
        raise NotEdtf("a year has at least one significant digit")
    unit = 10 ** max(0, len(str(abs(year))) - digits)
    nearer = abs(year) // unit * unit
    ends = sorted((nearer, nearer + unit - 1) if year >= 0 else (-nearer, -nearer - unit + 1))
    return Span(Day(ends[0], 1, 1), Day(ends[1], 12, 31))
