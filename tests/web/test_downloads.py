"""Answers as files: a workbook and Parquet say what CSV says, in the programs that people open them with."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import duckdb
import httpx
import openpyxl
import palmyra
import pandas
import polars
import pytest
from endpoints import Running, endpoint

QUESTION = "questions/figures-by-claimant"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    files = map(str, palmyra.FILES)
    with endpoint(tmp_path_factory.mktemp("endpoint"), *files) as running:
        yield running


def downloaded(server: Running, suffix: str, **parameters: str) -> httpx.Response:
    answer = httpx.get(f"{server.root}{QUESTION}.{suffix}", params=parameters, timeout=60)
    assert answer.status_code == 200
    return answer


def test_a_workbook_says_what_csv_says(server: Running) -> None:
    csv = pandas.read_csv(io.BytesIO(downloaded(server, "csv").content))
    answer = downloaded(server, "xlsx")
    assert answer.headers["content-type"].endswith("spreadsheetml.sheet")
    disposition = 'attachment; filename="figures-by-claimant.xlsx"'
    assert answer.headers["content-disposition"] == disposition
    sheet = pandas.read_excel(io.BytesIO(answer.content), engine="openpyxl")
    assert list(sheet.columns) == list(csv.columns)
    for name in ("claimant", "harm", "lower", "upper", "claim"):
        assert sheet[name].dropna().tolist() == csv[name].dropna().tolist(), name
    (read,) = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets
    assert read.max_row == len(csv) + 1


def test_parquet_says_what_csv_says(server: Running, tmp_path: Path) -> None:
    csv = polars.read_csv(downloaded(server, "csv").content)
    answer = downloaded(server, "parquet")
    table = polars.read_parquet(io.BytesIO(answer.content))
    assert table.columns == csv.columns
    for name in ("claimant", "harm", "lower", "upper", "claim"):
        assert table[name].to_list() == csv[name].to_list(), name
    assert table.schema["lower"] == polars.Int64
    frame = pandas.read_parquet(io.BytesIO(answer.content))
    assert frame["claim"].tolist() == csv["claim"].to_list()
    (tmp_path / "answer.parquet").write_bytes(answer.content)
    query = f"SELECT sum(lower) FROM '{tmp_path / 'answer.parquet'}'"  # noqa: S608
    ((total,),) = duckdb.sql(query).fetchall()
    assert total == csv["lower"].sum() > 0


def test_labels_stand_beside_the_names_of_things(server: Running) -> None:
    csv = pandas.read_csv(io.BytesIO(downloaded(server, "csv", labels="true").content))
    assert "US Central Command" in set(csv["claimant_label"])
    content = downloaded(server, "xlsx", labels="true").content
    sheet = pandas.read_excel(io.BytesIO(content), engine="openpyxl")
    assert sheet["claimant_label"].tolist() == csv["claimant_label"].tolist()
    table = polars.read_parquet(
        io.BytesIO(downloaded(server, "parquet", labels="true", lang="ar").content)
    )
    assert "قتيل" in set(table["harm_label"])


def test_the_editor_gives_files_too(server: Running) -> None:
    query = "SELECT ?claim { ?claim a tmn:Claim } ORDER BY ?claim"
    answer = server.select(query, format="xlsx")
    assert answer.headers["content-disposition"] == 'attachment; filename="answer.xlsx"'
    (sheet,) = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets
    # Files have one name in all formats; what a browser can show is shown.
    named = server.select(query, format="csv").headers["content-disposition"]
    assert named == 'inline; filename="answer.csv"'
    accept = {"Accept": "application/vnd.apache.parquet"}
    found = httpx.get(server.sparql, params={"query": query}, headers=accept, timeout=60)
    assert polars.read_parquet(io.BytesIO(found.content)).height == sheet.max_row - 1 > 10
    refused = server.select("ASK {}", format="xlsx")
    assert refused.json()["boolean"] is True  # a yes or no is no table


def test_what_no_sheet_can_hold_is_refused(server: Running) -> None:
    long = 'SELECT (CONCAT("%s", STR(?a)) AS ?x) { VALUES ?a { 1 } }' % ("x" * 33_000)
    answer = httpx.post(server.sparql, data={"query": long, "format": "xlsx"}, timeout=60)
    assert answer.status_code == 406
    assert "row 1 has a text of more than 32,767 characters" in answer.text
    assert "Choose CSV or Parquet" in answer.text


def test_a_long_answer_has_parts(server: Running) -> None:
    page = httpx.get(f"{server.root}{QUESTION}?page=2", timeout=60)
    assert "Nothing found after row 500." in page.text
    assert f'href="/{QUESTION}" rel="prev"' in page.text
    wrong = httpx.get(f"{server.root}{QUESTION}?page=0", timeout=60)
    assert wrong.status_code == 400
    assert "page cannot be &#39;0&#39;" in wrong.text
