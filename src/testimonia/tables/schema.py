"""The schema of the claim tables.

Datasets are mapped to them, analysts fill them in, and graphs are exported to them. There is one
definition, ``claim_tables.toml``. Every column corresponds to one property of the ontology, so that
tables and graphs can be converted to each other without loss.
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


def _table(definition: dict[str, Any]) -> Table:
    columns = tuple(Column(**column) for column in definition.pop("column"))
    types, beside = tuple(definition.pop("types")), tuple(definition.pop("beside", ()))
    return Table(columns=columns, types=types, beside=beside, **definition)


TABLES: Final[tuple[Table, ...]] = _read()
"""All claim tables. A table mostly comes after those it links to."""

_BY_NAME: Final = {table.name: table for table in TABLES}


def by_name(name: str) -> Table:
    """Find a claim table.

    Raises
    ------
    KeyError
        There is no such table.
    """
    return _BY_NAME[name]


def frame_schema(table: Table) -> pl.Schema:
    """Return the Polars schema of a table.

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
    """Return the Arrow schema of a table, with descriptions of columns in its metadata.

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
        metadata = {
            "description": column.description,
            "example": column.example,
            "kind": column.kind,
        }
        if column.predicate:
            metadata["property"] = column.property_iri
        if column.target:
            metadata["target"] = column.target
        kind = pa.large_list(plain) if column.many else plain
        fields.append(pa.field(column.name, kind, nullable=not column.required, metadata=metadata))
    return pa.schema(fields, metadata={"title": table.name, "description": table.description})
