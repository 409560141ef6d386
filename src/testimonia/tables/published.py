"""Tables of others, read as they were published: every cell as text, a batch of rows at a time."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import polars as pl
from polars.exceptions import PolarsError

from testimonia.errors import InputError, Place, TableError

__all__ = ["BATCH", "ROW", "batches", "digest", "scan"]

BATCH: Final = 20_000
"""Rows in a batch: enough to keep Polars busy, and few enough to stay small in memory."""

ROW: Final = "\0row"
"""The column that numbers rows from 1, as they come after the header."""

_PARQUET: Final = (".parquet", ".pq")
_CHUNK: Final = 1 << 20


def scan(path: Path) -> pl.LazyFrame:
    """Open a CSV or Parquet file lazily, every cell as text or null.

    Parameters
    ----------
    path
        The file; CSV in UTF-8, plain or compressed by gzip or zstd.

    Raises
    ------
    InputError
        It cannot be opened.
    """
    _refuse_no_file(path)
    if path.suffix.lower() in _PARQUET:
        return pl.scan_parquet(path).cast(pl.String)
    return pl.scan_csv(path, infer_schema=False, glob=False)


def batches(path: Path, *, size: int = BATCH) -> Iterator[pl.DataFrame]:
    """Read a table in batches.

    Parameters
    ----------
    path
        A CSV or Parquet file.
    size
        How many rows a batch has at most.

    Yields
    ------
    DataFrame
        Rows in their order, numbered in the column `ROW`; other cells are text or null.

    Raises
    ------
    InputError
        The file cannot be read.
    TableError
        It is no well-formed table in UTF-8.
    """
    try:
        rows = scan(path).with_row_index(ROW, offset=1).with_columns(pl.col(ROW).cast(pl.Int64))
        separators, blank, width = 0, 0, len(rows.collect_schema()) - 1
        for batch in rows.collect_batches(chunk_size=size, maintain_order=True):
            separators += _separators(batch, width)
            blank += int(batch.select(pl.all_horizontal(pl.exclude(ROW).is_null()).sum()).item())
            # The reader hands out what it has, which may be less than asked for, or more.
            for start in range(0, batch.height, size):
                yield batch.slice(start, size)
        if width > 1 and path.suffix.lower() not in _PARQUET:
            _refuse_short_rows(path, separators, blank, width)
    except (PolarsError, OSError) as error:
        why = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise TableError(
            f"this table cannot be read ({why})",
            place=Place(path),
            hint="It must be CSV in UTF-8, every row with as many cells as the header, or Parquet.",
        ) from None


def _separators(batch: pl.DataFrame, width: int) -> int:
    """Count the commas that whole rows have between their cells and in them."""
    within = pl.sum_horizontal(
        pl.exclude(ROW).str.count_matches(",", literal=True).sum().fill_null(0)
    )
    return batch.height * (width - 1) + int(batch.select(within).item() or 0)


def _refuse_short_rows(path: Path, separators: int, blank: int, width: int) -> None:
    """Raise an error where cells are missing: Polars takes them as empty, and says nothing.

    A row with more cells than the header was refused before, so commas are missing where, and only
    where, a row has fewer. Rows with nothing in them may be lines with nothing on them.
    """
    lines = pl.scan_lines(path, glob=False)
    there = lines.select(pl.col("line").str.count_matches(",", literal=True).sum())
    header = scan(path).collect_schema().names()
    missing = separators + _commas_of_header(header) - int(there.collect().item())
    if missing % (width - 1) or missing // (width - 1) > blank:
        raise TableError(
            "rows of this table have fewer cells than its header; is it all of the file?",
            place=Place(path),
            hint="It must be CSV in UTF-8, every row with as many cells as the header, or Parquet.",
        )


def _commas_of_header(names: list[str]) -> int:
    return len(names) - 1 + sum(name.count(",") for name in names)


def digest(path: Path) -> str:
    """Take the SHA-256 of a file, in lower-case hexadecimal digits.

    Raises
    ------
    InputError
        There is no such file.
    """
    _refuse_no_file(path)
    taken = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            taken.update(chunk)
    return taken.hexdigest()


def _refuse_no_file(path: Path) -> None:
    if not path.is_file():
        hint = "Check the path." if not path.exists() else "Name the files one by one."
        raise InputError("this is no file", place=Place(path), hint=hint)
