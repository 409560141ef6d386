"""The values of literals as the dictionary keeps them: numbers, and times as microseconds."""

from __future__ import annotations

import re
from datetime import date
from decimal import Context, Decimal
from typing import Final, NamedTuple

from pyoxigraph import Literal

from testimonia.namespaces import PREFIXES
from testimonia.query.columnar.term_ids import COUNT, DATE, DATETIME, INTEGER, NUMERIC, kind_of_term

__all__ = ["LiteralValues", "values_of"]

_XSD: Final = PREFIXES["xsd"]
_FLOATING: Final = (_XSD + "double", _XSD + "float")
_LARGEST_EXACT: Final = Decimal(10) ** 20
_SMALLEST: Final = Decimal(1).scaleb(-18)
_DIGITS: Final = Context(prec=38)
_PARTS = re.compile(
    r"([0-9]{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?)?(?:(Z)|([+-])(\d\d):(\d\d))?",
    re.ASCII,
)
_EPOCH: Final = date(1970, 1, 1).toordinal()


class LiteralValues(NamedTuple):
    """What `testimonia.query.columnar.quad_tables` keeps of a literal.

    Attributes
    ----------
    number
        Its value as a double, if it is numeric.
    exact
        Its value as a decimal, if it is one that fits 20 digits before and 18 after the point.
    instant
        Microseconds since 1970 in UTC, if it is a date or time of the years 0001 to 9999; without zone as if in UTC.
    offset_minutes
        How far its time zone is ahead of UTC, if it has one.
    """

    number: float | None = None
    exact: str | None = None
    instant: int | None = None
    offset_minutes: int | None = None


def values_of(literal: Literal) -> LiteralValues:
    """Find the values of a literal.

    Parameters
    ----------
    literal
        A literal.

    Examples
    --------
    >>> from pyoxigraph import NamedNode
    >>> values_of(Literal("1.50", datatype=NamedNode(_XSD + "decimal")))
    LiteralValues(number=1.5, exact='1.50', instant=None, offset_minutes=None)
    """
    kind = kind_of_term(literal)
    if kind in (NUMERIC, INTEGER, COUNT):
        return _number(literal.value, literal.datatype.value)
    if kind in (DATETIME, DATE):
        return _time(literal.value)
    return LiteralValues()


def _number(lexical: str, datatype: str) -> LiteralValues:
    if datatype in _FLOATING:
        return LiteralValues(number=float(lexical))
    value = Decimal(lexical)
    small = -_LARGEST_EXACT < value < _LARGEST_EXACT
    fits = small and value == value.quantize(_SMALLEST, context=_DIGITS)
    return LiteralValues(number=float(value), exact=f"{value:f}" if fits else None)


def _time(lexical: str) -> LiteralValues:
    match = _PARTS.fullmatch(lexical)
    if match is None or match[1] == "0000":
        return LiteralValues()
    days = date(int(match[1]), int(match[2]), int(match[3])).toordinal() - _EPOCH
    hours, minutes, seconds = (int(part or 0) for part in match.group(4, 5, 6))
    micros = int((match[7] or "0")[:6].ljust(6, "0"))
    offset = None
    if match[8]:
        offset = 0
    elif match[9]:
        offset = (int(match[10]) * 60 + int(match[11])) * (1 if match[9] == "+" else -1)
    total = ((days * 24 + hours) * 60 + minutes - (offset or 0)) * 60 + seconds
    return LiteralValues(instant=total * 1_000_000 + micros, offset_minutes=offset)
