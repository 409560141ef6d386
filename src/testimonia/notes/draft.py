"""Collects what is read from notes: rows of claim tables, where each was typed, and faults."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final

import polars as pl

from testimonia import sentences
from testimonia.errors import Place
from testimonia.notes.name_index import NameIndex
from testimonia.notes.phrases import Cell
from testimonia.passages.anchoring import AnchoredText
from testimonia.tables.cell_terms import iri_of
from testimonia.tables.schema import TABLES, by_name
from testimonia.yaml_nodes import Fault, Fields, Mark, Node

__all__ = ["Draft", "Page", "Row", "Text"]

_NO_ROWS: Final[Mapping[str, pl.DataFrame]] = {}


@dataclass
class Row:
    """A row of a claim table, and where it and its cells were typed."""

    cells: dict[str, Cell]
    place: Place
    places: dict[str, Place] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The id in the row."""
        return str(self.cells["id"])


@dataclass(frozen=True)
class Text:
    """The text of a document, of which the analyst has a copy."""

    path: Path
    text: str

    @cached_property
    def sentences(self) -> list[tuple[int, int]]:
        """Start and end (exclusive) of each sentence."""
        return sentences.split(self.text)

    @cached_property
    def anchored(self) -> AnchoredText:
        """The text with its normal form, by which passages are found in other copies."""
        return AnchoredText(self.text)

    @cached_property
    def sha256(self) -> str:
        """The SHA-256 of the text in UTF-8."""
        return hashlib.sha256(self.text.encode()).hexdigest()


@dataclass
class Page:
    """One file of notes.

    Attributes
    ----------
    path
        The file.
    fields
        Its contents.
    document
        The id of its document; None in a file that only describes names.
    text
        The document's text, if it is available.
    voice
        The id of the agent that is the voice of the document.
    about
        The events that propositions are about by default.
    usual, narration
        The default cells of claims by others, and of claims in the document's own voice.
    places
        Where the defaults were typed, by column.
    """

    path: Path
    fields: Fields
    document: str | None = None
    text: Text | None = None
    voice: str | None = None
    about: list[str] = field(default_factory=list)
    usual: dict[str, Cell] = field(default_factory=dict)
    narration: dict[str, Cell] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)

    def place(self, at: Node | Mark) -> Place:
        """Return the place of a node in the file."""
        mark = at if isinstance(at, Mark) else at.mark
        return Place(self.path, mark.line, mark.column)

    def section(self, name: str) -> Node | None:
        """Return the value of a field of the file, if there is one."""
        return next((node for key, node in self.fields.entries if key.text == name), None)


class Draft:
    """The rows that are read from notes, and the data that they refer to.

    Parameters
    ----------
    known
        Claim tables of the data that the notes may refer to.
    base
        Namespace for the names; None for that of the project.
    """

    def __init__(
        self, known: Mapping[str, pl.DataFrame] | None = None, base: str | None = None
    ) -> None:
        self.known = known or _NO_ROWS
        self.names = NameIndex()
        self.rows: dict[str, dict[str, Row]] = {table.name: {} for table in TABLES}
        self.faults: list[Fault] = []
        self._known_ids: dict[str, dict[str, int]] = {}
        self.names.add_tables(self.known, base)

    def fault(self, page: Page, at: Node | Mark, message: str, hint: str = "") -> None:
        """Add a fault."""
        self.faults.append(Fault(message, page.place(at), hint))

    def put(self, table: str, row: Row) -> None:
        """Add a row; if there is one with its id already, both must be the same."""
        iri = iri_of(row.id, by_name(table).base)
        there = self.rows[table].get(iri)
        if there is None:
            self.rows[table][iri] = row
        elif _filled_in(there.cells) != _filled_in(row.cells):
            message = (
                f"{row.id!r} is described twice in {table}, differently; see also {there.place}"
            )
            self.faults.append(Fault(message, row.place, "Give one of them another id."))

    def row(self, table: str, name: str) -> Mapping[str, Cell] | None:
        """Find a row by its id, in the notes or else in the data."""
        iri = iri_of(name, by_name(table).base)
        own = self.rows[table].get(iri)
        if own is not None:
            return own.cells
        frame = self.known.get(table)
        if frame is None:
            return None
        if table not in self._known_ids:
            base = by_name(table).base
            ids = {iri_of(each, base): n for n, each in enumerate(frame["id"])}
            self._known_ids[table] = ids
        number = self._known_ids[table].get(iri)
        return None if number is None else frame.row(number, named=True)

    def known_rows(self, table: str) -> Iterator[Mapping[str, Cell]]:
        """Return the rows of a table in the data."""
        frame = self.known.get(table)
        if frame is not None:
            yield from frame.iter_rows(named=True)

    def label(self, table: str, name: str) -> str:
        """Return the label of a thing, or else its id."""
        return self.names.label(table, name) or name

    def labels(self, row: Mapping[str, Cell], column: str) -> str:
        """Return the labels of the things in a cell, with *and* between them."""
        target = by_name("propositions").column(column)
        value = row.get(column)
        names = value if isinstance(value, list) else [] if value is None else [str(value)]
        table = target.target if target is not None else ""
        return " and ".join(self.label(table, name) for name in names)


def _filled_in(cells: Mapping[str, Cell]) -> dict[str, Cell]:
    return {name: value for name, value in cells.items() if value not in (None, [])}
