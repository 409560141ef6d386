"""The definition of a dataset that can be mapped: how to read it, and what its rows claim."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import polars as pl

from testimonia.tables.batch_reader import ROW, batches
from testimonia.tables.cell_checks import FAULTS
from testimonia.tables.inputs.manner import Manner

__all__ = ["KEY_SEPARATOR", "Mapped", "Source", "without_spaces"]

KEY_SEPARATOR: Final = " / "
"""Between the parts of a key, and between the names of their columns."""


def without_spaces(key: pl.Expr) -> pl.Expr:
    """Strip spaces from keys; they never distinguish two keys."""
    return key.str.strip_chars()


@dataclass(frozen=True)
class Mapped:
    """The result of mapping a batch of rows.

    Parameters
    ----------
    tables
        Claim tables by name. A row may be in the results of several batches; it must be the same in
        each.
    rejects
        Rows that cannot be mapped: ``row`` (the number in the column `ROW`), ``column``,
        ``value``, ``expected``. They are not in the tables.
    counted
        What is worth reporting of the rows: how many, by what.
    last_day
        The last day that the rows report, as ``2026-03-03``, if it is not in the day column.
    """

    tables: Mapping[str, pl.DataFrame]
    rejects: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=FAULTS))
    counted: Mapping[str, int] = field(default_factory=dict)
    last_day: str = ""


@dataclass(frozen=True)
class Source:
    """A dataset that can be mapped to claim tables.

    Parameters
    ----------
    name
        Its name on the command line.
    title
        Its title, as given by its compiler.
    compiler
        The name of its compiler in the agents table.
    key_column
        The column of record keys.
    day_column
        The column with the day on which what a row reports had ended: the dataset cannot have been
        published earlier. Text that begins with a date as ``2026-03-03``.
    map
        Maps a batch of its rows to claim tables, given the name of its document in the documents
        table. A pure function: it is run on parts of a file, in any order, on several machines.
    shared
        Claim tables that are the same for all its rows, including its compiler.
    mapped
        Columns that are mapped. Any other is reported, so that nothing is skipped silently.
    left_out
        Columns that are not mapped, with the reason.
    read
        Reads a file of it in batches, with the given options, which also collect what it finds; every
        cell is text or null, and rows are numbered in the column `ROW`.
    one_form
        Normalises keys, so that equal ones are the same text. Two rows with one key would be one
        record.
    key_parts
        The columns whose values make up the key, if it is not in a column of its own; none if the number
        of the row is the key.
    needed
        The columns without which a table is not one of this dataset; the key column when left out.
    no_record
        Selects the rows that are not records, such as totals; they are counted and skipped.
    """

    name: str
    title: str
    compiler: str
    key_column: str
    day_column: str
    map: Callable[[pl.DataFrame, str], Mapped]
    shared: Mapping[str, pl.DataFrame]
    mapped: frozenset[str]
    left_out: Mapping[str, str] = field(default_factory=dict)
    read: Callable[[Path, Manner], Iterator[pl.DataFrame]] = batches
    one_form: Callable[[pl.Expr], pl.Expr] = without_spaces
    key_parts: tuple[str, ...] | None = None
    needed: tuple[str, ...] = ()
    no_record: pl.Expr | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that a table of this dataset has."""
        own = (self.key_column,) if self.key_parts is None else self.key_parts
        return self.needed or own

    def with_keys(self, batch: pl.DataFrame) -> pl.DataFrame:
        """Add the key column to rows, if the table has none of its own.

        Parameters
        ----------
        batch
            Rows as published, numbered in the column `ROW`.
        """
        if self.key_parts is None:
            return batch
        if not self.key_parts:
            return batch.with_columns(pl.col(ROW).cast(pl.String).alias(self.key_column))
        parts = [pl.col(name).str.strip_chars() for name in self.key_parts]
        empty = pl.all_horizontal((part.fill_null("") == "") for part in parts)
        joined = pl.concat_str([part.fill_null("") for part in parts], separator=KEY_SEPARATOR)
        return batch.with_columns(pl.when(~empty).then(joined).alias(self.key_column))
