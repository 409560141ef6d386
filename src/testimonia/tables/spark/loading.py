"""Loads Parquet claim tables into Spark, with absolute IRIs instead of names."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import reduce
from typing import TYPE_CHECKING

import polars as pl
import pyarrow as pa

from testimonia.errors import InputError, Place, TableError
from testimonia.tables.cell_terms import resource_base, terms
from testimonia.tables.columns import Column, Table
from testimonia.tables.schema import by_name
from testimonia.tables.spark.filesystem import FileSystem
from testimonia.tables.spark.session import faults, why
from testimonia.tables.spark.staging import columns_of, ddl

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

__all__ = ["Loading"]

_Batches = Iterator[pa.RecordBatch]


class Loading:
    """The union of the claim tables in one or several folders.

    Parameters
    ----------
    spark
        The session.
    folders
        Wherever Spark can read: in each, a file ``TABLE.parquet`` or a folder ``TABLE`` of Parquet
        files for each table with rows.

    Raises
    ------
    InputError
        A folder holds no claim table.
    """

    def __init__(self, spark: SparkSession, folders: Sequence[str]) -> None:
        self._spark = spark
        self._files = FileSystem(spark)
        self._folders = [folder.rstrip("/") for folder in folders]
        self._loaded: dict[tuple[str, ...], DataFrame] = {}
        for folder in self._folders:
            if self._place(folder, "claims") is None:
                raise InputError(
                    "there is no claim table here",
                    place=Place(folder),
                    hint="testimonia tables --format parquet, and map --engine spark --format "
                    "parquet, write such folders.",
                )

    def table(self, name: str, columns: Sequence[str]) -> DataFrame:
        """Read some columns of a table; the result is cached.

        Parameters
        ----------
        name
            The table.
        columns
            The columns. Those that a file lacks are null.

        Returns
        -------
        DataFrame
            Its rows. Names, classes and codes are absolute IRIs; other cells are unchanged.

        Raises
        ------
        TableError
            A file is not Parquet.
        """
        if (name, *columns) not in self._loaded:
            self._loaded[name, *columns] = self._load(by_name(name), columns).persist()
        return self._loaded[name, *columns]

    def _load(self, table: Table, columns: Sequence[str]) -> DataFrame:
        schema = _chosen(table, columns)
        places = [self._place(folder, table.name) for folder in self._folders]
        frames = [self._read(place, columns) for place in places if place is not None]
        rows = [frame.mapInArrow(_whole(table, schema), ddl(schema)) for frame in frames]
        nothing = self._spark.createDataFrame([], ddl(schema))
        return reduce(lambda one, other: one.unionByName(other), rows, nothing)

    def _place(self, folder: str, name: str) -> str | None:
        places = (f"{folder}/{name}", f"{folder}/{name}.parquet")
        return next((place for place in places if self._files.exists(place)), None)

    def _read(self, place: str, columns: Sequence[str]) -> DataFrame:
        try:
            rows = self._spark.read.parquet(place)
        except faults() as error:
            raise TableError(f"this is not Parquet ({why(error)})", place=Place(place)) from None
        return rows.select(*(name for name in columns if name in rows.columns))


def _chosen(table: Table, columns: Sequence[str]) -> pa.Schema:
    whole = columns_of(table, ())
    return pa.schema([whole.field(name) for name in columns])


def _whole(table: Table, schema: pa.Schema) -> Callable[[_Batches], _Batches]:
    """Make the function that replaces names by absolute IRIs."""
    absent = {name: pl.lit(None).alias(name) for name in schema.names}

    def written(batches: _Batches) -> _Batches:
        for batch in batches:
            frame = pl.DataFrame(pl.from_arrow(batch))
            frame = frame.select(
                (absent | {name: pl.col(name) for name in frame.columns})[name]
                for name in schema.names
            )
            names = {name: _resource(table, name) for name in schema.names}
            resources = {name: held for name, held in names.items() if held is not None}
            present = {n: held for n, held in resources.items() if frame.schema[n] != pl.Null}
            found = terms(frame, present)
            bare = [_unwrapped(found, name) for name in present]
            resolved = frame.with_columns(found.select(bare).iter_columns())
            arrow: pa.Table = resolved.to_arrow(compat_level=pl.CompatLevel.oldest()).cast(schema)
            yield from arrow.to_batches()

    return written


def _resource(table: Table, name: str) -> tuple[Column, str] | None:
    column = table.column(name)
    if column is None or not column.is_resource:
        return None
    target = by_name(column.target) if column.kind == "link" else None
    return column, resource_base(column, table, target)


def _unwrapped(frame: pl.DataFrame, name: str) -> pl.Expr:
    if isinstance(frame.schema[name], pl.List):
        return pl.col(name).list.eval(pl.element().str.strip_chars("<>"))
    return pl.col(name).str.strip_chars("<>")
