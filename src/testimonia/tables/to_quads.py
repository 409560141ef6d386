"""Writes claim tables as N-Quads: every property of a table is one expression over its columns.

Rows are written in batches, so that memory use does not grow with their number.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import IO, Final, Literal, NamedTuple
from zlib import crc32

import polars as pl

from testimonia.namespaces import OA, RDF
from testimonia.tables.cell_checks import faults, refuse
from testimonia.tables.cell_terms import language_of, resource_base, selector_of, terms
from testimonia.tables.columns import Column, Table, class_iri
from testimonia.tables.schema import by_name

__all__ = ["NEVER_REPEATED", "Compression", "QuadWriter", "blocks", "statements"]

Compression = Literal["uncompressed", "gzip", "zstd"]

_RDF_TYPE: Final = RDF.type.value
_HAS_SELECTOR: Final = OA.hasSelector.value
_SELECTOR_CLASS: Final = OA.TextPositionSelector.value
_SUBJECT, _TYPE = "\0subject", "\0type"
_SELECTOR, _SELECTOR_TYPE = "\0selector", "\0selector type"
_NOTHING: Final = pl.List(pl.Null())
_OTHER: Final = 0x9E3779B97F4A7C15
_FEW: Final = 8
"""Lists up to this length are split by position, which is faster than joining them."""

NEVER_REPEATED: Final = frozenset({"claims", "propositions", "passages", "records"})
"""Tables whose things belong to one row of a source; things of all others may recur."""


def blocks(table: Table, frame: pl.DataFrame, graph: str | None = None) -> pl.Series:
    """Write the rows of a claim table as N-Quads.

    Parameters
    ----------
    table
        The table.
    frame
        Its rows. Columns may be missing unless they are required.
    graph
        IRI of the graph of the statements; the default graph when left out.

    Returns
    -------
    Series of str
        The statements of each row, each with a line feed at the end.

    Raises
    ------
    TableError
        A cell cannot be written, or a column is unknown or missing.
    """
    written, properties = _written(table, frame)
    lines: list[pl.Expr] = []
    for each in properties:
        lines += _lines(written, each, _end(graph))
    return written.select(pl.concat_str(lines, ignore_nulls=True).alias("quads")).to_series()


def statements(table: Table, frame: pl.DataFrame) -> pl.DataFrame:
    """Write the rows of a claim table as statements.

    Parameters
    ----------
    table
        The table.
    frame
        Its rows, as for `blocks`.

    Returns
    -------
    DataFrame
        ``s``, ``p``, ``o``: terms of N-Triples; a row for each statement.

    Raises
    ------
    TableError
        A cell cannot be written, or a column is unknown or missing.
    """
    written, properties = _written(table, frame)
    return _statements(written, properties, "").drop("end")


def _statements(written: pl.DataFrame, properties: Iterable[_Property], end: str) -> pl.DataFrame:
    """Make a row for each statement; its cells, joined by spaces, are a line of N-Quads."""
    found = []
    for each in properties:
        rows = written.select(
            s=pl.col(each.subject),
            p=pl.lit(f"<{each.iri}>"),
            o=pl.col(each.objects),
            end=pl.lit(end),
        )
        if isinstance(rows.schema["o"], pl.List):
            rows = rows.explode("o")
        found.append(rows.drop_nulls("o") if rows["o"].null_count() else rows)
    return pl.concat(found)


class _Property(NamedTuple):
    """A property: the column of its subjects, its IRI, and the column of its objects."""

    subject: str
    iri: str
    objects: str


def _end(graph: str | None) -> str:
    return "." if graph is None else f"<{graph}> ."


def _written(table: Table, frame: pl.DataFrame) -> tuple[pl.DataFrame, list[_Property]]:
    """Check a table and write its cells as terms; also return the properties and their columns."""
    refuse(table, faults(table, frame))
    frame = _without_idle_lists(frame)
    columns = _columns(table, frame)
    written = terms(frame, columns).rename({"id": _SUBJECT})
    properties = []
    if len(table.types) == 1:
        written = written.with_columns(pl.lit(f"<{class_iri(table.types[0])}>").alias(_TYPE))
        properties.append(_Property(_SUBJECT, _RDF_TYPE, _TYPE))
    if table.has_selector:
        written = written.with_columns(
            selector_of(pl.col(_SUBJECT)).alias(_SELECTOR),
            pl.lit(f"<{_SELECTOR_CLASS}>").alias(_SELECTOR_TYPE),
        )
        properties.append(_Property(_SUBJECT, _HAS_SELECTOR, _SELECTOR))
        properties.append(_Property(_SELECTOR, _RDF_TYPE, _SELECTOR_TYPE))
    for name, (column, _) in columns.items():
        if column.kind != "id":
            subject = _SELECTOR if column.of_selector else _SUBJECT
            properties.append(_Property(subject, column.property_iri, name))
    return written, properties


def _without_idle_lists(frame: pl.DataFrame) -> pl.DataFrame:
    """Turn columns of lists with at most one value into columns of values, which are faster."""
    lists = [name for name, kind in frame.schema.items() if isinstance(kind, pl.List)]
    if not lists or frame.is_empty():
        return frame
    longest = frame.select(pl.col(lists).list.len().max()).row(0, named=True)
    idle = [name for name in lists if (longest[name] or 0) <= 1]
    return frame.with_columns(pl.col(idle).list.first())


def _columns(table: Table, frame: pl.DataFrame) -> dict[str, tuple[Column, str]]:
    found = {}
    for name in frame.columns:
        column = table.column(name)
        nothing = frame[name].null_count() == frame.height or frame.schema[name] == _NOTHING
        if column is not None and not nothing:
            target = by_name(column.target) if column.kind == "link" else None
            found[name] = (column, resource_base(column, table, target))
    return found


def _lines(written: pl.DataFrame, each: _Property, end: str) -> list[pl.Expr]:
    """Return the parts of the lines of a property: one line for each cell or element of a list."""
    begin, close = f" <{each.iri}> ", pl.lit(f" {end}\n")
    subject, objects = pl.col(each.subject), pl.col(each.objects)
    if not isinstance(written.schema[each.objects], pl.List):
        line = [subject, pl.lit(begin), objects, close]
        return [pl.concat_str(line)] if written[each.objects].null_count() else line
    kept = objects.list.drop_nulls()
    longest = int(written[each.objects].list.len().max() or 0)  # type: ignore[arg-type]
    if longest > _FEW:
        between = pl.concat_str([close, subject, pl.lit(begin)])
        joined = pl.when(kept.list.len() > 0).then(kept.list.join(between))
        return [pl.concat_str([subject, pl.lit(begin), joined, close])]
    return [
        pl.concat_str([subject, pl.lit(begin), kept.list.get(place, null_on_oob=True), close])
        for place in range(longest)
    ]


@dataclass
class QuadWriter:
    """Writes batches of claim tables to a stream; a row that recurs is written once.

    Parameters
    ----------
    stream
        A binary stream for the N-Quads.
    compression
        Whether and how they are compressed. Each batch becomes a member (gzip, RFC 1952, section
        2.2) or frame (zstd, RFC 8878, section 3.1) of its own; readers concatenate them.

    Attributes
    ----------
    rows
        How many rows were written, by table.
    quads
        How many statements were written.
    """

    stream: IO[bytes]
    compression: Compression = "uncompressed"
    rows: dict[str, int] = field(default_factory=dict)
    quads: int = 0
    _seen: dict[tuple[str, str | None], pl.DataFrame] = field(default_factory=dict)

    def write(
        self, tables: Mapping[str, pl.DataFrame], graphs: Mapping[str, str | None] | None = None
    ) -> None:
        """Write a batch.

        Parameters
        ----------
        tables
            Frames by the name of their table.
        graphs
            The graph of each table; the default graph for those left out.

        Raises
        ------
        TableError
            A cell cannot be written; nothing of the batch was written.
        """
        found = []
        for name, frame in tables.items():
            if frame.height:
                graph = (graphs or {}).get(name)
                written, properties = _written(by_name(name), frame)
                if name not in NEVER_REPEATED:
                    # The same row is written again in another graph.
                    written = self._first_time((name, graph), written, properties)
                self.rows[name] = self.rows.get(name, 0) + written.height
                found.append(_statements(written, properties, _end(graph)))
        if found:
            self._put(pl.concat(found))

    def _first_time(
        self, where: tuple[str, str | None], written: pl.DataFrame, properties: Iterable[_Property]
    ) -> pl.DataFrame:
        """Filter out rows that were written before."""
        # Two 64-bit hashes: with a hundred million rows, the chance that two different ones share both is
        # about 1 in 10^22. They are compared within this run only.
        keys = written.select(
            _key(properties, 0).alias("one"), _key(properties, _OTHER).alias("two")
        )
        rows = keys.with_row_index("row").unique(["one", "two"], maintain_order=True)
        if where in self._seen:
            # The batch is hashed and probed with the larger table of rows seen so far.
            known = self._seen[where].join(rows, on=["one", "two"], how="semi")
            rows = rows.join(known, on=["one", "two"], how="anti", maintain_order="left")
        new = rows.select("one", "two")
        self._seen[where] = pl.concat([self._seen.get(where, new.clear()), new])
        return written if rows.height == written.height else written[rows["row"]]

    def _put(self, found: pl.DataFrame) -> None:
        self.quads += found.height
        found.lazy().sink_csv(
            self.stream,
            include_header=False,
            separator=" ",
            quote_style="never",
            compression=self.compression,
            check_extension=False,
        )


def _key(properties: Iterable[_Property], seed: int) -> pl.Expr:
    """Hash the statements of each row; empty columns and the order of columns make no difference."""
    key = pl.col(_SUBJECT).hash(seed)
    for each in properties:
        objects = pl.col(each.objects)
        hashed = objects.hash(seed + crc32(f"{each.iri} {language_of(each.objects)}".encode()))
        key += pl.when(objects.is_not_null()).then(hashed).otherwise(0)
    return key
