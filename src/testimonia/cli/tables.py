"""Lays answers out for reading.

Rows become a table where it fits. Where it does not, what all rows share is said once, above them;
a numbered table holds the first columns, and a record for each row the others. Things are shown by
their labels; in records, things of the data also by the CURIE that ``testimonia describe`` takes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING

from pyoxigraph import Triple
from rich.cells import cell_len
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from testimonia.namespaces import IDENTIFIER, RDF, shorten
from testimonia.printing import visible
from testimonia.query.results import Boolean, GraphResult, Results
from testimonia.query.tabular import Others, constant, with_curies, words
from testimonia.values import IRI, Term, Value, value_of

if TYPE_CHECKING:
    from rich.console import RenderableType

__all__ = ["table"]

_GAP = 2
_NARROW, _WIDE, _LONG = 14, 22, 45  # cells wrap no narrower; the wide hold more than long texts
_MOST = 1000  # rows laid out: more than a person reads, and laying out takes long
_FEWEST = 3  # a table of fewer columns than this says too little beside records
_RDF_TYPE = RDF.type.value


@dataclass(frozen=True, slots=True)
class _Cell:
    """A value, by its label or as it is, and the CURIE to add where there is room."""

    text: str
    curie: str = ""

    def short(self) -> Text:
        return Text(self.text)

    def full(self) -> Text:
        return Text.assemble(self.text, (f"  {self.curie}" if self.curie else "", "dim"))


@dataclass(frozen=True, slots=True)
class _Sheet:
    """Columns, the rows that are laid out, and what a column holds in the others, as `_Cell.full`."""

    columns: list[str]
    rows: list[list[_Cell]]

    others: Others = lambda _: ()

    def without(self, dropped: set[int]) -> _Sheet:
        kept = [i for i in range(len(self.columns)) if i not in dropped]
        rows = [[row[i] for i in kept] for row in self.rows]
        return _Sheet([self.columns[i] for i in kept], rows)


def table(
    answer: Results | Boolean | GraphResult, title: str | None, width: int
) -> list[RenderableType]:
    """Lay an answer out.

    Parameters
    ----------
    answer
        What a question or query answered.
    title
        What to set above it.
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
    rows = [[_cell(value, answer.label) for value in row] for row in islice(answer, _MOST)]
    if title is None:  # a query of the user's own: who wrote IRIs into it wants to see them
        rows = [[_Cell(cell.full().plain) for cell in row] for row in rows]

    def others(index: int) -> Iterator[str]:
        terms = {row[index] for row in answer.terms[_MOST:]}
        values = (None if term is None else value_of(term) for term in terms)
        return (_cell(value, answer.label).full().plain for value in values)

    sheet = _Sheet([words(name) for name in answer.variables], rows, others)
    parts = [*heading, *_laid_out(sheet, width), _total(len(answer), "row")]
    if len(answer) > _MOST:
        parts.append(Text(f"The first {_MOST:,} are shown; --format csv gives all.", "yellow"))
    return parts


def _total(count: int, noun: str) -> Text:
    return Text(f"\n{count:,} {noun}{'s' if count != 1 else ''}", "dim")


def _graph(graph: GraphResult) -> list[RenderableType]:
    """Show each subject with its properties; that which the graph is about comes first."""
    subjects: dict[Term, list[Triple]] = {}
    for triple in sorted(graph, key=lambda t: str(t.subject) != f"<{graph.about}>"):
        subjects.setdefault(triple.subject, []).append(triple)
    parts: list[RenderableType] = []
    for subject, triples in subjects.items():
        cells = [[_cell(value_of(t.predicate), graph.label), _value(t, graph)] for t in triples]
        parts.append(Text("\n").join([Text(), _cell(value_of(subject), graph.label).full()]))
        names = [names.text if before != names.text else "" for names, before in _beside(cells)]
        parts.append(Padding(_fields(names, [c[1] for c in cells]), (0, 0, 0, 2), expand=False))
    return parts


def _beside(cells: list[list[_Cell]]) -> list[tuple[_Cell, str]]:
    """Pair each property with the one before it, so that a repeated one is named once."""
    names = [row[0] for row in cells]
    return list(zip(names, ["", *(name.text for name in names)], strict=False))


def _value(triple: Triple, graph: GraphResult) -> _Cell:
    return _cell(value_of(triple.object), graph.label)


def _laid_out(sheet: _Sheet, width: int) -> list[RenderableType]:
    if len(sheet.rows) == 1 and (len(sheet.columns) == 1 or _whole(sheet) > width):
        return [_record(sheet, sheet.rows[0])]
    if len(sheet.columns) == 1:
        return [_list(sheet, width)]
    if _narrowest(sheet) <= width:
        return [_table(sheet, width)]
    shared = _shared(sheet)
    said = [i for i in sorted(shared) if sheet.rows[0][i].text]
    above: list[RenderableType] = [Text("In every row", "italic")] if said else []
    if said:
        names, cells = [sheet.columns[i] for i in said], [sheet.rows[0][i] for i in said]
        above.append(Padding(_fields(names, cells), (0, 0, 1, 2), expand=False))
    rest = sheet.without(shared)
    if rest.columns and _narrowest(rest) <= width:
        return [*above, _table(rest, width)]
    overview = _overview(rest, width)
    if len(overview) < _FEWEST:
        return [*above, *_records(rest)]
    left = set(range(len(rest.columns))) - overview
    numbered = _numbered(rest.without(left))
    return [*above, _table(numbered, width), *_records(rest.without(overview))]


