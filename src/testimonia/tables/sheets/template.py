"""Writes an empty sheet to fill in, with a description, an example and the rules of every column."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from testimonia.outputs import new_directory
from testimonia.tables.cell_format import COMMENT, NOTES, SEPARATOR
from testimonia.tables.columns import Column, Table
from testimonia.tables.schema import TABLES
from testimonia.tables.sheets.cells import codes_of

__all__ = ["WORKBOOK", "new_sheet"]

WORKBOOK: Final = "sheet.xlsx"
"""The name of the workbook in the new directory."""

_LISTS: Final = f"{COMMENT}lists"
"""The sheet with the values of drop-down lists; it is skipped when reading."""

_ROWS: Final = 1000
"""Rows with drop-down lists."""

_NARROW, _WIDE = 12, 40


def new_sheet(directory: Path, *, workbook: bool = False) -> list[Path]:
    """Write an empty sheet with explanations: CSV files, or a workbook with drop-down lists.

    Parameters
    ----------
    directory
        A new or empty directory.
    workbook
        Whether to write one workbook instead of CSV files.

    Returns
    -------
    list of Path
        The files.

    Raises
    ------
    InputError
        The directory is not empty, or cannot be created.
    ExtraMissing
        xlsxwriter, which writes workbooks, is not installed.
    """
    with new_directory(directory) as beside:
        if workbook:
            _workbook(beside / WORKBOOK)
        else:
            for table in TABLES:
                _csv(table, beside / f"{table.name}.csv")
    return sorted(directory.iterdir())


def _csv(table: Table, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(column.name for column in table.columns)
        for row in _explained(table):
            if any(row):
                rows.writerow([f"{COMMENT} {row[0]}".rstrip(), *row[1:]])


def _explained(table: Table) -> Iterator[list[str]]:
    yield [column.description for column in table.columns]
    yield [f"e.g. {column.example}" for column in table.columns]
    yield [_rule(column) for column in table.columns]
    yield [_allowed(column, table) for column in table.columns]


def _rule(column: Column) -> str:
    rules = ["required" if column.required else "may be empty"]
    if column.many:
        rules.append(f"a list, with “{SEPARATOR.strip()}” between its values")
    if column.kind == "link":
        rules.append(f"an id of {column.target}")
    if column.target == "bounds":
        rules.append("or a date such as 2026-03-03")
    return ", ".join(rules)


def _allowed(column: Column, table: Table) -> str:
    choices = _choices(column, table)
    return f"one of: {', '.join(choices)}" if choices else ""


def _choices(column: Column, table: Table) -> tuple[str, ...]:
    """List the allowed values of a column, if they are a fixed list."""
    if column.kind == "code":
        return codes_of().get(column.target, ())
    return table.types + table.beside if column.kind == "type" else ()


def _workbook(path: Path) -> None:
    from testimonia.tables.sheets.workbooks import opened_to_write

    with opened_to_write(path) as book:
        _notes(book)
        lists = _DropDowns(book)
        for table in TABLES:
            _sheet(book, table, lists)
        lists.write()


def _notes(book: Any) -> None:
    bold = book.add_format({"bold": True, "valign": "top"})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    sheet = book.add_worksheet(NOTES)
    sheet.set_column(0, 1, 20)
    sheet.set_column(2, 5, _WIDE)
    sheet.freeze_panes(1, 0)
    rows = [["table", "column", "what it means", "example", "rule", "allowed"]]
    for table in TABLES:
        rows.append([table.name, "", table.description, "", "", ""])
        for column in table.columns:
            cells = [column.description, column.example, _rule(column), _allowed(column, table)]
            rows.append([table.name, column.name, *cells])
    for number, row in enumerate(rows):
        for index, cell in enumerate(row):
            sheet.write_string(number, index, cell, wrapped if number and index > 1 else bold)


def _sheet(book: Any, table: Table, lists: _DropDowns) -> None:
    from testimonia.tables.sheets.workbooks import TEXT

    required = book.add_format({"bold": True, "bg_color": "#DDEBF7", "border": 1})
    optional = book.add_format({"bg_color": "#F2F2F2", "border": 1})
    text = book.add_format(TEXT)
    sheet = book.add_worksheet(table.name)
    sheet.freeze_panes(1, 1)
    for index, column in enumerate(table.columns):
        width = _WIDE if column.kind == "text" else max(_NARROW, len(column.name) + 4)
        # As text, so that spreadsheets do not convert input to dates or numbers.
        sheet.set_column(index, index, width, text)
        sheet.write_string(0, index, column.name, required if column.required else optional)
        parts = [column.description, f"e.g. {column.example}", _rule(column)]
        sheet.write_comment(0, index, "\n".join(parts), {"x_scale": 2, "y_scale": 1.2})
        source = lists.source(column, table)
        if source:
            # Cells may contain several values, IRIs or dates that are not in the drop-down list.
            loose = column.many or column.kind == "link"
            sheet.data_validation(
                1,
                index,
                _ROWS,
                index,
                {"validate": "list", "source": source, "show_error": not loose},
            )


class _DropDowns:
    """Collects the values of drop-down lists, and writes them to a separate sheet."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._columns: dict[tuple[str, ...], int] = {}

    def source(self, column: Column, table: Table) -> str:
        """Return the range with the values of a column; empty if it takes any."""
        if column.kind == "link":
            return f"='{column.target}'!$A$2:$A${_ROWS + 1}"
        choices = _choices(column, table)
        if not choices:
            return ""
        index = self._columns.setdefault(choices, len(self._columns))
        letter = _letter(index)
        return f"='{_LISTS}'!${letter}$1:${letter}${len(choices)}"

    def write(self) -> None:
        """Write the values."""
        sheet = self._book.add_worksheet(_LISTS)
        for choices, index in self._columns.items():
            for number, choice in enumerate(choices):
                sheet.write_string(number, index, choice)
        sheet.hide()


def _letter(index: int) -> str:
    """Return the letters of a column, as in spreadsheets."""
    return chr(ord("A") + index) if index < 26 else _letter(index // 26 - 1) + _letter(index % 26)
