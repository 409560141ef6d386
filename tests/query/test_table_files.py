"""Workbooks and Parquet are read back by the programs that people open them with, value by value."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import duckdb
import openpyxl
import pandas
import polars
import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from testimonia.errors import InputError
from testimonia.namespaces import PREFIXES
from testimonia.query import table_files
from testimonia.values import Term

XSD = PREFIXES["xsd"]
NAMES = ("thing", "words", "number", "exact", "time", "sure")


def typed(text: str, name: str) -> Literal:
    return Literal(text, datatype=NamedNode(XSD + name))


ROWS: list[tuple[Term | None, ...]] = [
    (
        NamedNode("https://example.org/a,b"),
        Literal("=1+1"),
        typed("12", "integer"),
        typed("0.5", "decimal"),
        typed("2025-12-13T10:00:00+03:00", "dateTime"),
        typed("true", "boolean"),
    ),
    (
        NamedNode("https://example.org/c"),
        Literal("قُتل", language="ar"),
        None,
        typed("1.25", "decimal"),
        typed("2025-12-14T00:00:00+03:00", "dateTime"),
        typed("false", "boolean"),
    ),
    (None, Literal(""), typed("-3", "integer"), None, None, None),
]


def workbook() -> io.BytesIO:
    stream = io.BytesIO()
    table_files.xlsx(NAMES, ROWS, stream)
    return stream


def parquet() -> io.BytesIO:
    stream = io.BytesIO()
    table_files.parquet(NAMES, ROWS, stream)
    stream.seek(0)
    return stream


def test_a_workbook_in_openpyxl_and_pandas() -> None:
    (sheet,) = openpyxl.load_workbook(workbook()).worksheets
    header, first, second, third = sheet.iter_rows(values_only=True)
    assert header == NAMES
    assert first == (
        "https://example.org/a,b",
        "=1+1",
        12,
        0.5,
        "2025-12-13T10:00:00+03:00",
        True,
    )
    # A text, which no spreadsheet computes.
    assert sheet["B2"].data_type == "s"
    assert sheet["A2"].hyperlink is None
    assert second[1:4] == ("قُتل", None, 1.25)
    assert third[2] == -3
    frame = pandas.read_excel(workbook(), engine="openpyxl")
    assert list(frame["number"].dropna()) == [12, -3]
    assert list(frame["sure"].dropna()) == [True, False]


def test_parquet_in_pandas_polars_and_duckdb(tmp_path: Path) -> None:
    frame = pandas.read_parquet(parquet())
    assert list(frame["thing"].dropna()) == ["https://example.org/a,b", "https://example.org/c"]
    assert frame["time"].dt.day.dropna().tolist() == [13, 14]
    table = polars.read_parquet(parquet())
    assert table["number"].to_list() == [12, None, -3]
    assert table["words"].to_list() == ["=1+1", "قُتل", ""]
    assert table["sure"].to_list() == [True, False, None]
    path = tmp_path / "answer.parquet"
    path.write_bytes(parquet().getvalue())
    query = f"SELECT sum(number), sum(exact), count(time) FROM '{path}'"  # noqa: S608
    (found,) = duckdb.sql(query).fetchall()
    assert [float(each) for each in found] == [9, 1.75, 2]


def test_the_same_rows_give_the_same_bytes() -> None:
    assert workbook().getvalue() == workbook().getvalue()
    assert parquet().getvalue() == parquet().getvalue()


def test_what_a_spreadsheet_cannot_hold_as_a_number_stays_text() -> None:
    large = 2**53 + 1
    terms: list[Term] = [
        typed(str(large), "integer"),
        typed("0.1000000000000000055", "decimal"),
        typed("INF", "double"),
        typed("NaN", "double"),
        typed("twelve", "integer"),
        BlankNode("b"),
        Triple(NamedNode("x:s"), NamedNode("x:p"), Literal("o")),
    ]
    stream = io.BytesIO()
    table_files.xlsx([f"c{n}" for n, _ in enumerate(terms)], [tuple(terms)], stream)
    cells = [cell.value for cell in openpyxl.load_workbook(stream).worksheets[0][2]]
    assert cells[:5] == [str(large), "0.1000000000000000055", "INF", "NaN", "twelve"]
    assert all(isinstance(cell, str) and cell for cell in cells)


def test_what_a_sheet_cannot_hold_is_refused() -> None:
    stream = io.BytesIO()
    with pytest.raises(
        InputError, match=r"row 1 has a text of more than 32,767 characters"
    ) as told:
        table_files.xlsx(["a"], [(Literal("x" * 32_768),)], stream)
    assert told.value.hint == "Choose CSV or Parquet."
    with pytest.raises(InputError, match=r"more rows than a sheet can have \(1,048,576\)"):
        table_files.xlsx(["a"], [(None,)] * 1_048_576, stream)
    assert stream.getvalue() == b""
    table_files.xlsx(["a"], [(Literal("x" * 32_767),)], stream)
    assert openpyxl.load_workbook(stream).worksheets[0]["A2"].value == "x" * 32_767


def test_loading_starts_no_thread() -> None:
    script = """
import os
from testimonia.query import table_files
before = dict(os.environ)
table_files.load()
assert dict(os.environ) == before
print(len(os.listdir("/proc/self/task")))
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout == "1\n"
