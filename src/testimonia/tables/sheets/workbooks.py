"""Reads and writes workbooks (Office Open XML, ISO/IEC 29500): every cell as text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from testimonia.errors import InputError, Place, SyntaxFault
from testimonia.extras import require

__all__ = ["TEXT", "opened_to_write", "read", "write"]

TEXT: Final = {"num_format": 49}
"""The format of cells that stay text, whatever is typed: numFmtId 49 (ISO/IEC 29500-1, 18.8.30)."""

_MOST_ROWS: Final = 1_048_576
_CREATED: Final = datetime(
    2000, 1, 1
)  # a fixed time, so that the same content makes the same bytes

_DATE: Final = "text: the spreadsheet turned this into a date, and what was typed is lost"
_FAILED: Final = "a value: the formula fails"

Record = list[str | None]


def read(path: Path) -> Iterator[tuple[str, list[Record], list[dict[str, object]]]]:
    """Read the sheets of a workbook.

    Parameters
    ----------
    path
        The ``.xlsx`` file.

    Yields
    ------
    tuple
        The name of a sheet; its rows from the first, each cell as text, None where empty; and its
        faults, with rows counted from 1 and columns by index: cells that are dates, and cells whose
        formula fails.

    Raises
    ------
    SyntaxFault
        It is no workbook.
    ExtraMissing
        fastexcel or pyarrow is not installed.
    """
    # fastexcel tells cells whose formula fails only with pyarrow
    require("sheets", "fastexcel", "pyarrow")
    import fastexcel

    try:
        book = fastexcel.read_excel(path)
        for name in book.sheet_names:
            yield name, *_sheet(book, name)
    except fastexcel.FastExcelError as error:
        why = str(error).splitlines()[0]
        hint = "Save it as .xlsx anew, without a password."
        if "cell error" in why:  # the reader stops at this kind of failed formula
            hint = f"Search the sheets for {why.rpartition(' ')[2]}, and mend the formula."
        raise SyntaxFault(
            f"this workbook cannot be read ({why})", place=Place(path), hint=hint
        ) from None


def _sheet(book: Any, name: str) -> tuple[list[Record], list[dict[str, object]]]:
    def load(kind: str) -> tuple[list[list[Any]], Sequence[Any]]:
        sheet = book.load_sheet(name, header_row=None, skip_rows=0, dtypes=kind)
        batch, errors = sheet.to_arrow_with_errors()
        columns = [column.to_pylist() for column in batch.columns]
        return columns, () if errors is None else errors.errors

    if not book.load_sheet(name, header_row=None, skip_rows=0).height:
        return [], []
    texts, failures = load("string")
    moments, numbers = load("datetime")[0], load("float")[0]
    faults = []
    for failure in failures:
        row, index = failure.position
        texts[index][row] = _shown(failure.detail)
        faults.append(_fault(row, index, texts[index][row], _FAILED))
    for index, column in enumerate(moments):
        # Numbers can be read as moments too; what can be read as a moment and no number is one.
        for row, moment in enumerate(column):
            if moment is not None and numbers[index][row] is None:
                faults.append(_fault(row, index, texts[index][row], _DATE))
    records = [list(record) for record in zip(*texts, strict=True)]
    return [[cell or None for cell in record] for record in records], faults


_ERRORS: Final = {
    "Div0": "#DIV/0!",
    "NA": "#N/A",
    "Name": "#NAME?",
    "Null": "#NULL!",
    "Num": "#NUM!",
    "Ref": "#REF!",
    "Value": "#VALUE!",
    "GettingData": "#GETTING_DATA!",
}


def _shown(detail: str) -> str:
    """Write an error the way spreadsheets show it."""
    _, _, rest = detail.partition("Error(")
    return _ERRORS.get(rest.partition(")")[0], "#VALUE!")


def _fault(row: int, index: int, value: str | None, expected: str) -> dict[str, object]:
    return {"row": row + 1, "column": str(index), "value": value, "expected": expected}


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
        A sheet has more rows than workbooks have.
    """
    with opened_to_write(path) as book:
        bold, text = book.add_format({"bold": True}), book.add_format(TEXT)
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 1)
            for number, row in enumerate(rows):
                if number == _MOST_ROWS:
                    raise InputError(
                        f"the table {name} has more rows than a sheet holds ({_MOST_ROWS:,})",
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
        The same content always makes the same bytes.

    Raises
    ------
    ExtraMissing
        xlsxwriter is not installed.
    """
    require("sheets", "xlsxwriter")
    import xlsxwriter

    book = xlsxwriter.Workbook(path)
    book.set_properties({"created": _CREATED})
    try:
        yield book
    finally:
        book.close()
