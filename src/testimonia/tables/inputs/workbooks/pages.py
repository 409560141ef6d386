"""Reads the cells of a sheet, row by row, as displayed; and records oddities."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from typing import Final, Literal, NamedTuple

from testimonia.tables.inputs.workbooks.parts import Attributes, Parts
from testimonia.tables.inputs.workbooks.styles import Styles, moment, number

__all__ = ["Merged", "Odd", "Oddity", "Page", "Strings", "unescaped"]

Oddity = Literal["date", "failed", "uncomputed", "percent", "merged"]

_CELL: Final = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")
_MOST_ROWS, _MOST_COLUMNS = 1_048_576, 16_384
_ESCAPE: Final = re.compile("_x([0-9A-Fa-f]{4})_")
_MOST_MERGED: Final = 100_000
_MIDNIGHT: Final = " 00:00:00"
_TRUTHS: Final = {"0": "FALSE", "1": "TRUE"}


class Odd(NamedTuple):
    """A cell whose value may be misread: its row, from 1, its column, from 0, and its text."""

    row: int
    column: int
    text: str | None
    oddity: Oddity


Merged = tuple[int, int, int, int]
"""Merged cells: the first row and column, and the last ones; rows from 1, columns from 0."""


def unescaped(text: str) -> str:
    """Replace escapes such as ``_x000D_`` by their characters (ISO/IEC 29500-1, 22.9.2.19)."""
    return _ESCAPE.sub(_character, text) if "_x" in text else text


def _character(match: re.Match[str]) -> str:
    code = int(match[1], 16)
    return match[0] if 0xD800 <= code <= 0xDFFF else chr(code)


class Strings:
    """The shared strings of a workbook, in order, without phonetic guides."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._parts: list[str] = []
        self._aside = 0

    def start(self, name: str, attributes: Attributes) -> None:  # noqa: ARG002 - signature of handlers
        """Handle the start of an element."""
        if name == "si":
            self._parts.clear()
        elif name == "rPh":
            self._aside += 1

    def end(self, name: str, text: str) -> None:
        """Handle the end of an element."""
        if name == "t" and not self._aside:
            self._parts.append(text)
        elif name == "rPh":
            self._aside -= 1
        elif name == "si":
            self.texts.append(unescaped("".join(self._parts)))


