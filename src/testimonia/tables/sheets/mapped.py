"""Maps a filled-in sheet to N-Quads, and lists what was rejected."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import polars as pl
from pyoxigraph import Quad

from testimonia.errors import InputError, Place
from testimonia.outputs import replacing
from testimonia.tables.batch_reader import BATCH
from testimonia.tables.cell_format import REJECTS
from testimonia.tables.inputs.manner import Manner
from testimonia.tables.mapping import Run
from testimonia.tables.mapping_outputs import compression_of, refuse_outputs, write_rejects
from testimonia.tables.sheets.base_iris import minted
from testimonia.tables.sheets.containers import is_table_file
from testimonia.tables.sheets.filled_in import read
from testimonia.tables.to_quads import QuadWriter

__all__ = ["map_sheet"]


def map_sheet(
    path: Path,
    output: Path,
    *,
    rejects: Path | None = None,
    known: Iterable[Quad] = (),
    manner: Manner | None = None,
    base: str | None = None,
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
    manner
        How to read the files; as usual when left out.
    base
        What the IRIs of names begin with; those of the project when left out.

    Raises
    ------
    InputError
        Names cannot be under the base, the sheet cannot be read at all, or has no row, or an output cannot be written, or is part of
        the sheet.
    """
    rejects = rejects or output.with_name(output.name + REJECTS)
    refuse_outputs(_read_from(path), output, rejects)
    found = read(path, known, manner, base)
    if not any(found.read.values()):
        raise InputError(
            "no table here has a row under its header",
            place=Place(path),
            hint=f"Fill one in; there are: {', '.join(found.read)}",
        )
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
        notices=found.notices | _names_of_the_project(path, found.tables),
        things=writer.rows,
        quads=writer.quads,
    )


def _names_of_the_project(path: Path, tables: Mapping[str, pl.DataFrame]) -> dict[str, list[str]]:
    """Say so where names become IRIs of the project: another sheet may use them for something else."""
    names = minted(tables)
    if not names:
        return {}
    return {
        str(path): [
            f"names stand for IRIs of the project, such as {names[0]}, and are one with the same names "
            "of any other sheet; --base gives them IRIs of your own"
        ]
    }


def _read_from(path: Path) -> list[Path]:
    return [file for file in path.iterdir() if is_table_file(file)] if path.is_dir() else [path]
