"""Reads a sheet that an analyst filled in: the valid rows, and the faults of the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl
from pyoxigraph import Quad

from testimonia.tables.batch_reader import ROW
from testimonia.tables.day_bounds import YEARS, expected_years
from testimonia.tables.inputs.manner import Manner
from testimonia.tables.sheets.base_iris import based, checked, seen_from
from testimonia.tables.sheets.cells import typed
from testimonia.tables.sheets.containers import Opened, Sheet, opened
from testimonia.tables.sheets.linking import LISTED, Links, described
from testimonia.tables.sheets.time_cells import bounds_of, is_odd

__all__ = ["Filled", "of_sheets", "read"]

_HEADER: Final = "a table with a valid header"


@dataclass(frozen=True)
class Filled:
    """The claim tables of a sheet.

    Attributes
    ----------
    tables
        By name, the valid rows, and the bounds made from dates.
    rejects
        Faults of the others: ``file``, ``sheet``, ``row`` as the analyst sees it,
        ``column``, ``value``, ``expected``. A row that depends on a rejected one is rejected too.
    read
        The number of rows, by file or sheet.
    rejected
        The number of rejected rows, by file or sheet.
    skipped
        Other files, sheets or comments, and why they were not read.
    notices
        How each file or sheet was read.
    """

    tables: dict[str, pl.DataFrame]
    rejects: pl.DataFrame
    read: dict[str, int]
    rejected: dict[str, int]
    skipped: dict[str, str]
    notices: dict[str, list[str]]


def read(
    path: Path,
    known: Iterable[Quad] = (),
    manner: Manner | None = None,
    base: str | None = None,
    prepared: Callable[[Opened], Opened] | None = None,
) -> Filled:
    """Read a directory of CSV or Parquet files, or a workbook, with one claim table each.

    Parameters
    ----------
    path
        The directory, or the ``.xlsx`` file.
    known
        Data that links may refer to.
    manner
        How to read the files; the defaults when left out.
    base
        Base IRI: if given, all names in the tables become absolute IRIs. When left out, names are
        unchanged, and mean IRIs of the project.
    prepared
        Converts columns that claim tables do not have into those that they have.

    Raises
    ------
    InputError
        It cannot be read at all (no claim table, not text, not well formed), or the base is not valid.
    """
    years = (manner or Manner()).years
    found = opened(path, manner)
    return of_sheets(prepared(found) if prepared else found, known, years, base)


def of_sheets(
    found: Opened,
    known: Iterable[Quad] = (),
    years: tuple[int, int] = YEARS,
    base: str | None = None,
) -> Filled:
    """Read claim tables from any source that has been opened.

    Parameters
    ----------
    found
        The tables.
    known
        Data that links may refer to.
    years
        The first and last year that dates may have.
    base
        Base IRI of names; that of the project when left out.

    Raises
    ------
    InputError
        The base is not valid.
    """
    base = checked(base) if base is not None else None
    sheets = {sheet.table.name: sheet for sheet in found.sheets}
    frames, faults = _typed(found.sheets, years)
    there = described(known)
    links = Links(frames, seen_from(there, base) if base else there)
    dated, made = _dated(links.dangling())
    undated = links.dangling().join(dated, on=["table", "row", "column", "value"], how="anti")
    odd = [*faults, links.repeated(), _of_odd_years(dated, years), links.expected_of(undated)]
    listed = _listed(odd, links)
    tables = _with_made(_fine(frames, listed, dated), made, dated, listed)
    tables = {name: frame for name, frame in tables.items() if frame.height}
    return Filled(
        based(tables, there, base) if base else tables,
        _rejects(listed, sheets),
        {sheet.shown: sheet.rows.height for sheet in found.sheets},
        {sheet.shown: _rejected(listed, sheet) for sheet in found.sheets},
        found.skipped | _comments(found.sheets),
        {sheet.shown: list(sheet.notices) for sheet in found.sheets if sheet.notices},
    )


def _typed(
    sheets: Iterable[Sheet], years: tuple[int, int]
) -> tuple[dict[str, pl.DataFrame], list[pl.DataFrame]]:
    """Parse the cells of all sheets, and collect their faults."""
    frames, faults = {}, []
    for sheet in sheets:
        name = sheet.table.name
        frame, odd = typed(sheet, years)
        faults.append(_of_table(name, odd))
        if odd["row"].null_count():
            faults.append(_of_table(name, _every_row(sheet)))
        if "id" in frame.columns:
            frames[name] = frame
    return frames, faults


def _listed(faults: Iterable[pl.DataFrame], links: Links) -> pl.DataFrame:
    """List the faults, one for each cell, followed by the rows that depend on rejected ones."""
    found = pl.concat(
        [pl.DataFrame(schema=LISTED), *(odd.select(LISTED.names()) for odd in faults)]
    )
    found = found.unique(["table", "row", "column"], keep="first", maintain_order=True)
    return pl.concat([found, links.dependent(found.drop_nulls("row"))])


def _of_table(name: str, found: pl.DataFrame) -> pl.DataFrame:
    return found.with_columns(pl.lit(name).alias("table"))


def _every_row(sheet: Sheet) -> pl.DataFrame:
    """Reject all rows: if the header is faulty, they may lack cells."""
    return sheet.rows.select(
        pl.col(ROW).alias("row"),
        pl.lit("").alias("column"),
        pl.lit(None, pl.String).alias("value"),
        pl.lit(_HEADER).alias("expected"),
    )


def _dated(dangling: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Make bounds from the dates among dangling links.

    Returns
    -------
    tuple
        The links that are dates, with the ``name`` of their bounds; and the bounds.
    """
    wanted = dangling.filter(pl.col("target") == "bounds")
    made = {value: bounds_of(value) for value in wanted["value"].unique(maintain_order=True)}
    rows = {value: row for value, row in made.items() if row is not None}
    names = pl.DataFrame(
        {"value": list(rows), "name": [row["id"].item() for row in rows.values()]},
        schema={"value": pl.String, "name": pl.String},
    )
    empty = pl.DataFrame(schema={"id": pl.String})
    bounds = pl.concat([empty, *rows.values()], how="diagonal").unique("id", maintain_order=True)
    return wanted.join(names, on="value", maintain_order="left"), bounds


