"""Finds faulty cells of a claim table, a column at a time."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final

import polars as pl
from pyoxigraph import NamedNode

from testimonia.errors import TableError
from testimonia.tables.cell_terms import ABSOLUTE, encoded, is_list, values_of
from testimonia.tables.columns import Column, Table

__all__ = ["FAULTS", "LEXICAL", "faults", "refuse"]

FAULTS: Final = pl.Schema(
    {"row": pl.Int64, "column": pl.String, "value": pl.String, "expected": pl.String}
)
"""The columns of a list of faults. Rows count from 0; null if the whole column is faulty."""

_Test = Callable[[pl.Expr], pl.Expr]

_TAG: Final = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
LEXICAL: Final = {
    "decimal": (r"^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)$", "a number in digits, such as 34.5503"),
    "moment": (
        r"^-?([1-9][0-9]{3,}|0[0-9]{3})-"
        r"((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)"
        r"|02-(0[1-9]|[12][0-9]))"
        r"T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]+)?"
        r"(Z|[+-](0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00)$",
        "a date and time with its offset from UTC, such as 2026-03-03T00:00:00+01:00",
    ),
    "address": (
        r"^https?://[^\s\x00-\x20\x7F\"<>\\^`{|}]+$",
        "an address on the web, such as https://example.org/report, without spaces",
    ),
    "type": (r"^([a-z]+:)?[A-Za-z][A-Za-z0-9]*$", "the name of a class, such as Incident"),
}
"""By kind of column: the pattern of its cells, and a description of it."""


def faults(table: Table, frame: pl.DataFrame) -> pl.DataFrame:
    """Find the cells that cannot be written as RDF terms.

    Parameters
    ----------
    table
        The table.
    frame
        Its rows.

    Returns
    -------
    DataFrame
        ``row``, ``column``, ``value`` and ``expected``, one row for each fault.
    """
    known = {name: table.column(name) for name in frame.columns}
    found = [_fault(name, _unknown(table)) for name, column in known.items() if column is None]
    missing, checks = _missing(table, frame)
    found += missing
    for name, column in known.items():
        if column is not None:
            odd, more = _of_column(frame, name, column)
            found += odd
            checks += more
    return pl.concat([pl.DataFrame(schema=FAULTS), *found, *_run(frame, checks)])


@dataclass(frozen=True)
class _Check:
    """A quick check of a whole column, and a function that lists its faults if it may have some."""

    somewhere: pl.Expr
    details: Callable[[], list[pl.DataFrame]]


def _run(frame: pl.DataFrame, checks: list[_Check]) -> Iterator[pl.DataFrame]:
    """Run checks and list faults; without faults, the usual case, this is one query."""
    if frame.is_empty() or not checks:
        return
    answers = frame.select(check.somewhere.alias(str(n)) for n, check in enumerate(checks)).row(0)
    for check, answer in zip(checks, answers, strict=True):
        if answer:
            yield from check.details()


def refuse(table: Table, found: pl.DataFrame) -> None:
    """Raise an error for the first fault, if there is any.

    Raises
    ------
    TableError
        There is a fault.
    """
    if found.is_empty():
        return
    first = found.row(0, named=True)
    where = f"table {table.name}, column {first['column']}"
    if first["row"] is not None:
        where += f", row {first['row'] + 1}"
    held = "" if first["value"] is None else f" holds {first['value']!r:.200}, but"
    more = f" ({found.height} faults in all)" if found.height > 1 else ""
    raise TableError(f"{where}{held} needs {first['expected']}{more}")


def _fault(column: str, expected: str) -> pl.DataFrame:
    row = {"row": None, "column": column, "value": None, "expected": expected}
    return pl.DataFrame([row], schema=FAULTS)


def _unknown(table: Table) -> str:
    names = ", ".join(column.name for column in table.columns)
    return f"to be a column of this table: {names}"


def _missing(table: Table, frame: pl.DataFrame) -> tuple[list[pl.DataFrame], list[_Check]]:
    needed = [c for c in table.columns if c.required and (c.kind != "type" or len(table.types) > 1)]
    absent = [c.name for c in needed if c.name not in frame.columns]
    # A value in another language does not replace the column itself.
    present = [column.name for column in needed if column.name not in absent]
    checks = []
    for name in present:
        empty = _is_empty(frame, name)
        checks.append(_Check(empty.any(), partial(_listed, frame, name, empty, "a value")))
    return [_fault(name, "to be there") for name in absent], checks


def _of_column(
    frame: pl.DataFrame, name: str, column: Column
) -> tuple[list[pl.DataFrame], list[_Check]]:
    _, at, tag = name.partition("@")
    if at and not _TAG.fullmatch(tag):
        return [_fault(name, "a language tag of BCP 47 after the @")], []
    wanted: pl.DataType = pl.Int64() if column.kind == "integer" else pl.String()
    given = frame.schema[name]
    inner = given.inner if isinstance(given, pl.List) else given
    if inner == pl.Null:
        return [], []
    if inner != wanted and not (column.kind == "integer" and inner.is_integer()):
        kind = "whole numbers" if column.kind == "integer" else "text"
        return [_fault(name, f"{kind}, not {inner}")], []
    if column.kind == "integer":
        return [], [_check(frame, name, lambda v: v < 0, "a whole number from 0")]
    if column.kind in LEXICAL:
        pattern, expected = LEXICAL[column.kind]
        return [], [_check(frame, name, lambda v: ~v.str.contains(pattern), expected)]
    if column.kind in ("id", "link", "match"):
        # A quick test with possible false positives, but no false negatives.
        begun = values_of(frame, name).str
        whole = (begun.starts_with("http") | begun.starts_with("urn:")).any()
        return [], [_Check(whole, partial(_malformed_iris, frame, name))]
    return [], []


def _check(frame: pl.DataFrame, name: str, test: _Test, expected: str) -> _Check:
    odd = _any(frame, name, test)
    somewhere = test(values_of(frame, name)).any()
    return _Check(somewhere, partial(_listed, frame, name, odd, expected))


def _malformed_iris(frame: pl.DataFrame, name: str) -> list[pl.DataFrame]:
    whole = frame.select(values_of(frame, name).unique()).to_series()
    whole = whole.filter(whole.str.contains(ABSOLUTE))
    odd = [value for value in whole.drop_nulls() if not _is_iri(encoded(value))]
    if not odd:
        return []
    return [_where(frame, name, _any(frame, name, lambda v: v.is_in(odd)), "a well-formed IRI")]


def _listed(frame: pl.DataFrame, name: str, odd: pl.Expr, expected: str) -> list[pl.DataFrame]:
    return [_where(frame, name, odd, expected)]


def _is_iri(text: str) -> bool:
    try:
        NamedNode(text)
    except ValueError:
        return False
    return True


def _is_empty(frame: pl.DataFrame, name: str) -> pl.Expr:
    values = pl.col(name)
    if is_list(frame, name):
        return values.list.drop_nulls().list.len().fill_null(0) == 0
    if frame.schema[name] == pl.String:
        return values.fill_null("") == ""
    return values.is_null()


def _any(frame: pl.DataFrame, name: str, test: _Test) -> pl.Expr:
    if is_list(frame, name):
        return pl.col(name).list.eval(test(pl.element())).list.any().fill_null(False)
    return test(pl.col(name)).fill_null(False)


def _where(frame: pl.DataFrame, name: str, odd: pl.Expr, expected: str) -> pl.DataFrame:
    rows = frame.lazy().with_row_index("row").filter(odd).collect()
    values = rows[name]
    if is_list(frame, name):
        values = values.list.eval(pl.element().cast(pl.String)).list.join("; ")
    return pl.DataFrame(
        {
            "row": rows["row"].cast(pl.Int64),
            "column": [name] * rows.height,
            "value": values.cast(pl.String),
            "expected": [expected] * rows.height,
        },
        schema=FAULTS,
    )
