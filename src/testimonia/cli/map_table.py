"""``testimonia map table``, ``map describe`` and ``map schema``: tables by others, by description."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from testimonia.cli.map import InWorkbook, Mapping, OnSpark, Reading, map_source
from testimonia.cli.map_sheet import map_
from testimonia.cli.terminal import print_warning, write

__all__ = ["map_"]


@map_.command
def table(
    *files: str,
    as_: Annotated[str, Parameter(name="--as")],
    mapping: Mapping,
    names: Path | None = None,
    reading: Reading | None = None,
    in_workbook: InWorkbook | None = None,
    on_spark: OnSpark | None = None,
) -> int:
    """Map files of a table by others: CSV, Parquet or .xlsx, also compressed, by a description of it.

    Exits with 1 if more rows were rejected than are tolerated; the others are mapped nevertheless.

    Parameters
    ----------
    files
        The files.
    as_
        Description of the table, in YAML or TOML; or the name of one that comes with the library: acled,
        aid-workers, airwars, gtd, gun-violence-archive or hdx-casualties.
    names
        Table (CSV, Parquet or .xlsx) with the columns name and id, and perhaps label and type: which
        names in the cells mean the same agent.
    """
    from testimonia.tables.descriptions.agent_names import NameTable, read_names
    from testimonia.tables.descriptions.described_source import source_of
    from testimonia.tables.descriptions.description_reader import read_description

    reading, in_workbook = reading or Reading(), in_workbook or InWorkbook()
    description = read_description(as_)
    form = description.file
    manner = replace(
        reading,
        encoding=reading.encoding or form.encoding or None,
        separator=reading.separator or form.separator or None,
    ).manner(in_workbook.sheet or form.sheet or None, merged=in_workbook.merged or form.merged)
    return map_source(
        lambda: source_of(description, NameTable() if names is None else read_names(names)),
        files,
        mapping,
        manner,
        on_spark or OnSpark(),
        is_read_otherwise=reading != Reading() or in_workbook != InWorkbook(),
    )


@map_.command
def describe(
    file: Path,
    /,
    *,
    output: Annotated[Path | None, Parameter(alias="-o")] = None,
    sheet: str | None = None,
    reading: Reading | None = None,
) -> int:
    """Draft the description of a table, for --as of map table: YAML, to be completed by hand.

    What has to be decided is in comments at its top. HXL tags are used where there are any.

    Parameters
    ----------
    file
        CSV, Parquet or .xlsx, also compressed.
    output
        File for the draft; standard output when left out.
    sheet
        Sheet of a workbook; the one with tags or the most rows when left out.
    """
    from testimonia.outputs import refuse_overwriting, replacing
    from testimonia.tables.descriptions.first_draft import draft_description

    manner = (reading or Reading()).manner(sheet)
    drafted = draft_description(file, manner)
    for notice in manner.notices:
        print_warning(f"{file}: {notice}")
    if output is None:
        write(drafted)
        return 0
    refuse_overwriting([output], [file])
    with replacing(output) as target:
        target.write_text(drafted, encoding="utf-8")
    return 0


@map_.command
def schema() -> int:
    """Print the JSON Schema of descriptions of tables, for editors."""
    from testimonia.tables.descriptions.description_schema import description_schema

    write(json.dumps(description_schema(), indent=2) + "\n")
    return 0