def _list(sheet: _Sheet, width: int) -> Table:
    """Show one column, numbered where a value takes more than a line."""
    rows = [[_Cell(row[0].full().plain)] for row in sheet.rows]
    whole = _Sheet(sheet.columns, rows)
    return _table(whole if _widest(whole, 0) <= width else _numbered(whole), width)


def _overview(sheet: _Sheet, width: int) -> set[int]:
    """Choose the columns for a table beside records: the first ones that fit and are mostly filled."""
    chosen: set[int] = set()
    for index in range(len(sheet.columns)):
        filled = sum(1 for row in sheet.rows if row[index].text)
        if 2 * filled <= len(sheet.rows):
            continue
        others = set(range(len(sheet.columns))) - chosen - {index}
        if _narrowest(_numbered(sheet.without(others))) > width:
            break
        chosen.add(index)
    return chosen


def _numbered(sheet: _Sheet) -> _Sheet:
    rows = [[_Cell(str(number)), *row] for number, row in enumerate(sheet.rows, 1)]
    return _Sheet(["", *sheet.columns], rows)


def _shared(sheet: _Sheet) -> set[int]:
    cells = [[cell.full().plain for cell in row] for row in sheet.rows]
    return constant(cells, nothing="", others=sheet.others)


def _table(sheet: _Sheet, width: int) -> Table:
    laid = Table(box=None, pad_edge=False, padding=(0, _GAP, 0, 0), header_style="bold")
    for index, (column, cells) in enumerate(zip(sheet.columns, _widths(sheet, width), strict=True)):
        numeric = all(_is_number(row[index].text) for row in sheet.rows)
        laid.add_column(
            Text(visible(column)),
            justify="right" if numeric else "left",
            width=cells,
            overflow="fold",
        )
    for row in sheet.rows:
        laid.add_row(*(cell.short() for cell in row))
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


def _records(sheet: _Sheet) -> list[RenderableType]:
    parts: list[RenderableType] = []
    for number, row in enumerate(sheet.rows, 1):
        laid = Table(box=None, show_header=False, pad_edge=False, padding=(0, _GAP, 0, 0))
        laid.add_column(style="bold", no_wrap=True, min_width=len(str(len(sheet.rows))))
        laid.add_column(overflow="fold")
        laid.add_row(str(number), _record(sheet, row))
        parts += ["", laid]
    return parts


def _record(sheet: _Sheet, row: list[_Cell]) -> Table:
    filled = [i for i, cell in enumerate(row) if cell.text] or list(range(len(row)))
    return _fields([sheet.columns[i] for i in filled], [row[i] for i in filled])


def _fields(names: list[str], cells: list[_Cell]) -> Table:
    laid = Table(box=None, show_header=False, pad_edge=False, padding=(0, _GAP, 0, 0))
    laid.add_column(style="cyan", no_wrap=True)
    laid.add_column(overflow="fold")
    for name, cell in zip(names, cells, strict=True):
        laid.add_row(Text(visible(name)), cell.full())
    return laid


def _whole(sheet: _Sheet) -> int:
    """Tell how wide a table is in which nothing wraps."""
    columns = range(len(sheet.columns))
    return sum(_widest(sheet, index) for index in columns) + _GAP * (len(columns) - 1)


def _narrowest(sheet: _Sheet) -> int:
    gaps = _GAP * (len(sheet.columns) - 1)
    return sum(_least(sheet, index) for index in range(len(sheet.columns))) + gaps


def _least(sheet: _Sheet, index: int) -> int:
    """Tell how narrow a column may become."""
    words = (word for text in _texts(sheet, index) for word in text.split())
    widest = _widest(sheet, index)
    least = min(widest, _NARROW if widest <= _LONG else _WIDE)
    return max(least, max(map(cell_len, words), default=0))


def _widest(sheet: _Sheet, index: int) -> int:
    return max(cell_len(line) for text in _texts(sheet, index) for line in [*text.splitlines(), ""])


def _texts(sheet: _Sheet, index: int) -> list[str]:
    return [sheet.columns[index], *(row[index].text for row in sheet.rows)]


def _cell(value: Value | None, label: Callable[[Value | None], str | None]) -> _Cell:
    if value is None:
        return _Cell("")
    if isinstance(value, bool):
        return _Cell("true" if value else "false")
    if isinstance(value, datetime):
        return _Cell(_moment(value))
    if not isinstance(value, IRI):
        return _Cell(visible(with_curies(str(value))))
    name, curie = label(value), visible(shorten(value))
    if not name:
        return _Cell("a" if value == _RDF_TYPE else curie)
    return _Cell(visible(name), "" if _is_vocabulary(value) else curie)


def _is_vocabulary(iri: str) -> bool:
    """Tell whether an IRI is a code or a term, known by its label, and no thing of anybody's data."""
    return shorten(iri) != iri and not iri.startswith(IDENTIFIER)


def _moment(value: datetime) -> str:
    return value.isoformat(" ", "seconds").replace("+00:00", "Z")


def _is_number(text: str) -> bool:
    return not text or text.lstrip("-").replace(".", "", 1).isdecimal()
