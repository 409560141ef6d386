"""Parquet of other programs is read if its types fit, and otherwise its faults are reported."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import polars as pl
import pytest
from sheets import rejects

from testimonia.errors import InputError, SyntaxFault
from testimonia.tables.schema import by_name
from testimonia.tables.sheets import containers
from testimonia.tables.sheets.filled_in import read


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


@pytest.mark.parametrize("name", ["agents.parquet.gz", "agents.csv"])
def test_parquet_is_detected_by_content(tmp_path: Path, name: str) -> None:
    write(tmp_path, **{**BASE, "label": ["A ", "B"]})
    content = (tmp_path / "agents.parquet").read_bytes()
    (tmp_path / "agents.parquet").unlink()
    (tmp_path / name).write_bytes(gzip.compress(content) if name.endswith("gz") else content)
    filled = read(tmp_path)
    assert rejects(filled) == []
    assert filled.tables["agents"]["label"].to_list() == ["A ", "B"]


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


ODD = [
    pl.Series([b"\xff\x00", None]),
    pl.Series([date(2020, 1, 1), None]),
    pl.Series([datetime(2020, 1, 1, tzinfo=UTC), None]),
    pl.Series([time(1), None]),
    pl.Series([timedelta(1), None]),
    pl.Series([{"a": 1}, None]),
    pl.Series([[["a"]], None]),
    pl.Series([[None], []]),
    pl.Series([None, None]),
    pl.Series([[], []], dtype=pl.List(pl.Null)),
    pl.Series([1.5, float("nan")]),
    pl.Series([True, None]),
    pl.Series([2**63, 1], dtype=pl.UInt64),
    pl.Series([1, 2], dtype=pl.Int8),
    pl.Series(["a", "b"], dtype=pl.Categorical()),
    pl.Series(["a", "\ud7ff\0"]),
    pl.Series([["a"], ["b", None]]),
]


@pytest.mark.slow
@pytest.mark.parametrize("odd", ODD, ids=lambda series: str(series.dtype))
@pytest.mark.parametrize("table", ["documents", "bounds", "agents", "passages", "claims"])
def test_cells_of_any_type_are_read_or_listed(tmp_path: Path, table: str, odd: pl.Series) -> None:
    columns = by_name(table).columns
    row = {c.name: [c.example] if c.many else c.example for c in columns if c.kind != "integer"}
    for number, column in enumerate([*(column.name for column in columns), "\0row", "more"]):
        directory = tmp_path / str(number)
        directory.mkdir()
        frame = pl.DataFrame([row, row | {"id": "two"}]).with_columns(odd.alias(column))
        frame.write_parquet(directory / f"{table}.parquet")
        with without_trial():
            try:
                filled = read(directory)
            except InputError:
                continue
        assert filled.read[str(directory / f"{table}.parquet")] == 2
        written = filled.tables.get(table, frame.clear()).height
        assert written + filled.rejects["row"].drop_nulls().n_unique() == 2


@contextmanager
def without_trial() -> Iterator[None]:
    """Leave the trial in another process out, which takes longer than all the rest."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(containers, "check_parquet", lambda *_: None)
        yield


def test_a_damaged_page_is_reported_and_crashes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "agents.parquet"
    write(tmp_path, **BASE)
    content = path.read_bytes()
    for place in range(4, 60, 6):
        path.write_bytes(content[:place] + b"\xff\xff\xff\xff" + content[place + 4 :])
        try:
            assert read(tmp_path).read[str(path)] == 2
        except SyntaxFault:
            continue


def test_negative_numbers(tmp_path: Path) -> None:
    filled = read(write(tmp_path, **BASE, min_persons=[-1, 1]))
    assert rejects(filled) == [("agents", 1, "min_persons", "-1")]
