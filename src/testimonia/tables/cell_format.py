"""The format of cells in CSV files and workbooks: lists, comments, and values that do not fit.

The same is published as CSV on the Web metadata (``mappings/claim-tables/csvw-metadata.json``).
"""

from __future__ import annotations

from typing import Final

import polars as pl

__all__ = ["COMMENT", "FORMULA_ERROR", "NOTES", "REJECTS", "SEPARATOR", "is_plain"]

SEPARATOR: Final = " | "
"""The separator between the values of a list. The spaces are optional when reading."""

COMMENT: Final = "#"
"""The prefix of comments: rows, and headers of columns, that are skipped."""

NOTES: Final = "notes"
"""The sheet of a workbook that is skipped."""

REJECTS: Final = ".rejects.csv"
"""The suffix of files that list rejected rows."""

FORMULA_ERROR: Final = r"^(#(REF!|N/A|NAME\?|DIV/0!|VALUE!|NUM!|NULL!|[A-Z_]+[!?])|Err:[0-9]+)$"
"""A cell whose formula failed, as Excel and LibreOffice show it."""

_MOST: Final = 32_767
"""Characters in a cell of a workbook (Office Open XML, as Excel has it)."""

_BAR: Final = SEPARATOR.strip()
_CONTROL: Final = r"[\x00-\x09\x0B-\x1F\x7F-\x9F\x{FFFE}\x{FFFF}]"


def is_plain(value: pl.Expr, *, many: bool) -> pl.Expr:
    """Return whether values survive a round trip through a cell of a CSV file or workbook.

    They do not if they begin or end with spaces, which people do not see; if they contain control
    characters; or if they look like something else: a list, a comment, a failed formula.

    Parameters
    ----------
    value
        Text.
    many
        Whether the cell holds a list of such values.
    """
    plain = (
        (value == value.str.strip_chars())
        & ~value.str.contains(_CONTROL)
        & ~value.str.contains(FORMULA_ERROR)
        & (value.str.len_chars() <= _MOST)
    )
    return plain & ~value.str.contains(_BAR, literal=True) if many else plain
