"""``testimonia map sheet``: map a filled-in sheet to triples."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from testimonia.cli.map import Reading, exit_code, map_, report
from testimonia.cli.options import Given, open_dataset
from testimonia.cli.terminal import write

if TYPE_CHECKING:
    from pyoxigraph import Quad

__all__ = ["map_"]


@map_.command
def sheet(
    path: Path,
    /,
    *,
    output: Annotated[Path, Parameter(alias="-o")],
    rejects: Path | None = None,
    base: str | None = None,
    years: Annotated[tuple[int, int] | None, Parameter(negative=())] = None,
    sources: Path | None = None,
    tolerate: str = "0",
    reading: Reading | None = None,
    data: Given | None = None,
) -> int:
    """Map a filled-in sheet: a directory of CSV or Parquet files, or one .xlsx workbook.

    Exits with 1 if rows were rejected; the others are written nevertheless. A row that depends on a
    rejected one is rejected too.

    Parameters
    ----------
    path
        The directory, with one file for each claim table, or the workbook, with one sheet for each.
    output
        File for the N-Quads; compressed if its name ends in .gz or .zst.
    rejects
        CSV file for rejected rows, with row, column, value, and what was expected;
        OUTPUT.rejects.csv when left out.
    base
        Namespace for the names in the sheet, such as https://example.org/desk/; when left out, that of
        the project, where equal names in two sheets mean the same thing.
    years
        First and last year allowed in dates, such as 1500 2099; 1800 to 2099 when left out.
    sources
        Folder with the texts of documents. With it, the sheet of claims may have a column quote, with
        words of the text in place of a passage. A column figure, in place of a proposition, with
        phrases such as killed 4 dock workers, needs no text.
    tolerate
        Share or number of rows of each table that may be rejected with exit code 0, such as 1% or 12.
    """
    from testimonia.notes.in_sheets import held_in, with_words
    from testimonia.tables.from_quads import tables
    from testimonia.tables.mapping import Run
    from testimonia.tables.sheets.mapped import map_sheet

    Run("").within(tolerate)  # raises before any work is done
    # Links may refer to the data given, and to nothing else.
    known: list[Quad] = []
    if data and (data.data or data.shipped or data.with_):
        known = list(open_dataset(data, output, rejects).quads())
    manner = (reading or Reading()).manner(years=years)
    texts = held_in(sources) if sources is not None else {}
    run = map_sheet(
        path,
        output,
        rejects=rejects,
        known=known,
        manner=manner,
        base=base,
        prepared=lambda found: with_words(found, texts, tables(known) if known else None),
    )
    write(report(run))
    return exit_code(run, tolerate)
