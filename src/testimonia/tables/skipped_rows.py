"""Skips rows that hold no data: empty ones, and those with HXL tags."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import polars as pl

from testimonia.errors import Place, TableError
from testimonia.tables.batch_reader import ROW
from testimonia.tables.source import Source

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
        self._empty = self._no_records = 0
        self._tags: list[int] = []

    def of_source(self, batch: pl.DataFrame, source: Source) -> pl.DataFrame:
        """Filter out the rows of a dataset that are not records: without data, or totals and the like.

        Parameters
        ----------
        batch
            Rows as published, numbered in the column `ROW`.
        source
            The dataset.
        """
        parts = (source.key_column,) if source.key_parts is None else source.key_parts
        rows = self.without(batch, parts[0] if parts else None)
        if source.no_record is None:
            return rows
        kept = rows.filter(~source.no_record)
        self._no_records += rows.height - kept.height
        self.rows -= rows.height - kept.height
        return kept

    def without(self, batch: pl.DataFrame, key: str | None) -> pl.DataFrame:
        """Filter out the rows without data.

        Parameters
        ----------
        batch
            Rows as published, numbered in the column `ROW`.
        key
            The column of record keys, or the first of several. Only where it is empty, or begins like a
            tag, are the other columns examined; everywhere if there is none.
        """
        candidates = batch
        if key is not None:
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
        if self._no_records:
            lines.append(
                f"skipped: {self._no_records:,} rows that are no records by the description"
            )
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
