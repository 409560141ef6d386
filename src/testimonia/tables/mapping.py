"""Runs a mapping: files of a dataset in, N-Quads and a list of what was rejected out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC
from pathlib import Path
from typing import Final

import polars as pl

from testimonia import dates
from testimonia.errors import InputError, Place, TableError
from testimonia.legible import one_line
from testimonia.namespaces import IDENTIFIER
from testimonia.outputs import refuse_overwriting, replacing
from testimonia.progress import Progress
from testimonia.tables.batch_reader import ROW, digest
from testimonia.tables.cell_checks import FAULTS
from testimonia.tables.cell_format import REJECTS
from testimonia.tables.inputs.manner import Manner
from testimonia.tables.rows import AGAIN
from testimonia.tables.schema import TABLES
from testimonia.tables.skipped_rows import SkippedRows
from testimonia.tables.source import Mapped, Source
from testimonia.tables.to_quads import Compression, QuadWriter

__all__ = [
    "AGENTS_GRAPH",
    "Progress",
    "Run",
    "compression_of",
    "count_flags",
    "document_of",
    "graphs_of",
    "last_day_of",
    "map_files",
    "refuse_outputs",
    "unmapped",
    "write_rejects",
]

AGENTS_GRAPH: Final = IDENTIFIER + "graph/agents"
"""The graph of who can speak or act, common to all documents."""

_COMPRESSIONS: Final[dict[str, Compression]] = {".gz": "gzip", ".zst": "zstd"}


@dataclass
class Run:
    """What a mapping came to.

    Attributes
    ----------
    output
        The N-Quads.
    rejects
        The list of rows that were left out, or None where there were none.
    read
        How many rows were read, by file.
    rejected
        How many of them were left out, by file.
    flagged
        How many records carry each flag.
    left_out
        Columns that are not mapped, and why.
    notices
        What was found of how files are made, and what was passed over, by file.
    things
        How many things were written, by table.
    quads
        How many statements were written.
    """

    output: Path | str
    rejects: Path | str | None = None
    read: dict[str, int] = field(default_factory=dict)
    rejected: dict[str, int] = field(default_factory=dict)
    flagged: dict[str, int] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
    notices: dict[str, list[str]] = field(default_factory=dict)
    things: Mapping[str, int] = field(default_factory=dict)
    quads: int = 0


def map_files(
    source: Source,
    files: Sequence[Path],
    output: Path,
    *,
    rejects: Path | None = None,
    published: str | None = None,
    manner: Manner | None = None,
    progress: Progress | None = None,
) -> Run:
    """Map files of a dataset to N-Quads.

    Both outputs are written beside their targets and then renamed: an error leaves them as they were.

    Parameters
    ----------
    source
        The dataset.
    files
        Its files. Each becomes a document, named by its digest.
    output
        The file for the N-Quads; compressed where its suffix is ``.gz`` or ``.zst``.
    rejects
        The CSV file for the rows that cannot be mapped; beside the output when left out. There is
        none where every row is mapped.
    published
        When the files were published, as EDTF; what their rows tell of when left out.
    manner
        How the files are to be read; as usual when left out.
    progress
        Is told how many rows are mapped.

    Raises
    ------
    InputError
        A file cannot be read, is named twice, is no table of this dataset, has no row, or would be
        overwritten; or ``published`` is not EDTF.
    """
    rejects = rejects or output.with_name(output.name + REJECTS)
    refuse_outputs(files, output, rejects)
    if published:
        dates.bounds(published, UTC)  # before the work, not after it
    taken = _digests(files)
    run = Run(output)
    manner = manner or Manner()
    with replacing(output) as target:
        with target.open("wb") as stream:
            writer = QuadWriter(stream, compression_of(output))
            listed = [
                _map_file(
                    source,
                    path,
                    taken[path],
                    published,
                    writer,
                    run,
                    manner.afresh(source.key_column),
                    progress,
                )
                for path in files
            ]
        run.things, run.quads = writer.rows, writer.quads
        if write_rejects(pl.concat(listed), rejects):
            run.rejects = rejects
    return run


def write_rejects(found: pl.DataFrame, path: Path) -> bool:
    """List what was rejected, or remove the list of an earlier run; tell whether anything was.

    Parameters
    ----------
    found
        The rejects.
    path
        The file to write.
    """
    if found.is_empty():
        if _lists_rejects(path, found.columns):
            path.unlink()
        return False
    with replacing(path) as target:
        found.write_csv(target)
    return True


def _lists_rejects(path: Path, columns: Sequence[str]) -> bool:
    """Tell whether a file is a list of rejects that a run wrote, and nothing of the user's own."""
    head = ",".join(columns).encode() + b"\n"
    if not path.is_file():
        return False
    with path.open("rb") as stream:
        return stream.readline(len(head)) == head


