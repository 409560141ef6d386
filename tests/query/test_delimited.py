"""CSV and TSV are read back equal by what people read them with: csv, pandas, Polars and DuckDB."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from functools import cache
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pytest
from expected_tables import CASES, dataset_of
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    QueryResultsFormat,
    QuerySolutions,
    Store,
    Triple,
    parse_query_results,
)

from testimonia.query import delimited
from testimonia.query.results import Results
from testimonia.values import Term

XSD = "http://www.w3.org/2001/XMLSchema#"

Table = tuple[list[str], list[list[str]]]
"""Names of columns, and rows in which an unbound variable and an empty string are the same."""


def with_csv(path: Path) -> Table:
    with path.open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file, strict=True)
    return head, rows


def with_pandas(path: Path) -> Table:
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    return list(frame.columns), frame.to_numpy().tolist()


def with_polars(path: Path) -> Table:
    frame = pl.read_csv(path, infer_schema=False)
    rows = [["" if cell is None else cell for cell in row] for row in frame.iter_rows()]
    return frame.columns, rows


def with_duckdb(path: Path) -> Table:
    found = duckdb.sql(f"FROM read_csv('{path}', all_varchar = true, header = true)")
    rows = [["" if cell is None else cell for cell in row] for row in found.fetchall()]
    return found.columns, rows


READERS = [with_csv, with_pandas, with_polars, with_duckdb]


def text(term: Term | None) -> str:
    if term is None:
        return ""
    return term.value if isinstance(term, NamedNode | Literal) else str(term)


def as_read(variables: tuple[str, ...], rows: list[tuple[Term | None, ...]]) -> Table:
    return list(variables), [[text(term) for term in row] for row in rows]


@cache
def answer_of(case: str) -> Results:
    name = case.partition(".")[0]
    answer = dataset_of(name).ask(name, **CASES[case])
    assert isinstance(answer, Results)
    return answer


@pytest.mark.slow
@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize("case", CASES)
def test_every_question_is_read_back(
    tmp_path: Path, case: str, read: Callable[[Path], Table]
) -> None:
    answer = answer_of(case)
    assert len(answer) > 0
    path = tmp_path / "answer.csv"
    path.write_bytes(answer.to_csv().encode())
    assert read(path) == as_read(answer.variables, answer.terms)


@pytest.mark.parametrize("case", CASES)
def test_duckdb_finds_the_header_of_every_question_by_itself(tmp_path: Path, case: str) -> None:
    answer = answer_of(case)
    path = tmp_path / "answer.csv"
    path.write_bytes(answer.to_csv().encode())
    found = duckdb.sql(f"FROM read_csv('{path}', all_varchar = true)")
    assert found.columns == list(answer.variables)
    assert len(found.fetchall()) == len(answer)


HOSTILE = [
    'She said "no"',
    '"',
    "a,b",
    ",",
    "two\nlines",
    "two\r\nlines",
    "carriage\rreturn",
    "\n",
    "tab\tstop",
    "=1+1",
    "-1",
    "+1",
    "@SUM(A1)",
    "Дамаск تدمر 帕爾米拉 é e\u0301",
    "",
    " both ends ",
    "\u00a0no-break\u00a0",
    "# no comment",
    "a;b",
    "a|b",
    "it's",
    "back\\slash",
    "back\\",
    "NA",
    "null",
    "None",
    "True",
    "007",
    "1e5",
    "2025-12-13",
    "\u2028line separator",
    "\ufeffmark",
]


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize("position", ["first", "last", "only"])
def test_hostile_values_are_read_back(
    tmp_path: Path, position: str, read: Callable[[Path], Table]
) -> None:
    plain = NamedNode("http://a.example/document#char=14,16")
    values = [*map(Literal, HOSTILE), None, Literal("Ende", language="de"), plain]
    rows: list[tuple[Term | None, ...]] = [
        {"first": (value, plain), "last": (plain, value), "only": (value,)}[position]
        for value in values
    ]
    names = ("a", "b")[: len(rows[0])]
    path = tmp_path / "answer.csv"
    path.write_bytes("".join(delimited.csv(names, rows)).encode())
    assert read(path) == as_read(names, rows)


@given(st.lists(st.lists(st.none() | st.text(st.characters(codec="utf-8"))), max_size=5))
def test_any_text_is_read_back(values: list[list[str | None]]) -> None:
    width = max(map(len, values), default=0) or 1
    rows = [[*row, *[None] * (width - len(row))] for row in values]
    names = [f"v{index}" for index in range(width)]
    terms = [tuple(None if cell is None else Literal(cell) for cell in row) for row in rows]
    written = "".join(delimited.csv(names, terms))
    head, *read = csv.reader(io.StringIO(written, newline=""), strict=True)
    assert head == names
    assert read == [[cell or "" for cell in row] for row in rows]
    solutions = parse_query_results("".join(delimited.tsv(names, terms)), QueryResultsFormat.TSV)
    assert isinstance(solutions, QuerySolutions)
    assert [tuple(solution) for solution in solutions] == terms


def test_empty_strings_are_not_unbound() -> None:
    rows = [(Literal(""), None, Literal("x")), (None, None, None)]
    assert "".join(delimited.csv(["a", "b", "c"], rows)) == 'a,b,c\r\n"",,x\r\n,,\r\n'
    assert "".join(delimited.csv(["a"], [(None,), (Literal("x"),)])) == 'a\r\n""\r\nx\r\n'


def test_only_what_misleads_is_quoted() -> None:
    row = (NamedNode("http://a.example/x?y=1#z"), Literal("plain words"), BlankNode("b"))
    written = "".join(delimited.csv(["a", "b", "c"], [row]))
    assert written == "a,b,c\r\nhttp://a.example/x?y=1#z,plain words,_:b\r\n"


def test_triple_terms_hold_commas_too() -> None:
    triple = Triple(NamedNode("urn:a"), NamedNode("urn:b"), Literal("c, d"))
    assert "".join(delimited.csv(["t"], [(triple,)])) == (
        't\r\n"<<( <urn:a> <urn:b> ""c, d"" )>>"\r\n'
    )


def test_tsv_is_as_oxigraph_writes_it() -> None:
    typed = [
        Literal("1", datatype=NamedNode(XSD + "integer")),
        Literal("-1.5", datatype=NamedNode(XSD + "decimal")),
        Literal("1.5e0", datatype=NamedNode(XSD + "double")),
        Literal("true", datatype=NamedNode(XSD + "boolean")),
        Literal("one", datatype=NamedNode(XSD + "integer")),
        Literal("b", language="en"),
        NamedNode("http://a.example/text#char=1,2"),
    ]
    terms = [*map(Literal, HOSTILE), *typed]
    values = " ".join(map(str, terms))
    query = f"SELECT ?x ?y {{ VALUES ?x {{ {values} }} }}"
    rows = [tuple(solution) for solution in Store().query(query)]  # type: ignore[union-attr]
    oxigraph = Store().query(query)
    assert isinstance(oxigraph, QuerySolutions)
    expected = (oxigraph.serialize(format=QueryResultsFormat.TSV) or b"").decode()
    assert "".join(delimited.tsv(["x", "y"], rows)) == expected
