"""Opens a directory of CSV or Parquet files, or a workbook, and reads rows with their numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import polars as pl

from testimonia.errors import InputError, Place, SyntaxFault, TableError
from testimonia.rdf.opening import COMPRESSIONS
from testimonia.suggestions import nearest
from testimonia.tables.batch_reader import ROW
from testimonia.tables.cell_checks import FAULTS
from testimonia.tables.cell_format import COMMENT, FORMULA_ERROR, NOTES, REJECTS
from testimonia.tables.columns import Table
from testimonia.tables.inputs.as_tables import records_of, whole
from testimonia.tables.inputs.error_boundary import Unusable, check_parquet, error_boundary
from testimonia.tables.inputs.manner import Manner
from testimonia.tables.schema import TABLES
from testimonia.tables.skipped_rows import TAG

__all__ = ["Opened", "Sheet", "is_table_file", "opened"]

_FORMULA_ERROR: Final = re.compile(FORMULA_ERROR)
_BY_NAME: Final = {table.name: table for table in TABLES}
_TAG: Final = re.compile(TAG)
_TEXTS: Final = (".csv", ".tsv", ".tab")
_PACKED: Final = (*COMPRESSIONS, ".zip")
_NEAR: Final = 0.75


@dataclass(frozen=True)
class Sheet:
    """One claim table as read from a file.

    Parameters
    ----------
    table
        The table.
    file
        The file.
    name
        The sheet of the workbook; None if each table is a file.
    rows
        Its cells, those of CSV and workbooks as text, null if empty; rows are numbered in the column
        `ROW` as in a spreadsheet, those of Parquet from 1.
    faults
        Faults of its structure: ``row``, ``column``, ``value``, ``expected``.
    comments
        How many rows and columns of comments were skipped.
    notices
        How the file was read.
    is_parquet
        Whether the uncompressed file is Parquet, whatever its name.
    """

    table: Table
    file: Path
    name: str | None
    rows: pl.DataFrame
    faults: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=FAULTS))
    comments: int = 0
    notices: tuple[str, ...] = ()
    is_parquet: bool = False

    @property
    def shown(self) -> str:
        """The file, and the sheet, to name in messages."""
        return str(self.file) if self.name is None else f"{self.file}, sheet {self.name}"


@dataclass(frozen=True)
class Opened:
    """The tables of a directory or workbook, and what else is there, which is skipped."""

    sheets: list[Sheet]
    skipped: dict[str, str]


def opened(path: Path, manner: Manner | None = None) -> Opened:
    """Open a directory of CSV or Parquet files, one for each table, or a workbook with a sheet for each.

    Parameters
    ----------
    path
        The directory; or an ``.xlsx`` file.
    manner
        How to read the files; the defaults when left out.

    Raises
    ------
    InputError
        It contains no claim table, a table twice, or one whose name is similar to that of a claim table.
    SyntaxFault
        A file is not well formed.
    """
    manner = manner or Manner()
    if not path.exists():
        raise InputError(
            "there is no such file or directory", place=Place(path), hint="Check the spelling."
        )
    found = _of_directory(path, manner) if path.is_dir() else _of_workbook(path, manner)
    if not found.sheets:
        hint = f"Name each file or sheet after its table: {', '.join(_BY_NAME)}."
        books = [name for name in found.skipped if name.lower().endswith(".xlsx")]
        if books:
            hint = f"Give the workbook itself: {path / books[0]}"
        raise InputError("there is no claim table here", place=Place(path), hint=hint)
    return found


def is_table_file(path: Path) -> bool:
    """Return whether the name of a file is that of a table."""
    return bool(_split(path)[1]) and not path.name.endswith(REJECTS)


def _split(path: Path) -> tuple[str, str]:
    """Split the name of a file into stem and suffix, ignoring that of compression; the suffix is empty if it is not a table."""
    plain = path.with_suffix("") if path.suffix.lower() in _PACKED else path
    suffix = plain.suffix.lower()
    return (plain.stem, suffix) if suffix in (*_TEXTS, ".parquet") else (plain.stem, "")


def _of_directory(directory: Path, manner: Manner) -> Opened:
    sheets: dict[str, Sheet] = {}
    skipped = {}
    for path in sorted(directory.iterdir()):
        name, suffix = _split(path)
        if path.name.startswith(".") or path.is_dir() or not suffix:
            skipped[path.name] = "is neither CSV nor Parquet"
            continue
        if path.name.endswith(REJECTS):
            skipped[path.name] = "is a list of rejected rows"
            continue
        table = _table(name, Place(path))
        if table is None:
            skipped[path.name] = "not the name of a claim table"
            continue
        if table.name in sheets:
            raise InputError(
                f"there are two files for the table {table.name}",
                place=Place(path),
                hint="Keep one file.",
            )
        sheets[table.name] = _file(table, path, manner.for_file())
    return Opened(_in_order(sheets), skipped)


def _in_order(sheets: dict[str, Sheet]) -> list[Sheet]:
    return [sheets[name] for name in _BY_NAME if name in sheets]


def _table(name: str, place: Place) -> Table | None:
    """Find a table by name; None if the name is not similar to that of any table."""
    if name in _BY_NAME:
        return _BY_NAME[name]
    near = nearest(name.strip().casefold(), _BY_NAME, most=1, similarity=_NEAR)
    if not near:
        return None
    raise InputError(
        f"no claim table is named {name!r}; is it {near[0]!r}?",
        place=place,
        hint=f"Rename it; or let its name begin with {COMMENT}, so that it is skipped.",
    )


def _of_workbook(path: Path, manner: Manner) -> Opened:
    from testimonia.tables.sheets.workbooks import read

    if path.suffix.lower() not in (".xlsx", ".xlsm"):
        raise InputError(
            "this is neither a directory nor a workbook",
            place=Place(path),
            hint="Give a directory of CSV or Parquet files, or one .xlsx file.",
        )
    sheets: dict[str, Sheet] = {}
    skipped = {}

    def wanted(name: str) -> bool:
        if name.casefold() == NOTES or name.startswith(COMMENT):
            skipped[f"sheet {name}"] = "is for notes"
            return False
        if _table(name, Place(f"{path}, sheet {name}")) is None:
            skipped[f"sheet {name}"] = "not the name of a claim table"
            return False
        return True

    for name, numbered, faults, notices in read(path, wanted, manner):
        sheets[name] = _sheet(_BY_NAME[name], path, name, numbered, faults, notices)
    return Opened(_in_order(sheets), skipped)


def _file(table: Table, path: Path, manner: Manner) -> Sheet:
    with whole(path, manner) as (held, kind):
        if kind == "parquet":
            return _parquet(table, held, path, manner)
        if kind != "text":
            raise TableError(
                "this is a workbook, not CSV", place=Place(path), hint="Give the workbook itself."
            )
        found = records_of(held, path, manner)
    numbered = [(n, [cell or None for cell in each.cells]) for n, each in enumerate(found, 1)]
    return _sheet(table, path, None, numbered, [], manner.notices)


def _parquet(table: Table, held: Path, path: Path, manner: Manner) -> Sheet:
    check_parquet(held, path, manner)
    try:
        with error_boundary():
            rows = pl.read_parquet(held, glob=False)
            rows = rows.with_columns(_lasting(rows.schema))
            numbered = rows.with_row_index(ROW, offset=1).with_columns(pl.col(ROW).cast(pl.Int64))
    except Unusable as error:
        raise SyntaxFault(
            f"this Parquet file is damaged ({error})", place=Place(path), hint="Write it again."
        ) from None
    odd = {name: _needs(table, name, kind) for name, kind in rows.schema.items()}
    odd = {name: needs for name, needs in odd.items() if needs}
    faults = [_fault(None, name, None, needs) for name, needs in odd.items()]
    return Sheet(
        table,
        path,
        None,
        numbered.drop(odd),
        pl.DataFrame(faults, schema=FAULTS),
        notices=tuple(manner.notices),
        is_parquet=True,
    )


def _lasting(schema: pl.Schema) -> Iterator[pl.Expr]:
    """Cast variants of text and integer types to the types of the tables; values that do not fit fail."""
    for name, kind in schema.items():
        if isinstance(kind, pl.Categorical | pl.Enum) or kind == pl.Null:
            yield pl.col(name).cast(pl.String)
        elif kind == pl.List(pl.Null):
            yield pl.col(name).cast(pl.List(pl.String))
        elif kind.is_integer() and kind != pl.Int64:
            yield pl.col(name).cast(pl.Int64)


def _needs(table: Table, name: str, kind: pl.DataType) -> str:
    """Describe the expected type of a Parquet column, if it has another one."""
    column = table.column(name)
    if column is None or kind == pl.String or (column.kind == "integer" and kind.is_integer()):
        return ""
    if not isinstance(kind, pl.List):
        wanted = "whole numbers" if column.kind == "integer" else "text"
        return f"{wanted}, not {kind}"
    if not column.many:
        return "one value, not a list"
    return "" if kind.inner == pl.String else f"text, not {kind.inner}"


_Numbered = Sequence[tuple[int, Sequence[str | None]]]
"""Rows that are not empty, with their numbers as in a spreadsheet."""


def _sheet(
    table: Table,
    file: Path,
    name: str | None,
    records: _Numbered,
    faults: list[dict[str, object]],
    notices: Sequence[str],
) -> Sheet:
    """Separate comments, empty rows and the header from the data."""
    numbered = [(n, record) for n, record in records if any(record)]
    kept = [(n, record) for n, record in numbered if not _is_comment(record)]
    if not kept:
        raise InputError(
            "there is no header",
            place=Place(file if name is None else f"{file}, sheet {name}"),
            hint=f"Its columns: {', '.join(column.name for column in table.columns)}.",
        )
    (_, header), *rows = kept
    if name is not None:  # workbooks do not store empty cells at the end of a row
        widest = max(len(record) for _, record in kept)
        header, short = [*header, *[None] * (widest - len(header))], []
    else:
        short = list(_ragged(header, rows))
    columns, wrong = _columns(header, rows)
    faults = [*short, *wrong, *_named(faults, header, {n for n, _ in rows})]
    cells: dict[str, list[object]] = {ROW: [n for n, _ in rows]}
    for index, title in columns.items():
        cells[title] = [record[index] if index < len(record) else None for _, record in rows]
    schema = {ROW: pl.Int64(), **dict.fromkeys(columns.values(), pl.String())}
    comments = len(numbered) - len(kept) + sum(1 for t in header if t and t.startswith(COMMENT))
    return Sheet(
        table,
        file,
        name,
        pl.DataFrame(cells, schema=schema),
        pl.DataFrame(faults, schema=FAULTS),
        comments,
        tuple(notices),
    )


def _is_comment(record: Sequence[str | None]) -> bool:
    """Return whether a row is a comment, or a row of tags below the header (HXL 1.1)."""
    first = record[0] or ""
    if first.startswith(COMMENT):
        return not _FORMULA_ERROR.fullmatch(first)
    return all(_TAG.fullmatch(cell) for cell in record if cell)


def _columns(
    header: Sequence[str | None], rows: _Numbered
) -> tuple[dict[int, str], list[dict[str, object]]]:
    """Find the columns by their headers, without those of comments."""
    columns: dict[int, str] = {}
    faults = []
    for index, title in enumerate(header):
        if title is None:
            if any(index < len(record) and record[index] for _, record in rows):
                faults.append(_fault(None, f"column {index + 1}", None, "a header above its cells"))
        elif title in columns.values():
            faults.append(_fault(None, title, title, "to be unique"))
        elif not title.startswith(COMMENT):
            columns[index] = title
    return columns, faults


def _ragged(header: Sequence[str | None], rows: _Numbered) -> Iterator[dict[str, object]]:
    expected = f"as many cells as the header, {len(header)}"
    for number, record in rows:
        if len(record) < len(header) or any(record[len(header) :]):
            yield _fault(number, "", f"{len(record)} cells", expected)


def _named(
    faults: list[dict[str, object]], header: Sequence[str | None], rows: set[int]
) -> Iterator[dict[str, object]]:
    """Replace column indexes of faults by headers; faults in comments are dropped."""
    for fault in faults:
        index = int(str(fault["column"]))
        title = header[index] if index < len(header) else None
        if fault["row"] in rows and not (title or "").startswith(COMMENT):
            yield {**fault, "column": title or f"column {index + 1}"}


def _fault(row: int | None, column: str, value: str | None, expected: str) -> dict[str, object]:
    return {"row": row, "column": column, "value": value, "expected": expected}
