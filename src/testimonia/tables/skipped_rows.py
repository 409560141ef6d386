"""Rows that are no rows of a dataset: those with nothing in them, and those of HXL tags."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import polars as pl

from testimonia.errors import Place, TableError
from testimonia.tables.batch_reader import ROW

__all__ = ["TAG", "SkippedRows", "empty_table"]

TAG: Final = r"^\s*#[A-Za-z][A-Za-z0-9_]*(\s*\+\s*[A-Za-z][A-Za-z0-9_]*)*\s*$"
"""A tag of the Humanitarian Exchange Language (HXL 1.1). ``#N/A`` of a spreadsheet is none."""


class SkippedRows:
    """Takes rows out that tell nothing of the dataset, and counts them and the others.

    Attributes
    ----------
    rows
        How many rows there were beside those.
    """

    def __init__(self) -> None:
        self.rows = 0
        self._empty = 0
        self._tags: list[int] = []

    def without(self, batch: pl.DataFrame, key: str) -> pl.DataFrame:
        """Leave those rows out.

        Parameters
        ----------
        batch
            Published rows, numbered in the column `ROW`.
        key
            The column whose values name the records: only where it is empty, or begins like a tag,
            need the others be looked at.
        """
        name = pl.col(key).str.strip_chars()
        perhaps = batch.filter(name.is_null() | (name == "") | name.str.starts_with("#"))
        if perhaps.is_empty():
            self.rows += batch.height
            return batch
        cells = pl.exclude(ROW).str.strip_chars()
        nothing = cells.is_null() | (cells == "")
        looked = perhaps.select(
            ROW,
            empty=pl.all_horizontal(nothing),
            tags=pl.all_horizontal(nothing | cells.str.contains(TAG)),
        )
        gone = looked.filter("tags")
        self._empty += int(looked["empty"].sum())
        self._tags += gone.filter(~pl.col("empty"))[ROW].to_list()
        kept = batch.join(gone, on=ROW, how="anti", maintain_order="left")
        self.rows += kept.height
        return kept

    def report(self) -> list[str]:
        """Say which rows were passed over."""
        lines = []
        if self._tags:
            numbers = ", ".join(map(str, self._tags[:5]))
            more = f" and {len(self._tags) - 5:,} more" if len(self._tags) > 5 else ""
            lines.append(f"passed over: row {numbers}{more} of HXL tags")
        if self._empty:
            lines.append(f"passed over: {self._empty:,} rows with nothing in them")
        return lines

    def refuse_nothing(self, path: Path) -> None:
        """Raise an error where no row was left: that is no table that somebody wants mapped.

        Raises
        ------
        TableError
            There was none.
        """
        if not self.rows:
            raise empty_table(path, self.report())


def empty_table(path: Path | str, passed: Sequence[str] = ()) -> TableError:
    """Make the error for a table without a row.

    Parameters
    ----------
    path
        The file, or what else was named.
    passed
        What was passed over in it.
    """
    beside = f" ({'; '.join(passed)})" if passed else ""
    return TableError(
        f"this table has no row under its header{beside}",
        place=Place(path),
        hint="Is it all of the file?",
    )
