"""Finds dangling links, duplicate names, and rows that depend on rejected ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import polars as pl
from pyoxigraph import NamedNode, Quad

from testimonia.namespaces import RDF
from testimonia.suggestions import nearest
from testimonia.tables.batch_reader import ROW
from testimonia.tables.cell_checks import FAULTS
from testimonia.tables.cell_terms import iri_of
from testimonia.tables.columns import Table, class_iri
from testimonia.tables.schema import TABLES, by_name

__all__ = ["LISTED", "Links", "described"]

LISTED: Final = pl.Schema([("table", pl.String()), *FAULTS.items()])
"""The columns of a list of faults in several tables."""

_COMPARED: Final = 20_000
"""Maximum number of names to search for similar ones."""

Frames = Mapping[str, pl.DataFrame]


def described(quads: Iterable[Quad]) -> dict[str, set[str]]:
    """List the IRIs of the things that data describe, by table."""
    tables = {class_iri(name): table.name for table in TABLES for name in table.types}
    rdf_type = RDF.type
    found: dict[str, set[str]] = {table.name: set() for table in TABLES}
    for quad in quads:
        if quad.predicate == rdf_type and isinstance(quad.object, NamedNode):
            table = tables.get(quad.object.value)
            if table is not None and isinstance(quad.subject, NamedNode):
                found[table].add(quad.subject.value)
    return found


class Links:
    """The names of rows of claim tables, and the links between them.

    Parameters
    ----------
    frames
        Claim tables by name, with their rows numbered in the column `ROW`.
    known
        IRIs of things that are described elsewhere, by table.

    Attributes
    ----------
    names
        ``table``, ``row``, ``value`` and ``iri`` of each row that has a name.
    links
        ``table``, ``row``, ``column``, ``value``, ``target`` and ``iri`` of each link.
    """

    def __init__(self, frames: Frames, known: Mapping[str, set[str]]) -> None:
        self.names = _stacked(
            (_cells(frames, table.name, "id", table, "") for table in TABLES), "target"
        )
        self.links = _stacked(
            _cells(frames, table.name, column.name, by_name(column.target), column.name)
            for table in TABLES
            for column in table.columns
            if column.kind == "link"
        )
        self._outside = _outside(known)

    def repeated(self) -> pl.DataFrame:
        """List the rows with the same name as another row, in any table."""
        twice = self.names.filter(pl.col("iri").is_duplicated())
        others = twice.group_by("iri").agg(where=pl.format("{} {}", "table", "row"))
        expected = pl.format(
            "a unique name: these rows have it: {}", pl.col("where").list.sort().list.join(", ")
        )
        return twice.join(others, on="iri").select(
            "table", "row", pl.lit("id").alias("column"), "value", expected.alias("expected")
        )

    def dangling(self) -> pl.DataFrame:
        """List the dangling links: ``table``, ``row``, ``column``, ``value``, ``target``, ``iri``."""
        there = pl.concat([self.names.select("iri", target="table"), self._outside]).unique()
        return self.links.join(there, on=["iri", "target"], how="anti", maintain_order="left")

    def expected_of(self, dangling: pl.DataFrame) -> pl.DataFrame:
        """Describe what dangling links need, with similar names."""
        by_table = {
            str(table): rows["value"].to_list()
            for (table,), rows in self.names.group_by("table", maintain_order=True)
        }
        said = {
            (value, target): _needs(value, target, by_table.get(target, []))
            for value, target in dangling.select("value", "target").unique().iter_rows()
        }
        expected = [said[pair] for pair in dangling.select("value", "target").iter_rows()]
        return dangling.select("table", "row", "column", "value").with_columns(
            pl.Series("expected", expected, pl.String)
        )

    def dependent(self, rejected: pl.DataFrame) -> pl.DataFrame:
        """List the rows that depend on rejected ones, directly or not.

        Parameters
        ----------
        rejected
            ``table`` and ``row`` of rejected rows.
        """
        inside = self.links.join(self._outside, on=["iri", "target"], how="anti").join(
            self.names.select("iri", target="table", of="row"), on=["iri", "target"]
        )
        gone, found = rejected.select("table", "row").unique(), []
        last = gone
        while last.height:
            on_gone = inside.join(
                last.select(target="table", of="row"), on=["target", "of"], how="semi"
            ).join(gone, on=["table", "row"], how="anti")
            expected = pl.format(
                "a row that is not rejected: row {} of {} is", pl.col("of"), pl.col("target")
            )
            found.append(
                on_gone.unique(["table", "row"], keep="first", maintain_order=True).select(
                    "table", "row", "column", "value", expected.alias("expected")
                )
            )
            last = found[-1].select("table", "row")
            gone = pl.concat([gone, last])
        return pl.concat([pl.DataFrame(schema=LISTED), *found])


def _outside(known: Mapping[str, set[str]]) -> pl.DataFrame:
    pairs = [(iri, table) for table, iris in known.items() for iri in sorted(iris)]
    return pl.DataFrame(pairs, schema={"iri": pl.String, "target": pl.String}, orient="row")


def _needs(value: str, target: str, names: list[str]) -> str:
    article = f"the id of a row of {target}"
    if target == "bounds":
        article += ", or a date in EDTF such as 2026-03-03 or 2026-03-03T10:30:00+01:00"
    near = nearest(value, names, most=1, similarity=0.75) if len(names) <= _COMPARED else []
    return f"{article}; is it {near[0]!r}?" if near else article


def _cells(frames: Frames, name: str, column: str, target: Table, shown: str) -> pl.DataFrame:
    """Return the values of a column of names, one row for each, with their IRIs."""
    frame = frames.get(name)
    schema = {**dict.fromkeys(("table", "column", "value", "target", "iri"), pl.String())}
    empty = pl.DataFrame(schema={"table": pl.String(), "row": pl.Int64(), **schema})
    if frame is None or column not in frame.columns:
        return empty
    values = frame.select(pl.col(ROW).alias("row"), pl.col(column).alias("value"))
    if isinstance(values.schema["value"], pl.List):
        values = values.explode("value")
    if values.schema["value"] != pl.String:
        return empty
    values = values.drop_nulls("value")
    distinct = values["value"].unique()
    iris = pl.DataFrame(
        {"value": distinct, "iri": [iri_of(value, target.base) for value in distinct]},
        schema={"value": pl.String, "iri": pl.String},
    )
    return values.join(iris, on="value", how="left", maintain_order="left").select(
        pl.lit(name).alias("table"),
        "row",
        pl.lit(shown).alias("column"),
        "value",
        pl.lit(target.name).alias("target"),
        "iri",
    )


def _stacked(frames: Iterable[pl.DataFrame], *dropped: str) -> pl.DataFrame:
    return pl.concat(list(frames)).drop(dropped)