def refuse_outputs(files: Iterable[Path], output: Path, rejects: Path) -> None:
    """Raise an error where what is written would take the place of what is read, or of each other.

    Parameters
    ----------
    files
        What is read.
    output, rejects
        What is written.

    Raises
    ------
    InputError
        It would.
    """
    refuse_overwriting([output, rejects], files)
    if output.resolve() == rejects.resolve() or (
        output.exists() and rejects.exists() and output.samefile(rejects)
    ):
        raise InputError(
            "this file is named for both the statements and the rejects",
            place=Place(output),
            hint="Name two files.",
        )


def _map_file(
    source: Source,
    path: Path,
    taken: str,
    published: str | None,
    writer: QuadWriter,
    run: Run,
    manner: Manner,
    progress: Progress | None,
) -> pl.DataFrame:
    """Map one file, and list its rejects."""
    name = f"{source.name}-{taken[:16]}"
    graphs = graphs_of(name)
    writer.write(source.shared, graphs)
    rejects, last_day, passed = [pl.DataFrame(schema=FAULTS)], "", SkippedRows()
    keys = pl.Series(dtype=pl.String)
    for batch in source.read(path, manner):
        batch = _trimmed_header(batch)
        _refuse_other_table(source, batch, path)
        rows, odd = _in_form(source, passed.without(batch, source.key_column), manner)
        first, again, new = _told_first(rows, source, keys)
        keys = pl.concat([keys, new])
        mapped = _mapped(source, first, name, path)
        writer.write(mapped.tables, graphs)
        rejects += [odd, mapped.rejects, again]
        count_flags(mapped, run.flagged)
        run.left_out |= unmapped(source, batch)
        last_day = max(last_day, last_day_of(source, first, mapped))
        if progress is not None:
            progress(f"mapping {one_line(path.name)}: rows", passed.rows, None)
    passed.refuse_nothing(path)
    writer.write(document_of(source, path, taken, last_day, published), graphs)
    found = pl.concat(rejects)
    run.read[str(path)] = passed.rows
    run.rejected[str(path)] = found["row"].n_unique()
    run.notices[str(path)] = [*manner.notices, *passed.report()]
    return found.select(pl.lit(str(path)).alias("file"), pl.all())


def _trimmed_header(batch: pl.DataFrame) -> pl.DataFrame:
    """Take spaces off the names of columns, where that makes no two of them the same."""
    names = {name: name if name == ROW else name.strip() for name in batch.columns}
    return batch.rename(names) if len(set(names.values())) == len(names) else batch


