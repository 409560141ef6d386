"""What the cells of a CSV file or of a workbook look like: lists, comments, what cannot be told apart.

The same is published as CSV on the Web metadata (``mappings/claim-tables/csvw-metadata.json``).
"""

from __future__ import annotations

from typing import Final

__all__ = ["COMMENT", "FORMULA_ERROR", "NOTES", "SEPARATOR"]

SEPARATOR: Final = " | "
"""What stands between the values of a list. The spaces may be left out when reading."""

COMMENT: Final = "#"
"""What rows begin with, and headers of columns, that are passed over."""

NOTES: Final = "notes"
"""The sheet of a workbook that is passed over."""

FORMULA_ERROR: Final = r"^(#(REF!|N/A|NAME\?|DIV/0!|VALUE!|NUM!|NULL!|[A-Z_]+[!?])|Err:[0-9]+)$"
"""A cell whose formula failed, as Excel and LibreOffice show it."""
