"""Compares numbers, dates and times exactly, whatever their size or precision, one pair at a time.

Source: XPath Functions 3.1, sections 4.3 (comparison of numbers) and 9.4 (of dates and times), with
the type promotion of XPath 3.1, section B.1; XML Schema 1.1 part 2, sections 3.3.3 and 3.3.7.
"""

from __future__ import annotations

import math
import operator
import re
import struct
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any, Final, NamedTuple, TypeAlias

from testimonia.shacl.names import XSD

__all__ = ["DAYS", "MOMENTS", "NUMBERS", "compare"]

_INTEGERS = frozenset(
    XSD + name
    for name in (
        *("integer", "nonNegativeInteger", "positiveInteger", "nonPositiveInteger"),
        *("negativeInteger", "long", "int", "short", "byte"),
        *("unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte"),
    )
)
_FLOAT, _DOUBLE = XSD + "float", XSD + "double"
NUMBERS: Final = _INTEGERS | {XSD + "decimal", _FLOAT, _DOUBLE}
"""Numeric datatypes; all of them can be compared with each other."""

MOMENTS: Final = frozenset([XSD + "dateTime", XSD + "dateTimeStamp"])
"""Datatypes with date and time."""

DAYS: Final = frozenset([XSD + "date"])
"""Datatypes of dates."""

_MOMENT = re.compile(
    r"(-?[0-9]+)-([0-9]{2})-([0-9]{2})(?:T([0-9]{2}):([0-9]{2}):([0-9]+(?:\.[0-9]+)?))?"
    r"(Z|[+-][0-9]{2}:[0-9]{2})?"
)
_DAYS_IN_400_YEARS = 146_097
_LONGEST_OFFSET = 14 * 3600


class _Time(NamedTuple):
    """Seconds since the year 0, in UTC if there is an offset: the integer part and the fraction."""

    seconds: int
    rest: Decimal
    has_offset: bool


_Value: TypeAlias = "Decimal | float | _Time"


def compare(pairs: Iterable[tuple[str, str, str, str]], sign: str) -> list[bool]:
    """Return for each pair whether it is in order.

    Parameters
    ----------
    pairs
        Lexical form and datatype of the left, then of the right literal. Both datatypes are among
        `NUMBERS`, `MOMENTS` or `DAYS`, and both lexical forms are valid.
    sign
        ``<`` or ``<=``.
    """
    holds = operator.lt if sign == "<" else operator.le
    return [
        _in_order(_value(left, one), _value(right, other), {one, other}, holds)
        for left, one, right, other in pairs
    ]


def _in_order(
    left: _Value, right: _Value, datatypes: set[str], holds: Callable[[Any, Any], bool]
) -> bool:
    if isinstance(left, _Time) or isinstance(right, _Time):
        assert isinstance(left, _Time)  # noqa: S101 - both are
        assert isinstance(right, _Time)  # noqa: S101
        return _moments_in_order(left, right, holds)
    if _DOUBLE in datatypes:
        return holds(float(left), float(right))
    if _FLOAT in datatypes:
        return holds(_as_single(left), _as_single(right))
    return holds(left, right)


def _moments_in_order(left: _Time, right: _Time, holds: Callable[[Any, Any], bool]) -> bool:
    ends = (left.seconds, left.rest), (right.seconds, right.rest)
    if left.has_offset == right.has_offset:
        return holds(*ends)
    # The one without an offset may have any; the order must be the same for all of them.
    return ends[0] < (right.seconds - _LONGEST_OFFSET, right.rest)


def _value(lexical: str, datatype: str) -> _Value:
    if datatype in MOMENTS or datatype in DAYS:
        return _time(lexical)
    if datatype in (_FLOAT, _DOUBLE):
        number = float(lexical.replace("INF", "inf"))
        return _as_single(number) if datatype == _FLOAT else number
    return Decimal(lexical)  # comparisons are exact; the precision limits only arithmetic


def _as_single(number: Decimal | float) -> float:
    value = float(number)
    try:
        return float(struct.unpack("f", struct.pack("f", value))[0])
    except OverflowError:
        return math.copysign(math.inf, value)


def _time(lexical: str) -> _Time:
    match = _MOMENT.fullmatch(lexical)
    assert match is not None  # noqa: S101 - it is well formed
    year, month, day, hour, minute, second, zone = match.groups()
    days = _days(int(Decimal(year)), int(month), int(day))  # int() accepts at most 4,300 digits
    whole, _, rest = (second or "0").partition(".")
    seconds = days * 86_400 + int(hour or 0) * 3600 + int(minute or 0) * 60 + int(whole)
    if zone and zone != "Z":
        offset = int(zone[1:3]) * 3600 + int(zone[4:6]) * 60
        seconds -= -offset if zone[0] == "-" else offset
    return _Time(seconds, Decimal(f"0.{rest or 0}"), zone is not None)


def _days(year: int, month: int, day: int) -> int:
    """Return the days since 1 March of the year 0, in the proleptic Gregorian calendar."""
    year -= month <= 2
    era, of_era = divmod(year, 400)
    of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    return era * _DAYS_IN_400_YEARS + of_era * 365 + of_era // 4 - of_era // 100 + of_year
