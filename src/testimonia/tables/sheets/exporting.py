"""Writes claim tables as files: CSV, Parquet with descriptions of columns, or a workbook."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, Literal

import polars as pl
from pyoxigraph import RdfFormat, serialize

from testimonia.errors import ExtraMissing, InputError, Place
from testimonia.outputs import new_directory, replacing
from testimonia.tables.cell_format import SEPARATOR
from testimonia.tables.cell_terms import iri_of, language_of, resource_base, selector_of
from testimonia.tables.columns import Column, Table, class_iri
from testimonia.tables.from_quads import ClaimTables
from testimonia.tables.schema import TABLES, arrow_schema, by_name

__all__ = ["LANGUAGE", "REST", "SELECTOR", "Form", "export", "normalised", "rest_of"]

Form = Literal["csv", "normalised", "parquet", "xlsx"]
"""``normalised`` is CSV without lists and with absolute IRIs: a file for each table, and one for each of
its columns with lists or with text in several languages."""

REST: Final = "rest.nq"
"""The file for statements that do not fit any table."""

LANGUAGE, SELECTOR = "language", "selector"
"""Columns of the normalised tables: the language of text, and the selector of a passage."""


def export(found: ClaimTables, output: Path, form: Form) -> None:
    """Write claim tables as files, and statements that do not fit as N-Quads in `REST` next to them.

    Parameters
    ----------
    found
        The tables. For CSV and workbooks, read them with ``plain``.
    output
        A new or empty directory. For a workbook, the file; the rest is written next to it, with the suffix
        ``.rest.nq``.
    form
        The format of the files.

    Raises
    ------
    InputError
        The directory is not empty, or nothing can be written there.
    ExtraMissing
        xlsxwriter, which writes workbooks, is not installed.
    """
    if form == "xlsx":
        _workbook(found, output)
        return
    with new_directory(output) as directory:
        if form == "parquet":
            for name, frame in found.items():
                _parquet(by_name(name), frame, directory / f"{name}.parquet")
        else:
            files = normalised(found) if form == "normalised" else _joined(found)
            for name, frame in files.items():
                frame.write_csv(directory / f"{name}.csv")
        if found.rest:
            _rest(found, directory / REST)


def _rest(found: ClaimTables, path: Path) -> None:
    with path.open("wb") as stream:
        serialize(found.rest, stream, RdfFormat.N_QUADS)


def _workbook(found: ClaimTables, output: Path) -> None:
    from testimonia.tables.sheets.workbooks import write

    beside = rest_of(output)
    if beside.exists() and not found.rest:
        raise InputError(
            "this file would be mistaken for the rest of the workbook, which has none",
            place=Place(beside),
            hint="Remove it if an earlier export wrote it, or name another workbook.",
        )
    with replacing(output) as book, replacing(beside) as rest:
        write(book, {name: _cells(frame) for name, frame in _joined(found).items()})
        if found.rest:
            _rest(found, rest)
        else:
            rest.unlink()


def rest_of(workbook: Path) -> Path:
    """Return the file next to a workbook for statements that do not fit any table."""
    return workbook.with_name(f"{workbook.name}.{REST}")


def _cells(frame: pl.DataFrame) -> Iterator[tuple[str | None, ...]]:
    yield tuple(frame.columns)
    yield from frame.iter_rows()


def _joined(found: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """Cast every cell to text, and join lists by the separator."""
    lists = pl.selectors.list()
    return {
        name: frame.with_columns(lists.list.join(SEPARATOR)).cast(pl.String)
        for name, frame in found.items()
    }


def _parquet(table: Table, frame: pl.DataFrame, path: Path) -> None:
    try:
        schema = arrow_schema(table)
    except ExtraMissing:
        frame.write_parquet(path)
        return
    import pyarrow as pa
    import pyarrow.parquet as pq

    for name in frame.columns[len(schema) :]:
        plain = schema.field(name.partition("@")[0])
        metadata = {**plain.metadata, b"language": language_of(name).encode()}
        schema = schema.append(plain.with_name(name).with_nullable(True).with_metadata(metadata))
    written = frame.to_arrow(compat_level=pl.CompatLevel.oldest())
    pq.write_table(pa.table(written.columns, names=written.column_names).cast(schema), path)


def normalised(found: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """Normalise claim tables: no lists, and absolute IRIs instead of names.

    Parameters
    ----------
    found
        Claim tables by name.

    Returns
    -------
    dict of str to DataFrame
        For each table one of the same name, with the columns of single values; and for each other column
        a table ``TABLE.COLUMN`` with a row for each value: ``id``, the value, and for text its
        ``language``.
    """
    parts: dict[str, pl.DataFrame] = {}
    for table in TABLES:
        if table.name in found:
            parts |= _parts(table, found[table.name])
    return parts


def _parts(table: Table, frame: pl.DataFrame) -> dict[str, pl.DataFrame]:
    names = frame.select(_whole(frame["id"], table.base).alias("id"))
    if table.has_selector:
        names = names.with_columns(selector_of(pl.col("id")).alias(SELECTOR))
    one, many = [names], {}
    for column in table.columns[1:]:
        if column.kind == "type" and len(table.types) == 1:
            continue
        if column.many or column.kind == "text":
            many[f"{table.name}.{column.name}"] = _listed(table, column, frame, names["id"])
        else:
            values = _values(table, column, frame[column.name])
            one.append(values.rename(column.name).to_frame())
    return {table.name: pl.concat(one, how="horizontal"), **many}


def _listed(table: Table, column: Column, frame: pl.DataFrame, names: pl.Series) -> pl.DataFrame:
    """Explode a column: one row for each value."""
    found = []
    for name in frame.columns:
        if table.column(name) != column:
            continue
        lines = pl.DataFrame({"id": names, column.name: frame[name]})
        if column.many:
            lines = lines.explode(column.name)
        lines = lines.drop_nulls(column.name)
        lines = lines.with_columns(_values(table, column, lines[column.name]).alias(column.name))
        if column.kind == "text":
            lines = lines.with_columns(pl.lit(language_of(name)).alias(LANGUAGE))
        found.append(lines)
    return pl.concat(found)


def _values(table: Table, column: Column, values: pl.Series) -> pl.Series:
    if column.kind == "type":
        classes = values.unique().drop_nulls()
        return values.replace_strict(
            classes, [class_iri(name) for name in classes], return_dtype=pl.String, default=None
        )
    if column.is_resource:
        target = by_name(column.target) if column.kind == "link" else None
        return _whole(values, resource_base(column, table, target))
    return values.cast(pl.String)


def _whole(values: pl.Series, base: str) -> pl.Series:
    """Replace names by absolute IRIs."""
    distinct = values.unique().drop_nulls()
    iris = [iri_of(name, base) for name in distinct]
    return values.replace_strict(distinct, iris, return_dtype=pl.String, default=None)
