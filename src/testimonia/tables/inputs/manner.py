"""Options for reading tables, and findings from automatic detection."""

from __future__ import annotations

import codecs
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Final

from testimonia.errors import InputError
from testimonia.tables.day_bounds import YEARS

__all__ = ["LARGEST", "Manner"]

LARGEST: Final = 2048
"""Maximum size of an unpacked file in MiB, by default."""

_MIB: Final = 1 << 20


@dataclass
class Manner:
    """Options for reading a table, and what was found in reading it.

    Parameters
    ----------
    encoding
        The encoding of text; detected when left out.
    separator
        The separator of cells; detected when left out.
    sheet
        The sheet of a workbook; when left out, the first one with the key column.
    key_column
        A column that the table must have; selects the sheet of a workbook, and the row of the header.
    columns
        Further columns that it must have.
    fill_merged
        Whether the value of merged cells of a workbook holds for all of them; otherwise rows with a
        merged cell are faulty.
    limit
        Maximum size of an unpacked file in MiB.
    years
        The first and last year that a date in a sheet may have.

    Attributes
    ----------
    notices
        What was detected or skipped, as sentences without a full stop.
    faults
        Faulty rows: ``row``, ``column``, ``value``, ``expected``.

    Raises
    ------
    InputError
        There is no such encoding, the separator is not a single character, the limit is not above 0, or
        the last year comes before the first.
    """

    encoding: str | None = None
    separator: str | None = None
    sheet: str | None = None
    key_column: str | None = None
    limit: int = LARGEST
    years: tuple[int, int] = YEARS
    columns: tuple[str, ...] = ()
    fill_merged: bool = False
    notices: list[str] = field(default_factory=list)
    faults: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        if self.encoding is not None:
            self.encoding = _encoding(self.encoding)
        if self.separator is not None:
            self.separator = _separator(self.separator)
        if self.limit <= 0:
            raise InputError("the limit is not above 0", hint="Give a number of MiB, such as 4096.")
        if self.years[0] > self.years[1]:
            raise InputError("the last year comes before the first", hint="Swap the two.")

    @property
    def most_bytes(self) -> int:
        """Maximum size of an unpacked file in bytes."""
        return self.limit * _MIB

    @property
    def needed(self) -> frozenset[str]:
        """The columns that the table must have."""
        return frozenset([*([self.key_column] if self.key_column else []), *self.columns])

    def is_header(self, cells: Iterable[str | None]) -> bool:
        """Return whether a row is the header: it has all needed columns, if there are any."""
        return self.needed <= {(cell or "").strip() for cell in cells}

    def for_file(self, *columns: str) -> Manner:
        """Copy the options for another file, which must have some columns, with no findings yet."""
        return replace(self, key_column=None, columns=columns, notices=[], faults=[])

    def notice(self, sentence: str) -> None:
        """Add a notice, unless it is there already."""
        if sentence not in self.notices:
            self.notices.append(sentence)


def _encoding(name: str) -> str:
    try:
        found = codecs.lookup(name)
        "a".encode(found.name)  # some codecs are not text encodings
    except (LookupError, ValueError):
        raise InputError(
            f"there is no encoding {name!r}",
            hint="Give one that Python supports, such as utf-8, utf-16, windows-1252 or mac-roman.",
        ) from None
    return found.name


def _separator(given: str) -> str:
    found = {"tab": "\t", "\\t": "\t"}.get(given.lower(), given)
    if len(found) != 1 or not found.isascii() or found.isalnum() or found in '"\r\n\0':
        raise InputError(
            f"{given!r} cannot be a separator of cells",
            hint="Give one character, such as ';' or '|', or the word tab.",
        )
    return found
