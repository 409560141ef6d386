"""Rows of claim tables with anything in their cells, for tests by properties."""

from __future__ import annotations

import io
from functools import partial
from typing import Any

import polars as pl
from hypothesis import strategies as st
from pyoxigraph import Quad, RdfFormat, parse

from testimonia.tables.columns import Column, Table
from testimonia.tables.schema import TABLES, by_name, frame_schema
from testimonia.tables.to_quads import QuadWriter

TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
LOCAL = st.one_of(
    st.sampled_from(["a", "b", "ucdp/Bria-1", "zürich", "x%20y", "a#record=1", "m@n:1"]),
    st.from_regex(r"[a-z0-9-]{1,6}", fullmatch=True),
)
WHOLE = st.sampled_from(["https://example.org/id/", "http://a/", "urn:x:"])
MOMENT = st.builds(
    "2026-{:02}-{:02}T{:02}:00:00{}".format,
    st.integers(1, 12),
    st.integers(1, 28),
    st.integers(0, 23),
    st.sampled_from(["Z", "+00:00", "+14:00", "-12:00"]),
)
ADDRESS = st.builds(
    "https://example.org/{}".format, st.from_regex(r"[a-z0-9?=&%üב,;.-]{0,9}", fullmatch=True)
)
DECIMAL = st.sampled_from(["1", "01.50", "-0.0", "34.5503", ".5", "5.", "+7"])


SPAN = (st.integers(0, 99), st.integers(100, 199))


def names(table: Table) -> st.SearchStrategy[str]:
    """Names of things of a table, short or whole, and of none of another table."""
    local = LOCAL
    if table.path == "document/":  # shared by documents, passages and records
        local = LOCAL.filter(lambda name: "#" not in name)
    if table.name == "passages":
        return st.builds("{}#char={},{}".format, local, *SPAN)
    if table.name == "records":
        return st.builds("{}#record={}".format, local, local)
    return st.one_of(local, st.builds(f"{{}}{table.name}/{{}}".format, WHOLE, local))


def cells(column: Column, table: Table) -> st.SearchStrategy[Any]:
    """Cells of a column, never empty."""
    plain: st.SearchStrategy[Any] = {
        "type": st.sampled_from(table.types),
        "link": names(by_name(column.target)) if column.kind == "link" else LOCAL,
        "code": LOCAL,
        "match": st.one_of(LOCAL, st.builds("{}other/{}".format, WHOLE, LOCAL)),
        "text": TEXT,
        "string": TEXT,
        "integer": st.integers(0, 10**17),
        "decimal": DECIMAL,
        "moment": MOMENT,
        "address": ADDRESS,
        "id": names(table),
    }[column.kind]
    if not column.many:
        return plain
    # As they are read: in order, each once.
    return st.lists(plain, min_size=1, max_size=3, unique=True).map(
        lambda values: sorted(values, key=lambda value: str(value).encode())
    )


@st.composite
def rows_of(draw: st.DrawFn, table: Table, most: int = 3) -> pl.DataFrame:
    """Make a frame of a table: names unique, required cells there, others there or empty."""
    ids = draw(st.lists(names(table), max_size=most, unique=True))
    rows = []
    for id_ in ids:
        row: dict[str, Any] = {"id": id_}
        for column in table.columns[1:]:
            cell = cells(column, table)
            row[column.name] = draw(cell if column.required else st.one_of(st.none(), cell))
        rows.append(row)
    return pl.DataFrame(rows, schema=frame_schema(table))


HOSTILE = (
    *('"', "\\", "\\n", "a\nb", "a\rb", "a\r\nb", "\t", " around ", "a,b", "a | b", "'", "''"),
    *("NA", "nan", "None", "null", "N/A", "#N/A", "007", "1e5", "TRUE", "{id}", "{{x}}", "${x}"),
    *("<b>", "&amp;", "\u202e", "\u200b", "\U0001f600", "e\u0301", "$(id)", "\\{", "%41", "@en"),
    *(
        "\x01",
        "\x7f",
        "\x85",
        "\u2028",
        "\ufeff",
        "_:b",
        "_x000D_",
        "^^xsd:int",
        ".",
        "..",
        "\\u0041",
    ),
)
"""Words that a writer or reader of tables or triples may stumble over."""


def hostile_rows() -> list[Quad]:
    """Rows of every table with every cell filled, and all of `HOSTILE` in each column of words."""
    stream = io.BytesIO()
    QuadWriter(stream).write(
        {
            table.name: pl.concat(map(partial(_hostile, table), range(len(HOSTILE))))
            for table in TABLES
        }
    )
    return list(parse(stream.getvalue(), RdfFormat.N_QUADS))


def _hostile(table: Table, number: int) -> pl.DataFrame:
    word, name = HOSTILE[number], f"ü-{number}"
    fragment = {"passages": f"#char={number},99", "records": f"#record={number}"}
    row: dict[str, Any] = {"id": name + fragment.get(table.name, "")}
    for column in table.columns[1:]:
        cell: Any = {
            "type": table.types[number % len(table.types)],
            "link": f"https://example.org/{name}#a" if number % 2 else f"x/{name}",
            "code": "killed",
            "match": name,
            "integer": number,
            "decimal": "01.50",
            "moment": "2026-03-03T00:00:00+14:00",
            "address": f"https://example.org/ü?q={number}&r='a,b'%22#x",
        }.get(column.kind, word)
        row[column.name] = [cell] if column.many else cell
    frame = pl.DataFrame([row], schema=frame_schema(table))
    words = [column.name for column in table.columns if column.kind == "text"]
    return frame.with_columns(pl.col(name).alias(f"{name}@sr-latn") for name in words)
