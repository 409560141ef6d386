"""Reads published tables in batches of rows, every cell as text."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import polars as pl

from testimonia.errors import Place, TableError
from testimonia.tables.inputs.as_tables import Plain, plain, uneven
from testimonia.tables.inputs.error_boundary import Unusable, check_parquet, error_boundary
from testimonia.tables.inputs.kinds import head_of
from testimonia.tables.inputs.manner import Manner

__all__ = ["BATCH", "ROW", "batches", "digest"]

BATCH: Final = 20_000
"""Rows in a batch: enough for Polars to be fast, few enough to need little memory."""

ROW: Final = "\0row"
"""The column of row numbers, from 1 for the row after the header."""

_CHUNK: Final = 1 << 20
_HINT: Final = "It must be CSV, every row with as many cells as the header; Parquet; or a workbook."


def batches(
    path: Path, manner: Manner | None = None, *, size: int = BATCH
) -> Iterator[pl.DataFrame]:
    """Read a table in batches.

    Parameters
    ----------
    path
        A CSV or Parquet file, or a workbook; also compressed, or the only table of an archive.
    manner
        How to read it; collects what was found. The defaults when left out.
    size
        Maximum number of rows in a batch.

    Yields
    ------
    DataFrame
        Rows in order, numbered in the column `ROW`; other cells are text or null.

    Raises
    ------
    InputError
        The file cannot be read.
    TableError
        It is not a well-formed table.
    """
    manner = manner or Manner()
    with plain(path, manner) as table:
        if table.is_parquet:
            check_parquet(table.path, path, manner)
        try:
            with error_boundary():
                yield from _batches(table, size)
        except _Short:
            if odd := uneven(table, manner):
                raise odd from None
        except Unusable as error:
            odd = None if table.is_parquet else uneven(table, manner)
            raise odd or _unreadable(str(error), path) from None


class _Short(Exception):
    """Some rows have fewer cells than the header, or there are empty lines."""


def _unreadable(why: str, path: Path) -> TableError:
    return TableError(f"this table cannot be read ({why})", place=Place(path), hint=_HINT)


def _batches(table: Plain, size: int) -> Iterator[pl.DataFrame]:
    rows = _scan(table).with_row_index(ROW, offset=1).with_columns(pl.col(ROW).cast(pl.Int64))
    separators, width = 0, len(rows.collect_schema()) - 1
    for batch in rows.collect_batches(chunk_size=size, maintain_order=True):
        separators += _separators(batch, width)
        # The reader may return smaller or larger batches than requested.
        for start in range(0, batch.height, size):
            yield batch.slice(start, size)
    if width > 1 and not table.is_parquet:
        _count_commas(table, separators)


def _scan(table: Plain) -> pl.LazyFrame:
    if table.is_parquet:
        return pl.scan_parquet(table.path, glob=False).cast(pl.String)
    return pl.scan_csv(table.path, infer_schema=False, glob=False)


def _separators(batch: pl.DataFrame, width: int) -> int:
    """Count the commas of complete rows, between cells and within them."""
    within = pl.sum_horizontal(
        pl.exclude(ROW).str.count_matches(",", literal=True).sum().fill_null(0)
    )
    return batch.height * (width - 1) + int(batch.select(within).item() or 0)


def _count_commas(table: Plain, separators: int) -> None:
    """Raise `_Short` if commas are missing: Polars silently fills short rows with empty cells.

    A row with more cells than the header was refused before, so commas are missing if and only if a row
    has fewer. Only a reader that works record by record can find these rows.
    """
    lines = pl.scan_lines(table.path, glob=False)
    there = lines.select(pl.col("line").str.count_matches(",", literal=True).sum())
    header = _scan(table).collect_schema().names()
    if separators + _commas_of_header(header) - int(there.collect().item()):
        raise _Short


def _commas_of_header(names: list[str]) -> int:
    return len(names) - 1 + sum(name.count(",") for name in names)


def digest(path: Path) -> str:
    """Compute the SHA-256 of a file, in lower-case hexadecimal digits.

    Raises
    ------
    InputError
        There is no such file.
    """
    head_of(path)  # a clear error if there is no such file
    taken = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            taken.update(chunk)
    return taken.hexdigest()
