"""Runs a mapping: reads files of a dataset, writes N-Quads and a list of rejected rows."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC
from decimal import Decimal
from pathlib import Path
from typing import Final

import polars as pl

from testimonia import dates
from testimonia.errors import InputError, Place, TableError
from testimonia.outputs import replacing
from testimonia.printing import one_line
from testimonia.progress import Progress
from testimonia.suggestions import did_you_mean, nearest
from testimonia.tables.batch_reader import ROW, digest
from testimonia.tables.cell_checks import FAULTS
from testimonia.tables.cell_format import REJECTS
from testimonia.tables.file_documents import document_name, document_of, graphs_of, last_day_of
from testimonia.tables.inputs.manner import Manner
from testimonia.tables.mapping_outputs import compression_of, refuse_outputs, write_rejects
from testimonia.tables.rows import AGAIN
from testimonia.tables.skipped_rows import SkippedRows
from testimonia.tables.source import Mapped, Source
from testimonia.tables.to_quads import QuadWriter

__all__ = [
    "Progress",
    "Run",
    "count_flags",
    "map_files",
    "other_table",
    "unmapped",
]

_NEAR: Final = 0.7
_TOLERATED: Final = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,6})?)\s*(%?)")


@dataclass
class Run:
    """The result of a mapping.

    Attributes
    ----------
    output
        The N-Quads.
    rejects
        The list of rejected rows, or None where there were none.
    read
        How many rows were read, by file.
    rejected
        How many of them were rejected, by file.
    flagged
        How many records carry each flag; of a described table also how many cells were not claimed, by
        the reason.
    left_out
        Columns that are not mapped, with the reason.
    notices
        How each file was read (encoding, separator and so on), and what was skipped in it.
    things
        How many rows of claim tables were written, by table.
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

    def within(self, tolerated: str) -> bool:
        """Return whether no more rows of any file were rejected than are tolerated.

        Parameters
        ----------
        tolerated
            A share such as ``1%``, or a number of rows such as ``12``.

        Raises
        ------
        InputError
            It is neither.

        Examples
        --------
        >>> Run("a.nq", read={"a.csv": 200}, rejected={"a.csv": 2}).within("1%")
        True
        """
        match = _TOLERATED.fullmatch(tolerated.strip())
        if match is None:
            raise InputError(
                f"{tolerated!r:.80} is neither a share nor a number of rows",
                hint="Give a share such as 1% or 0.5%, or a number such as 12.",
            )
        number = Decimal(match[1])
        most = {
            path: number * rows / 100 if match[2] else number for path, rows in self.read.items()
        }
        # A file without a mapped row is never a success.
        return all(
            count <= most[path] and (count < self.read[path] or not count)
            for path, count in self.rejected.items()
        )


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

    Both outputs are written to temporary files and then renamed: an error leaves existing files unchanged.

    Parameters
    ----------
    source
        The dataset.
    files
        Its files. Each becomes a document, named by its digest.
    output
        The file for the N-Quads; compressed if it ends in ``.gz`` or ``.zst``.
    rejects
        The CSV file for rows that cannot be mapped; next to the output when left out. It is not
        written where every row is mapped.
    published
        When the files were published, as EDTF; when left out, not before the last day that their rows
        report.
    manner
        How to read the files; the defaults when left out.
    progress
        Called with the number of rows mapped so far.

    Raises
    ------
    InputError
        A file cannot be read, is given twice, is not a table of this dataset, has no rows, or would
        be overwritten; or ``published`` is not EDTF.
    """
    rejects = rejects or output.with_name(output.name + REJECTS)
    refuse_outputs(files, output, rejects)
    if published:
        dates.bounds(published, UTC)  # raises before any work is done
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
                    manner.for_file(*source.columns),
                    progress,
                )
                for path in files
            ]
        run.things, run.quads = writer.rows, writer.quads
        if write_rejects(pl.concat(listed), rejects):
            run.rejects = rejects
    return run


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
    """Map one file, and return its rejects."""
    name = document_name(source, taken)
    graphs = graphs_of(name)
    writer.write(source.shared, graphs)
    rejects, last_day, skipped = [pl.DataFrame(schema=FAULTS)], "", SkippedRows()
    keys = pl.Series(dtype=pl.String)
    for batch in source.read(path, manner):
        batch = _trimmed_header(batch)
        _refuse_other_table(source, batch, path)
        batch = source.with_keys(skipped.of_source(batch, source))
        rows, faulty = _without_faulty(source, batch, manner)
        first, repeated, new = _first_with_key(rows, source, keys)
        keys = pl.concat([keys, new])
        mapped = _mapped(source, first, name, path)
        writer.write(mapped.tables, graphs)
        rejects += [faulty, mapped.rejects, repeated]
        count_flags(mapped, run.flagged)
        run.left_out |= unmapped(source, batch)
        last_day = max(last_day, last_day_of(source, first, mapped))
        if progress is not None:
            progress(f"mapping {one_line(path.name)}: rows", skipped.rows, None)
    skipped.refuse_empty(path)
    writer.write(document_of(source, path, taken, last_day, published), graphs)
    found = pl.concat(rejects)
    run.read[str(path)] = skipped.rows
    run.rejected[str(path)] = found["row"].n_unique()
    run.notices[str(path)] = [*manner.notices, *skipped.report()]
    return found.select(pl.lit(str(path)).alias("file"), pl.all())


def _trimmed_header(batch: pl.DataFrame) -> pl.DataFrame:
    """Strip spaces from the names of columns, unless two of them would become the same."""
    names = {name: name if name == ROW else name.strip() for name in batch.columns}
    return batch.rename(names) if len(set(names.values())) == len(names) else batch


def _without_faulty(
    source: Source, batch: pl.DataFrame, manner: Manner
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Split off the rows in which the reader found a faulty cell, in a column that is mapped."""
    if not manner.faults:
        return batch, pl.DataFrame(schema=FAULTS)
    other = [name for name in batch.columns if name not in source.mapped]
    found = pl.DataFrame(manner.faults, schema=FAULTS).filter(~pl.col("column").is_in(other))
    faulty = found.filter(pl.col("row").is_in(batch[ROW].implode()))
    return batch.filter(~pl.col(ROW).is_in(faulty["row"].implode())), faulty


