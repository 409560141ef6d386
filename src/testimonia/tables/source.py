"""What a dataset must tell to be mapped: how it is read, and what its rows claim."""

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
    """Take spaces off the ends of keys, which tell no two of them apart."""
    return key.str.strip_chars()


@dataclass(frozen=True)
class Mapped:
    """What a batch of rows came to.

    Parameters
    ----------
    tables
        Claim tables by name. What several rows share may be in several batches; it must be the
        same in each.
    rejects
        Rows that cannot be mapped: ``row`` (the number in the column `ROW`), ``column``,
        ``value``, ``expected``. They are in no table.
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
        Its name as its compilers have it.
    compiler
        The name, in the agents table, of who compiles it.
    key_column
        The column whose values name its records.
    day_column
        The column that tells when what a row reports had ended: the dataset cannot have been
        published earlier. Text that begins with a date as ``2026-03-03``.
    map
        Turns a batch of its rows into claim tables, given the name of its document in the
        documents table. A pure function of these two: it is run on parts of a file, in any order,
        on several machines.
    shared
        Claim tables that are the same for all its rows, its compiler among them.
    mapped
        Columns that are mapped. Any other is reported, so that nothing is passed over in silence.
    left_out
        Columns that are not mapped, and why.
    read
        Reads a file of it in batches, in the manner that is wished, and puts what it finds there;
        every cell is text or null, and rows are numbered in the column `ROW`.
    one_form
        Writes keys, as they are in the file, in the one form that equal ones share. Two rows with
        one key would be one record.
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
