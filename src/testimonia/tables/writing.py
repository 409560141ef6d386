"""Claim tables written as N-Quads: every property of a table is one expression over its columns.

Rows are written in batches, so that memory does not grow with them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO, Final, Literal

import polars as pl

from testimonia.namespaces import PREFIXES
from testimonia.tables.checking import faults, refuse
from testimonia.tables.columns import Column, Table, class_iri
from testimonia.tables.schema import by_name
from testimonia.tables.terms import resource_base, selector_of, terms

__all__ = ["NEVER_REPEATED", "Compression", "QuadWriter", "blocks"]

Compression = Literal["uncompressed", "gzip", "zstd"]

_RDF_TYPE: Final = f" <{PREFIXES['rdf']}type> "
_HAS_SELECTOR: Final = f" <{PREFIXES['oa']}hasSelector> "
_SELECTOR_TYPE: Final = f"<{PREFIXES['oa']}TextPositionSelector>"
_SUBJECT, _SELECTOR = "\0subject", "\0selector"

NEVER_REPEATED: Final = frozenset({"claims", "propositions", "passages", "records"})
"""Tables whose things belong to one row of a source; those of all others may come again."""


def blocks(table: Table, frame: pl.DataFrame, graph: str | None = None) -> pl.Series:
    """Write the rows of a claim table as N-Quads.

    Parameters
    ----------
    table
        Which table.
    frame
        Rows of it. Columns may be missing where they are not required.
    graph
        The IRI of the graph that the statements go to; none when left out.

    Returns
    -------
    Series of str
        For each row its statements, each ended by a line feed.

    Raises
    ------
    TableError
        A cell cannot be written, or a column is unknown or missing.
    """
    refuse(table, faults(table, frame))
    columns = _columns(table, frame)
    written = terms(frame, columns).rename({"id": _SUBJECT})
    if table.has_selector:
        written = written.with_columns(selector_of(pl.col(_SUBJECT)).alias(_SELECTOR))
    end = " .\n" if graph is None else f" <{graph}> .\n"
    lines = list(_types(table, end))
    for name, (column, _) in columns.items():
        if column.kind != "id":
            lines.append(_lines(written.schema, name, column, end))
    return written.select(pl.concat_str(lines, ignore_nulls=True).alias("quads")).to_series()


def _columns(table: Table, frame: pl.DataFrame) -> dict[str, tuple[Column, str]]:
    found = {}
    for name in frame.columns:
        column = table.column(name)
        if column is not None and frame[name].null_count() < frame.height:
            target = by_name(column.target) if column.kind == "link" else None
            found[name] = (column, resource_base(column, table, target))
    return found


def _types(table: Table, end: str) -> Iterator[pl.Expr]:
    subject, selector = pl.col(_SUBJECT), pl.col(_SELECTOR)
    if len(table.types) == 1:
        yield pl.concat_str([subject, pl.lit(f"{_RDF_TYPE}<{class_iri(table.types[0])}>{end}")])
    if table.has_selector:
        yield pl.concat_str([subject, pl.lit(_HAS_SELECTOR), selector, pl.lit(end)])
        yield pl.concat_str([selector, pl.lit(f"{_RDF_TYPE}{_SELECTOR_TYPE}{end}")])


def _lines(schema: pl.Schema, name: str, column: Column, end: str) -> pl.Expr:
    """Write one statement for each cell, or one for each element of a list."""
    subject = pl.col(_SELECTOR if column.of_selector else _SUBJECT)
    begin = pl.concat_str([subject, pl.lit(f" <{column.property_iri}> ")])
    objects = pl.col(name)
    if isinstance(schema[name], pl.List):
        kept = objects.list.drop_nulls()
        between = pl.concat_str([pl.lit(end), begin])
        objects = pl.when(kept.list.len() > 0).then(kept.list.join(between))
    return pl.concat_str([begin, objects, pl.lit(end)])


@dataclass
class QuadWriter:
    """Writes batches of claim tables to a stream, and each thing that recurs once.

    Parameters
    ----------
    stream
        Where the N-Quads go, open for bytes.
    compression
        Whether and how they are compressed. Each batch becomes a member (gzip, RFC 1952, section
        2.2) or frame (zstd, RFC 8878, section 3.1) of its own; readers put them together.

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
    _seen: dict[str, pl.DataFrame] = field(default_factory=dict)

    def write(
        self, tables: Mapping[str, pl.DataFrame], graphs: Mapping[str, str | None] | None = None
    ) -> None:
        """Write a batch.

        Parameters
        ----------
        tables
            Frames by the name of their table.
        graphs
            The graph for each table; none for those left out.

        Raises
        ------
        TableError
            A cell cannot be written. Nothing of the batch was.
        """
        written = []
        for name, frame in tables.items():
            if frame.height:
                new = blocks(by_name(name), frame, (graphs or {}).get(name))
                new = self._first_time(name, new)
                self.rows[name] = self.rows.get(name, 0) + len(new)
                written.append(new)
        if written:
            self._put(written)

    def _first_time(self, name: str, new: pl.Series) -> pl.Series:
        if name in NEVER_REPEATED:
            return new
        # Two hashes of 64 bits: among a hundred million rows, two differing ones that share both are
        # about as likely as one in 10^22. They are compared within this run only.
        hashed = pl.DataFrame(
            {"quads": new, "one": new.hash(0), "two": new.hash(0x9E3779B97F4A7C15)}
        ).unique(["one", "two"], maintain_order=True)
        if name in self._seen:
            hashed = hashed.join(
                self._seen[name], on=["one", "two"], how="anti", maintain_order="left"
            )
        kept = hashed.select("one", "two")
        self._seen[name] = pl.concat([self._seen.get(name, kept.clear()), kept])
        return hashed["quads"]

    def _put(self, written: Iterable[pl.Series]) -> None:
        lines = pl.concat([series.rename("quads") for series in written])
        self.quads += int(lines.str.count_matches("\n", literal=True).sum())
        lines.to_frame().lazy().sink_csv(
            self.stream,
            include_header=False,
            quote_style="never",
            line_terminator="",
            compression=self.compression,
            check_extension=False,
        )
