"""Functions of Spark's Python workers: from rows to claim tables, and from these to the output.

In between, claim tables are in a staging area as parcels: Arrow IPC streams, one for each table of each
batch. So every table keeps its own columns, and each row is mapped once, however many tables are
written.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

import polars as pl
import pyarrow as pa

from testimonia.errors import TableError
from testimonia.tables.batch_reader import ROW
from testimonia.tables.cell_checks import faults, refuse
from testimonia.tables.columns import Table
from testimonia.tables.file_documents import graphs_of, last_day_of
from testimonia.tables.mapped_batches import count_flags, unmapped
from testimonia.tables.schema import TABLES, arrow_schema, by_name
from testimonia.tables.skipped_rows import SkippedRows
from testimonia.tables.source import Source
from testimonia.tables.to_quads import blocks

__all__ = [
    "FAULT",
    "LINES",
    "PARCEL",
    "REJECTS",
    "REPORT",
    "arrow_batches",
    "columns_of",
    "ddl",
    "for_the_user",
    "lines_of",
    "mapper",
    "parcel",
    "rows_of",
]

FAULT: Final = "testimonia-fault:"
"""The prefix of error messages for the user."""

PARCEL: Final = pa.schema(
    [
        ("document", pa.string()),
        ("part", pa.string()),
        ("payload", pa.binary()),
    ]
)
"""A parcel: its document, its table (or `REPORT` or `REJECTS`), and the rows."""

_CHUNK: Final = 10_000

REPORT, REJECTS = "report", "rejects"

_TABLES: Final = frozenset(table.name for table in TABLES)

_Batches = Iterator[pa.RecordBatch]

LINES: Final = pa.schema([("part", pa.string()), ("text", pa.string()), ("quads", pa.int64())])
"""The table of a thing, its statements as lines without the last line feed, and their number."""


def mapper(source: Source, document: str) -> Callable[[_Batches], _Batches]:
    """Make the function that turns rows of a dataset into parcels.

    Rows are numbered within their batch only, since Spark decides which rows a batch has. Rejects are
    therefore listed by key.

    Parameters
    ----------
    source
        The dataset.
    document
        The name of the document of the rows.
    """

    def mapped(batches: _Batches) -> _Batches:
        for batch in batches:
            if batch.num_rows:
                yield pa.RecordBatch.from_pylist(list(_parcels(source, document, batch)), PARCEL)

    return mapped


def parcel(document: str, part: str, frame: pl.DataFrame) -> dict[str, Any]:
    """Make a parcel from rows of a claim table."""
    stream = io.BytesIO()
    frame.write_ipc_stream(stream, compression="lz4")
    return {"document": document, "part": part, "payload": stream.getvalue()}


def lines_of(batches: _Batches) -> _Batches:
    """Write parcels as N-Quads: for each thing its statements, and their number.

    Raises
    ------
    TableError
        A cell cannot be written.
    """
    for document, part, frame in _opened(batches):
        try:
            quads = blocks(by_name(part), frame, graphs_of(document)[part])
        except TableError as error:
            raise for_the_user(error) from None
        lines = pl.select(
            part=pl.lit(part),
            text=quads.str.strip_suffix("\n"),
            quads=quads.str.count_matches("\n", literal=True).cast(pl.Int64),
        )
        yield from arrow_batches(lines, LINES)


def columns_of(table: Table, names: Iterable[str]) -> pa.Schema:
    """Return the Arrow schema of a claim table, with columns for more languages."""
    schema = arrow_schema(table)
    more = [name for name in names if name not in schema.names]
    listed = {name: name.partition("@")[0] for name in [*schema.names, *more]}
    return pa.schema(
        [pa.field(name, _small(schema.field(plain).type)) for name, plain in listed.items()]
    )


def ddl(schema: pa.Schema) -> str:
    """Convert an Arrow schema to the DDL of Spark."""
    return ", ".join(f"`{field.name}` {_spark_type(field.type)}" for field in schema)


def _small(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_large_list(kind):
        return pa.list_(_small(kind.value_type))
    return pa.string() if pa.types.is_large_string(kind) else kind


def _spark_type(kind: pa.DataType) -> str:
    if pa.types.is_list(kind):
        return f"array<{_spark_type(kind.value_type)}>"
    return {
        pa.string(): "string",
        pa.int64(): "bigint",
        pa.binary(): "binary",
        pa.float64(): "double",
    }[kind]


def rows_of(schema: pa.Schema) -> Callable[[_Batches], _Batches]:
    """Make the function that unpacks parcels into rows with the columns of a schema."""
    absent = {name: pl.lit(None).alias(name) for name in schema.names}

    def unpacked(batches: _Batches) -> _Batches:
        for _, part, frame in _opened(batches):
            if part in _TABLES:
                refuse(by_name(part), faults(by_name(part), frame))
            present = {name: pl.col(name) for name in frame.columns}
            frame = frame.select((absent | present)[name] for name in schema.names)
            yield from arrow_batches(frame, schema)

    return unpacked


def _parcels(source: Source, document: str, batch: pa.RecordBatch) -> Iterator[dict[str, Any]]:
    frame = pl.DataFrame(pl.from_arrow(batch)).cast(pl.String)
    frame = frame.with_columns(pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias(ROW))
    frame = source.with_keys(SkippedRows().of_source(frame, source))
    try:
        mapped = source.map(frame, document)
    except TableError as error:
        raise for_the_user(error) from None
    tables = {name: rows for name, rows in mapped.tables.items() if rows.height}
    for name, rows in tables.items():
        yield parcel(document, name, rows)
    if mapped.rejects.height:
        keys = frame.select(pl.col(ROW).alias("row"), pl.col(source.key_column).alias("key"))
        listed = mapped.rejects.join(keys, on="row", how="left", maintain_order="left").drop("row")
        yield parcel(document, REJECTS, listed)
    flags: dict[str, int] = {}
    count_flags(mapped, flags)
    report = {
        "read": frame.height,
        "rejected": mapped.rejects["row"].n_unique(),
        "flags": flags,
        "left_out": unmapped(source, frame),
        "last_day": last_day_of(source, frame, mapped),
        "columns": {name: rows.columns for name, rows in tables.items()},
    }
    yield {"document": document, "part": REPORT, "payload": json.dumps(report).encode()}


def _opened(batches: _Batches) -> Iterator[tuple[str, str, pl.DataFrame]]:
    for batch in batches:
        for row in batch.to_pylist():
            # Spark reads partition columns as text, and the others as they were written.
            yield row["document"], row["part"], pl.read_ipc_stream(io.BytesIO(row["payload"]))


def arrow_batches(frame: pl.DataFrame, schema: pa.Schema) -> Iterable[pa.RecordBatch]:
    """Convert rows to Arrow batches for Spark, which needs strings and lists with 32-bit offsets."""
    rows: pa.Table = frame.to_arrow(compat_level=pl.CompatLevel.oldest()).cast(schema)
    batches: list[pa.RecordBatch] = rows.to_batches(max_chunksize=_CHUNK)
    return batches


def for_the_user(error: TableError, place: str = "") -> TableError:
    """Write an error so that it can be read from the traceback of a worker, of which only the text is returned."""
    return TableError(
        FAULT + json.dumps({"message": error.message, "hint": error.hint, "place": place})
    )
