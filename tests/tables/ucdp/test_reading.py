"""Cells of UCDP GED: exactly those that are not valid are reported."""

from __future__ import annotations

import polars as pl
import pytest
from published_event import EVENT

from testimonia.tables.batch_reader import ROW
from testimonia.tables.ucdp.events import one_form, read


def batch(*events: dict[str, str | None]) -> pl.DataFrame:
    rows = pl.DataFrame(events, schema=dict.fromkeys(EVENT, pl.String))
    return rows.with_columns(pl.int_range(1, pl.len() + 1).alias(ROW))


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("best", "\u0661\u0662"),  # digits, but not ours
        ("id", "\u0661"),
        ("high", "-1"),
        ("low", "1e3"),
        ("deaths_a", "1.5"),
        ("latitude", "\u0667"),
        ("longitude", "180.5"),
        ("date_start", "2024-02-30"),
        ("type_of_violence", "4"),
        ("id", "#N/A"),
        ("id", "#REF!"),
    ],
)
def test_what_cannot_be_read_is_rejected(column: str, value: str) -> None:
    rows, rejects = read(batch(EVENT, EVENT | {"id": "7"} | {column: value}))
    assert rows["id"].to_list() == ["1"]
    assert (2, column, value) in rejects.select("row", "column", "value").rows()


def test_cells_are_read_as_numbers() -> None:
    rows, rejects = read(batch(EVENT))
    assert rows.select("id", "best", "high", "deaths_unknown").rows() == [("1", 3, 4, None)]
    assert rejects.is_empty()


@pytest.mark.parametrize("key", ["7", "7.", "7.0", "7.000", "007", " 07.0 "])
def test_equal_numbers_have_one_form(key: str) -> None:
    assert pl.select(one_form(pl.lit(key))).item() == "7"


@pytest.mark.parametrize("key", ["0", "70", "7.5", "x7.0", "-7", "1e3", ""])
def test_what_is_another_number_or_none_stays(key: str) -> None:
    assert pl.select(one_form(pl.lit(key))).item() == key


def test_a_repeated_number_is_rejected_however_written() -> None:
    rows, rejects = read(batch(EVENT, EVENT | {"id": "1.0"}))
    assert rows["id"].to_list() == ["1"]
    assert rejects.rows() == [(2, "id", "1.0", "a key that no row before has")]
