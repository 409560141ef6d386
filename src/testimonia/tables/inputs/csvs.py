"""Reads CSV dialects record by record: detects the separator, and keeps the line of each record."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple, TextIO

from testimonia.errors import Place, SyntaxFault, TableError
from testimonia.tables.inputs.manner import Manner
from testimonia.tables.inputs.texts import Surveyed, undecodable

__all__ = ["Record", "above_header", "ragged", "records", "separator_of", "without_first", "write"]

_SEPARATORS: Final = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_HINT: Final = (
    "Quote cells that contain separators, quotes or line breaks, and double the quotes in them."
)
_WIDEST: Final = 1 << 24
"""Characters in a cell."""

_SAMPLE: Final = 1 << 16
_LISTED: Final = 5
_DEEPEST: Final = 50
"""How many records at the beginning may come before the header."""
_DECLARED: Final = "sep="


class Record(NamedTuple):
    """A record of a table, and the line on which it ends."""

    line: int
    cells: list[str]


def separator_of(sample: str, manner: Manner) -> tuple[str, int]:
    """Detect the separator of a table.

    Parameters
    ----------
    sample
        The beginning of the table.
    manner
        The separator, if given; otherwise collects a notice if it is not a comma.

    Returns
    -------
    tuple
        The separator, and the number of lines before the table: one if the first line is ``sep=;``, as
        written by spreadsheets.
    """
    first = sample.lstrip("\r\n").splitlines()[:1]
    declared = first[0].strip(' "') if first else ""
    if declared.lower().startswith(_DECLARED) and len(declared) == len(_DECLARED) + 1:
        mark = manner.separator or declared[-1]
        manner.notice(f"cells separated by {_called(mark)}, as its first line says")
        return mark, 1
    if manner.separator:
        return manner.separator, 0
    fits = {mark: _fit(sample, mark) for mark in _SEPARATORS}
    mark = max(fits, key=lambda each: fits[each])
    if mark != ",":
        manner.notice(f"cells separated by {_called(mark)}")
    return mark, 0


def _called(mark: str) -> str:
    return _SEPARATORS.get(mark, repr(mark))


def _fit(sample: str, mark: str) -> tuple[int, int]:
    """Count the cells of the header with a separator, and the records of the same width.

    There may be comments above the header, and the sample may end within a record. If a cell has an odd
    number of quotes, the separator has split it, and the record does not count.
    """
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(sample, newline=""), delimiter=mark, strict=True):
            if any(row):
                rows.append(row)  # noqa: PERF401 - what comes before an error counts
    except csv.Error:
        pass
    if not rows:
        return 0, 0
    place = next((n for n, row in enumerate(rows) if not row[0].startswith("#")), 0)
    width = len(rows[place])
    whole = (row for row in rows[place:] if not any(cell.count('"') % 2 for cell in row))
    return width, sum(len(row) == width for row in whole)


def above_header(sample: str, mark: str, before: int, manner: Manner) -> int:
    """Count the records above the header of a table, such as a title and notes.

    Parameters
    ----------
    sample
        The beginning of the table.
    mark
        The separator.
    before
        The number of lines before the table, as `separator_of` returns it.
    manner
        The columns that the table must have.

    Returns
    -------
    int
        How many records come before the first one with all of these columns, or with the most of them.
    """
    if not manner.needed:
        return 0
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=mark)
    try:
        found = [record for _, record in zip(range(_DEEPEST + before), reader, strict=False)]
    except csv.Error:
        return 0
    given = [record for record in found if any(record)][before:]
    fits = [len(manner.needed & {cell.strip() for cell in record}) for record in given]
    return fits.index(max(fits)) if fits else 0


def without_first(found: Iterable[Record], count: int) -> Iterator[Record]:
    """Leave out the first records that are not empty.

    Parameters
    ----------
    found
        Records.
    count
        How many to leave out.
    """
    for record in found:
        if count and any(record.cells):
            count -= 1
        elif not count:
            yield record


@contextmanager
def records(
    path: Path, seen: Surveyed, shown: Path, manner: Manner
) -> Iterator[tuple[str, int, Iterator[Record]]]:
    """Open a table to read it record by record.

    Parameters
    ----------
    path
        The text.
    seen
        Its encoding.
    shown
        The file, as it is named in errors.
    manner
        How to read it; collects what was found.

    Yields
    ------
    tuple
        The separator, the number of lines before the table, and its records; a record without cells is an
        empty line.

    Raises
    ------
    InputError
        It is not in the expected encoding.
    SyntaxFault
        It is not well formed.
    """
    with path.open(encoding=seen.encoding, newline="") as stream:
        try:
            mark, before = separator_of(stream.read(_SAMPLE), manner)
            stream.seek(0)
            yield mark, before, _records(stream, mark, before, shown)
        except UnicodeError as error:
            raise undecodable(error, seen.encoding, shown) from None


def _records(stream: TextIO, mark: str, before: int, shown: Path) -> Iterator[Record]:
    csv.field_size_limit(max(csv.field_size_limit(), _WIDEST))
    reader = csv.reader(stream, delimiter=mark, strict=True)
    try:
        for record in reader:
            if before and any(record):
                before = 0
                continue
            yield Record(reader.line_num, record)
    except csv.Error as error:
        raise SyntaxFault(
            f"this is not well-formed CSV ({error})",
            place=Place(shown, max(reader.line_num, 1)),
            hint=_HINT,
        ) from None


def write(found: Iterable[Record], target: Path, shown: Path) -> None:
    """Write a table as normalised CSV: UTF-8, commas, line feeds, the header on the first line.

    Parameters
    ----------
    found
        Its records. Empty lines stay rows, so that row numbers do not change.
    target
        The file to write.
    shown
        The file, as it is named in errors.

    Raises
    ------
    TableError
        Rows have more or fewer cells than the header.
    """
    uneven = _Uneven()
    with target.open("w", encoding="utf-8", newline="") as stream:
        rows = csv.writer(stream, lineterminator="\n")
        for record in uneven.watched(found):
            rows.writerow(record.cells or [""] * uneven.width)
    if error := uneven.error(shown):
        raise error


def ragged(found: Iterable[Record], shown: Path) -> TableError | None:
    """Find the rows with more or fewer cells than the header, and make the error for them.

    Parameters
    ----------
    found
        Records, the header first.
    shown
        The file, as it is named in errors.
    """
    uneven = _Uneven()
    for _ in uneven.watched(found):
        pass
    return uneven.error(shown)


class _Uneven:
    """Passes records through, from the header on, and records those of another length."""

    def __init__(self) -> None:
        self.width = 0
        self._said: list[str] = []
        self._line = self._count = 0
        self._fewer = False

    def watched(self, found: Iterable[Record]) -> Iterator[Record]:
        number = 0
        for record in found:
            if self.width:
                number += 1
                if record.cells and len(record.cells) != self.width:
                    self._keep(number, record)
            elif any(cell.strip() for cell in record.cells):
                self.width = len(record.cells)
            else:
                continue  # empty lines above the header
            yield record

    def _keep(self, number: int, record: Record) -> None:
        self._count += 1
        self._line = self._line or record.line
        self._fewer = self._fewer or len(record.cells) < self.width
        if len(self._said) < _LISTED:
            self._said.append(f"row {number} (line {record.line}) has {len(record.cells)}")

    def error(self, shown: Path) -> TableError | None:
        if not self._count:
            return None
        more = self._count - len(self._said)
        return TableError(
            f"rows of this table have {'fewer' if self._fewer else 'more'} cells than its header, "
            f"which has {self.width}: {', '.join(self._said)}"
            + (f", and {more:,} others" if more else ""),
            place=Place(shown, self._line),
            hint="Check that the file is complete. Rows are counted from the one below the header."
            if self._fewer
            else _HINT,
        )
