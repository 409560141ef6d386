"""Where a document is on the web has a column of its own, in every form that tables have."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from sheets import changed, copy, rejects, write_csv, write_xlsx

import testimonia
from testimonia.tables.sheets.exporting import Form, export
from testimonia.tables.sheets.filled_in import read
from testimonia.tables.sheets.mapped import map_sheet

LONG = "https://example.org/Ünïcode?q=" + "x" * 500 + "&r='a,b'#y"
COPY = "http://archive.example.org/2026/https://example.org/"


def sheet(address: str) -> dict[str, list[list[str]]]:
    rows = copy()
    rows["documents"][0].append("url")
    rows["documents"][1].append(address)
    return rows


def test_an_address_is_said_of_its_document(tmp_path: Path) -> None:
    run = map_sheet(write_csv(tmp_path / "sheet", sheet(f"{LONG} | {COPY}")), tmp_path / "o.nq")
    said = (tmp_path / "o.nq").read_text("utf-8")
    about = "<https://w3id.org/testimonia/id/document/report> <http://purl.org/dc/terms/identifier>"
    for address in (LONG, COPY):
        assert f'{about} "{address}"^^<http://www.w3.org/2001/XMLSchema#anyURI> .' in said
    assert run.rejects is None


@pytest.mark.slow
@pytest.mark.parametrize("form", ["csv", "parquet", "xlsx"])
def test_it_comes_back(tmp_path: Path, form: Form) -> None:
    map_sheet(write_csv(tmp_path / "sheet", sheet(f"{LONG} | {COPY}")), tmp_path / "o.nq")
    found = testimonia.open(tmp_path / "o.nq").tables(plain=form != "parquet")
    assert found["documents"]["url"].to_list() == [sorted([LONG, COPY])]
    assert found.rest == ()
    output = tmp_path / ("out.xlsx" if form == "xlsx" else "out")
    export(found, output, form)
    assert read(output).tables["documents"]["url"].to_list() == [sorted([LONG, COPY])]


@pytest.mark.parametrize(
    "address", ["example.org", "ftp://x/", "https://", "https://a b", "https://a/<b>", 'http://a/"']
)
def test_what_is_no_address_rejects_its_row(tmp_path: Path, address: str) -> None:
    filled = read(write_csv(tmp_path / "sheet", sheet(address)))
    assert rejects(filled)[0] == ("documents", 2, "url", address)
    assert filled.rejects["expected"][0].startswith("an address on the web")


def test_a_number_that_is_an_address_stays_a_number(tmp_path: Path) -> None:
    rows = changed("documents", 2, "label", "Report")
    rows["documents"][0].append("identifier")
    rows["documents"][1].append(COPY)
    map_sheet(write_xlsx(tmp_path / "a.xlsx", rows), tmp_path / "o.nq")
    table = testimonia.open(tmp_path / "o.nq").tables()["documents"]
    assert isinstance(table, pl.DataFrame)
    assert table.select("identifier", "url").row(0) == ([COPY], None)
