"""What the cells of CSV files and workbooks look like: lists, comments, and what such a cell cannot hold.

The same is published as CSV on the Web metadata (``mappings/claim-tables/csvw-metadata.json``).
"""

from __future__ import annotations

from typing import Final

import polars as pl

__all__ = ["COMMENT", "FORMULA_ERROR", "NOTES", "REJECTS", "SEPARATOR", "is_plain"]

SEPARATOR: Final = " | "
"""What stands between the values of a list. The spaces may be left out when reading."""

COMMENT: Final = "#"
"""What rows begin with, and headers of columns, that are passed over."""

NOTES: Final = "notes"
"""The sheet of a workbook that is passed over."""

REJECTS: Final = ".rejects.csv"
"""What the names of lists of rejects end with."""

FORMULA_ERROR: Final = r"^(#(REF!|N/A|NAME\?|DIV/0!|VALUE!|NUM!|NULL!|[A-Z_]+[!?])|Err:[0-9]+)$"
"""A cell whose formula failed, as Excel and LibreOffice show it."""

_MOST: Final = 32_767
"""Characters in a cell of a workbook (Office Open XML, as Excel has it)."""

_BAR: Final = SEPARATOR.strip()
_CONTROL: Final = r"[\x00-\x09\x0B-\x1F\x7F-\x9F\x{FFFE}\x{FFFF}]"


def is_plain(value: pl.Expr, *, many: bool) -> pl.Expr:
    """Tell whether cells of CSV files and workbooks give values back as they are.

    They do not where spaces stand around them, which people do not see; where control characters
    are in them; and where they look like something else: a list, a comment, a failed formula.

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
