"""What mappers read in the benchmark of mapping: claim tables, normalised tables, OTTR templates."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from testimonia.tables.batch_reader import batches
from testimonia.tables.columns import class_iri
from testimonia.tables.schema import TABLES, by_name, frame_schema
from testimonia.tables.sheets.exporting import LANGUAGE, normalised
from testimonia.tables.sources import find

DOCUMENT = "ucdp-ged-benchmark"
XSD = "http://www.w3.org/2001/XMLSchema#"


def claim_tables(path: Path) -> dict[str, pl.DataFrame]:
    """Map a table of rows, and put the batches together, everything once."""
    found: dict[str, list[pl.DataFrame]] = {}
    source = find("ucdp-ged")
    parts = [source.shared, *(source.map(batch, DOCUMENT).tables for batch in batches(path))]
    for tables in parts:
        for name, frame in tables.items():
            found.setdefault(name, []).append(frame)
    return {
        name: pl.concat(
            [pl.DataFrame(schema=frame_schema(by_name(name))), *frames], how="diagonal_relaxed"
        ).unique(maintain_order=True)
        for name, frames in found.items()
    }


def prepare(tables: dict[str, pl.DataFrame], folder: Path) -> None:
    """Write what each engine reads."""
    for part in ("parquet", "csv", "ottr"):
        (folder / part).mkdir(parents=True)
    for name, frame in tables.items():
        frame.write_parquet(folder / "parquet" / f"{name}.parquet")
    # The mapping names every file, those without rows as well.
    empty = {table.name: pl.DataFrame(schema=frame_schema(table)) for table in TABLES}
    for name, frame in normalised(empty | tables).items():
        frame.write_csv(folder / "csv" / f"{name}.csv")
        if frame.height:
            write_template(name, frame, folder / "ottr")


def write_template(part: str, frame: pl.DataFrame, folder: Path) -> None:
    """Write a normalised table as maplib takes it, and the OTTR template for it."""
    name, _, listed = part.partition(".")
    table = by_name(name)
    stem = part.replace(".", "_")
    parameters, triples, columns = ["ottr:IRI ?id"], [], [pl.col("id")]
    if not listed and len(table.types) == 1:
        triples.append(f"ottr:Triple(?id, rdf:type, <{class_iri(table.types[0])}>)")
    for column in table.columns[1:]:
        if listed not in ("", column.name) or column.name not in frame.columns:
            continue
        if frame[column.name].null_count() == frame.height:
            continue
        value = pl.col(column.name)
        kind = "ottr:IRI" if column.is_resource else "xsd:string"
        if column.kind == "text":
            kind = "rdf:langString"
            full = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#langString>"
            value = pl.struct(value.alias(full), pl.col(LANGUAGE).alias("l")).alias(column.name)
        elif column.kind == "integer":
            kind, value = "xsd:nonNegativeInteger", value.cast(pl.UInt64)
        elif column.kind == "decimal":
            kind, value = "xsd:decimal", value.cast(pl.Decimal(38, 12))
        elif column.kind == "moment":
            kind = "xsd:dateTimeStamp"
            value = value.str.to_datetime("%Y-%m-%dT%H:%M:%S%z", time_zone="UTC", time_unit="us")
        parameters.append(f"? {kind} ?{column.name}")
        triples.append(f"ottr:Triple(?id, <{column.property_iri}>, ?{column.name})")
        columns.append(value)
    if triples:
        frame.select(columns).write_parquet(folder / f"{stem}.parquet")
        (folder / f"{stem}.ottr").write_text(
            "@prefix t: <https://example.org/templates#> .\n@prefix xsd: <" + XSD + "> .\n"
            "@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .\n"
            f"t:{stem} [{', '.join(parameters)}] :: {{ {', '.join(triples)} }} .\n"
        )


def class_of(name: str) -> str:
    """Write a class in full."""
    from testimonia.tables.columns import class_iri

    return f"<{class_iri(name)}>"
