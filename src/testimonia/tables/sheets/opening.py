"""Opens a directory of CSV or Parquet files, or a workbook: cells as they are, rows by their number."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import polars as pl
from polars.exceptions import PolarsError

from testimonia.errors import InputError, Place, SyntaxFault
from testimonia.tables.checking import FAULTS
from testimonia.tables.columns import Table
from testimonia.tables.form import COMMENT, FORMULA_ERROR, NOTES, REJECTS
from testimonia.tables.published import ROW
from testimonia.tables.schema import TABLES

__all__ = ["Opened", "Sheet", "opened"]

_FORMULA_ERROR: Final = re.compile(FORMULA_ERROR)
_BY_NAME: Final = {table.name: table for table in TABLES}
_OTHER_SEPARATORS: Final = {";": "semicolons", "\t": "tabs"}


@dataclass(frozen=True)
class Sheet:
    """One claim table as it lies in a file.

    Parameters
    ----------
    table
        Which table.
    file
        The file.
    name
        The sheet of the workbook; None where each table is a file.
    rows
        Its cells, those of CSV and workbooks as text, null where empty; rows are numbered in the
        column `ROW` as a spreadsheet numbers them, those of Parquet from 1.
    faults
        What is wrong with its form: ``row``, ``column``, ``value``, ``expected``.
    comments
        How many rows and columns of comment were passed over.
    """

    table: Table
    file: Path
    name: str | None
    rows: pl.DataFrame
    faults: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=FAULTS))
    comments: int = 0

    @property
    def shown(self) -> str:
        """The name to show: the file, and the sheet of it."""
        return str(self.file) if self.name is None else f"{self.file}, sheet {self.name}"


@dataclass(frozen=True)
class Opened:
    """The tables of a directory or workbook, and what else is there, which is passed over."""

    sheets: list[Sheet]
    passed_over: dict[str, str]


def opened(path: Path) -> Opened:
    """Open a directory of CSV or Parquet files, one for each table, or a workbook with a sheet for each.

    Parameters
    ----------
    path
        The directory; or an ``.xlsx`` file.

    Raises
    ------
    InputError
        It holds no claim table, a table twice, or a table of an unknown name.
    SyntaxFault
        A file is not well formed.
    ExtraMissing
        What reads workbooks is not installed.
    """
    if not path.exists():
        raise InputError(
            "there is no such file or directory", place=Place(path), hint="Check the spelling."
        )
    found = _of_directory(path) if path.is_dir() else _of_workbook(path)
    if not found.sheets:
        hint = f"Name each file or sheet for its table: {', '.join(_BY_NAME)}."
        books = [name for name in found.passed_over if name.lower().endswith(".xlsx")]
        if books:
            hint = f"Name the workbook itself: {path / books[0]}"
        raise InputError("here is no claim table", place=Place(path), hint=hint)
    return found


def _of_directory(directory: Path) -> Opened:
    sheets: dict[str, Sheet] = {}
    passed_over = {}
    for path in sorted(directory.iterdir()):
        suffix = path.suffix.lower()
        if path.name.startswith(".") or path.is_dir() or suffix not in (".csv", ".parquet"):
            passed_over[path.name] = "is neither CSV nor Parquet"
            continue
        if path.name.endswith(REJECTS):
            passed_over[path.name] = "is a list of what was rejected"
            continue
        table = _table(path.stem, Place(path))
        if table.name in sheets:
            raise InputError(
                f"the table {table.name} is there twice", place=Place(path), hint="Leave one file."
            )
        sheets[table.name] = (_csv if suffix == ".csv" else _parquet)(table, path)
    return Opened(_in_order(sheets), passed_over)


def _in_order(sheets: dict[str, Sheet]) -> list[Sheet]:
    return [sheets[name] for name in _BY_NAME if name in sheets]


def _table(name: str, place: Place) -> Table:
    if name not in _BY_NAME:
        raise InputError(
            f"no claim table is named {name!r}",
            place=place,
            hint=f"The tables: {', '.join(_BY_NAME)}.",
        )
    return _BY_NAME[name]


def _of_workbook(path: Path) -> Opened:
    from testimonia.tables.sheets.workbooks import read

    if path.suffix.lower() != ".xlsx":
        raise InputError(
            "this is neither a directory nor a workbook",
            place=Place(path),
            hint="Give a directory of CSV or Parquet files, or one .xlsx file.",
        )
    sheets: dict[str, Sheet] = {}
    passed_over = {}
    for name, records, faults in read(path):
        if name == NOTES or name.startswith(COMMENT):
            passed_over[f"sheet {name}"] = "is for notes"
            continue
        table = _table(name, Place(f"{path}, sheet {name}"))
        sheets[table.name] = _sheet(table, path, name, records, faults)
    return Opened(_in_order(sheets), passed_over)


def _parquet(table: Table, path: Path) -> Sheet:
    try:
        rows = pl.read_parquet(path)
    except (PolarsError, OSError) as error:
        raise SyntaxFault(
            f"this is no whole Parquet file ({str(error).splitlines()[0]})",
            place=Place(path),
            hint="Write it anew.",
        ) from None
    numbered = rows.with_row_index(ROW, offset=1).with_columns(pl.col(ROW).cast(pl.Int64))
    return Sheet(table, path, None, numbered)


def _csv(table: Table, path: Path) -> Sheet:
    reader = csv.reader(io.StringIO(_text(path), newline=""), strict=True)
    try:
        records = [[cell or None for cell in record] for record in reader]
    except csv.Error as error:
        raise SyntaxFault(
            f"this is not well-formed CSV ({error})",
            place=Place(path, reader.line_num),
            hint="Put quotes round cells with commas, quotes or line breaks, and double the quotes.",
        ) from None
    return _sheet(table, path, None, records, [])


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(
            f"this file cannot be read ({error.strerror or error})",
            place=Place(path),
            hint="Check that you may read it.",
        ) from None
    hint = "Save it as UTF-8; Excel calls it “CSV UTF-8 (comma delimited)”."
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise InputError("this file is encoded in UTF-16", place=Place(path), hint=hint)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        line = before.count(b"\n") + 1
        column = len(before) - (before.rfind(b"\n") + 1) + 1
        raise InputError(
            f"this file is not in UTF-8 (byte {content[error.start]:#04x})",
            place=Place(path, line, column),
            hint=hint,
        ) from None


def _sheet(
    table: Table,
    file: Path,
    name: str | None,
    records: Sequence[Sequence[str | None]],
    faults: list[dict[str, object]],
) -> Sheet:
    """Take comments, empty rows and the header off, and number the others."""
    numbered = [(n, record) for n, record in enumerate(records, 1) if any(record)]
    told = [(n, record) for n, record in numbered if not _is_comment(record)]
    if not told:
        raise InputError(
            "there is no header",
            place=Place(file if name is None else f"{file}, sheet {name}"),
            hint=f"Its columns: {', '.join(column.name for column in table.columns)}.",
        )
    (_, header), *rows = told
    _refuse_other_separator(header, file)
    columns, wrong = _columns(header, rows)
    faults = [*_ragged(header, rows), *wrong, *_named(faults, header, {n for n, _ in rows})]
    cells: dict[str, list[object]] = {ROW: [n for n, _ in rows]}
    for index, title in columns.items():
        cells[title] = [record[index] if index < len(record) else None for _, record in rows]
    schema = {ROW: pl.Int64(), **dict.fromkeys(columns.values(), pl.String())}
    comments = len(numbered) - len(told) + sum(1 for t in header if t and t.startswith(COMMENT))
    return Sheet(
        table,
        file,
        name,
        pl.DataFrame(cells, schema=schema),
        pl.DataFrame(faults, schema=FAULTS),
        comments,
    )


def _is_comment(record: Sequence[str | None]) -> bool:
    first = record[0] or ""
    return first.startswith(COMMENT) and not _FORMULA_ERROR.fullmatch(first)


def _refuse_other_separator(header: Sequence[str | None], file: Path) -> None:
    if len(header) != 1 or not header[0]:
        return
    for mark, called in _OTHER_SEPARATORS.items():
        if mark in header[0]:
            raise InputError(
                f"the columns are separated by {called}",
                place=Place(file, 1),
                hint="Separate them by commas; Excel does where the system's list separator is one.",
            )


_Rows = Sequence[tuple[int, Sequence[str | None]]]


def _columns(
    header: Sequence[str | None], rows: _Rows
) -> tuple[dict[int, str], list[dict[str, object]]]:
    """Find the columns by their headers; those of comment are left out."""
    columns: dict[int, str] = {}
    faults = []
    for index, title in enumerate(header):
        if title is None:
            if any(index < len(record) and record[index] for _, record in rows):
                faults.append(_fault(None, f"column {index + 1}", None, "a header over its cells"))
        elif title in columns.values():
            faults.append(_fault(None, title, title, "to be there once"))
        elif not title.startswith(COMMENT):
            columns[index] = title
    return columns, faults


def _ragged(header: Sequence[str | None], rows: _Rows) -> Iterator[dict[str, object]]:
    expected = f"as many cells as the header, {len(header)}"
    for number, record in rows:
        if len(record) < len(header) or any(record[len(header) :]):
            yield _fault(number, "", f"{len(record)} cells", expected)


def _named(
    faults: list[dict[str, object]], header: Sequence[str | None], rows: set[int]
) -> Iterator[dict[str, object]]:
    """Name the columns of faults that are told by their index; those of comments do not count."""
    for fault in faults:
        index = int(str(fault["column"]))
        title = header[index] if index < len(header) else None
        if fault["row"] in rows and not (title or "").startswith(COMMENT):
            yield {**fault, "column": title or f"column {index + 1}"}


def _fault(row: int | None, column: str, value: str | None, expected: str) -> dict[str, object]:
    return {"row": row, "column": column, "value": value, "expected": expected}
