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
from testimonia.errors import InputError, Place
from testimonia.outputs import replacing
from testimonia.printing import one_line
from testimonia.progress import Progress
from testimonia.tables.batch_reader import digest
from testimonia.tables.cell_checks import FAULTS
from testimonia.tables.cell_format import REJECTS
from testimonia.tables.editions import CHANGES, Edition, read_edition
from testimonia.tables.file_documents import document_name, document_of, graphs_of, last_day_of
from testimonia.tables.inputs.manner import Manner
from testimonia.tables.mapped_batches import count_flags, mapped_batches, unmapped
from testimonia.tables.mapping_outputs import compression_of, refuse_outputs, write_rejects
from testimonia.tables.skipped_rows import SkippedRows
from testimonia.tables.source import Source
from testimonia.tables.to_quads import QuadWriter

__all__ = [
    "Progress",
    "Run",
    "map_files",
]

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
    changes
        The list of what was changed since an earlier edition, if one was given.
    changed
        How many claims and events were added, changed, removed or are the same.
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
    changes: Path | None = None
    changed: dict[str, int] = field(default_factory=dict)

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
    since: Path | None = None,
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
    since
        An earlier edition of the one file. What its compiler changed corrects the earlier claims, and is
        about the events of that edition, which has to be mapped too; what was added, changed and removed
        is listed next to the output.

    Raises
    ------
    InputError
        A file cannot be read, is given twice, is not a table of this dataset, has no rows, or would
        be overwritten; ``published`` is not EDTF; or several files are given with an earlier edition.
    """
    rejects = rejects or output.with_name(output.name + REJECTS)
    changes = output.with_name(output.name + CHANGES)
    earlier = [] if since is None else [since]
    refuse_outputs([*files, *earlier], output, rejects)
    if since is not None:
        refuse_outputs([*files, since], changes, rejects)
        if len(files) != 1:
            raise InputError(
                "an earlier edition can be given with one file only",
                place=Place(since),
                hint="Map the files one by one, each with its earlier edition.",
            )
    if published:
        dates.bounds(published, UTC)  # raises before any work is done
    taken = _digests([*files, *earlier])
    run = Run(output)
    manner = manner or Manner()
    edition = None
    if since is not None:
        edition = read_edition(source, since, taken[since], manner.for_file(*source.columns))
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
                    edition,
                )
                for path in files
            ]
        run.things, run.quads = writer.rows, writer.quads
        if write_rejects(pl.concat(listed), rejects):
            run.rejects = rejects
        if edition is not None:
            run.changes, run.changed = changes, edition.write_changes(changes)
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
    edition: Edition | None,
) -> pl.DataFrame:
    """Map one file, and return its rejects."""
    name = document_name(source, taken)
    graphs = graphs_of(name)
    writer.write(source.shared, graphs)
    rejects, last_day, skipped = [pl.DataFrame(schema=FAULTS)], "", SkippedRows()
    for batch in mapped_batches(source, path, name, manner, skipped):
        mapped = batch.mapped if edition is None else edition.revised(batch.mapped, name)
        writer.write(mapped.tables, graphs)
        rejects.append(batch.rejects)
        count_flags(mapped, run.flagged)
        run.left_out |= unmapped(source, batch.rows)
        last_day = max(last_day, last_day_of(source, batch.kept, mapped))
        if progress is not None:
            progress(f"mapping {one_line(path.name)}: rows", skipped.rows, None)
    skipped.refuse_empty(path)
    document = document_of(source, path, taken, last_day, published)
    if edition is not None:
        document["documents"] = document["documents"].with_columns(
            replaces=pl.lit([edition.document])
        )
    writer.write(document, graphs)
    found = pl.concat(rejects)
    run.read[str(path)] = skipped.rows
    run.rejected[str(path)] = found["row"].n_unique()
    run.notices[str(path)] = [*manner.notices, *skipped.report()]
    return found.select(pl.lit(str(path)).alias("file"), pl.all())


def _digests(files: Sequence[Path]) -> dict[Path, str]:
    """Compute the digest of each file, and refuse duplicates: they would be one document twice."""
    taken: dict[str, Path] = {}
    for path in files:
        found = digest(path)
        if found not in taken:
            taken[found] = path
            continue
        before = taken[found]
        if before.resolve() == path.resolve():
            raise InputError("this file is given twice", place=Place(path), hint="Give it once.")
        raise InputError(
            f"this file is identical to {before}, byte for byte",
            place=Place(path),
            hint="Give one of the two.",
        )
    return {path: found for found, path in taken.items()}
