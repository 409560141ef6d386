"""Maps a filled-in sheet to N-Quads, and lists what was rejected."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pyoxigraph import Quad

from testimonia.outputs import replacing
from testimonia.tables.form import REJECTS
from testimonia.tables.mapping import Run, compression_of, refuse_outputs, write_rejects
from testimonia.tables.published import BATCH
from testimonia.tables.sheets.reading import read
from testimonia.tables.writing import QuadWriter

__all__ = ["map_sheet"]


def map_sheet(
    path: Path, output: Path, *, rejects: Path | None = None, known: Iterable[Quad] = ()
) -> Run:
    """Map a sheet to N-Quads: a directory of CSV or Parquet files, or a workbook.

    The rows that are fine are written, also where others are rejected. Both outputs are written beside
    their targets and then renamed: an error leaves them as they were.

    Parameters
    ----------
    path
        The directory, or the ``.xlsx`` file.
    output
        The file for the N-Quads; compressed where its suffix is ``.gz`` or ``.zst``. They are in no
        named graph.
    rejects
        The CSV file for what is rejected; beside the output when left out. There is none where
        nothing is.
    known
        Data that links may lead to.

    Raises
    ------
    InputError
        The sheet cannot be read at all, or an output cannot be written, or is part of the sheet.
    ExtraMissing
        What reads workbooks is not installed.
    """
    rejects = rejects or output.with_name(output.name + REJECTS)
    refuse_outputs(_read_from(path), output, rejects)
    found = read(path, known)
    with replacing(output) as target:
        with target.open("wb") as stream:
            writer = QuadWriter(stream, compression_of(output))
            for name, frame in found.tables.items():
                for batch in frame.iter_slices(BATCH):
                    writer.write({name: batch})
        listed = write_rejects(found.rejects, rejects)
    return Run(
        output,
        rejects if listed else None,
        read=found.read,
        rejected=found.rejected,
        left_out=found.passed_over,
        things=writer.rows,
        quads=writer.quads,
    )


def _read_from(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    return [
        file
        for file in path.iterdir()
        if file.suffix.lower() in (".csv", ".parquet") and not file.name.endswith(REJECTS)
    ]
