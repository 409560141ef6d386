"""The commands under ``testimonia sheet``: sheets to fill in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from testimonia.cli.terminal import visible, write

__all__ = ["sheet"]

sheet = App(
    name="sheet",
    help="Create sheets to fill in; map sheet maps them to triples.",
    help_format="plaintext",
)


@sheet.command
def new(directory: Path, /, *, xlsx: Annotated[bool, Parameter(negative=())] = False) -> None:
    """Create an empty sheet to fill in: a CSV file for each claim table, or one workbook.

    Rows at the top explain each column, with an example and the values allowed; they are skipped when
    the sheet is read. A workbook has drop-down lists.

    Parameters
    ----------
    directory
        A new or empty directory; nothing is overwritten.
    xlsx
        Create a workbook.
    """
    from testimonia.tables.sheets.template import new_sheet

    paths = new_sheet(directory, workbook=xlsx)
    write("".join(f"{visible(str(path))}\n" for path in paths))
