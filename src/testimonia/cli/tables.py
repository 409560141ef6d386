"""Lays answers out for reading in a terminal.

Rows become a table where it fits. Where it does not, what all rows have in common is shown once,
above them; a numbered table holds the first columns, and a record for each row the others. Things are
shown by their labels; in records, things in the data also by the CURIE that ``testimonia describe``
takes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from pyoxigraph import Triple
from rich.cells import cell_len
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from testimonia.namespaces import RDF
from testimonia.printing import visible
from testimonia.query.results import Boolean, GraphResult, Results
from testimonia.query.tabular import AnswerTable, Cell, Row, cell, words
from testimonia.values import Term

if TYPE_CHECKING:
    from rich.console import RenderableType

__all__ = ["table"]

_GAP = 2
_NARROW, _WIDE, _LONG = 14, 22, 45  # cells wrap no narrower; the wide hold more than long texts
_MOST = 1000  # rows laid out: more than a person reads, and laying out takes long
_FEWEST = 3  # a table of fewer columns than this says too little beside records
_RDF_TYPE = RDF.type.value


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A table, and whether its narrow columns show CURIEs beside labels as well."""

    table: AnswerTable
    in_full: bool = False

    @property
    def columns(self) -> list[str]:
        return [visible(name) for name in self.table.names]

    def text(self, one: Cell | None) -> str:
        return _full(one).plain if self.in_full else _short(one)

    def field(self, one: Cell | None) -> Text:
        return Text(self.text(one)) if self.in_full else _full(one)

    def texts(self, index: int) -> list[str]:
        """Write the cells of a column."""
        return [self.text(one) for one in self.table.column(index)]

    def without(self, dropped: set[int]) -> _Sheet:
        return replace(self, table=self.table.without(dropped))

    def numbered(self) -> _Sheet:
        return replace(self, table=self.table.numbered())


def table(
    answer: Results | Boolean | GraphResult, title: str | None, width: int
) -> list[RenderableType]:
    """Lay an answer out.

    Parameters
    ----------
    answer
        What a question or query answered.
    title
        The heading; None for a query of the user's own.
    width
        Characters on a line.
    """
    heading: list[RenderableType] = [Text(visible(title), "bold"), ""] if title else []
    if isinstance(answer, Boolean):
        return [*heading, Text("yes" if answer else "no")]
    if not len(answer):
        return [*heading, Text("Nothing found.", "dim")]
    if isinstance(answer, GraphResult):
        return [*heading, *_graph(answer), _total(len(answer), "statement")]
    names = [words(name) for name in answer.variables]
    found = AnswerTable.of(names, answer.terms, answer.label, most=_MOST)
    # Who wrote IRIs into a query wants to see them.
    sheet = _Sheet(found, in_full=title is None)
    parts = [*heading, *_laid_out(sheet, width), _total(len(answer), "row")]
    if len(answer) > _MOST:
        parts.append(Text(f"The first {_MOST:,} are shown; --format csv gives all.", "yellow"))
    return parts


def _total(count: int, noun: str) -> Text:
    return Text(f"\n{count:,} {noun}{'s' if count != 1 else ''}", "dim")


def _graph(graph: GraphResult) -> Iterator[RenderableType]:
    """Show each subject with its properties; the subject of a description comes first."""
    subjects: dict[Term, list[Triple]] = {}
    for triple in sorted(graph, key=lambda t: str(t.subject) != f"<{graph.about}>"):
        subjects.setdefault(triple.subject, []).append(triple)
    for subject, triples in subjects.items():
        yield Text("\n").join([Text(), _full(cell(subject, graph.label))])
        names = [_short(cell(triple.predicate, graph.label)) for triple in triples]
        values = [_full(cell(triple.object, graph.label)) for triple in triples]
        yield Padding(_fields(_once(names), values), (0, 0, 0, 2), expand=False)


def _once(names: list[str]) -> list[str]:
    """Blank a property that repeats the one before it."""
    pairs = zip(names, ["", *names], strict=False)
    return [name if name != before else "" for name, before in pairs]


def _laid_out(sheet: _Sheet, width: int) -> list[RenderableType]:
    columns, rows = sheet.columns, sheet.table.rows
    if len(rows) == 1 and (len(columns) == 1 or _whole(sheet) > width):
        return [_record(sheet, rows[0])]
    if len(columns) == 1:
        return [_list(sheet, width)]
    if _narrowest(sheet) <= width:
        return [_table(sheet, width)]
    rest = replace(sheet, table=sheet.table.folded())
    above = _shared(rest)
    if rest.columns and _narrowest(rest) <= width:
        return [*above, _table(rest, width)]
    overview = _overview(rest, width)
    if len(overview) < _FEWEST:
        return [*above, *_records(rest)]
    left = set(range(len(rest.columns))) - overview
    numbered = rest.without(left).numbered()
    return [*above, _table(numbered, width), *_records(rest.without(overview))]


def _shared(sheet: _Sheet) -> list[RenderableType]:
    """Show what all rows have in common."""
    said = [(name, one) for name, one in sheet.table.constants if _short(one)]
    if not said:
        return []
    fields = _fields([visible(name) for name, _ in said], [sheet.field(one) for _, one in said])
    return [Text("In every row", "italic"), Padding(fields, (0, 0, 1, 2), expand=False)]