def _first_with_key(
    batch: pl.DataFrame, source: Source, before: pl.Series
) -> tuple[pl.DataFrame, pl.DataFrame, pl.Series]:
    """Split off the rows that repeat the key of an earlier row: both would become one record.

    Returns
    -------
    tuple
        The rows that are kept, the rejects, and the normalised keys of the rows that are kept.
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
    if error := other_table(source, set(batch.columns) - {ROW}, path):
        raise error


def other_table(source: Source, columns: set[str], path: Path | str) -> TableError | None:
    """Make the error for a table without the columns of a dataset; None if it has them.

    Parameters
    ----------
    source
        The dataset.
    columns
        The columns of the table.
    path
        Its file.
    """
    missing = [name for name in source.columns if name not in columns]
    if not missing:
        return None
    near = nearest(missing[0], columns, most=1, similarity=_NEAR)
    guess = f"{did_you_mean(near)} " if near else ""
    return TableError(
        f"this is not a table of {source.title}: it has no column {', '.join(map(repr, missing))}",
        place=Place(path),
        hint=f"{guess}Its columns are: {', '.join(sorted(columns))}",
    )


def _mapped(source: Source, batch: pl.DataFrame, document: str, path: Path) -> Mapped:
    """Map a batch; an error about the table as a whole names the file."""
    try:
        return source.map(batch, document)
    except TableError as error:
        raise TableError(error.message, hint=error.hint, place=Place(path)) from None


def unmapped(source: Source, batch: pl.DataFrame) -> dict[str, str]:
    """List the columns of a batch that are not mapped, with the reason."""
    names = [name for name in batch.columns if name != ROW and name not in source.mapped]
    return {name: source.left_out.get(name, "not known to this version") for name in names}


def count_flags(mapped: Mapped, counts: dict[str, int]) -> None:
    """Add the number of records of a batch with each flag, and what else it counted, to some counts."""
    for what, number in mapped.counted.items():
        counts[what] = counts.get(what, 0) + number
    records = mapped.tables.get("records")
    if records is None or "flags" not in records.columns:
        return
    for flag, count in records["flags"].explode().drop_nulls().value_counts().iter_rows():
        counts[flag] = counts.get(flag, 0) + count


def _digests(files: Sequence[Path]) -> dict[Path, str]:
    """Compute the digest of each file, and refuse duplicates: they would be one document twice."""
    taken: dict[str, Path] = {}
    for path in files:
        before = taken.setdefault(digest(path), path)
        if before is path:
            continue
        if before.resolve() == path.resolve():
            raise InputError("this file is given twice", place=Place(path), hint="Give it once.")
        raise InputError(
            f"this file is identical to {before}, byte for byte",
            place=Place(path),
            hint="Give one of the two.",
        )
    return {path: found for found, path in taken.items()}
