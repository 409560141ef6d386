"""Anything but text in a workbook is reported: dates, failed formulas, notes."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
import xlsxwriter
from sheets import FINE, changed, rejects, write_xlsx

from testimonia.errors import InputError
from testimonia.tables.sheets.filled_in import read


def book(path: Path, cells: dict[tuple[int, int], object]) -> Path:
    """Write a workbook of places: text and numbers as they are, moments as dates, ``=`` as a failed formula."""
    with xlsxwriter.Workbook(path) as out:
        date = out.add_format({"num_format": "yyyy-mm-dd"})
        page = out.add_worksheet("places")
        page.write_row(0, 0, ["id", "label", "latitude", "longitude", "identifier"])
        for (row, column), cell in cells.items():
            if isinstance(cell, datetime):
                page.write_datetime(row, column, cell, date)
            elif isinstance(cell, str) and cell.startswith("="):
                page.write_formula(row, column, "=1/0", None, cell[1:])
            else:
                page.write(row, column, cell)
        out.add_worksheet("notes").write(0, 0, "What I mean")
        out.add_worksheet("#mine").write(0, 0, "x")
    return path


def test_numbers_come_as_they_are_shown(tmp_path: Path) -> None:
    cells = {(1, 0): "a", (1, 1): "A", (1, 2): 34.5503, (1, 3): 38, (1, 4): 36210}
    filled = read(book(tmp_path / "a.xlsx", cells))
    assert rejects(filled) == []
    assert filled.tables["places"].rows() == [("a", "A", "34.5503", "38", ["36210"])]
    assert filled.skipped == {"sheet notes": "is for notes", "sheet #mine": "is for notes"}


def test_dates_and_failed_formulas(tmp_path: Path) -> None:
    cells = {
        (1, 0): "a",
        (1, 1): datetime(2026, 3, 3),
        (3, 0): "b",
        (3, 1): "=#DIV/0!",
        (4, 0): "c",
        (4, 1): "=#REF!",
        (4, 2): 1,
        (5, 0): "d",
        (5, 1): "=#N/A",
        (6, 0): "e",
        (6, 1): "=#VALUE!",
        (7, 0): "f",
        (7, 1): "F",
    }
    filled = read(book(tmp_path / "a.xlsx", cells))
    assert rejects(filled) == [
        ("places", 2, "label", "2026-03-03"),
        ("places", 4, "label", "#DIV/0!"),
        ("places", 5, "label", "#REF!"),
        ("places", 6, "label", "#N/A"),
        ("places", 7, "label", "#VALUE!"),
    ]
    assert "the spreadsheet converted this to a date" in filled.rejects["expected"][0]
    assert filled.tables["places"]["id"].to_list() == ["f"]


def test_every_kind_of_failed_formula_rejects_its_row(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", {(1, 0): "a", (1, 1): "=#NAME?", (2, 0): "b", (2, 1): "B"})
    filled = read(path)
    assert rejects(filled) == [("places", 2, "label", "#NAME?")]
    assert filled.tables["places"]["id"].to_list() == ["b"]


def test_sheets_of_no_table_and_sheets_without_a_header(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", {"claim": [["id"]]})
    with pytest.raises(InputError, match=r"is named 'claim'; is it 'claims'\?"):
        read(path)
    path = write_xlsx(tmp_path / "b.xlsx", {"claims": []})
    with pytest.raises(InputError, match="there is no header"):
        read(path)
    path = write_xlsx(tmp_path / "c.xlsx", {"Pivot": [["Sum"], ["7"]], "Sheet1": []})
    with pytest.raises(InputError, match="there is no claim table here"):
        read(path)


def test_sheets_of_ones_own_are_skipped_by_name(tmp_path: Path) -> None:
    sheets = {"Pivot": [["Sum"], ["7"]], **FINE, "Legend": [["colour", "meaning"]]}
    filled = read(write_xlsx(tmp_path / "a.xlsx", sheets))
    assert filled.rejects.is_empty()
    assert filled.skipped == {
        "sheet Pivot": "not the name of a claim table",
        "sheet Legend": "not the name of a claim table",
    }


def test_the_sheet_is_named_beside_the_file(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", changed("claims", 3, "stance", "says"))
    (row,) = read(path).rejects.rows(named=True)
    assert (row["file"], row["sheet"]) == (str(path), "claims")
