"""Dates of years that nobody means are listed, with row, column and value."""

from __future__ import annotations

from pathlib import Path

import pytest
from sheets import changed, rejects, write_csv

from testimonia.cli import run as run_command
from testimonia.errors import InputError
from testimonia.tables.inputs.manner import Manner
from testimonia.tables.sheets import time_cells
from testimonia.tables.sheets.filled_in import read


@pytest.mark.parametrize("day", ["0016-03-03", "2999-03-03", "1799", "2026-03-03/2100-01-01"])
def test_a_date_of_an_odd_year_rejects_its_row(tmp_path: Path, day: str) -> None:
    filled = read(write_csv(tmp_path / "sheet", changed("claims", 3, "stated_at", day)))
    assert rejects(filled)[0] == ("claims", 3, "stated_at", day)
    assert filled.rejects["expected"][0] == "a year from 1800 to 2099"


@pytest.mark.parametrize("day", ["1800-01-01", "2099-12-31", "2026-03-03/..", "1990~"])
def test_other_dates_do_not(tmp_path: Path, day: str) -> None:
    filled = read(write_csv(tmp_path / "sheet", changed("claims", 3, "stated_at", day)))
    assert rejects(filled) == []


def test_bounds_of_an_odd_year(tmp_path: Path) -> None:
    rows = [["id", "edtf", "not_before", "not_after"]]
    rows += [["a", "0016-03-03", "2016-03-03T00:00:00Z", "12016-03-03T00:00:00Z"]]
    rows += [["b", "2016-03-03", "2016-03-03T00:00:00Z", "2016-03-03T23:59:59Z"]]
    filled = read(write_csv(tmp_path / "sheet", {"bounds": rows}))
    assert rejects(filled) == [
        ("bounds", 2, "edtf", "0016-03-03"),
        ("bounds", 2, "not_after", "12016-03-03T00:00:00Z"),
    ]
    assert filled.tables["bounds"]["id"].to_list() == ["b"]


def test_other_years_may_be_allowed(tmp_path: Path) -> None:
    sheet = write_csv(tmp_path / "sheet", changed("claims", 3, "stated_at", "1525-03-03"))
    assert rejects(read(sheet, manner=Manner(years=(1500, 1600))))
    assert not rejects(read(sheet, manner=Manner(years=(1500, 2099))))
    with pytest.raises(InputError, match="the last year comes before the first"):
        Manner(years=(2099, 1500))
    command = ["map", "sheet", str(sheet), "-o", str(tmp_path / "o.nq")]
    assert run_command(command) == 1
    assert run_command([*command, "--years", "1500", "2099"]) == 0


@pytest.mark.parametrize("error", [AttributeError, TypeError, ValueError, OverflowError, KeyError])
def test_whatever_the_parser_of_dates_raises_is_one_bad_cell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    right = time_cells.dates.bounds

    def parse(edtf: str, offset: object) -> object:
        if edtf == "2026-1X":
            raise error(edtf)
        return right(edtf, offset)  # type: ignore[arg-type]

    monkeypatch.setattr(time_cells.dates, "bounds", parse)
    filled = read(write_csv(tmp_path / "sheet", changed("claims", 3, "stated_at", "2026-1X")))
    assert rejects(filled)[0] == ("claims", 3, "stated_at", "2026-1X")
    assert "claims" in filled.tables
