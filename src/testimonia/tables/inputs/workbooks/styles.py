"""Cell formats: which numbers are dates, and which are displayed as percentages."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final, Literal

from testimonia.tables.inputs.workbooks.parts import Attributes

__all__ = ["Shows", "Styles", "moment", "number"]

Shows = Literal["number", "date", "percent"]

_DATES: Final = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
_PERCENTS: Final = frozenset((9, 10))
# Quoted, bracketed and escaped characters are literal; [h] counts hours.
_ASIDE: Final = re.compile(r'"[^"]*"|\\.|[_*].|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
_OF_DATES: Final = re.compile(r"[ymdhs]", re.IGNORECASE)
_GENERAL: Final = re.compile("general", re.IGNORECASE)

_FIRST_DAYS: Final = {False: datetime(1899, 12, 31), True: datetime(1904, 1, 1)}
_LEAP_DAY: Final = 60  # 29 February 1900, which exists only in spreadsheets
_LAST: Final = 2_958_466  # 1 January 10000


class Styles:
    """The cell formats of a workbook, by index."""

    def __init__(self) -> None:
        self._codes: dict[int, str] = {}
        self._ids: list[int] = []
        self._in_cells = False
        self._known: dict[int, Shows] = {}

    def start(self, name: str, attributes: Attributes) -> None:
        """Handle the start of an element of the styles part."""
        if name == "numFmt":
            self._codes[_whole(attributes.get("numFmtId"))] = attributes.get("formatCode", "")
        elif name == "cellXfs":
            self._in_cells = True
        elif name == "xf" and self._in_cells:
            self._ids.append(_whole(attributes.get("numFmtId")))

    def end(self, name: str, text: str) -> None:  # noqa: ARG002 - signature of handlers
        """Handle the end of an element."""
        if name == "cellXfs":
            self._in_cells = False

    def shows(self, style: str | None) -> Shows:
        """Return how a cell of a style displays its number."""
        place = _whole(style)
        if place not in self._known:
            format_id = self._ids[place] if 0 <= place < len(self._ids) else 0
            self._known[place] = _shows(format_id, self._codes.get(format_id))
        return self._known[place]


def _whole(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _shows(format_id: int, code: str | None) -> Shows:
    if code is None:
        if format_id in _DATES:
            return "date"
        return "percent" if format_id in _PERCENTS else "number"
    plain = _GENERAL.sub("", _ASIDE.sub("", code))
    if _OF_DATES.search(plain):
        return "date"
    return "percent" if "%" in plain else "number"


def moment(value: str, *, from_1904: bool) -> str | None:
    """Convert the serial number of a date and time; None if it is not one.

    Parameters
    ----------
    value
        Days since the epoch, with fractions.
    from_1904
        Whether days are counted from 1904, as in early spreadsheets on the Macintosh.

    Examples
    --------
    >>> moment("46084", from_1904=False)
    '2026-03-03 00:00:00'
    """
    days = float(value)
    if not 0 <= days < _LAST or (int(days) == _LEAP_DAY and not from_1904):
        return None
    if days > _LEAP_DAY and not from_1904:
        days -= 1
    try:
        shown = _FIRST_DAYS[from_1904] + timedelta(seconds=round(days * 86_400))
    except OverflowError:  # the last half second of the year 9999, or one later from 1904
        return None
    return shown.isoformat(" ", "seconds")


def number(value: str) -> str | None:
    """Write a number in decimal notation, without trailing zeros; None if it is not a number.

    Examples
    --------
    >>> number("34.550300000000003"), number("1E+3"), number("2.0")
    ('34.5503', '1000', '2')
    """
    try:
        found = float(value)
    except ValueError:
        return None
    if found != found or abs(found) == float("inf"):
        return None
    if value.isdecimal() and value.isascii() and (value == "0" or value[0] != "0"):
        return value
    text = format(Decimal(repr(found)), "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text
