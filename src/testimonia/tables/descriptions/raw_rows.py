"""Reads the first rows of a table whose header is not known yet, and finds the header."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from testimonia.errors import InputError, Place, TableError
from testimonia.tables.batch_reader import ROW, batches
from testimonia.tables.inputs import csvs
from testimonia.tables.inputs.as_tables import whole
from testimonia.tables.inputs.manner import Manner
from testimonia.tables.inputs.texts import surveyed
from testimonia.tables.inputs.workbooks.book import opened
from testimonia.tables.skipped_rows import TAG

__all__ = ["SampledTable", "sampled"]

_MOST: Final = 5_000
"""How many rows are looked at."""

_DEEPEST: Final = 50
_FULL: Final = 0.6
"""The share of cells that a header fills, of those that the widest row has."""

_NUMBER: Final = re.compile(r"[-+~]?[0-9][0-9.,:/ +-]*")
_TAG: Final = re.compile(TAG)
_Rows = list[list[str]]


@dataclass(frozen=True)
class SampledTable:
    """The first rows of a table.

    Attributes
    ----------
    sheet
        The sheet of the workbook; empty if there is only one, or the file is not a workbook.
    columns
        The names of the columns, without those that have none.
    tags
        HXL tags by column, without spaces.
    cells
        The cells by column, without outer spaces; empty ones are left out.
    rows
        How many rows were looked at.
    merged
        Whether cells below the header are merged.
    """

    sheet: str
    columns: list[str]
    tags: dict[str, str]
    cells: dict[str, list[str]]
    rows: int
    merged: bool = False


def sampled(path: Path, manner: Manner) -> SampledTable:
    """Read the first rows of a table, and find its header.

    The header is the row above one of HXL tags; without tags, the first row that fills most columns, and
    not with numbers.

    Parameters
    ----------
    path
        CSV, Parquet or a workbook, also compressed.
    manner
        How to read it; collects what was found.

    Raises
    ------
    InputError
        It cannot be read, or holds no table.
    """
    with whole(path, manner) as (held, kind):
        if kind == "parquet":
            return _of_parquet(path, manner)
        if kind == "text":
            seen = surveyed(held, path, manner)
            with csvs.records(held, seen, path, manner) as (_, _, found):
                rows = [record.cells for record in islice(found, _MOST)]
            found_tables = [("", rows, False)]
        else:
            found_tables = list(_of_workbook(held, path, manner))
    tables = [_table(name, rows, merged) for name, rows, merged in found_tables]
    best = max(filter(None, tables), key=lambda each: (bool(each.tags), each.rows), default=None)
    if best is None or not best.rows:
        raise TableError(
            "this file holds no table: no row that can be a header, with rows below it",
            place=Place(path),
            hint="Check that it is the right file; --sheet selects a sheet of a workbook.",
        )
    if len(found_tables) > 1:
        others = [name for name, _, _ in found_tables if name != best.sheet]
        manner.notice(f"read from the workbook: sheet {best.sheet}; not {', '.join(others)}")
        return best
    return SampledTable("", best.columns, best.tags, best.cells, best.rows, best.merged)


def _of_parquet(path: Path, manner: Manner) -> SampledTable:
    first = next(iter(batches(path, manner, size=_MOST)), None)
    if first is None:
        raise TableError("this table has no rows", place=Place(path))
    columns = [name for name in first.columns if name != ROW]
    cells = {
        name: [text for cell in first[name].drop_nulls() if (text := str(cell).strip())]
        for name in columns
    }
    return SampledTable("", columns, {}, cells, first.height)


def _of_workbook(held: Path, path: Path, manner: Manner) -> Iterator[tuple[str, _Rows, bool]]:
    with opened(held, path, manner) as book:
        sheets = [sheet for sheet in book.sheets if manner.sheet in (None, sheet.name)]
        if not sheets:
            raise InputError(
                f"this workbook has no sheet {manner.sheet!r}",
                place=Place(path),
                hint=f"Its sheets: {', '.join(sheet.name for sheet in book.sheets)}.",
            )
        for sheet in sheets:
            rows: _Rows = []
            page = book.read(sheet, _into(rows), ())
            yield sheet.name, rows[:_MOST], bool(page.merged)


def _into(rows: _Rows) -> Callable[[int, list[str | None]], None]:
    return lambda _, cells: rows.append([cell or "" for cell in cells])


def _table(name: str, rows: _Rows, merged: bool) -> SampledTable | None:
    place = _header(rows)
    if place is None:
        return None
    header = [cell.strip() for cell in rows[place]]
    below = [row for row in rows[place + 1 :] if any(cell.strip() for cell in row)]
    tags: dict[str, str] = {}
    if below and _is_tags(below[0]):
        tags = {
            title: "".join(cell.split()).lower()
            for title, cell in zip(header, below.pop(0), strict=False)
            if title and cell.strip()
        }
    columns = list(dict.fromkeys(filter(None, header)))
    cells: dict[str, list[str]] = {title: [] for title in columns}
    for row in below:
        for title, cell in zip(header, row, strict=False):
            if title and cell.strip():
                cells[title].append(cell.strip())
    return SampledTable(name, columns, tags, cells, len(below), merged)


def _header(rows: _Rows) -> int | None:
    first = rows[:_DEEPEST]
    for place, row in enumerate(first):
        if _is_tags(row):
            above = [n for n in range(place) if any(cell.strip() for cell in rows[n])]
            return above[-1] if above else place
    widest = max((_filled(row) for row in rows), default=0)
    for place, row in enumerate(first):
        texts = [cell.strip() for cell in row if cell.strip()]
        numbers = sum(bool(_NUMBER.fullmatch(text)) for text in texts)
        if len(texts) > 1 and len(texts) >= _FULL * widest and numbers * 2 < len(texts):
            return place
    return None


def _filled(row: list[str]) -> int:
    return sum(bool(cell.strip()) for cell in row)


def _is_tags(row: list[str]) -> bool:
    cells = [cell for cell in row if cell.strip()]
    return bool(cells) and all(_TAG.fullmatch(cell) for cell in cells)
