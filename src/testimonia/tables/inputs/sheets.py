"""Selects the sheet of a workbook that holds a table, and writes it as CSV."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any, Final

from testimonia.errors import InputError, Place
from testimonia.tables.inputs.manner import Manner
from testimonia.tables.inputs.workbooks.book import Book, Sheet, opened
from testimonia.tables.inputs.workbooks.pages import Odd, Oddity, Page

__all__ = ["EXPECTED", "written"]

EXPECTED: Final = {
    "failed": "a value: the formula fails",
    "uncomputed": "a value: this formula was never computed; open the workbook in a spreadsheet, "
    "and save it",
    "merged": "a cell of its own: it is merged with another one, which holds the value",
    "percent": "a number that is not shown as a percentage",
}
"""What is expected of a cell, by oddity."""

_WANTED: Final = frozenset[Oddity](("failed", "uncomputed", "merged"))


def written(path: Path, shown: Path, manner: Manner, target: Path) -> None:
    """Write the sheet of a workbook that holds a table as CSV, in UTF-8 with commas.

    The header is its first row that is not empty. Dates are written as ``2026-03-03``.

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
        for sheet in _candidates(book, shown, manner):
            with target.open("w", encoding="utf-8", newline="") as stream:
                table = _Table(csv.writer(stream, lineterminator="\n"))
                page = book.read(sheet, table.take, _WANTED)
            if _has_key(table.header, manner):
                _report(sheet, page, table, book, manner)
                return
    key = f" with a column {manner.key_column!r}" if manner.key_column else ""
    raise InputError(
        f"no sheet of this workbook is a table{key}: "
        f"{', '.join(sheet.name for sheet in book.sheets) or 'it has none'}",
        place=Place(shown),
        hint="The first row that is not empty must be the header. --sheet selects another sheet.",
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


def _has_key(header: list[str | None], manner: Manner) -> bool:
    if manner.key_column is None or manner.sheet is not None:
        return bool(header)
    return manner.key_column in header


class _Table:
    """Writes rows as they come, all as wide as the first one."""

    def __init__(self, rows: Any) -> None:
        self._rows = rows
        self.header: list[str | None] = []
        self.under = self._last = 0
        self.wider: list[tuple[int, int, str]] = []

    def take(self, number: int, cells: list[str | None]) -> None:
        width = len(self.header)
        if not self.header:
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


def _report(sheet: Sheet, page: Page, table: _Table, book: Book, manner: Manner) -> None:
    others = [other.name for other in book.sheets if other != sheet]
    if others:
        manner.notice(f"read from the workbook: sheet {sheet.name}")
        manner.notice(f"skipped in the workbook: sheets {', '.join(others)}")
    if sheet.hidden:
        manner.notice("read although the sheet is hidden")
    if page.hidden:
        manner.notice(f"read although hidden: {page.hidden:,} rows or columns")
    for odd in page.odd:
        if odd.row > table.under:
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
        "expected": EXPECTED[odd.oddity],
    }
