"""``testimonia aggregate``: what follows from claims too many for one store."""

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

    Confirmations are the official bodies that confirm each casualty figure, origins the parties that
    stand behind it, totals what each party counts by year. They are what the rules and questions give
    over the same claims in one store.

    Parameters
    ----------
    name
        What to work out.
    folders
        Claim tables, as testimonia tables --format parquet and testimonia map --engine spark --format
        parquet write them; any path that Spark knows. They are taken together.
    output
        A new folder.
    format
        What it is to hold.
    master
        Where Spark runs, such as local[2] or spark://host:7077; as Spark is configured when left out.
    """
    from testimonia.errors import InputError
    from testimonia.tables.spark import aggregates

    if not folders:
        raise InputError("no folder is given", hint="Name the folders of the claim tables.")
    count = aggregates.aggregate(name, folders, output, form=format, master=master)
    write(f"{visible(output)}: {count:,} rows\n")