def _list(sheet: _Sheet, width: int) -> Table:
    """Show one column, numbered where a value takes more than a line."""
    whole = replace(sheet, in_full=True)
    return _table(whole if _widest(whole, 0) <= width else whole.numbered(), width)


def _overview(sheet: _Sheet, width: int) -> set[int]:
    """Choose the columns for a table beside records: the first ones that fit and are mostly filled."""
    chosen: set[int] = set()
    for index in range(len(sheet.columns)):
        filled = sum(1 for text in sheet.texts(index) if text)
        if 2 * filled <= len(sheet.table.rows):
            continue
        others = set(range(len(sheet.columns))) - chosen - {index}
        if _narrowest(sheet.without(others).numbered()) > width:
            break
        chosen.add(index)
    return chosen


def _table(sheet: _Sheet, width: int) -> Table:
    laid = Table(box=None, pad_edge=False, padding=(0, _GAP, 0, 0), header_style="bold")
    for index, (column, cells) in enumerate(zip(sheet.columns, _widths(sheet, width), strict=True)):
        numeric = all(map(_is_number, sheet.texts(index)))
        laid.add_column(
            Text(column),
            justify="right" if numeric else "left",
            width=cells,
            overflow="fold",
        )
    for row in sheet.table.rows:
        laid.add_row(*(Text(sheet.text(one)) for one in row))
    return laid


def _widths(sheet: _Sheet, width: int) -> list[int]:
    """Share a line out: each column what it needs, or its least and an equal part of the rest.

    Rich would take from the widest columns alone, and so break words and whole columns.
    """
    columns = range(len(sheet.columns))
    widths = [_least(sheet, index) for index in columns]
    wants = [_widest(sheet, index) - widths[index] for index in columns]
    spare = width - sum(widths) - _GAP * (len(widths) - 1)
    waiting = sorted(columns, key=lambda index: wants[index])
    for place, index in enumerate(waiting):
        given = min(wants[index], spare // (len(waiting) - place))
        widths[index] += given
        spare -= given
    return widths


def _records(sheet: _Sheet) -> Iterator[RenderableType]:
    for number, row in enumerate(sheet.table.rows, 1):
        laid = Table(box=None, show_header=False, pad_edge=False, padding=(0, _GAP, 0, 0))
        laid.add_column(style="bold", no_wrap=True, min_width=len(str(len(sheet.table.rows))))
        laid.add_column(overflow="fold")
        laid.add_row(str(number), _record(sheet, row))
        yield ""
        yield laid


def _record(sheet: _Sheet, row: Row) -> Table:
    filled = [i for i, one in enumerate(row) if _short(one)] or list(range(len(row)))
    columns = sheet.columns
    return _fields([columns[i] for i in filled], [sheet.field(row[i]) for i in filled])


def _fields(names: list[str], values: list[Text]) -> Table:
    laid = Table(box=None, show_header=False, pad_edge=False, padding=(0, _GAP, 0, 0))
    laid.add_column(style="cyan", no_wrap=True)
    laid.add_column(overflow="fold")
    for name, value in zip(names, values, strict=True):
        laid.add_row(Text(name), value)
    return laid


def _whole(sheet: _Sheet) -> int:
    """Find the width of a table in which nothing wraps."""
    columns = range(len(sheet.columns))
    return sum(_widest(sheet, index) for index in columns) + _GAP * (len(columns) - 1)


def _narrowest(sheet: _Sheet) -> int:
    gaps = _GAP * (len(sheet.columns) - 1)
    return sum(_least(sheet, index) for index in range(len(sheet.columns))) + gaps


def _least(sheet: _Sheet, index: int) -> int:
    """Find how narrow a column may become."""
    words = (word for text in _texts(sheet, index) for word in text.split())
    widest = _widest(sheet, index)
    least = min(widest, _NARROW if widest <= _LONG else _WIDE)
    return max(least, max(map(cell_len, words), default=0))


def _widest(sheet: _Sheet, index: int) -> int:
    return max(cell_len(line) for text in _texts(sheet, index) for line in [*text.splitlines(), ""])


def _texts(sheet: _Sheet, index: int) -> list[str]:
    return [sheet.columns[index], *sheet.texts(index)]


def _short(one: Cell | None) -> str:
    """Write a cell by its label, or as it is."""
    if one is None:
        return ""
    if isinstance(one.value, datetime):
        return one.value.isoformat(" ", "seconds").replace("+00:00", "Z")
    if one.iri == _RDF_TYPE and not one.label:
        return "a"
    return visible(one.label or one.text)


def _full(one: Cell | None) -> Text:
    """Write a cell with its CURIE, if it is a thing in the data."""
    if one is None or not one.label or one.of_vocabulary:
        return Text(_short(one))
    return Text.assemble(_short(one), (f"  {visible(one.text)}", "dim"))


def _is_number(text: str) -> bool:
    return not text or text.lstrip("-").replace(".", "", 1).isdecimal()
