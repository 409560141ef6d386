"""The definition of a dataset that can be mapped: how to read it, and what its rows claim."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from testimonia.tables.batch_reader import batches
from testimonia.tables.cell_checks import FAULTS
from testimonia.tables.inputs.manner import Manner

__all__ = ["Mapped", "Source", "without_spaces"]


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
    """

    tables: Mapping[str, pl.DataFrame]
    rejects: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=FAULTS))


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
