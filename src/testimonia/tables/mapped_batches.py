"""Maps the rows of a file batch by batch: splits off those that cannot be mapped, and maps the rest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from testimonia.errors import Place, TableError
from testimonia.suggestions import did_you_mean, nearest
from testimonia.tables.batch_reader import ROW
from testimonia.tables.cell_checks import FAULTS
from testimonia.tables.inputs.manner import Manner
from testimonia.tables.rows import AGAIN
from testimonia.tables.skipped_rows import SkippedRows
from testimonia.tables.source import Mapped, Source

__all__ = ["MappedBatch", "count_flags", "mapped_batches", "other_table", "unmapped"]

_NEAR: Final = 0.7
_NAMELESS: Final = "a column without a name"


@dataclass(frozen=True)
class MappedBatch:
    """A batch: its rows, those of them that were mapped, the result, and the rejects."""

    rows: pl.DataFrame
    kept: pl.DataFrame
    mapped: Mapped
    rejects: pl.DataFrame


def mapped_batches(
    source: Source, path: Path, name: str, manner: Manner, skipped: SkippedRows
) -> Iterator[MappedBatch]:
    """Map the rows of a file in batches.

    Parameters
    ----------
    source
        The dataset.
    path
        The file.
    name
        The name of its document.
    manner
        How to read it; collects what was found.
    skipped
        Counts the rows that are read and those that are skipped.

    Yields
    ------
    MappedBatch
        Rows in order; a row that repeats the key of an earlier one is rejected.

    Raises
    ------
    InputError
        The file cannot be read, or is not a table of this dataset.
    """
    keys = pl.Series(dtype=pl.String)
    for batch in source.read(path, manner):
        batch = _trimmed_header(batch)
        _refuse_other_table(source, batch, path)
        batch = source.with_keys(skipped.of_source(batch, source))
        rows, faulty = _without_faulty(source, batch, manner)
        first, repeated, new = _first_with_key(rows, source, keys)
        keys = pl.concat([keys, new])
        mapped = _mapped(source, first, name, path)
        yield MappedBatch(batch, first, mapped, pl.concat([faulty, mapped.rejects, repeated]))


def _trimmed_header(batch: pl.DataFrame) -> pl.DataFrame:
    """Strip spaces from the names of columns, unless two of them would become the same."""
    names = {name: name if name == ROW else name.strip() for name in batch.columns}
    return batch.rename(names) if len(set(names.values())) == len(names) else batch


def _without_faulty(
    source: Source, batch: pl.DataFrame, manner: Manner
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Split off the rows in which the reader found a faulty cell, in a column that is mapped."""
    if not manner.faults:
        return batch, pl.DataFrame(schema=FAULTS)
    other = [name for name in batch.columns if name not in source.mapped]
    found = pl.DataFrame(manner.faults, schema=FAULTS).filter(~pl.col("column").is_in(other))
    faulty = found.filter(pl.col("row").is_in(batch[ROW].implode()))
    return batch.filter(~pl.col(ROW).is_in(faulty["row"].implode())), faulty


def _first_with_key(
    batch: pl.DataFrame, source: Source, before: pl.Series
) -> tuple[pl.DataFrame, pl.DataFrame, pl.Series]:
    """Split off the rows that repeat the key of an earlier row: both would become one record.

    Returns
    -------
    tuple
        The rows that are kept, the rejects, and the normalised keys of the rows that are kept.
    """
    name = source.key_column
    keys = batch.select(source.one_form(pl.col(name)).replace("", None)).to_series()
    again = (~keys.is_first_distinct() | keys.is_in(before.implode())) & keys.is_not_null()
    repeated = batch.filter(again).select(
        pl.col(ROW).alias("row"),
        pl.lit(name).alias("column"),
        pl.col(name).alias("value"),
        pl.lit(AGAIN).alias("expected"),
    )
    return batch.filter(~again), repeated, keys.filter(~again).drop_nulls()


def _refuse_other_table(source: Source, batch: pl.DataFrame, path: Path) -> None:
    if error := other_table(source, set(batch.columns) - {ROW}, path):
        raise error


def other_table(source: Source, columns: set[str], path: Path | str) -> TableError | None:
    """Make the error for a table without the columns of a dataset; None if it has them.

    Parameters
    ----------
    source
        The dataset.
    columns
        The columns of the table.
    path
        Its file.
    """
    missing = [name for name in source.columns if name not in columns]
    if not missing:
        return None
    near = nearest(missing[0], columns, most=1, similarity=_NEAR)
    guess = f"{did_you_mean(near)} " if near else ""
    return TableError(
        f"this is not a table of {source.title}: it has no column {', '.join(map(repr, missing))}",
        place=Place(path),
        hint=f"{guess}Its columns are: {', '.join(sorted(columns))}",
    )


def _mapped(source: Source, batch: pl.DataFrame, document: str, path: Path) -> Mapped:
    """Map a batch; an error about the table as a whole names the file."""
    try:
        return source.map(batch, document)
    except TableError as error:
        raise TableError(error.message, hint=error.hint, place=Place(path)) from None


def unmapped(source: Source, batch: pl.DataFrame) -> dict[str, str]:
    """List the columns of a batch that are not mapped, with the reason."""
    names = [name for name in batch.columns if name != ROW and name not in source.mapped]
    return {
        name or _NAMELESS: source.left_out.get(name, "not known to this version") for name in names
    }


def count_flags(mapped: Mapped, counts: dict[str, int]) -> None:
    """Add the number of records of a batch with each flag, and what else it counted, to some counts."""
    for what, number in mapped.counted.items():
        counts[what] = counts.get(what, 0) + number
    records = mapped.tables.get("records")
    if records is None or "flags" not in records.columns:
        return
    for flag, count in records["flags"].explode().drop_nulls().value_counts().iter_rows():
        counts[flag] = counts.get(flag, 0) + count
