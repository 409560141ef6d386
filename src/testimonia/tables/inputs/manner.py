"""How a table is to be read, as far as somebody said so, and what was found where nobody did."""

from __future__ import annotations

import codecs
from dataclasses import dataclass, field, replace
from typing import Any, Final

from testimonia.errors import InputError
from testimonia.tables.day_bounds import YEARS

__all__ = ["LARGEST", "Manner"]

LARGEST: Final = 2048
"""MiB that a file may unpack to unless somebody allows more."""

_MIB: Final = 1 << 20


@dataclass
class Manner:
    """How to read a table, and what was found on the way.

    Parameters
    ----------
    encoding
        The encoding of text; found out when left out.
    separator
        What stands between cells; found out when left out.
    sheet
        The sheet of a workbook; the first one with the key column when left out.
    key_column
        A column that the table must have; sheets of a workbook are chosen by it.
    limit
        MiB that a file may unpack to.
    years
        The first and last year that a date in a sheet may have.

    Attributes
    ----------
    notices
        What was found or passed over, in sentences without a full stop.
    faults
        Rows that cannot be used as they stand: ``row``, ``column``, ``value``, ``expected``.

    Raises
    ------
    InputError
        No encoding has that name, the separator is no single character, the limit is not above 0, or
        the last year comes before the first.
    """

    encoding: str | None = None
    separator: str | None = None
    sheet: str | None = None
    key_column: str | None = None
    limit: int = LARGEST
    years: tuple[int, int] = YEARS
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
            raise InputError("the last year comes before the first", hint="Exchange the two.")

    @property
    def most_bytes(self) -> int:
        """The bytes that a file may unpack to."""
        return self.limit * _MIB

    def for_file(self, key_column: str | None = None) -> Manner:
        """Copy the options for another file, with no findings yet."""
        return replace(self, key_column=key_column, notices=[], faults=[])

    def notice(self, sentence: str) -> None:
        """Keep what was found, once."""
        if sentence not in self.notices:
            self.notices.append(sentence)


def _encoding(name: str) -> str:
    try:
        found = codecs.lookup(name)
        "a".encode(found.name)  # some codecs are no encodings of text
    except (LookupError, ValueError):
        raise InputError(
            f"no encoding is named {name!r}",
            hint="Name one that Python knows, such as utf-8, utf-16, windows-1252 or mac-roman.",
        ) from None
    return found.name


def _separator(given: str) -> str:
    found = {"tab": "\t", "\\t": "\t"}.get(given.lower(), given)
    if len(found) != 1 or not found.isascii() or found.isalnum() or found in '"\r\n\0':
        raise InputError(
            f"{given!r} cannot separate cells",
            hint="Give one character, such as ';' or '|', or the word tab.",
        )
    return found