def _of_odd_years(dated: pl.DataFrame, years: tuple[int, int]) -> pl.DataFrame:
    """List the links that are dates outside of the expected years."""
    odd = [value for value in dated["value"].unique() if is_odd(value, years)]
    return dated.filter(pl.col("value").is_in(odd)).select(
        "table", "row", "column", "value", pl.lit(expected_years(years)).alias("expected")
    )


def _fine(
    frames: Mapping[str, pl.DataFrame], listed: pl.DataFrame, dated: pl.DataFrame
) -> dict[str, pl.DataFrame]:
    """Keep the rows that are not rejected, and replace dates by the names of their bounds."""
    fine = {}
    for name, frame in frames.items():
        odd = listed.filter(pl.col("table") == name).select(pl.col("row").alias(ROW)).drop_nulls()
        kept = frame.join(odd, on=ROW, how="anti", maintain_order="left").drop(ROW)
        fine[name] = _named(kept, dated.filter(pl.col("table") == name))
    return fine


def _named(frame: pl.DataFrame, dated: pl.DataFrame) -> pl.DataFrame:
    for column in dated["column"].unique():
        pairs = dated.filter(pl.col("column") == column).select("value", "name").unique()
        old, new = pairs.get_columns()
        value = pl.col(column)
        if isinstance(frame.schema[column], pl.List):
            frame = frame.with_columns(value.list.eval(pl.element().replace(old, new)))
        else:
            frame = frame.with_columns(value.replace(old, new))
    return frame


def _with_made(
    fine: dict[str, pl.DataFrame], made: pl.DataFrame, dated: pl.DataFrame, listed: pl.DataFrame
) -> dict[str, pl.DataFrame]:
    """Add the bounds made from dates, if valid rows link to them."""
    used = dated.join(listed, on=["table", "row"], how="anti")
    made = made.join(used, left_on="id", right_on="name", how="semi", maintain_order="left")
    given = fine.get("bounds", made.clear())
    made = made.join(given, on="id", how="anti", maintain_order="left")
    return fine | {"bounds": pl.concat([given, made], how="diagonal_relaxed")}


def _rejects(listed: pl.DataFrame, sheets: Mapping[str, Sheet]) -> pl.DataFrame:
    order = {name: place for place, name in enumerate(sheets)}
    columns = pl.DataFrame(
        {
            "table": list(sheets),
            "file": [str(sheet.file) for sheet in sheets.values()],
            "sheet": [sheet.name for sheet in sheets.values()],
        },
        schema=dict.fromkeys(("table", "file", "sheet"), pl.String()),
    )
    return (
        listed.join(columns, on="table", how="left", maintain_order="left")
        .sort(pl.col("table").replace_strict(order, return_dtype=pl.Int64), "row", nulls_last=False)
        .select("file", "sheet", "row", "column", "value", "expected")
    )


def _rejected(listed: pl.DataFrame, sheet: Sheet) -> int:
    rows = listed.filter(pl.col("table") == sheet.table.name)["row"].drop_nulls()
    return rows.n_unique()


def _comments(sheets: Iterable[Sheet]) -> dict[str, str]:
    return {f"{sheet.comments} in {sheet.shown}": "comments" for sheet in sheets if sheet.comments}
