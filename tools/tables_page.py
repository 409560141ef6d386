"""Writes the reference page of the claim tables, from their definition."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from testimonia.tables.cell_format import COMMENT, SEPARATOR
from testimonia.tables.columns import Column, Table
from testimonia.tables.schema import TABLES

__all__ = ["page"]

_HOLDS: Final = {
    "id": "a name",
    "match": "an item of Wikidata, such as Q739, or an IRI",
    "text": "words",
    "string": "characters as they are",
    "integer": "a whole number",
    "decimal": "a number with a point",
    "moment": "a date and time with its offset from UTC",
    "address": "an address on the web",
}
_INTRODUCTION: Final = f"""\
These tables hold all that the model can express about an incident. `testimonia map` fills them from datasets,
`testimonia map sheet` takes them from an analyst, `testimonia tables` writes them as CSV, Parquet or a
workbook, and `dataset.tables()` gives them as data frames. Each column is one property.

- **A name** stands for an IRI: the base of the table, then the name. A cell may hold a whole IRI instead.
- **A list** has `{SEPARATOR.strip()}` between its values in CSV and workbooks, and is a list in Parquet
  and data frames.
- **An empty cell** is unknown. A zero is a claim that there were none.
- **Words** are English. Those in another language stand in a further column, such as `label@ar`.
- **A row** that begins with `{COMMENT}` is a comment, and so is a column whose header does.

The same as [CSV on the Web metadata](../../mappings/claim-tables/csvw-metadata.json), and as
[an RML mapping](../../mappings/claim-tables.rml.ttl).
"""


def page(banner: str) -> str:
    """Write the page.

    Parameters
    ----------
    banner
        The comment that says that it is generated.
    """
    lines = ["# The claim tables", "", banner, _INTRODUCTION]
    for table in TABLES:
        lines += [*_table(table), ""]
    return "\n".join(lines)


def _table(table: Table) -> Iterator[str]:
    yield f"## {table.name}"
    yield ""
    yield table.description
    yield ""
    yield f"- Names begin with `{table.base}`"
    kinds = ", ".join(f"`{name}`" for name in table.types)
    yield f"- A row is {'one of' if len(table.types) > 1 else 'a'} {kinds}"
    if table.beside:
        yield f"- and may be beside that {', '.join(f'`{name}`' for name in table.beside)}"
    yield ""
    yield "| Column | Holds | Meaning | Example | Property |"
    yield "|---|---|---|---|---|"
    for column in table.columns:
        cells = (
            f"`{column.name}`" + (" (required)" if column.required else ""),
            _holds(column),
            column.description,
            f"`{column.example}`",
            f"`{column.predicate}`" if column.predicate else "",
        )
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _holds(column: Column) -> str:
    if column.kind == "link":
        held = f"a name of [{column.target}](#{column.target})"
    elif column.kind == "code":
        held = f"a code of [{column.target}](codes.md)"
    elif column.kind == "type":
        held = "a class"
    else:
        held = _HOLDS[column.kind]
    if column.target == "bounds":
        held += ", or a date"
    return f"a list: each {held}" if column.many else held
