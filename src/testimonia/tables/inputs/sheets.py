"""Selects the sheet of a workbook that holds a table, and writes it as CSV."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from testimonia.errors import InputError, Place
from testimonia.tables.inputs.manner import Manner
from testimonia.tables.inputs.workbooks.book import Book, Sheet, opened
from testimonia.tables.inputs.workbooks.pages import Merged, Odd, Oddity, Page

__all__ = ["EXPECTED", "written"]

EXPECTED: Final = {
    "failed": "a value: the formula fails",
    "uncomputed": "a value: this formula was never computed; open the workbook in a spreadsheet, "
    "and save it",
    "merged": "a cell of its own: it is merged with another one, which holds the value",
    "percent": "a number that is not shown as a percentage",
}
"""What is expected of a cell, by oddity."""

_FILL: Final = "; --merged fill uses that value for all"
_DEEPEST: Final = 50
"""How many rows may come before the header."""

_WANTED: Final = frozenset[Oddity](("failed", "uncomputed", "merged"))


def written(path: Path, shown: Path, manner: Manner, target: Path) -> None:
    """Write the sheet of a workbook that holds a table as CSV, in UTF-8 with commas.

    The header is its first row that has the columns that are needed; if none are, its first row that is
    not empty. Dates are written as ``2026-03-03``.

    Parameters
    ----------
    path
        The workbook.
    shown
        The file, as it is named in errors.
    manner
        Which sheet; collects what was found, and the faulty rows.
    target
        The file to write.

    Raises
    ------
    InputError
        The workbook cannot be read, or has no such sheet, or none with rows.
    """
    with opened(path, shown, manner) as book:
        nearest: tuple[int, str] = (0, "")
        for sheet in _candidates(book, shown, manner):
            table = _written_sheet(book, sheet, manner, target)
            if table.header:
                return
            nearest = max(
                nearest, (table.most, f"sheet {sheet.name}, row {table.best}, {table.lacks}")
            )
    wanted = ", ".join(map(repr, sorted(manner.needed)))
    key = f" with the columns {wanted}" if len(manner.needed) > 1 else ""
    key = key or (f" with a column {wanted}" if wanted else "")
    raise InputError(
        f"no sheet of this workbook is a table{key}: "
        f"{', '.join(sheet.name for sheet in book.sheets) or 'it has none'}"
        + (f"; the nearest is {nearest[1]}" if nearest[0] else ""),
        place=Place(shown),
        hint="The header must be among the first 50 rows. --sheet selects a sheet, and shows its columns.",
    )


def _candidates(book: Book, shown: Path, manner: Manner) -> list[Sheet]:
    if manner.sheet is None:
        return sorted(book.sheets, key=lambda sheet: sheet.hidden)  # otherwise in order
    named = [sheet for sheet in book.sheets if sheet.name == manner.sheet]
    if not named:
        raise InputError(
            f"this workbook has no sheet {manner.sheet!r}",
            place=Place(shown),
            hint=f"Its sheets: {', '.join(sheet.name for sheet in book.sheets)}.",
        )
    return named


def _written_sheet(book: Book, sheet: Sheet, manner: Manner, target: Path) -> _Table:
    """Write a sheet if it is the table; otherwise what is returned has no header."""
    # A sheet that was asked for is written whatever its header: an error then shows its columns.
    for is_header in (manner.is_header, *([any] if manner.sheet is not None else [])):
        with target.open("w", encoding="utf-8", newline="") as stream:
            table = _Table(csv.writer(stream, lineterminator="\n"), is_header, manner.needed)
            page = book.read(sheet, table.take, _WANTED)
        if table.header:
            if manner.fill_merged and page.merged:
                _fill(target, page.merged, table.under, manner)
            _report(sheet, page, table, book, manner)
            return table
    return table


def _fill(target: Path, merged: Sequence[Merged], under: int, manner: Manner) -> None:
    """Write the value of merged cells into all of them."""
    with target.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))
    filled = 0
    for top, left, bottom, right in merged:
        if top < under:
            continue
        value = rows[top - under][left] if left < len(rows[top - under]) else ""
        for row in range(top - under, min(bottom - under + 1, len(rows))):
            for column in range(left, min(right + 1, len(rows[row]))):
                rows[row][column] = value
                filled += 1
    with target.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows(rows)
    if filled:
        manner.notice(
            f"filled with the value of the cell that they are merged with: {filled:,} cells"
        )


class _Table:
    """Writes rows from the header on, all as wide as it."""

    def __init__(
        self,
        rows: Any,
        is_header: Callable[[list[str | None]], bool],
        needed: frozenset[str],
    ) -> None:
        self._rows, self._is_header, self._needed = rows, is_header, needed
        self.above = self.most = self.best = 0
        self.lacks = ""
        self.header: list[str | None] = []
        self.under = self._last = 0
        self.wider: list[tuple[int, int, str]] = []

    def take(self, number: int, cells: list[str | None]) -> None:
        width = len(self.header)
        if not self.header:
            if self.above >= _DEEPEST or not any(cells) or not self._is_header(cells):
                self.above += 1
                self._compare(number, cells)
                return
            self.header, self.under = cells, number
            width = len(cells)
        else:
            for _ in range(self._last + 1, number):
                self._rows.writerow([""] * width)
            self.wider += [
                (number, place, cell) for place, cell in enumerate(cells[width:], width) if cell
            ]
        self._last = number
        padded = [*cells[:width], *[None] * (width - len(cells))]
        self._rows.writerow([cell or "" for cell in padded])

    def _compare(self, number: int, cells: list[str | None]) -> None:
        """Remember the row that has the most of the needed columns."""
        lacking = self._needed - {(cell or "").strip() for cell in cells}
        if len(self._needed) - len(lacking) > self.most:
            self.most, self.best = len(self._needed) - len(lacking), number
            self.lacks = f"which lacks {', '.join(map(repr, sorted(lacking)))}"


def _report(sheet: Sheet, page: Page, table: _Table, book: Book, manner: Manner) -> None:
    others = [other.name for other in book.sheets if other != sheet]
    if others:
        manner.notice(f"read from the workbook: sheet {sheet.name}")
        manner.notice(f"skipped in the workbook: sheets {', '.join(others)}")
    if table.above:
        manner.notice(f"skipped above the header: {table.above:,} rows")
    if sheet.hidden:
        manner.notice("read although the sheet is hidden")
    if page.hidden:
        manner.notice(f"read although hidden: {page.hidden:,} rows or columns")
    for odd in page.odd:
        is_filled = odd.oddity == "merged" and manner.fill_merged
        if odd.row > table.under and not is_filled:
            manner.faults.append(_fault(odd, table))
    for number, place, cell in table.wider:
        name = f"column {place + 1}"
        manner.faults.append(
            {
                "row": number - table.under,
                "column": name,
                "value": cell,
                "expected": "a header above its cells",
            }
        )


def _fault(odd: Odd, table: _Table) -> dict[str, Any]:
    title = table.header[odd.column] if odd.column < len(table.header) else None
    return {
        "row": odd.row - table.under,
        "column": title or f"column {odd.column + 1}",
        "value": odd.text,
        "expected": EXPECTED[odd.oddity] + (_FILL if odd.oddity == "merged" else ""),
    }
