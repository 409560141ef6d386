"""The claim tables: what datasets are mapped to, what analysts fill in, and what a graph is seen as.

One definition, ``claim_tables.toml``, serves them all. Every column stands for one property of the
ontology, so that tables and graph can be turned into each other without loss.
"""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from testimonia.extras import require
from testimonia.tables.columns import Column, Table

if TYPE_CHECKING:
    import polars as pl
    import pyarrow as pa

__all__ = ["TABLES", "arrow_schema", "by_name", "frame_schema"]


def _read() -> tuple[Table, ...]:
    definition = files(__package__).joinpath("claim_tables.toml").read_text("utf-8")
    return tuple(map(_table, tomllib.loads(definition)["table"]))


def _table(told: dict[str, Any]) -> Table:
    columns = tuple(Column(**column) for column in told.pop("column"))
    types, beside = tuple(told.pop("types")), tuple(told.pop("beside", ()))
    return Table(columns=columns, types=types, beside=beside, **told)


TABLES: Final[tuple[Table, ...]] = _read()
"""All claim tables. Whatever a table links to mostly comes before it."""

_BY_NAME: Final = {table.name: table for table in TABLES}


def by_name(name: str) -> Table:
    """Find a claim table.

    Raises
    ------
    KeyError
        None has that name.
    """
    return _BY_NAME[name]


def frame_schema(table: Table) -> pl.Schema:
    """Give the Polars types of the columns of a table, in order.

    Examples
    --------
    >>> frame_schema(by_name("posts"))["body"]
    List(String)
    """
    import polars as pl

    types: dict[str, pl.DataType] = {}
    for column in table.columns:
        plain = pl.Int64() if column.kind == "integer" else pl.String()
        types[column.name] = pl.List(plain) if column.many else plain
    return pl.Schema(types)


def arrow_schema(table: Table) -> pa.Schema:
    """Give the Arrow schema of a table, with what each column means in its metadata.

    Raises
    ------
    ExtraMissing
        pyarrow is not installed.
    """
    require("frames", "pyarrow")
    import pyarrow as pa

    fields = []
    for column in table.columns:
        plain = pa.int64() if column.kind == "integer" else pa.large_string()
        told = {"description": column.description, "example": column.example, "kind": column.kind}
        if column.predicate:
            told["property"] = column.property_iri
        if column.target:
            told["target"] = column.target
        kind = pa.large_list(plain) if column.many else plain
        fields.append(pa.field(column.name, kind, nullable=not column.required, metadata=told))
    return pa.schema(fields, metadata={"title": table.name, "description": table.description})
