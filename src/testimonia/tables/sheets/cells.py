"""Parses cells of text into those of a claim table, and reports those that are not valid."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final
from urllib.parse import quote

import polars as pl
from pyoxigraph import NamedNode

from testimonia.catalogue import resources
from testimonia.namespaces import CODE, SKOS
from testimonia.rdf import files
from testimonia.tables.batch_reader import ROW
from testimonia.tables.cell_checks import FAULTS, faults
from testimonia.tables.cell_format import FORMULA_ERROR, SEPARATOR
from testimonia.tables.cell_terms import iri_of
from testimonia.tables.columns import Column, Table
from testimonia.tables.day_bounds import YEARS, expected_years
from testimonia.tables.sheets.containers import Sheet
from testimonia.tables.sheets.time_cells import ends_of, is_odd

__all__ = ["codes_of", "typed"]

_WHOLE: Final = r"^(0|[1-9][0-9]{0,17})$"
_YEAR: Final = r"^(-?[0-9]{4,9})-"
_MANY: Final = 10
"""Maximum number of allowed values to list in a message."""


def typed(sheet: Sheet, years: tuple[int, int] = YEARS) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Parse the cells of a sheet into those of its claim table.

    Parameters
    ----------
    sheet
        A table, as read from a file.
    years
        The first and last year that dates may have.

    Returns
    -------
    tuple
        The rows, numbered in the column `ROW`, with cells of the table's types; those that are not valid
        are null. And the faults: ``row``, ``column``, ``value``, ``expected``; the row is null if the
        whole table is faulty.
    """
    table, rows = sheet.table, sheet.rows
    found = [sheet.faults]
    cells: list[pl.Expr | pl.Series] = []
    for name in rows.columns:
        column = table.column(name)
        if name == ROW or column is None:
            continue
        values = rows[name]
        if values.dtype == pl.String:
            if not sheet.is_parquet:  # spaces in Parquet are intended
                found.append(_stray(rows, name))
            values, odd = _parsed(rows, name, column)
            found.append(odd)
        cells.append(values)
    frame = rows.with_columns(cells)
    found += [_listed(name) for name in frame.columns if _is_list_of_one(frame, name, table)]
    found.append(_repeated_header(rows))
    found.append(_numbered(faults(table, frame.drop(ROW)), rows))
    for name in frame.columns:
        column = table.column(name)
        if column is not None and name != ROW:
            found += _values(frame, name, column, table, years)
    found.append(_names(frame, table))
    every = pl.concat(found).unique(["row", "column"], keep="first", maintain_order=True)
    return frame.drop(name for name in frame.columns if not _belongs(table, name)), every


def _is_list_of_one(frame: pl.DataFrame, name: str, table: Table) -> bool:
    """Return whether Parquet has lists in a column of single values."""
    column = table.column(name)
    return column is not None and not column.many and isinstance(frame.schema[name], pl.List)


def _listed(name: str) -> pl.DataFrame:
    row = {"row": None, "column": name, "value": None, "expected": "one value, not a list"}
    return pl.DataFrame([row], schema=FAULTS)


def _belongs(table: Table, name: str) -> bool:
    return name == ROW or table.column(name) is not None