def _in_form(
    source: Source, batch: pl.DataFrame, manner: Manner
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Part rows from those with a cell that cannot be used as it stands in the file."""
    if not manner.faults:
        return batch, pl.DataFrame(schema=FAULTS)
    other = [name for name in batch.columns if name not in source.mapped]
    found = pl.DataFrame(manner.faults, schema=FAULTS).filter(~pl.col("column").is_in(other))
    odd = found.filter(pl.col("row").is_in(batch[ROW].implode()))
    return batch.filter(~pl.col(ROW).is_in(odd["row"].implode())), odd


def _told_first(
    batch: pl.DataFrame, source: Source, before: pl.Series
) -> tuple[pl.DataFrame, pl.DataFrame, pl.Series]:
    """Part rows from those whose key a row before has, which would be one record with them.

    Returns
    -------
    tuple
        The rows, the rejects, and the keys of the rows in their one form.
    """
    name = source.key_column
    keys = batch.select(source.one_form(pl.col(name)).replace("", None)).to_series()
    again = (~keys.is_first_distinct() | keys.is_in(before.implode())) & keys.is_not_null()
    repeated = batch.filter(again).select(
        pl.col(ROW).alias("row"),
        pl.lit(name).alias("column"),
        pl.col(name).alias("value"),
        pl.lit(AGAIN).alias("expected"),
    )
    return batch.filter(~again), repeated, keys.filter(~again).drop_nulls()


def _refuse_other_table(source: Source, batch: pl.DataFrame, path: Path) -> None:
    if source.key_column not in batch.columns:
        raise TableError(
            f"this is no table of {source.title}: it has no column {source.key_column!r}",
            place=Place(path),
            hint=f"Its columns are: {', '.join(sorted(set(batch.columns) - {ROW}))}",
        )


def _mapped(source: Source, batch: pl.DataFrame, document: str, path: Path) -> Mapped:
    """Map a batch; what is wrong with the table as a whole is told with the file's name."""
    try:
        return source.map(batch, document)
    except TableError as error:
        raise TableError(error.message, hint=error.hint, place=Place(path)) from None


def document_of(
    source: Source, path: Path, taken: str, last_day: str, published: str | None
) -> dict[str, pl.DataFrame]:
    """Describe a file of a dataset as a document.

    Parameters
    ----------
    source
        The dataset.
    path
        The file; only its name is used.
    taken
        Its SHA-256.
    last_day
        The last day that its rows tell of, as ``2026-03-03``; empty where they tell of none.
    published
        When it was published, as EDTF, if that is known.

    Returns
    -------
    dict
        Rows of the tables ``documents`` and ``bounds``.

    Raises
    ------
    InputError
        ``published`` is not EDTF.
    """
    name = f"{source.name}-{taken[:16]}"
    document = pl.DataFrame(
        {
            "id": [name],
            "label": [f"{source.title}, file {path.name}"],
            "sha256": [taken],
            "publisher": [source.compiler],
            "published": [f"{name}-published"],
            "key_column": [source.key_column],
        }
    )
    return {"bounds": _publication(name, last_day, published), "documents": document}


def _publication(name: str, last_day: str, published: str | None) -> pl.DataFrame:
    if published:
        told = dates.bounds(published, UTC)
        bounds = {
            "edtf": published,
            "not_before": told.not_before and told.not_before.isoformat(),
            "not_after": told.not_after and told.not_after.isoformat(),
            "resolution": "As given when the file was mapped; taken as UTC.",
        }
    elif last_day:
        bounds = {
            "not_before": f"{last_day}T00:00:00+14:00",
            "resolution": "Not before the last day that it tells of.",
        }
    else:
        bounds = {"edtf": "", "resolution": "It tells of no day."}
    bounds["label"] = "When the file was published"
    return pl.DataFrame({"id": [f"{name}-published"]} | {k: [v] for k, v in bounds.items()})


def graphs_of(document: str) -> Mapping[str, str]:
    """Tell which graph each table of a document goes to: agents to theirs, the rest to its own."""
    own = f"{IDENTIFIER}graph/document/{document}"
    return {table.name: own for table in TABLES} | {"agents": AGENTS_GRAPH}


def last_day_of(source: Source, batch: pl.DataFrame, mapped: Mapped) -> str:
    """Find the last day that a batch tells of, as ``2026-03-03``; empty where it tells of none.

    Parameters
    ----------
    source
        The dataset.
    batch
        Rows of it.
    mapped
        What they came to: those that were rejected tell nothing.
    """
    if source.day_column not in batch.columns:
        return ""
    told = batch.filter(~pl.col(ROW).is_in(mapped.rejects["row"].implode()))
    days = told[source.day_column].str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
    return str(days.max() or "")


def unmapped(source: Source, batch: pl.DataFrame) -> dict[str, str]:
    """Tell which columns of a batch are not mapped, and why."""
    names = [name for name in batch.columns if name != ROW and name not in source.mapped]
    return {name: source.left_out.get(name, "not known to this version") for name in names}


def count_flags(mapped: Mapped, counts: dict[str, int]) -> None:
    """Add how many records of a batch carry each flag."""
    records = mapped.tables.get("records")
    if records is None or "flags" not in records.columns:
        return
    for flag, count in records["flags"].explode().drop_nulls().value_counts().iter_rows():
        counts[flag] = counts.get(flag, 0) + count


def _digests(files: Sequence[Path]) -> dict[Path, str]:
    """Take the digest of each file: the same one twice would be one document told twice."""
    taken: dict[str, Path] = {}
    for path in files:
        before = taken.setdefault(digest(path), path)
        if before is path:
            continue
        if before.resolve() == path.resolve():
            raise InputError("this file is named twice", place=Place(path), hint="Name it once.")
        raise InputError(
            f"this file is the same as {before}, byte for byte",
            place=Place(path),
            hint="Name one of the two.",
        )
    return {path: found for found, path in taken.items()}


def compression_of(output: Path) -> Compression:
    """Tell by the suffix of a file how it is compressed."""
    return _COMPRESSIONS.get(output.suffix.lower(), "uncompressed")
