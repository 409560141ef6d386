"""Parquet that other programs wrote is taken where its types allow it, and told of where not."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from sheets import rejects

from testimonia.tables.sheets.reading import read


def write(directory: Path, **columns: object) -> Path:
    pl.DataFrame(columns).write_parquet(directory / "agents.parquet")
    return directory


BASE = {"id": ["a", "b"], "type": [["Person"], ["Person"]], "label": ["A", "B"]}


def test_lists_and_numbers_come_as_they_are(tmp_path: Path) -> None:
    more = {"also_called": [["x | y", " z "], None], "min_persons": [2, None]}
    filled = read(write(tmp_path, **BASE, **more, comment=[None, None]))
    assert rejects(filled) == []
    row = filled.tables["agents"].to_dicts()[0]
    assert (row["also_called"], row["min_persons"]) == (["x | y", " z "], 2)


def test_text_is_split_and_read(tmp_path: Path) -> None:
    columns = {**BASE, "type": ["Person", "Person"], "min_persons": ["2", "two"]}
    filled = read(write(tmp_path, **columns))
    assert rejects(filled) == [("agents", 2, "min_persons", "two")]
    assert filled.tables["agents"].to_dicts() == [
        {"id": "a", "type": ["Person"], "label": "A", "min_persons": 2}
    ]


@pytest.mark.parametrize(
    ("column", "values", "expected"),
    [
        ("min_persons", [2.0, None], "whole numbers, not Float64"),
        ("label", [1, 2], "text, not Int64"),
        ("comment", [["x"], None], "one value, not a list"),
        ("id", [["a"], ["b"]], "one value, not a list"),
        ("part_of", [[1], None], "text, not Int64"),
    ],
)
def test_columns_of_other_types_reject_every_row(
    tmp_path: Path, column: str, values: list[object], expected: str
) -> None:
    filled = read(write(tmp_path, **{**BASE, column: values}))
    assert rejects(filled)[0] == ("agents", None, column, None)
    assert filled.rejects["expected"][0].startswith(expected)
    assert filled.rejects["row"].to_list() == [None, 1, 2]
    assert filled.tables == {}


def test_negative_numbers(tmp_path: Path) -> None:
    filled = read(write(tmp_path, **BASE, min_persons=[-1, 1]))
    assert rejects(filled) == [("agents", 1, "min_persons", "-1")]
