"""Reads and writes workbooks (Office Open XML, ISO/IEC 29500): every cell as text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from testimonia.errors import InputError, Place, SyntaxFault
from testimonia.outputs.new_workbooks import MOST_ROWS, new_workbook
from testimonia.tables.inputs.kinds import head_of, kind_of
from testimonia.tables.inputs.manner import Manner
from testimonia.tables.inputs.sheets import EXPECTED
from testimonia.tables.inputs.workbooks.book import opened
from testimonia.tables.inputs.workbooks.pages import Odd, Oddity

__all__ = ["TEXT", "opened_to_write", "read", "write"]

TEXT: Final = {"num_format": 49}
"""The format of text cells, which spreadsheets do not convert: numFmtId 49 (ISO/IEC 29500-1, 18.8.30)."""

_WANTED: Final = frozenset[Oddity](("failed", "uncomputed", "merged", "date", "percent"))
_DATE: Final = "text: the spreadsheet converted this to a date, and what was typed is lost"

Numbered = list[tuple[int, list[str | None]]]


def read(
    path: Path, wanted: Callable[[str], bool], manner: Manner
) -> Iterator[tuple[str, Numbered, list[dict[str, object]], list[str]]]:
    """Read sheets of a workbook.

    Parameters
    ----------
    path
        The ``.xlsx`` file.
    wanted
        Decides by name whether to read a sheet.
    manner
        Limits how much is read.

    Yields
    ------
    tuple
        The name of a sheet; its rows that are not empty, with numbers from 1, and cells as text, None if
        empty; its faults, with row numbers and column indexes: cells that are dates, percentages or
        merged with others, and those whose formula fails or was never computed; and notices.

    Raises
    ------
    InputError
        It is larger than allowed.
    SyntaxFault
        It is not a workbook.
    """
    if kind_of(head_of(path), path) != "zip":
        raise SyntaxFault(
            "this is not a workbook",
            place=Place(path),
            hint="Save it as .xlsx, without a password.",
        )
    with opened(path, path, manner) as book:
        for sheet in book.sheets:
            if not wanted(sheet.name):
                continue
            rows = _Rows()
            page = book.read(sheet, rows.take, _WANTED)
            notices = ["read although the sheet is hidden"] if sheet.hidden else []
            if page.hidden:
                notices.append(f"read although hidden: {page.hidden:,} rows or columns")
            yield sheet.name, rows.taken, [_fault(odd) for odd in page.odd], notices


class _Rows:
    """Collects the rows of a sheet."""

    def __init__(self) -> None:
        self.taken: Numbered = []

    def take(self, number: int, cells: list[str | None]) -> None:
        self.taken.append((number, cells))


def _fault(odd: Odd) -> dict[str, object]:
    expected = _DATE if odd.oddity == "date" else EXPECTED[odd.oddity]
    return {"row": odd.row, "column": str(odd.column), "value": odd.text, "expected": expected}


def write(path: Path, sheets: Mapping[str, Iterable[Sequence[str | None]]]) -> None:
    """Write a workbook, every cell as text.

    Parameters
    ----------
    path
        The file.
    sheets
        The rows of each sheet by its name, the header first.

    Raises
    ------
    ExtraMissing
        xlsxwriter is not installed.
    InputError
        A sheet has more rows than a workbook allows.
    """
    with opened_to_write(path) as book:
        bold, text = book.add_format({"bold": True}), book.add_format(TEXT)
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 1)
            for number, row in enumerate(rows):
                if number == MOST_ROWS:
                    raise InputError(
                        f"the table {name} has more rows than a sheet can have ({MOST_ROWS:,})",
                        hint="Choose CSV or Parquet.",
                    )
                for index, cell in enumerate(row):
                    if cell is not None:
                        sheet.write_string(number, index, cell, text if number else bold)


@contextmanager
def opened_to_write(path: Path) -> Iterator[Any]:
    """Open a workbook to write, and close it at the end.

    Parameters
    ----------
    path
        The file.

    Yields
    ------
    xlsxwriter.Workbook
        The same content always gives the same bytes.

    Raises
    ------
    ExtraMissing
        xlsxwriter is not installed.
    """
    whole = BytesIO()
    with new_workbook(whole) as book:
        yield book
    path.write_bytes(whole.getbuffer())
