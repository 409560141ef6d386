"""Writes changes of passages into claim tables in CSV: other rows stay the same, byte for byte."""

from __future__ import annotations

import csv
import io
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from pyoxigraph import Quad

from testimonia.errors import InputError, Place
from testimonia.namespaces import IDENTIFIER
from testimonia.passages.changed_files import changed
from testimonia.passages.holdings import text_of
from testimonia.passages.updating import Changes
from testimonia.rdf.files import read
from testimonia.tables.cell_format import COMMENT, SEPARATOR
from testimonia.tables.cell_terms import iri_of
from testimonia.tables.columns import Column, Table
from testimonia.tables.inputs.csvs import separator_of
from testimonia.tables.inputs.manner import Manner
from testimonia.tables.schema import TABLES, by_name

__all__ = ["quads_of", "rewritten_sheet"]

_BAR: Final = SEPARATOR.strip()
_BOM: Final = "\ufeff"
_SAMPLE: Final = 1 << 16  # characters from which the separator is detected


def quads_of(sheet: Path, base: str | None) -> list[Quad]:
    """Read the statements of a sheet.

    Raises
    ------
    InputError
        It cannot be read, or a row is faulty.
    """
    from testimonia.tables.sheets.mapped import map_sheet

    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "sheet.nq"
        run = map_sheet(sheet, output, base=base)
        if run.rejects:
            raise InputError(
                f"{sum(run.rejected.values())} rows of the sheet are faulty",
                place=Place(sheet),
                hint="Run testimonia map sheet, which lists them, and correct them.",
            )
        return list(read([output]))


def rewritten_sheet(sheet: Path, base: str | None, changes: Changes) -> dict[Path, bytes]:
    """Compute the new contents of the files of a sheet.

    Parameters
    ----------
    sheet
        A directory of claim tables in CSV.
    base
        Namespace for the names; that of the project when left out.
    changes
        The changes to make.

    Returns
    -------
    dict
        The new bytes of the files that change.

    Raises
    ------
    InputError
        It is not a directory of CSV files in UTF-8, or cannot be changed in place.
    """
    if not sheet.is_dir():
        raise InputError(
            "only a directory of CSV files is changed in place",
            place=Place(sheet),
            hint="Save the sheets of the workbook as CSV files in a directory.",
        )
    wanted = set(changed(quads_of(sheet, base), changes))
    texts = {}
    for table in TABLES:
        path = sheet / f"{table.name}.csv"
        if path.is_file() and (new := _File(path, table, base, changes).rewritten()) is not None:
            texts[path] = new
    _compare(sheet, base, texts, wanted)
    return texts


def _compare(sheet: Path, base: str | None, texts: dict[Path, bytes], wanted: set[Quad]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for path in sheet.iterdir():
            if path.is_file():
                shutil.copyfile(path, Path(folder) / path.name)
        for path, text in texts.items():
            (Path(folder) / path.name).write_bytes(text)
        got = set(quads_of(Path(folder), base))
    if got != wanted:
        raise InputError(
            "the passages in this sheet are written in a way that cannot be changed in place",
            place=Place(sheet),
            hint="The files must be CSV in UTF-8, named after their tables, such as passages.csv.",
        )


class _File:
    """A table of a sheet, row by row."""

    def __init__(self, path: Path, table: Table, base: str | None, changes: Changes) -> None:
        self._table, self._changes = table, changes
        self._base = base or IDENTIFIER
        self._text = text_of(path)
        start = self._text.removeprefix(_BOM)[:_SAMPLE]
        self._separator, self._above = separator_of(start, Manner())
        self._line_end = "\r\n" if start.partition("\n")[0].endswith("\r") else "\n"

    def rewritten(self) -> bytes | None:
        """Return the new bytes, or None if nothing changes."""
        rows = list(self._rows())
        at = next((at for at, (cells, _) in enumerate(rows) if self._is_header(at, cells)), None)
        if at is None:
            return None
        titles, raw = rows[at]
        header = [name.strip().removeprefix(_BOM) for name in titles]
        added = self._new_columns(header, [cells for cells, _ in rows[at + 1 :]])
        written = [*(raw for _, raw in rows[:at]), self._row([*titles, *added]) if added else raw]
        for cells, raw in rows[at + 1 :]:
            if len(cells) != len(header):  # an empty line, or a comment
                written.append(raw)
                continue
            new = self._changed([*header, *added], [*cells, *[""] * len(added)])
            written.append(raw if new == cells else self._row(new))
        text = "".join(written)
        return None if text == self._text else text.encode()

    def _is_header(self, at: int, cells: list[str]) -> bool:
        return at >= self._above and any(cells) and not cells[0].startswith(COMMENT)

    def _rows(self) -> Iterator[tuple[list[str], str]]:
        """Yield the cells of each row, and the text of the row in the file."""
        lines = io.StringIO(self._text, newline="").readlines()  # no others than csv knows
        reader = csv.reader(lines, delimiter=self._separator)
        at = 0
        for cells in reader:
            yield cells, "".join(lines[at : reader.line_num])
            at = reader.line_num

    def _row(self, cells: Iterable[str]) -> str:
        stream = io.StringIO()
        csv.writer(stream, delimiter=self._separator, lineterminator=self._line_end).writerow(cells)
        return stream.getvalue()

    def _new_columns(self, header: list[str], rows: list[list[str]]) -> list[str]:
        if "id" not in header:
            return []
        at = header.index("id")
        iris = {self._iri(cells[at], self._table) for cells in rows if len(cells) > at}
        properties = {
            predicate.value for iri in iris for predicate, _ in self._changes.added.get(iri, ())
        }
        return [
            column.name
            for column in self._table.columns
            if column.predicate and column.property_iri in properties and column.name not in header
        ]

    def _changed(self, header: list[str], cells: list[str]) -> list[str]:
        if "id" not in header:
            return cells
        iri = self._iri(cells[header.index("id")], self._table)
        added = {p.value: v.value for p, v in self._changes.added.get(iri, ())}
        new = list(cells)
        for at, name in enumerate(header):
            column = self._table.column(name)
            if column is None:
                continue
            if column.kind in ("id", "link"):
                new[at] = self._renamed(column, cells[at])
            elif column.predicate:
                subject = iri.replace("#char=", "#selector=") if column.of_selector else iri
                value = self._changes.values.get((subject, column.property_iri))
                new[at] = value.value if value else added.get(column.property_iri, cells[at])
        return new

    def _renamed(self, column: Column, cell: str) -> str:
        target = by_name(column.target) if column.kind == "link" else self._table
        names = cell.split(_BAR) if column.many else [cell]
        return _BAR.join(self._new_name(name, target) for name in names)

    def _new_name(self, name: str, table: Table) -> str:
        new = self._changes.renamed.get(self._iri(name, table))
        if new is None:
            return name
        document, mark, _ = name.partition("#char=")
        return f"{document}{mark}{new.rpartition('#char=')[2]}" + " " * name.endswith(" ")

    def _iri(self, name: str, table: Table) -> str:
        return iri_of(name.strip(), self._base + table.path)