def _numbered(found: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Replace positions by the row numbers that the analyst sees."""
    numbers = rows.select(pl.int_range(pl.len()).alias("row"), ROW)
    named = found.join(numbers, on="row", how="left", maintain_order="left")
    return named.select(pl.col(ROW).alias("row"), "column", "value", "expected")


def _faults_where(frame: pl.DataFrame, name: str, odd: pl.Expr, expected: str) -> pl.DataFrame:
    chosen = frame.filter(odd.fill_null(False))
    value = pl.col(name)
    if isinstance(frame.schema[name], pl.List):
        value = value.list.eval(pl.element().cast(pl.String)).list.join(SEPARATOR)
    return chosen.select(
        pl.col(ROW).alias("row"),
        pl.lit(name).alias("column"),
        value.cast(pl.String).alias("value"),
        pl.lit(expected).alias("expected"),
    )


def _stray(rows: pl.DataFrame, name: str) -> pl.DataFrame:
    """Find formulas that fail, and leading or trailing spaces."""
    value = pl.col(name)
    failed = value.str.contains(FORMULA_ERROR)
    spaced = value != value.str.strip_chars()
    return pl.concat(
        [
            _faults_where(rows, name, failed, "a value: the formula fails"),
            _faults_where(rows, name, spaced, "no leading or trailing space"),
        ]
    )


def _parsed(rows: pl.DataFrame, name: str, column: Column) -> tuple[pl.Series, pl.DataFrame]:
    """Split lists, and read whole numbers."""
    value, odd = pl.col(name), pl.DataFrame(schema=FAULTS)
    if column.many:
        split = value.str.split(SEPARATOR.strip()).list.eval(pl.element().str.strip_chars())
        empty = split.list.eval(pl.element() == "").list.any()
        expected = f"values separated by “{SEPARATOR}”, none of them empty"
        odd = _faults_where(rows, name, empty, expected)
        value = pl.when(~empty).then(split)
    elif column.kind == "integer":
        whole = value.str.contains(_WHOLE)
        odd = _faults_where(rows, name, ~whole, "a whole number in digits, such as 2")
        value = pl.when(whole).then(value).cast(pl.Int64)
    return rows.select(value.alias(name)).to_series(), odd


def _repeated_header(rows: pl.DataFrame) -> pl.DataFrame:
    texts = [name for name in rows.columns if name != ROW and rows.schema[name] == pl.String]
    if "id" not in texts or len(texts) == 1:
        return pl.DataFrame(schema=FAULTS)
    same = pl.all_horizontal(pl.col(name).fill_null(name) == name for name in texts)
    several = pl.sum_horizontal(pl.col(name).is_not_null() for name in texts) > 1
    return _faults_where(rows, "id", same & several, "a row, not the header again")


def _values(
    frame: pl.DataFrame, name: str, column: Column, table: Table, years: tuple[int, int]
) -> list[pl.DataFrame]:
    """Find values of the right form that are not allowed."""
    if not _is_text(frame, name):
        return []
    if column.kind == "code":
        allowed = codes_of().get(column.target, ())
        expected = f"a code of the list {column.target}"
        if len(allowed) <= _MANY:
            expected += f": {', '.join(allowed)}"
        return [_faults_where(frame, name, _outside(frame, name, allowed), expected)]
    if column.kind == "type" and len(table.types) > 1:
        kinds = table.types + table.beside
        expected = f"one of: {', '.join(kinds)}"
        return [_faults_where(frame, name, _outside(frame, name, kinds), expected)]
    if column.predicate == "tmn:edtf":
        distinct = frame[name].unique().drop_nulls()
        odd = [value for value in distinct if ends_of(value) is None]
        strange = [value for value in distinct if is_odd(value, years)]
        expected = "a date in EDTF, such as 2026-03-03, 2026-03 or 2026-03-03/2026-03-05"
        return [
            _faults_where(frame, name, pl.col(name).is_in(odd), expected),
            _faults_where(frame, name, pl.col(name).is_in(strange), expected_years(years)),
        ]
    if column.kind == "moment":
        year = pl.col(name).str.extract(_YEAR, 1).cast(pl.Int64, strict=False)
        strange_year = ~year.is_between(*years)
        return [_faults_where(frame, name, strange_year, expected_years(years))]
    return []


def _is_text(frame: pl.DataFrame, name: str) -> bool:
    kind = frame.schema[name]
    return (kind.inner if isinstance(kind, pl.List) else kind) == pl.String


def _outside(frame: pl.DataFrame, name: str, allowed: tuple[str, ...]) -> pl.Expr:
    if isinstance(frame.schema[name], pl.List):
        return pl.col(name).list.eval(~pl.element().is_in(allowed)).list.any()
    return ~pl.col(name).is_in(allowed)


def _names(frame: pl.DataFrame, table: Table) -> pl.DataFrame:
    """Check names that are derived from other cells of the row."""
    parts = {"passages": ("start", "end"), "records": ("key",)}.get(table.name)
    needed = ("id", "document", *(parts or ()))
    if parts is None or not all(name in frame.columns for name in needed):
        return pl.DataFrame(schema=FAULTS)
    rows = []
    for row in frame.select(ROW, *needed).drop_nulls().iter_rows(named=True):
        wanted = f"{row['document']}#{_fragment(table, row)}"
        if iri_of(str(row["id"]), table.base) != iri_of(wanted, table.base):
            expected = f"{wanted}, according to its other cells"
            rows.append({"row": row[ROW], "column": "id", "value": row["id"], "expected": expected})
    return pl.DataFrame(rows, schema=FAULTS)


def _fragment(table: Table, row: Mapping[str, object]) -> str:
    if table.name == "passages":
        return f"char={row['start']},{row['end']}"
    return f"record={quote(str(row['key']), safe='')}"  # as ENCODE_FOR_URI of SPARQL 1.1 writes it


@cache
def codes_of() -> dict[str, tuple[str, ...]]:
    """Read the code lists: the sorted codes of each, by name."""
    in_scheme = SKOS.inScheme
    found: dict[str, list[str]] = {}
    for quad in files.read(resources.ontology()):
        code, scheme = quad.subject, quad.object
        if quad.predicate != in_scheme:
            continue
        if isinstance(code, NamedNode) and isinstance(scheme, NamedNode):
            name = scheme.value.removeprefix(CODE)
            found.setdefault(name, []).append(code.value.removeprefix(CODE))
    return {scheme: tuple(sorted(codes)) for scheme, codes in sorted(found.items())}
