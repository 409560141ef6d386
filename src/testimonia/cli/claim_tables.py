"""``testimonia tables``: the data as claim tables, in files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from testimonia.cli.options import Data, open_dataset
from testimonia.cli.terminal import visible, write

__all__ = ["tables"]


def tables(
    *,
    output: Annotated[Path, Parameter(alias="-o")],
    format: Literal["csv", "parquet", "xlsx", "normalised"] = "csv",  # noqa: A002
    data: Data | None = None,
) -> None:
    """Write the data as claim tables: documents, agents, events, propositions, claims and so on.

    Statements that fit no table are written to rest.nq beside them.

    Parameters
    ----------
    output
        A new or empty directory; for xlsx the file.
    format
        CSV; Parquet, with what each column means in its metadata; one workbook; or CSV normalised, as
        the published RML mapping reads it: whole IRIs, and a file for each column that holds lists.
    """
    from testimonia.tables.sheets.exporting import rest_of

    written = [output, rest_of(output)] if format == "xlsx" else [output]
    found = open_dataset(data, *written).write_tables(output, format=format)
    lines = [f"{frame.height:>12,} {name}" for name, frame in found.items() if frame.height]
    if found.rest:
        lines.append(f"{len(found.rest):>12,} statements that fit no table, in rest.nq")
    write(f"{visible(str(output))}\n" + "\n".join(lines) + "\n")
