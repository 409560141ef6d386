"""Times as a reader would write them: one form for days, with what the data call a time where that says more."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from testimonia.pages.incident_claims import Bounds

__all__ = ["WrittenTime", "days_in_words", "written"]

_MONTHS: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_DAY: Final = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?!\d)")
_CODE: Final = re.compile(r"[0-9TZ/:.+\- ]*")
"""A name that only repeats the bounds, such as an interval of ISO 8601."""


@dataclass(frozen=True, slots=True)
class WrittenTime:
    """A time in words.

    Attributes
    ----------
    text
        Its days, or what the data call it where that gives the days.
    note
        What the data call it, where that says more.
    """

    text: str
    note: str = ""


def written(time: Bounds) -> WrittenTime:
    """Write a time once, however the data name it.

    Parameters
    ----------
    time
        The time.

    Examples
    --------
    >>> written(Bounds("1989-12-06/1989-12-08", "1989-12-06T00:00:00Z", "1989-12-08T23:59:59Z"))
    WrittenTime(text='6 to 8 December 1989', note='')
    >>> written(Bounds("Days before", "", "2025-12-12T23:59:59Z"))
    WrittenTime(text='until 12 December 2025', note='Days before')
    """
    days = days_in_words(time)
    if not days or days in time.label:
        return WrittenTime(time.label)
    return WrittenTime(days, "" if _CODE.fullmatch(time.label) else time.label)


def days_in_words(time: Bounds) -> str:
    """Write the days of a time.

    Parameters
    ----------
    time
        The time.

    Returns
    -------
    str
        The days in English; empty where there is no bound, and as the data give them where one is no date.
    """
    first, last = (_DAY.match(bound) for bound in (time.earliest, time.latest))
    if first and last:
        return _span(first.groups(), last.groups())
    if first and not time.latest:
        return f"from {_words(*first.groups())}"
    if last and not time.earliest:
        return f"until {_words(*last.groups())}"
    return time.days


def _span(first: tuple[str, ...], last: tuple[str, ...]) -> str:
    """Write two days, without what they share."""
    if first == last:
        return _words(*last)
    same = 2 if first[:2] == last[:2] else 1 if first[0] == last[0] else 0
    shown = _words(*first).split()[: 3 - same]
    return f"{' '.join(shown)} to {_words(*last)}"


def _words(year: str, month: str, day: str) -> str:
    number = int(month)
    name = _MONTHS[number - 1] if 1 <= number <= len(_MONTHS) else month
    return f"{int(day)} {name} {int(year)}"
