"""An empty sheet explains itself, is read as empty, and overwrites nothing."""

from __future__ import annotations

import csv
import zipfile
from pathlib import Path

import pytest

from testimonia.errors import InputError
from testimonia.tables.schema import TABLES
from testimonia.tables.sheets.cells import codes_of
from testimonia.tables.sheets.filled_in import read
from testimonia.tables.sheets.template import new_sheet


def test_csv(tmp_path: Path) -> None:
    paths = new_sheet(tmp_path / "new")
    assert [path.stem for path in paths] == sorted(table.name for table in TABLES)
    for table in TABLES:
        with (tmp_path / "new" / f"{table.name}.csv").open(newline="", encoding="utf-8") as lines:
            header, meanings, examples, rules, *_ = csv.reader(lines)
        assert header == [column.name for column in table.columns]
        assert meanings == [
            f"# {column.description}" if column.kind == "id" else column.description
            for column in table.columns
        ]
        assert examples[1:] == [f"e.g. {column.example}" for column in table.columns[1:]]
        assert rules[0] == "# required"
    with (tmp_path / "new" / "claims.csv").open(newline="", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    assert rows[-1]["stance"] == f"one of: {', '.join(codes_of()['stance'])}"
    assert rows[2]["stated_at"] == "may be empty, an id of bounds, or a date such as 2026-03-03"


@pytest.mark.parametrize("workbook", [False, True])
def test_an_empty_sheet_is_read_as_empty(tmp_path: Path, workbook: bool) -> None:
    paths = new_sheet(tmp_path / "new", workbook=workbook)
    filled = read(paths[0] if workbook else tmp_path / "new")
    assert filled.rejects.is_empty()
    assert filled.tables == {}
    assert set(filled.read.values()) == {0}
    assert len(filled.read) == len(TABLES)


def test_every_example_is_what_its_column_takes() -> None:
    """Examples of codes are codes, and those of classes are classes of their table."""
    for table in TABLES:
        for column in table.columns:
            if column.kind == "code":
                assert column.example in codes_of()[column.target], (table.name, column.name)
            if column.kind == "type":
                assert column.example in table.types


def test_a_workbook_has_drop_down_lists_and_text_cells(tmp_path: Path) -> None:
    (path,) = new_sheet(tmp_path / "new", workbook=True)
    with zipfile.ZipFile(path) as parts:
        sheets = parts.read("xl/workbook.xml").decode()
        claims = parts.read(f"xl/worksheets/sheet{len(TABLES) + 1}.xml").decode()
        styles = parts.read("xl/styles.xml").decode()
    names = ["notes", *(table.name for table in TABLES), "#lists"]
    assert [sheets.index(f'name="{name}"') for name in names] == sorted(
        sheets.index(f'name="{name}"') for name in names
    )
    assert 'state="hidden"' in sheets
    codes = codes_of()["stance"]
    assert "$1:$" in claims
    assert any(f"${len(codes)}</formula1>" in part for part in claims.split("<dataValidation ")[1:])
    assert "'agents'!$A$2:$A$1001" in claims
    assert 'numFmtId="49"' in styles  # text


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "claims.csv").write_text("mine")
    with pytest.raises(InputError, match="is not overwritten"):
        new_sheet(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["claims.csv"]
    with pytest.raises(InputError, match="is not overwritten"):
        new_sheet(tmp_path / "claims.csv")
    with pytest.raises(InputError, match="cannot be created"):
        new_sheet(tmp_path / "none" / "deeper")
    (tmp_path / "empty").mkdir()
    assert len(new_sheet(tmp_path / "empty")) == len(TABLES)
