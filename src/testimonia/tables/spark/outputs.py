"""Writes parcels with Spark: N-Quads, Parquet claim tables, lists of rejected rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from typing import TYPE_CHECKING, Any, Literal

from testimonia.tables.schema import TABLES
from testimonia.tables.spark.filesystem import FileSystem, Listed, at_once
from testimonia.tables.to_quads import NEVER_REPEATED

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

__all__ = ["Form", "put_in_place", "write_quads", "write_rejects", "write_tables"]

Form = Literal["nquads", "nquads.gz", "parquet"]
"""N-Quads, N-Quads in gzip, or Parquet claim tables."""


def write_quads(parcels: DataFrame, place: str, form: Form) -> tuple[dict[str, int], int]:
    """Write parcels as N-Quads, without duplicates; return the numbers of rows by table, and of quads."""
    from pyspark.sql import Observation
    from pyspark.sql import functions as f

    from testimonia.tables.spark.staging import LINES, REJECTS, REPORT, ddl, lines_of

    tables = parcels.where(~parcels.part.isin(REPORT, REJECTS))
    recurs = ~tables.part.isin(*NEVER_REPEATED)
    single = tables.where(~recurs).mapInArrow(lines_of, ddl(LINES))
    several = tables.where(recurs).mapInArrow(lines_of, ddl(LINES))
    several = several.dropDuplicates(["part", "text"])
    counted = Observation("written")
    names = [table.name for table in TABLES]
    rows = [f.sum((f.col("part") == name).cast("long")).alias(name) for name in names]
    lines = single.unionByName(several).observe(counted, f.sum("quads").alias("quads"), *rows)
    compression = "gzip" if form == "nquads.gz" else "none"
    lines.select("text").write.option("compression", compression).text(place)
    counts = counted.get
    return {name: counts[name] for name in names if counts[name]}, counts["quads"] or 0


def write_tables(
    parcels: DataFrame, columns: Mapping[str, Sequence[str]], place: str
) -> dict[str, int]:
    """Write parcels as Parquet claim tables with the given columns; return their numbers of rows."""
    from testimonia.tables.spark.staging import columns_of, ddl, rows_of

    spark = parcels.sparkSession
    things = {}
    for table in TABLES:
        if table.name not in columns:
            continue
        schema = columns_of(table, columns[table.name])
        packed = parcels.where(parcels.part == table.name)
        rows = packed.mapInArrow(rows_of(schema), ddl(schema))
        if table.name not in NEVER_REPEATED:
            rows = rows.dropDuplicates()
        rows.write.option("compression", "zstd").parquet(f"{place}/{table.name}")
        things[table.name] = spark.read.parquet(f"{place}/{table.name}").count()
    return things


def write_rejects(parcels: DataFrame, paths: Mapping[str, str], place: str) -> None:
    """Write rejected rows as CSV, with the path of each document."""
    import pyarrow as pa
    from pyspark.sql import functions as f

    from testimonia.tables.spark.staging import REJECTS, ddl, rows_of

    listed = []
    schema = pa.schema([(name, pa.string()) for name in ("key", "column", "value", "expected")])
    for document, path in paths.items():
        packed = parcels.where((parcels.part == REJECTS) & (parcels.document == document))
        rows = packed.mapInArrow(rows_of(schema), ddl(schema))
        listed.append(rows.select(f.lit(path).alias("file"), *schema.names))
    everything = reduce(lambda one, other: one.unionByName(other), listed)
    everything.write.options(header="true", escape='"').csv(place)


def put_in_place(files: FileSystem, building: str, output: str, form: Form) -> list[dict[str, Any]]:
    """Move the output out of the staging area, and list its files."""
    moves = []
    for folder in ("quads", "rejects", *(table.name for table in TABLES)):
        if not files.exists(f"{building}/{folder}"):
            continue
        suffix = {"quads": ".nq" + form.removeprefix("nquads"), "rejects": ".csv"}.get(
            folder, ".parquet"
        )
        files.make(f"{output}/{folder}")
        parts = [each for each in files.files(f"{building}/{folder}") if each.size]
        moves += [(part, f"{folder}/part-{number:05}{suffix}") for number, part in enumerate(parts)]
    return at_once(lambda move: _place(files, *move, output), moves)


def _place(files: FileSystem, part: Listed, name: str, output: str) -> dict[str, Any]:
    digest = files.digest([part])
    files.move(part.path, f"{output}/{name}")
    return {"path": name, "bytes": part.size, "sha256": digest}
