"""Opens files as tables, whatever their compression, encoding and separator."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from testimonia.errors import InputError, Place, TableError
from testimonia.tables.inputs import csvs, kinds
from testimonia.tables.inputs.csvs import Record
from testimonia.tables.inputs.kinds import Kind
from testimonia.tables.inputs.manner import Manner
from testimonia.tables.inputs.sheets import written
from testimonia.tables.inputs.texts import Surveyed, ends_with_returns, surveyed, undecodable
from testimonia.tables.inputs.unpacking import archived, damaged, is_workbook, unpacked

__all__ = ["Plain", "plain", "records_of", "text_of", "uneven", "whole"]

_LAYERS: Final = 4
"""Maximum number of nested layers of compression."""

_SAMPLE: Final = 1 << 16


@dataclass(frozen=True)
class Plain:
    """A table in a file that Polars can read directly.

    Parameters
    ----------
    path
        The file: the original, or a temporary copy that exists as long as the table is open.
    shown
        The original file, to name in errors.
    is_parquet
        Whether it is Parquet. Otherwise it is CSV in UTF-8, with commas, and the header on the first line.
    """

    path: Path
    shown: Path
    is_parquet: bool


@contextmanager
def whole(path: Path, manner: Manner) -> Iterator[tuple[Path, Kind]]:
    """Unpack all layers of compression of a file; a workbook is not unpacked.

    Parameters
    ----------
    path
        The file.
    manner
        Limits the size; collects what was found.

    Yields
    ------
    tuple
        The file, or a temporary copy of its content; and its kind: ``text``,
        ``parquet``, or ``zip`` for a workbook.

    Raises
    ------
    InputError
        It cannot be read, is not a table, or unpacks to more than is allowed.
    SyntaxFault
        It is damaged.
    """
    with tempfile.TemporaryDirectory(prefix="testimonia-") as folder:
        held = path
        for layer in range(_LAYERS + 1):
            kind = kinds.kind_of(kinds.head_of(held), path)
            if kind in ("text", "parquet") or (kind == "zip" and _is_workbook(held, path)):
                yield held, kind
                return
            target = Path(folder, str(layer))
            unpacked(held, kind, target, path, manner)
            if held != path:
                held.unlink()
            held = target
        raise InputError(
            f"this file is compressed more than {_LAYERS} times",
            place=Place(path),
            hint="Unpack it.",
        )


def _is_workbook(path: Path, shown: Path) -> bool:
    with damaged(shown, "zip"):
        return is_workbook(archived(path))


@contextmanager
def plain(path: Path, manner: Manner) -> Iterator[Plain]:
    """Open a table.

    Parameters
    ----------
    path
        CSV or another delimited text, Parquet, or a workbook; also compressed, or the only table of an
        archive.
    manner
        How to read it; collects what was found.

    Yields
    ------
    Plain
        The table; a temporary copy is removed at the end.

    Raises
    ------
    InputError
        It cannot be read, or is not a table.
    TableError
        Its rows are of different lengths.
    """
    with whole(path, manner) as (held, kind):
        if kind == "parquet":
            yield Plain(held, path, is_parquet=True)
            return
        with tempfile.TemporaryDirectory(prefix="testimonia-") as folder:
            target = Path(folder, "table.csv")
            if kind == "zip":
                written(held, path, manner, target)
                yield Plain(target, path, is_parquet=False)
                return
            seen = surveyed(held, path, manner)
            is_normal, above = _looked_at(held, seen, path, manner)
            if not is_normal or above:
                with csvs.records(held, seen, path, manner) as (_, _, found):
                    csvs.write(csvs.without_first(found, above), target, path)
                held = target
            yield Plain(held, path, is_parquet=False)


def _looked_at(path: Path, seen: Surveyed, shown: Path, manner: Manner) -> tuple[bool, int]:
    """Return whether Polars can read a text as it is, and how many records are above its header."""
    try:
        with path.open(encoding=seen.encoding, newline="", errors="replace") as stream:
            sample = stream.read(_SAMPLE)
    except UnicodeError as error:  # some codecs ignore errors="replace"
        raise undecodable(error, seen.encoding, shown) from None
    if not sample.strip():
        raise TableError(
            "this file is blank", place=Place(shown), hint="Check that the file is complete."
        )
    returns = ends_with_returns(sample)
    if returns:
        manner.notice("lines end with carriage returns alone")
    mark, before = csvs.separator_of(sample, manner)
    above = csvs.above_header(sample, mark, before, manner)
    if above:
        manner.notice(f"skipped above the header: {above:,} rows")
    is_plain = seen.is_utf8 and not returns and sample[0] not in "\r\n"
    return is_plain and (mark, before) == (",", 0), above


def uneven(table: Plain, manner: Manner) -> TableError | None:
    """Find the rows of a CSV file with more or fewer cells than its header, if there are any.

    Parameters
    ----------
    table
        The table.
    manner
        How it was read.
    """
    aside = manner.for_file()
    seen = surveyed(table.path, table.shown, aside)
    with csvs.records(table.path, seen, table.shown, aside) as (_, _, found):
        return csvs.ragged(found, table.shown)


def text_of(path: Path, manner: Manner) -> str:
    """Read a text file as a whole, also if it is compressed.

    Parameters
    ----------
    path
        The file.
    manner
        How to read it; collects what was found.

    Raises
    ------
    InputError
        It cannot be read, is not text, or in an encoding that cannot be guessed.
    """
    with whole(path, manner) as (held, kind):
        if kind != "text":
            name = "Parquet" if kind == "parquet" else "a workbook"
            raise InputError(f"this is {name}, where text is expected", place=Place(path))
        encoding = surveyed(held, path, manner).encoding
        try:
            return held.read_text(encoding)
        except UnicodeError as error:
            raise undecodable(error, encoding, path) from None


def records_of(path: Path, shown: Path, manner: Manner) -> list[Record]:
    """Read all records of a text.

    Parameters
    ----------
    path
        The text, as `whole` gives it.
    shown
        The file, as it is named in errors.
    manner
        How to read it; collects what was found.

    Raises
    ------
    InputError
        It is not in the expected encoding.
    SyntaxFault
        It is not well formed.
    """
    seen = surveyed(path, shown, manner)
    with csvs.records(path, seen, shown, manner) as (_, _, found):
        return list(found)
