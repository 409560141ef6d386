"""Skips rows that hold no data: empty ones, and those with HXL tags."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import polars as pl

from testimonia.errors import Place, TableError
from testimonia.tables.batch_reader import ROW

__all__ = ["TAG", "SkippedRows", "empty_table"]

TAG: Final = r"^\s*#[A-Za-z][A-Za-z0-9_]*(\s*\+\s*[A-Za-z][A-Za-z0-9_]*)*\s*$"
"""A tag of the Humanitarian Exchange Language (HXL 1.1). ``#N/A`` of a spreadsheet is not one."""


class SkippedRows:
    """Filters out rows without data, and counts both kinds.

    Attributes
    ----------
    rows
        How many rows with data there were.
    """

    def __init__(self) -> None:
        self.rows = 0
        self._empty = 0
        self._tags: list[int] = []

    def without(self, batch: pl.DataFrame, key: str) -> pl.DataFrame:
        """Filter out the rows without data.

        Parameters
        ----------
        batch
            Rows as published, numbered in the column `ROW`.
        key
            The column of record keys. Only where it is empty, or begins like a tag, are the other
            columns examined.
        """
        name = pl.col(key).str.strip_chars()
        candidates = batch.filter(name.is_null() | (name == "") | name.str.starts_with("#"))
        if candidates.is_empty():
            self.rows += batch.height
            return batch
        cells = pl.exclude(ROW).str.strip_chars()
        nothing = cells.is_null() | (cells == "")
        examined = candidates.select(
            ROW,
            empty=pl.all_horizontal(nothing),
            tags=pl.all_horizontal(nothing | cells.str.contains(TAG)),
        )
        gone = examined.filter("tags")
        self._empty += int(examined["empty"].sum())
        self._tags += gone.filter(~pl.col("empty"))[ROW].to_list()
        kept = batch.join(gone, on=ROW, how="anti", maintain_order="left")
        self.rows += kept.height
        return kept

    def report(self) -> list[str]:
        """Describe the skipped rows."""
        lines = []
        if self._tags:
            numbers = ", ".join(map(str, self._tags[:5]))
            more = f" and {len(self._tags) - 5:,} more" if len(self._tags) > 5 else ""
            lines.append(f"skipped: row {numbers}{more} of HXL tags")
        if self._empty:
            lines.append(f"skipped: {self._empty:,} empty rows")
        return lines

    def refuse_empty(self, path: Path) -> None:
        """Raise an error if no row holds data.

        Raises
        ------
        TableError
            No row does.
        """
        if not self.rows:
            raise empty_table(path, self.report())


def empty_table(path: Path | str, skipped: Sequence[str] = ()) -> TableError:
    """Make the error for a table without rows.

    Parameters
    ----------
    path
        The file, or what else was given.
    skipped
        What was skipped in it.
    """
    beside = f" ({'; '.join(skipped)})" if skipped else ""
    return TableError(
        f"this table has no rows below its header{beside}",
        place=Place(path),
        hint="Check that the file is complete.",
    )
