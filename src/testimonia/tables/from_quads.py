"""Reads a graph as claim tables, a column at a time: the reverse of `testimonia.tables.to_quads`.

Statements that a cell would change are left in the rest: a number written as ``007``, text without a
language, the second value of a property whose column holds one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import IO, Final

import polars as pl
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, RdfFormat, serialize

from testimonia.namespaces import OA, RDF, XSD
from testimonia.tables.cell_checks import LEXICAL
from testimonia.tables.cell_format import COMMENT, is_plain
from testimonia.tables.cell_terms import class_of, name_of, resource_base, selector_of
from testimonia.tables.columns import Column, Table, class_iri
from testimonia.tables.schema import TABLES, by_name, frame_schema
from testimonia.tables.to_quads import QuadWriter

__all__ = ["ClaimTables", "tables"]

_BATCH: Final = 100_000
_TYPE: Final = RDF.type.value
_STRING: Final = XSD.string.value
_HAS_SELECTOR: Final = OA.hasSelector.value
_SELECTOR_TYPE: Final = OA.TextPositionSelector.value
_WHOLE: Final = r"^(?:0|[1-9][0-9]{0,17})$"
"""Whole numbers that fit into Int64, in the form in which it writes them."""

_IRI: Final = ""
"""The tag of objects that are IRIs; that of literals is their datatype, or @ and their language."""

# s, p, o, tag: the parts of a statement. triple: its number, the same in all graphs.
_PARTS: Final = ("s", "p", "o", "tag")
_STATEMENTS: Final = pl.Schema({**dict.fromkeys(_PARTS, pl.String()), "graph": pl.String()})


@dataclass(frozen=True, eq=False)  # == of frames is not a bool
class ClaimTables(Mapping[str, pl.DataFrame]):
    """The claim tables of a graph, by name, in the order of `testimonia.tables.schema.TABLES`.

    Attributes
    ----------
    frames
        For each table a frame of the types of `testimonia.tables.schema.frame_schema`, with further
        columns ``NAME@TAG`` for text in languages other than English. Rows are sorted by ``id``, and so are
        the elements of lists.
    rest
        The quads that do not fit any table.
    """

    frames: dict[str, pl.DataFrame]
    rest: tuple[Quad, ...] = field(repr=False)

    def __getitem__(self, name: str) -> pl.DataFrame:
        return self.frames[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.frames)

    def __len__(self) -> int:
        return len(self.frames)

    def write(self, stream: IO[bytes]) -> None:
        """Write tables and rest as N-Quads; the tables in the default graph.

        Parameters
        ----------
        stream
            A binary stream.
        """
        QuadWriter(stream).write(self.frames)
        serialize(self.rest, stream, RdfFormat.N_QUADS)


def tables(quads: Iterable[Quad], *, plain: bool = False) -> ClaimTables:
    """Read a graph as claim tables.

    A thing is a row of the first table with one of its classes, if it has all required columns; else all
    its statements are in the rest. Tables have no graph names: the same statement in several graphs is
    one cell. Quads of the rest keep theirs.

    Parameters
    ----------
    quads
        The graph, with literals as published.
    plain
        Whether to leave in the rest also what does not fit into cells of CSV files and workbooks.

    Examples
    --------
    >>> from testimonia.catalogue import resources
    >>> from testimonia.rdf import files
    >>> found = tables(files.read(resources.data()))
    >>> found["bounds"].filter(pl.col("id") == "2014")["not_before"].to_list()
    ['2014-01-01T00:00:00+03:00']
    >>> found.rest
    ()
    """
    statements, rest = _statements(quads)
    triples = (
        statements.select("triple", *_PARTS)
        .unique("triple", keep="first")
        .sort(_PARTS)  # cells are chosen and listed in this order
    )
    frames, held = {}, []
    homeless = _subjects(triples)
    for table in TABLES:
        classes = [class_iri(name) for name in table.types]
        here = homeless.filter(pl.col("class").is_in(classes)).select("s").unique()
        homeless = homeless.join(here, on="s", how="anti")
        reader = _Reader(table, triples.join(here, on="s", how="semi"), triples, plain=plain)
        frames[table.name] = reader.frame()
        held.append(reader.held())
    left = statements.join(pl.concat(held), on="triple", how="anti")
    rest += map(_quad, left.iter_rows(named=True))
    return ClaimTables(frames, tuple(sorted(rest, key=str)))


def _statements(quads: Iterable[Quad]) -> tuple[pl.DataFrame, list[Quad]]:
    """Split quads into columns, and return separately those with terms that no cell can hold."""
    remaining, frames, rest = iter(quads), [pl.DataFrame(schema=_STATEMENTS)], []
    while batch := list(islice(remaining, _BATCH)):
        rows = []
        for quad in batch:
            row = _row(quad)
            if row is None:
                rest.append(quad)
            else:
                rows.append(row)
        frames.append(pl.DataFrame(rows, schema=_STATEMENTS, orient="row"))
    statements = pl.concat(frames).unique()
    numbers = statements.select(_PARTS).unique().with_row_index("triple")
    return statements.join(numbers, on=_PARTS), list(dict.fromkeys(rest))


def _row(quad: Quad) -> tuple[str, str, str, str, str] | None:
    subject, object_, graph = quad.subject, quad.object, quad.graph_name
    if isinstance(graph, DefaultGraph):
        graph_name = ""
    elif isinstance(graph, NamedNode):
        graph_name = graph.value
    else:
        return None
    if not isinstance(subject, NamedNode):
        return None
    if isinstance(object_, NamedNode):
        tag = _IRI
    elif isinstance(object_, Literal) and object_.direction is None:
        tag = f"@{object_.language}" if object_.language else object_.datatype.value
    else:
        return None
    return subject.value, quad.predicate.value, object_.value, tag, graph_name


def _quad(row: Mapping[str, str]) -> Quad:
    object_: NamedNode | Literal
    if row["tag"] == _IRI:
        object_ = NamedNode(row["o"])
    elif row["tag"].startswith("@"):
        object_ = Literal(row["o"], language=row["tag"][1:])
    else:
        object_ = Literal(row["o"], datatype=NamedNode(row["tag"]))
    graph = NamedNode(row["graph"]) if row["graph"] else DefaultGraph()
    return Quad(NamedNode(row["s"]), NamedNode(row["p"]), object_, graph)


def _subjects(triples: pl.DataFrame) -> pl.DataFrame:
    typed = (pl.col("p") == _TYPE) & (pl.col("tag") == _IRI)
    return triples.filter(typed).select("s", pl.col("o").alias("class"))


class _Reader:
    """Reads one table, column by column, and records which statements it holds."""

    def __init__(
        self, table: Table, own: pl.DataFrame, triples: pl.DataFrame, *, plain: bool
    ) -> None:
        self._table, self._plain = table, plain
        named = name_of(pl.col("s"), table.base).alias("id")
        rows = own.select("s").unique().with_columns(named).drop_nulls("id")
        self._rows = rows.filter(~pl.col("id").str.starts_with(COMMENT)) if plain else rows
        self._held = [own.clear().select("s", "triple")]
        self._own = own.join(self._rows, on="s", how="semi")
        if table.has_selector:
            self._read_selectors(triples)
        if len(table.types) == 1:
            self._hold(self._with(_TYPE).filter(pl.col("o") == class_iri(table.types[0])))
        for column in table.columns:
            if column.kind != "id" and not (column.kind == "type" and len(table.types) == 1):
                self._read(column)
        required = [column.name for column in table.columns if column.required]
        present = [name for name in required if name in self._rows.columns]
        self._rows = self._rows.drop_nulls(present)
        if len(present) < len(required):
            self._rows = self._rows.clear()

    def frame(self) -> pl.DataFrame:
        """Return the table, its own columns first, then those of other languages."""
        schema = frame_schema(self._table)
        rows = self._rows.with_columns(
            pl.lit(None, kind).alias(name)
            for name, kind in schema.items()
            if name not in self._rows.columns
        )
        others = sorted(name for name in self._rows.columns if "@" in name)
        return rows.sort("id").select(*schema, *others)

    def held(self) -> pl.DataFrame:
        """Return the numbers of the statements that the table holds."""
        return pl.concat(self._held).join(self._rows, on="s", how="semi").select("triple")

    def _with(self, predicate: str) -> pl.DataFrame:
        return self._own.filter(pl.col("p") == predicate)

    def _hold(self, statements: pl.DataFrame) -> None:
        self._held.append(statements.select("s", "triple"))

    def _read_selectors(self, triples: pl.DataFrame) -> None:
        """Treat statements about selectors as statements about their passages."""
        selector = selector_of(pl.col("s"))
        has = self._with(_HAS_SELECTOR).filter(
            (pl.col("tag") == _IRI) & (pl.col("o") == selector) & (pl.col("s") != selector)
        )
        said = triples.join(has.select(pl.col("o").alias("s"), thing="s"), on="s", how="inner")
        typed = said.filter((pl.col("p") == _TYPE) & (pl.col("o") == _SELECTOR_TYPE))
        self._rows = self._rows.join(typed, left_on="s", right_on="thing", how="semi")
        self._hold(has)
        self._hold(typed.select(pl.col("thing").alias("s"), "triple"))
        self._own = pl.concat(
            [self._own, said.select("triple", pl.col("thing").alias("s"), "p", "o", "tag")]
        )

    def _read(self, column: Column) -> None:
        found = self._with(_TYPE if column.kind == "type" else column.property_iri)
        cells = found.with_columns(_cell(column, self._table).alias("cell")).drop_nulls("cell")
        if self._plain and not column.is_resource:
            cells = cells.filter(is_plain(pl.col("cell"), many=column.many))
        cells = cells.sort("s", "cell")
        if column.kind != "text":
            self._put(column, column.name, cells)
            return
        for (tag,), words in cells.group_by("tag"):
            name = column.name if tag == "@en" else f"{column.name}{tag}"
            self._put(column, name, words)

    def _put(self, column: Column, name: str, cells: pl.DataFrame) -> None:
        if column.kind == "integer":
            cells = cells.with_columns(pl.col("cell").cast(pl.Int64))
        if column.many:
            values = cells.group_by("s", maintain_order=True).agg(pl.col("cell").alias(name))
        else:
            cells = cells.unique("s", keep="first", maintain_order=True)
            values = cells.select("s", pl.col("cell").alias(name))
        self._hold(cells)
        self._rows = self._rows.join(values, on="s", how="left")


def _cell(column: Column, table: Table) -> pl.Expr:
    """Write objects as cells; null if a cell would change them."""
    value, tag = pl.col("o"), pl.col("tag")
    if column.kind == "type":
        return pl.when(tag == _IRI).then(class_of(value))
    if column.is_resource:
        target = by_name(column.target) if column.kind == "link" else None
        return pl.when(tag == _IRI).then(name_of(value, resource_base(column, table, target)))
    if column.kind == "text":
        return pl.when(tag.str.starts_with("@") & (value != "")).then(value)
    if column.kind == "string":
        return pl.when((tag == _STRING) & (value != "")).then(value)
    pattern = _WHOLE if column.kind == "integer" else LEXICAL[column.kind][0]
    return pl.when((tag == column.datatype) & value.str.contains(pattern)).then(value)
