"""Resolves quotations and figures in one phrase, as in notes, in the claims of a sheet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import polars as pl

from testimonia.notes.cell_values import CellReader
from testimonia.notes.draft import Draft, Page, Row, Text
from testimonia.notes.phrases import Cell
from testimonia.notes.propositions import Propositions
from testimonia.notes.spans import Passages
from testimonia.passages.holdings import hold, text_of
from testimonia.tables.batch_reader import ROW
from testimonia.tables.cell_checks import FAULTS
from testimonia.tables.cell_format import SEPARATOR
from testimonia.tables.schema import by_name
from testimonia.tables.sheets.containers import Opened, Sheet
from testimonia.yaml_nodes import Fields, Mark, Word

__all__ = ["FIGURE", "QUOTE", "held_in", "with_words"]

QUOTE, FIGURE = "quote", "figure"
"""Columns that a sheet of claims may have in addition to those of the claim table."""

_WORDS: Final = "verbatim_quantity"
_MADE: Final = ("passages", "groups", "propositions")
_TEXT: Final = (
    "a text among the sources that has the SHA-256 of the document: give --sources FOLDER"
)
_EVENT: Final = "one event in the sheet events, or its id in a column about"


def with_words(
    found: Opened, texts: Mapping[str, Text], known: Mapping[str, pl.DataFrame] | None = None
) -> Opened:
    """Replace quotations by passages, and figures by propositions, in a sheet of claims.

    Parameters
    ----------
    found
        The sheets.
    texts
        Texts of documents by the SHA-256 of their bytes.
    known
        Claim tables of data that the sheets may refer to.

    Returns
    -------
    Opened
        The sheets without these columns; words that are not found are among their faults.
    """
    claims = next((sheet for sheet in found.sheets if sheet.table.name == "claims"), None)
    if claims is None or not {QUOTE, FIGURE} & set(claims.rows.columns):
        return found
    return _Words(found, claims, texts, known).sheets()


@dataclass
class _Line:
    """A row of the sheet of claims, and its number."""

    number: int
    cells: dict[str, str | None]


class _Words:
    def __init__(
        self,
        found: Opened,
        claims: Sheet,
        texts: Mapping[str, Text],
        known: Mapping[str, pl.DataFrame] | None,
    ) -> None:
        self._found, self._claims, self._texts = found, claims, texts
        self._draft = Draft(known)
        self._propositions = Propositions(self._draft, CellReader(self._draft))
        self._passages = Passages(self._draft)
        self._faults: list[dict[str, object]] = []
        self._digests: dict[str, str] = {}
        for sheet in found.sheets:
            for row in sheet.rows.iter_rows(named=True):
                if isinstance(name := row.get("id"), str):
                    label = row.get("label")
                    self._draft.names.add(
                        sheet.table.name, name, [label] if isinstance(label, str) else []
                    )
                    self._digests[name] = str(row.get("sha256"))
        events = [s.rows for s in found.sheets if s.table.name == "events" and "id" in s.rows]
        self._events = events[0]["id"].drop_nulls().to_list() if events else []

    def sheets(self) -> Opened:
        lines = [
            _Line(int(row[ROW]), {k: v for k, v in row.items() if k != ROW})
            for row in self._claims.rows.iter_rows(named=True)
        ]
        for line in lines:
            self._quote(line)
            self._figure(line)
        columns = [c for c in self._claims.rows.columns if c not in (ROW, QUOTE, FIGURE, "about")]
        more = (_WORDS,) if any(line.cells.get(_WORDS) for line in lines) else ()
        columns += [c for c in ("passage", "proposition", *more) if c not in columns]
        rows = pl.DataFrame(
            {
                ROW: [line.number for line in lines],
                **{name: [line.cells.get(name) for line in lines] for name in columns},
            },
            schema={ROW: pl.Int64(), **dict.fromkeys(columns, pl.String())},
        )
        faults = pl.concat([self._claims.faults, pl.DataFrame(self._faults, schema=FAULTS)])
        changed = {"claims": replace(self._claims, rows=rows, faults=faults)}
        for name in _MADE:
            changed |= self._with_made(name)
        kept = [s for s in self._found.sheets if s.table.name not in changed]
        order = {sheet.table.name: n for n, sheet in enumerate(self._found.sheets)}
        every = sorted([*kept, *changed.values()], key=lambda s: order.get(s.table.name, -1))
        return Opened(every, self._found.skipped)

    def _page(self, line: _Line, column: str) -> tuple[Page, Word]:
        page = Page(self._claims.file, Fields(()), document=line.cells.get("stated_in"))
        page.text = self._texts.get(self._digest(page.document))
        about = line.cells.get("about")
        page.about = [about] if about else self._events if len(self._events) == 1 else []
        return page, Word(line.cells.get(column), Mark(line.number, 1))

    def _digest(self, document: str | None) -> str:
        row = self._draft.row("documents", document or "") or {}
        return self._digests.get(document or "", str(row.get("sha256")))

    def _quote(self, line: _Line) -> None:
        page, words = self._page(line, QUOTE)
        if not words.text:
            return
        if page.text is None:
            self._fault(line, QUOTE, _TEXT)
            return
        names = self._passages.at(page, Fields(((Word("words"), words),), words.mark))
        if not self._reported(line, QUOTE):
            there = line.cells.get("passage")
            line.cells["passage"] = SEPARATOR.join([*([there] if there else []), *names])

    def _figure(self, line: _Line) -> None:
        page, words = self._page(line, FIGURE)
        if not words.text:
            return
        if not page.about:
            self._fault(line, FIGURE, _EVENT)
            return
        said = self._propositions.of(page, Fields(((Word("says"), words),), words.mark))
        if not self._reported(line, FIGURE) and said.name is not None:
            line.cells["proposition"] = said.name
            if said.words:
                line.cells[_WORDS] = line.cells.get(_WORDS) or said.words

    def _reported(self, line: _Line, column: str) -> bool:
        """Report the faults found in a cell; return whether there were any."""
        faults, self._draft.faults = self._draft.faults, []
        for fault in faults:
            self._fault(line, column, f"another value: {fault.message}. {fault.hint}".rstrip())
        return bool(faults)

    def _fault(self, line: _Line, column: str, expected: str) -> None:
        value = line.cells.get(column)
        self._faults.append(
            {"row": line.number, "column": column, "value": value, "expected": expected}
        )

    def _with_made(self, name: str) -> dict[str, Sheet]:
        """Add the rows that were made to a sheet, except those that it has already."""
        sheet = next((s for s in self._found.sheets if s.table.name == name), None)
        there = set(sheet.rows["id"]) if sheet is not None and "id" in sheet.rows else set()
        made = [row for row in self._draft.rows[name].values() if row.id not in there]
        if not made:
            return {}
        first = 1 + (int(sheet.rows[ROW].max() or 1) if sheet is not None else 1)  # type: ignore[arg-type]
        rows = _as_text(made, first)
        if sheet is None:
            return {name: Sheet(by_name(name), self._claims.file, self._claims.name, rows)}
        return {name: replace(sheet, rows=pl.concat([sheet.rows, rows], how="diagonal"))}


def _as_text(rows: Iterable[Row], first: int) -> pl.DataFrame:
    made = list(rows)
    columns = list(dict.fromkeys(name for row in made for name in row.cells))
    return pl.DataFrame(
        {
            ROW: list(range(first, first + len(made))),
            **{name: [_text(row.cells.get(name)) for row in made] for name in columns},
        },
        schema={ROW: pl.Int64(), **dict.fromkeys(columns, pl.String())},
    )


def _text(value: Cell) -> str | None:
    if isinstance(value, list):
        return SEPARATOR.join(value)
    return None if value is None else str(value)


def held_in(folder: Path) -> dict[str, Text]:
    """Read the texts of a folder, by the SHA-256 of their bytes.

    Raises
    ------
    InputError
        The folder or a file in it cannot be read, or is not UTF-8.
    """
    return {digest: Text(path, text_of(path)) for digest, path in hold(folder).files.items()}
