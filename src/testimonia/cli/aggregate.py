"""``testimonia aggregate``: aggregates of more claims than fit in one store."""

from __future__ import annotations

from typing import Annotated, Literal

from cyclopts import Parameter

from testimonia.cli.terminal import visible, write

__all__ = ["aggregate"]


def aggregate(
    name: Literal["confirmations", "origins", "totals"],
    /,
    *folders: str,
    output: Annotated[str, Parameter(alias="-o")],
    format: Literal["parquet", "csv"] = "parquet",  # noqa: A002
    master: str | None = None,
) -> None:
    """Aggregate claims on Apache Spark, from Parquet claim tables.

    Confirmations lists the official bodies that confirm each casualty figure, origins the parties that
    are its sources, totals what each party counts by year. The results are those of the rules and
    questions for the same claims in one store.

    Parameters
    ----------
    name
        What to compute.
    folders
        Folders of claim tables, from testimonia tables --format parquet or testimonia map --engine
        spark --format parquet; any paths that Spark can read. They are combined.
    output
        A new folder.
    format
        Format of the output.
    master
        Spark master, such as local[2] or spark://host:7077; the configured one when left out.
    """
    from testimonia.errors import InputError
    from testimonia.tables.spark import aggregates

    if not folders:
        raise InputError("no folder is given", hint="Give the folders of the claim tables.")
    count = aggregates.aggregate(name, folders, output, form=format, master=master)
    write(f"{visible(output)}: {count:,} rows\n")
