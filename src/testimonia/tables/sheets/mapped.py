"""Maps a filled-in sheet to N-Quads, and lists rejected rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
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
from testimonia.tables.sheets.containers import Opened, is_table_file
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
    prepared: Callable[[Opened], Opened] | None = None,
) -> Run:
    """Map a sheet to N-Quads: a directory of CSV or Parquet files, or a workbook.

    Valid rows are written even if others are rejected. Both outputs are written to temporary files and
    then renamed: an error leaves existing files unchanged.

    Parameters
    ----------
    path
        The directory, or the ``.xlsx`` file.
    output
        The file for the N-Quads; compressed if it ends in ``.gz`` or ``.zst``. They are in the
        default graph.
    rejects
        The CSV file for rejected rows; next to the output when left out. It is not written if there are
        none.
    known
        Data that links may refer to.
    manner
        How to read the files; the defaults when left out.
    base
        Base IRI of names; that of the project when left out.
    prepared
        Converts columns that claim tables do not have into those that they have.

    Raises
    ------
    InputError
        The base is not valid, the sheet cannot be read at all or has no rows, or an output cannot be
        written or is part of the sheet.
    """
    rejects = rejects or output.with_name(output.name + REJECTS)
    refuse_outputs(_read_from(path), output, rejects)
    found = read(path, known, manner, base, prepared)
    if not any(found.read.values()):
        raise InputError(
            "no table here has rows below its header",
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
        left_out=found.skipped,
        notices=found.notices | _names_of_the_project(path, found.tables),
        things=writer.rows,
        quads=writer.quads,
    )


def _names_of_the_project(path: Path, tables: Mapping[str, pl.DataFrame]) -> dict[str, list[str]]:
    """Make a notice if names become IRIs of the project, which another sheet may use as well."""
    names = minted(tables)
    if not names:
        return {}
    return {
        str(path): [
            f"names became IRIs of the project, such as {names[0]}; the same names in other sheets mean the "
            "same things: use --base for a namespace of your own"
        ]
    }


def _read_from(path: Path) -> list[Path]:
    return [file for file in path.iterdir() if is_table_file(file)] if path.is_dir() else [path]
