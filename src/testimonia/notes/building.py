"""Builds notes into statements: rows of claim tables, which are checked and written as those of a sheet."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl
from pyoxigraph import Quad, RdfFormat, parse

from testimonia.errors import InputError, Place
from testimonia.notes.draft import Draft, Page, Row, Text
from testimonia.notes.expansion import expanded, held, pages_of
from testimonia.passages.holdings import text_of
from testimonia.tables.batch_reader import ROW
from testimonia.tables.cell_terms import iri_of
from testimonia.tables.columns import Table
from testimonia.tables.from_quads import tables
from testimonia.tables.schema import by_name, frame_schema
from testimonia.tables.sheets.base_iris import minted
from testimonia.tables.sheets.containers import Opened, Sheet
from testimonia.tables.sheets.filled_in import Filled, of_sheets
from testimonia.tables.sheets.linking import described
from testimonia.tables.to_quads import QuadWriter
from testimonia.yaml_nodes import Fault, Word

__all__ = ["Built", "build", "read_files"]

_FOLLOWS: Final = "a row that is not rejected"
"""What the checks of a sheet expect of rows whose only fault is that another row was rejected."""

_EMPTY: Final = "needs a value"

_SUFFIXES: Final = (".yaml", ".yml")


@dataclass(frozen=True)
class Built:
    """What was built from files of notes.

    Attributes
    ----------
    tables
        Claim tables by name.
    rest
        Statements that do not fit any table, in N-Quads.
    faults
        What is wrong, in the order of the files. Faulty rows are missing from the tables.
    pages
        The files.
    counts
        How many things the notes describe, by table.
    places
        Where each thing was typed, by its IRI.
    minted
        One of the project's IRIs that a name became, if no base was given.
    draft
        The rows as they were typed, including faulty ones.
    """

    tables: Mapping[str, pl.DataFrame]
    rest: tuple[str, ...]
    faults: tuple[Fault, ...]
    pages: tuple[Page, ...]
    counts: Mapping[str, int]
    places: Mapping[str, Place]
    minted: str | None
    draft: Draft

    def quads(self) -> list[Quad]:
        """Return the statements, sorted as N-Quads."""
        stream = io.BytesIO()
        QuadWriter(stream).write(self.tables)
        lines = stream.getvalue() + "\n".join(self.rest).encode()
        return sorted(set(parse(lines, RdfFormat.N_QUADS)), key=str)


def read_files(paths: Iterable[Path]) -> list[tuple[Path, str]]:
    """Read files of notes, and those in folders that end in .yaml or .yml.

    Raises
    ------
    InputError
        A file cannot be read or is not UTF-8, or a folder contains no notes.
    """
    found: list[Path] = []
    for path in paths:
        if not path.is_dir():
            found.append(path)
            continue
        here = sorted(each for each in path.iterdir() if each.suffix.lower() in _SUFFIXES)
        if not here:
            raise InputError(
                "this folder contains no notes",
                place=Place(path),
                hint="Notes are files that end in .yaml; “testimonia notes new REPORT.txt” starts one.",
            )
        found += here
    return [(path, text_of(path, encoding="utf-8-sig")) for path in dict.fromkeys(found)]


def build(
    files: Sequence[tuple[Path, str]],
    known: Iterable[Quad] = (),
    base: str | None = None,
    text_at: Callable[[Path], Text] = held,
) -> Built:
    """Build notes: parse, expand, and check them as a sheet is checked.

    Parameters
    ----------
    files
        The path and the text of each file. They may name what others of them describe.
    known
        Data with things that the notes may refer to by name.
    base
        Namespace for the names, such as ``https://example.org/desk/``; when left out, the ``base:`` of
        the files, or else that of the project.
    text_at
        Reads the text of a document.
    """
    pages, faults = pages_of(files)
    base, wrong = _base(pages, base)
    there = list(known)
    of_known = tables(there) if there else None
    expansion = expanded(pages, of_known, base, text_at, described(there))
    draft = expansion.draft
    filled, found = _filled(draft, there, base)
    reported = {fault.place for fault in draft.faults}  # a cell that could not be read is empty
    lines = {(place.path, place.line) for place in reported}
    found = [
        fault
        for fault in found
        if fault.place not in reported
        and not (fault.message.endswith(_EMPTY) and (fault.place.path, fault.place.line) in lines)
    ]
    every = [*faults, *wrong, *draft.faults, *found]
    return Built(
        tables=filled.tables,
        rest=tuple(expansion.rest),
        faults=tuple(_in_order(every, files)),
        pages=tuple(pages),
        counts={name: len(rows) for name, rows in draft.rows.items() if rows},
        places=_places(draft, filled),
        minted=None if base else next(iter(minted(filled.tables)), None),
        draft=draft,
    )


def _base(pages: Iterable[Page], given: str | None) -> tuple[str | None, list[Fault]]:
    """Find the base that the files agree on."""
    faults = []
    base = given
    for page in pages:
        node = page.section("base")
        if node is None:
            continue
        if not isinstance(node, Word) or not node.text or base not in (None, node.text):
            message = f"another base is given elsewhere: {base}" if base else "base is not an IRI"
            hint = "Notes that are built together have the same base."
            faults.append(Fault(message, page.place(node), hint))
        else:
            base = node.text
    return base, faults


def _in_order(faults: Iterable[Fault], files: Sequence[tuple[Path, str]]) -> list[Fault]:
    order = {path: number for number, (path, _) in enumerate(files)}
    return sorted(
        dict.fromkeys(faults),
        key=lambda f: (
            order.get(Path(f.place.path), len(order)),
            f.place.line or 0,
            f.place.column or 0,
        ),
    )


def _filled(draft: Draft, known: list[Quad], base: str | None) -> tuple[Filled, list[Fault]]:
    """Check the rows as those of a sheet, and place the faults where the cells were typed."""
    rows = {name: list(of.values()) for name, of in draft.rows.items() if of}
    sheets = [
        Sheet(by_name(name), Path(name), None, _frame(by_name(name), of), is_parquet=True)
        for name, of in rows.items()
    ]
    filled = of_sheets(Opened(sheets, {}), known, base=base)
    faults = []
    for reject in filled.rejects.iter_rows(named=True):
        if reject["expected"].startswith(_FOLLOWS) or reject["row"] is None:
            continue
        row = rows[reject["file"]][reject["row"] - 1]
        place = row.places.get(reject["column"], row.place)
        held = "" if reject["value"] is None else f" is {reject['value']!r:.120}, and"
        message = f"{reject['column']} of {reject['file']}{held} needs {reject['expected']}"
        faults.append(Fault(message, place))
    return filled, faults


def _places(draft: Draft, filled: Filled) -> dict[str, Place]:
    """Return where things were typed, by IRI; nothing for tables from which rows are missing."""
    places = {}
    for name, rows in draft.rows.items():
        frame = filled.tables.get(name)
        if frame is None or frame.height < len(rows):
            continue
        base = by_name(name).base
        # Rows keep their order; bounds made from dates come after them.
        for each, row in zip(frame["id"], rows.values(), strict=False):
            places[iri_of(each, base)] = row.place
    return places


def _frame(table: Table, rows: Sequence[Row]) -> pl.DataFrame:
    """Put rows into a frame with their numbers."""
    schema = frame_schema(table)
    headers = [*schema, *sorted({h for row in rows for h in row.cells if h not in schema})]
    columns = {
        header: pl.Series(
            header,
            [row.cells.get(header) for row in rows],
            schema.get(header) or schema[header.partition("@")[0]],
            strict=False,
        )
        for header in headers
    }
    numbered = pl.DataFrame({ROW: list(range(1, len(rows) + 1))}, schema={ROW: pl.Int64()})
    present = [s for s in columns.values() if s.null_count() < s.len() or _needed(table, s.name)]
    return numbered.with_columns(present)


def _needed(table: Table, header: str) -> bool:
    column = table.column(header)
    return column is not None and column.required
