"""Writes rows as files of tables with typed columns: a workbook, and Parquet."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from importlib import import_module
from importlib.util import find_spec
from io import BytesIO
from typing import IO, Any, Final

from pyoxigraph import Literal, NamedNode

from testimonia.errors import InputError
from testimonia.extras import require
from testimonia.namespaces import PREFIXES
from testimonia.outputs.new_workbooks import MOST_CHARACTERS, MOST_ROWS, new_workbook
from testimonia.query.arrow_columns import table_of_terms
from testimonia.values import Term, Value, value_of

__all__ = ["AVAILABLE", "WRITERS", "load", "parquet", "xlsx"]

_MODULES: Final[Mapping[str, str]] = {"xlsx": "xlsxwriter", "parquet": "pyarrow.parquet"}
AVAILABLE: Final = tuple(
    name for name, module in _MODULES.items() if find_spec(module.partition(".")[0]) is not None
)
"""The formats for which the packages are installed."""

_ONE_THREAD: Final = {
    "OPENBLAS_NUM_THREADS": "1",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
}
_EXACT: Final = 2**53  # spreadsheets hold numbers as doubles
_WIDEST: Final = 60
_ANSWER: Final = "answer"


def load() -> None:
    """Import what writes them, in a process that will not be able to open files, or that will fork.

    A small table is written, since the packages import parts of themselves only then. No thread is started: a fork
    would not have it.
    """
    before = {name: os.environ.get(name) for name in _ONE_THREAD}
    os.environ.update({name: one for name, one in _ONE_THREAD.items() if before[name] is None})
    try:
        for name in AVAILABLE:
            import_module(_MODULES[name])
            WRITERS[name](*_SAMPLE, BytesIO())
    finally:
        for name in [name for name, given in before.items() if given is None]:
            del os.environ[name]


def parquet(
    variables: Sequence[str], rows: Sequence[tuple[Term | None, ...]], stream: IO[bytes]
) -> None:
    """Write rows as Parquet, with the columns of `testimonia.query.frames.arrow_table`.

    Parameters
    ----------
    variables
        The names of the columns.
    rows
        Their terms, None where unbound.
    stream
        Where to write.

    Raises
    ------
    ExtraMissing
        pyarrow is not installed.
    """
    require("frames", "pyarrow")
    from pyarrow import BufferOutputStream
    from pyarrow.parquet import write_table

    table = table_of_terms(variables, rows)
    whole = BufferOutputStream()
    write_table(table, whole, compression="zstd")
    stream.write(whole.getvalue())


def xlsx(
    variables: Sequence[str], rows: Sequence[Sequence[Term | None]], stream: IO[bytes]
) -> None:
    """Write rows as a workbook of one sheet.

    Numbers that a spreadsheet holds exactly are numbers, and truth values are that; everything else is text as it is
    written in RDF, also times, since spreadsheets know no time zones. No text becomes a formula or a link.

    Parameters
    ----------
    variables
        The names of the columns.
    rows
        Their terms, None where unbound.
    stream
        Where to write.

    Raises
    ------
    ExtraMissing
        xlsxwriter is not installed.
    InputError
        There are more rows than a sheet can have, or a text is longer than a cell can be.
    """
    if len(rows) >= MOST_ROWS:
        raise InputError(
            f"the answer has more rows than a sheet can have ({MOST_ROWS:,})",
            hint="Choose CSV or Parquet.",
        )
    with new_workbook(stream) as book:
        sheet = book.add_worksheet(_ANSWER)
        sheet.freeze_panes(1, 0)
        bold = book.add_format({"bold": True})
        widths = [len(name) for name in variables]
        for index, name in enumerate(variables):
            sheet.write_string(0, index, name, bold)
        for number, row in enumerate(rows, 1):
            for index, term in enumerate(row):
                if term is not None:
                    shown = _write(sheet, number, index, term)
                    widths[index] = max(widths[index], len(shown))
        for index, width in enumerate(widths):
            sheet.set_column(index, index, min(width, _WIDEST) + 2)
        if rows and variables:
            sheet.autofilter(0, 0, len(rows), len(variables) - 1)


def _write(sheet: Any, number: int, index: int, term: Term) -> str:
    """Write a cell, and return its text."""
    value = value_of(term)
    if isinstance(value, bool):
        sheet.write_boolean(number, index, value)
    elif isinstance(value, int | float | Decimal) and _is_exact(value):
        sheet.write_number(number, index, float(value))
    else:
        text = term.value if isinstance(term, NamedNode | Literal) else str(term)
        if len(text) + sum(character > "\uffff" for character in text) > MOST_CHARACTERS:
            raise InputError(
                f"row {number:,} has a text of more than {MOST_CHARACTERS:,} characters, which no cell can be",
                hint="Choose CSV or Parquet.",
            )
        sheet.write_string(number, index, text)
        return text
    return str(value)


def _is_exact(value: Value) -> bool:
    """Check whether a double, as spreadsheets hold numbers, is just this number."""
    if isinstance(value, float):
        return abs(value) < float("inf")  # neither an infinity nor NaN
    if isinstance(value, int):
        return abs(value) <= _EXACT
    return isinstance(value, Decimal) and Decimal(repr(float(value))) == value


_Writer = Callable[[Sequence[str], Sequence[tuple[Term | None, ...]], IO[bytes]], None]
WRITERS: Final[Mapping[str, _Writer]] = {"xlsx": xlsx, "parquet": parquet}
"""What writes each format, by its suffix."""

_KINDS: Final = {
    "integer": "1",
    "decimal": "0.5",
    "double": "1e3",
    "boolean": "true",
    "dateTime": "2000-01-01T00:00:00+03:00",
    "string": "x",
}
_SAMPLE: Final = (
    list(_KINDS),
    [tuple(Literal(v, datatype=NamedNode(PREFIXES["xsd"] + n)) for n, v in _KINDS.items())],
)
