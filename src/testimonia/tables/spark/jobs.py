"""Runs a mapping on Spark: reads files of a dataset, writes a folder of N-Quads or Parquet tables."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from testimonia.errors import InputError, Place, TableError
from testimonia.tables.batch_reader import batches
from testimonia.tables.file_documents import document_name, document_of
from testimonia.tables.mapped_batches import other_table
from testimonia.tables.mapping import Run
from testimonia.tables.skipped_rows import empty_table
from testimonia.tables.source import Source
from testimonia.tables.spark.filesystem import BUILDING, FileSystem, Listed, at_once, refuse_local
from testimonia.tables.spark.outputs import (
    Form,
    put_in_place,
    write_quads,
    write_rejects,
    write_tables,
)
from testimonia.tables.spark.session import faults, session
from testimonia.tables.spark.spark_faults import spark_errors, unreadable

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

__all__ = ["Form", "map_on_spark"]

_PARQUET: Final = (".parquet", ".pq")

# Tables are read as they are: no inference, no trimming, no silent repairs.
_CSV: Final = {
    "header": "true",
    "multiLine": "true",
    "escape": '"',
    "encoding": "UTF-8",
    "inferSchema": "false",
    "enforceSchema": "false",
    "mode": "FAILFAST",
    "unescapedQuoteHandling": "RAISE_ERROR",
    "nullValue": "\x00null",  # so that quoted empty cells differ from nulls
    "emptyValue": "",
    "maxColumns": "20480",
}


@dataclass(frozen=True)
class _Document:
    """An input path, and the document that it becomes."""

    path: str
    name: str
    digest: str
    files: Sequence[Listed]


@dataclass
class _Summary:
    """What the batches reported."""

    last_day: dict[str, str] = field(default_factory=dict)
    columns: dict[str, list[str]] = field(default_factory=dict)


def map_on_spark(
    source: Source,
    paths: Sequence[str],
    output: str,
    *,
    form: Form = "nquads",
    master: str | None = None,
    published: str | None = None,
) -> Run:
    """Map files of a dataset on Spark.

    The statements are those that `testimonia.tables.mapping.map_files` writes, in another order. Rows
    that recur are written once. The output is a folder: ``quads/`` or a folder for each claim table,
    ``rejects/`` if rows were rejected, and finally ``manifest.json`` and ``_SUCCESS``; a folder without
    these two is incomplete.

    Parameters
    ----------
    source
        The dataset.
    paths
        CSV or Parquet, wherever Spark can read: each a file, a folder, or a pattern. Each becomes a
        document, named by the digest of its file; where there are several files, by that of their
        list as ``sha256sum`` prints it.
    output
        A new folder, wherever Spark can write.
    form
        The format of the output.
    master
        Where Spark runs, such as ``local[2]``; as configured for Spark when left out.
    published
        When the files were published, as EDTF; when left out, not before the last day that their rows
        report.

    Returns
    -------
    Run
        The result of the mapping. Rejects are listed by key, not by row: rows have no numbers in the
        partitions of a table.

    Raises
    ------
    ExtraMissing
        pyspark is not installed.
    InputError
        A path cannot be read or is given twice, it is not a table of this dataset, or the output
        exists.
    SparkError
        Spark cannot be started or fails.
    """
    if source.read is not batches:
        raise InputError(
            f"{source.title} is not CSV or Parquet, which Spark can read",
            hint="Map it without --engine spark.",
        )
    if source.key_parts == ():
        raise InputError(
            f"the rows of {source.title} have no key but their number, which Spark does not keep",
            hint="Name the columns that make up a key, or map it without --engine spark.",
        )
    refuse_local(output, master)
    with session(master) as spark:
        files = FileSystem(spark)
        documents = _documents(source, paths, files)
        with files.new_folder(output), spark_errors():
            files.make(output)
            return _run(spark, files, source, documents, output, form, published)


def _run(
    spark: SparkSession,
    files: FileSystem,
    source: Source,
    documents: Sequence[_Document],
    output: str,
    form: Form,
    published: str | None,
) -> Run:
    run = Run(output)
    building = f"{output}/{BUILDING}"
    parcels = _stage(spark, source, documents, f"{building}/parcels")
    summary = _gather(parcels, documents, run)
    _refuse_empty(run)
    _refuse_repeated_records(parcels)
    parcels = parcels.unionByName(_once(spark, source, documents, summary, published))
    if form == "parquet":
        run.things = write_tables(parcels, summary.columns, building)
    else:
        run.things, run.quads = write_quads(parcels, f"{building}/quads", form)
    if sum(run.rejected.values()):
        paths = {each.name: each.path for each in documents}
        write_rejects(parcels, paths, f"{building}/rejects")
        run.rejects = f"{output}/rejects"
    written = put_in_place(files, building, output, form)
    files.remove(building)
    manifest = _manifest(source, documents, written, run, form)
    files.write(
        f"{output}/manifest.json", json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
    )
    files.write(f"{output}/_SUCCESS", "")
    return run


# Before: what is read


def _documents(source: Source, paths: Sequence[str], files: FileSystem) -> list[_Document]:
    documents: list[_Document] = []
    seen: dict[str, str] = {}
    taken: dict[str, str] = {}
    for path in paths:
        listed = files.files(path)
        for file in listed:
            if file.path in seen:
                raise InputError(
                    "this file is given twice", place=Place(path), hint="Give it once."
                )
            seen[file.path] = path
        if not _is_parquet(listed, path):
            at_once(files.refuse_other_than_utf8, [file.path for file in listed])
        digest = files.digest(listed)
        if digest in taken:
            raise InputError(
                f"this is identical to {taken[digest]}, byte for byte",
                place=Place(path),
                hint="Give one of the two.",
            )
        taken[digest] = path
        documents.append(_Document(path, document_name(source, digest), digest, listed))
    return documents


def _is_parquet(listed: Sequence[Listed], path: str) -> bool:
    kinds = {file.name.lower().endswith(_PARQUET) for file in listed}
    if len(kinds) > 1:
        raise InputError(
            "some files here are Parquet and some are not",
            place=Place(path),
            hint="Give them one by one, or by a pattern such as DIR/*.csv.",
        )
    return kinds.pop()


def _rows(spark: SparkSession, source: Source, document: _Document) -> DataFrame:
    paths = [file.path for file in document.files]
    try:
        if _is_parquet(document.files, document.path):
            rows = spark.read.parquet(*paths)
        else:
            rows = spark.read.options(**_CSV).csv(paths)
    except faults() as error:
        raise unreadable(document.path, str(error)) from None
    if other := other_table(source, set(rows.columns), document.path):
        raise other
    # Spark reads a CSV file in one partition, since its cells may contain line feeds.
    wanted = spark.sparkContext.defaultParallelism
    return rows if rows.rdd.getNumPartitions() >= wanted else rows.repartition(wanted)


# Mapping: rows to parcels


def _stage(
    spark: SparkSession, source: Source, documents: Sequence[_Document], place: str
) -> DataFrame:
    from testimonia.tables.spark.staging import PARCEL, ddl, mapper

    parcels = [
        _rows(spark, source, document).mapInArrow(mapper(source, document.name), ddl(PARCEL))
        for document in documents
    ]
    everything = reduce(lambda one, other: one.unionByName(other), parcels)
    everything.write.partitionBy("part").option("compression", "none").parquet(place)
    return spark.read.schema(ddl(PARCEL)).parquet(place).select("document", "part", "payload")


def _gather(parcels: DataFrame, documents: Sequence[_Document], run: Run) -> _Summary:
    """Combine what the batches reported."""
    from testimonia.tables.spark.staging import REPORT

    summary = _Summary()
    paths = {document.name: document.path for document in documents}
    run.read, run.rejected = dict.fromkeys(paths.values(), 0), dict.fromkeys(paths.values(), 0)
    columns: dict[str, dict[str, None]] = {}
    flagged: Counter[str] = Counter()
    for row in parcels.where(parcels.part == REPORT).toLocalIterator():
        each = json.loads(bytes(row.payload))
        run.read[paths[row.document]] += each["read"]
        run.rejected[paths[row.document]] += each["rejected"]
        flagged.update(each["flags"])
        run.left_out |= each["left_out"]
        summary.last_day[row.document] = max(
            summary.last_day.get(row.document, ""), each["last_day"]
        )
        for table, names in each["columns"].items():
            columns.setdefault(table, {}).update(dict.fromkeys(names))
    run.flagged = dict(flagged)
    summary.columns = {table: list(names) for table, names in columns.items()}
    return summary


def _refuse_empty(run: Run) -> None:
    for path, count in run.read.items():
        if not count:
            raise empty_table(path)


def _refuse_repeated_records(parcels: DataFrame) -> None:
    """Raise an error if rows of several batches have the same key: they would become one record."""
    import pyarrow as pa

    from testimonia.tables.spark.staging import ddl, rows_of

    names = pa.schema([("id", pa.string())])
    records = parcels.where(parcels.part == "records").mapInArrow(rows_of(names), ddl(names))
    again = records.groupBy("id").count().where("count > 1").orderBy("id").first()
    if again is not None:
        raise TableError(
            f"{again['count']} rows have the same key, and would be one record: {again['id']}",
            hint="Keep one of them. Without Spark, all but the first are listed as rejects.",
        )


def _once(
    spark: SparkSession,
    source: Source,
    documents: Sequence[_Document],
    summary: _Summary,
    published: str | None,
) -> DataFrame:
    """Pack the tables that each document has once: its description, and what all its rows share."""
    from testimonia.tables.spark.staging import PARCEL, ddl, parcel

    packed: list[dict[str, Any]] = []
    for each in documents:
        last_day = summary.last_day.get(each.name, "")
        itself = document_of(source, Path(each.path), each.digest, last_day, published)
        for tables in (source.shared, itself):
            for name, frame in tables.items():
                packed.append(parcel(each.name, name, frame))
                known = summary.columns.setdefault(name, [])
                known += [column for column in frame.columns if column not in known]
    rows = [(row["document"], row["part"], row["payload"]) for row in packed]
    return spark.createDataFrame(rows, ddl(PARCEL))


def _manifest(
    source: Source,
    documents: Sequence[_Document],
    written: list[dict[str, Any]],
    run: Run,
    form: Form,
) -> dict[str, Any]:
    return {
        "dataset": source.name,
        "format": form,
        "documents": [
            {
                "document": each.name,
                "path": each.path,
                "sha256": each.digest,
                "files": len(each.files),
                "rows": run.read[each.path],
                "rejected": run.rejected[each.path],
            }
            for each in documents
        ],
        "things": dict(run.things),
        "quads": run.quads,
        "flagged": run.flagged,
        "left_out": run.left_out,
        "files": written,
    }