class Page:
    """Reads one sheet: passes on its rows, and records oddities.

    Parameters
    ----------
    parts
        The workbook.
    strings
        The shared strings of the workbook.
    styles
        The cell formats of the workbook.
    from_1904
        Whether dates are counted from 1904.
    waits
        Whether formulas are to be computed when the workbook is next opened, so that a zero may be a
        value that was not computed yet.
    take
        Called with the number of each row that is not empty, and its cells.
    wanted
        The oddities of cells to record.

    Attributes
    ----------
    odd
        The recorded oddities.
    merged
        The ranges of merged cells.
    hidden
        The number of hidden rows and columns that are not empty.
    """

    def __init__(
        self,
        parts: Parts,
        strings: Sequence[str],
        styles: Styles,
        *,
        from_1904: bool,
        waits: bool,
        take: Callable[[int, list[str | None]], None],
        wanted: Collection[Oddity],
    ) -> None:
        self._wanted, self._merged = wanted, 0
        self._parts, self._strings, self._styles = parts, strings, styles
        self._from_1904, self._waits, self._take = from_1904, waits, take
        self.odd: list[Odd] = []
        self.merged: list[Merged] = []
        self.hidden = 0
        self._hidden_columns: set[int] = set()
        self._row = self._widest = 0
        self._cells: dict[int, str] = {}
        self._here = (0, -1)
        self._attributes: Attributes = {}
        self._value: str | None = None
        self._formula = self._skipped = False
        self._inline: list[str] = []
        self._aside = 0

    def start(self, name: str, attributes: Attributes) -> None:
        """Handle the start of an element."""
        if name == "c":
            self._begin_cell(attributes)
        elif name == "row":
            self._begin_row(attributes)
        elif name == "f":
            self._formula = True
        elif name == "rPh":
            self._aside += 1
        elif name == "col" and attributes.get("hidden") in ("1", "true"):
            self._hide_columns(attributes)
        elif name == "mergeCell":
            self._merge(attributes.get("ref", ""))

    def end(self, name: str, text: str) -> None:
        """Handle the end of an element."""
        if name == "v":
            self._value = text
        elif name == "t" and not self._aside:
            self._inline.append(text)
        elif name == "rPh":
            self._aside -= 1
        elif name == "c":
            self._end_cell()
        elif name == "row":
            self._end_row()

    def _begin_row(self, attributes: Attributes) -> None:
        number_ = attributes.get("r")
        row = self._row + 1 if number_ is None else self._number(number_, _MOST_ROWS)
        if row <= self._row:
            raise self._parts.refuse(f"row {row} comes after row {self._row}")
        self._row, self._here = row, (row, -1)
        self._skipped = attributes.get("hidden") in ("1", "true")
        self._cells = {}

    def _number(self, text: str, most: int) -> int:
        found = int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else 0
        if not 1 <= found <= most:
            raise self._parts.refuse(f"{text!r:.40} is not a row or column of a sheet")
        return found

    def _begin_cell(self, attributes: Attributes) -> None:
        reference = attributes.get("r")
        row, column = self._here
        if reference is None:
            self._here = (row, column + 1)
        else:
            self._here = self._at(reference)
            if self._here[0] != self._row:
                raise self._parts.refuse(f"cell {reference:.20} is in row {self._row}")
        self._attributes, self._value, self._formula = attributes, None, False
        self._inline = []

    def _at(self, reference: str) -> tuple[int, int]:
        match = _CELL.fullmatch(reference)
        column = 0
        for letter in match[1].upper() if match else "":
            column = column * 26 + ord(letter) - ord("A") + 1
        if not match or not 1 <= int(match[2]) <= _MOST_ROWS or column > _MOST_COLUMNS:
            raise self._parts.refuse(f"{reference!r:.40} is not a cell of a sheet")
        return int(match[2]), column - 1

    def _end_cell(self) -> None:
        text, oddity = self._seen(self._attributes.get("t", "n"))
        row, column = self._here
        if oddity is not None and oddity in self._wanted:
            self.odd.append(Odd(row, column, text, oddity))
        if text:
            self._cells[column] = text

    def _seen(self, kind: str) -> tuple[str | None, Oddity | None]:
        value = self._value
        if kind == "inlineStr":
            return unescaped("".join(self._inline)), None
        if kind == "s" and value is not None:
            return self._shared(value), None
        if kind in ("str", "s"):
            # A formula may have an empty text as its result.
            return (unescaped(value or ""), None) if value is not None else self._nothing()
        if not value:
            return self._nothing()
        if kind == "e":
            return value, "failed"
        if kind == "b":
            return _TRUTHS.get(value.strip(), value), None
        if kind == "d":
            return value.replace("T", " ").removesuffix(_MIDNIGHT), "date"
        return self._numeric(value.strip())

    def _nothing(self) -> tuple[str | None, Oddity | None]:
        return ("a formula", "uncomputed") if self._formula else (None, None)

    def _shared(self, value: str) -> str:
        place = int(value) if value.isascii() and value.strip().isdecimal() else -1
        if not 0 <= place < len(self._strings):
            raise self._parts.refuse(f"there is no shared string {value!r:.40}")
        return self._strings[place]

    def _numeric(self, value: str) -> tuple[str | None, Oddity | None]:
        text = number(value)
        if text is None:
            raise self._parts.refuse(f"{value!r:.40} is not a number, in a cell of numbers")
        if self._formula and self._waits and text == "0":
            return "a formula", "uncomputed"
        shows = self._styles.shows(self._attributes.get("s"))
        if shows == "date":
            day = moment(value, from_1904=self._from_1904)
            return (text, "failed") if day is None else (day.removesuffix(_MIDNIGHT), "date")
        return text, "percent" if shows == "percent" else None

    def _end_row(self) -> None:
        if not self._cells:
            return
        self.hidden += self._skipped
        width = max(self._cells) + 1
        self._widest = max(self._widest, width)
        self._parts.spanned(self._row, self._widest)
        self._take(self._row, [self._cells.get(column) for column in range(width)])
        if self._hidden_columns:
            seen = self._hidden_columns & self._cells.keys()
            self.hidden += len(seen)
            self._hidden_columns -= seen

    def _hide_columns(self, attributes: Attributes) -> None:
        first = self._number(attributes.get("min", ""), _MOST_COLUMNS)
        last = self._number(attributes.get("max", ""), _MOST_COLUMNS)
        self._hidden_columns |= set(range(first - 1, last))

    def _merge(self, reference: str) -> None:
        """Record merged cells other than the first, which holds the value of all."""
        first, _, last = reference.partition(":")
        (top, left), (bottom, right) = self._at(first), self._at(last or first)
        # Ignore rows below the last one.
        bottom = min(bottom, self._row)
        self._merged += max(0, bottom - top + 1) * max(0, right - left + 1)
        if self._merged > _MOST_MERGED:
            raise self._parts.refuse(
                f"{reference:.40} and others merge more cells than are supported"
            )
        self.merged.append((top, left, bottom, right))
        self.odd += [
            Odd(row, column, None, "merged")
            for row in range(top, bottom + 1)
            for column in range(left, right + 1)
            if (row, column) != (top, left)
        ]
