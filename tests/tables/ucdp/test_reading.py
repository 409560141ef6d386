"""Cells of UCDP GED: what is no number, no day or no event is told, and nothing else is."""

from __future__ import annotations

import polars as pl
import pytest

from testimonia.tables.published import ROW
from testimonia.tables.ucdp.reading import read

EVENT = {
    "id": "1",
    "conflict_new_id": "2",
    "dyad_new_id": "3",
    "side_a_new_id": "4",
    "side_b_new_id": "5",
    "country_id": "6",
    "conflict_name": "Hills",
    "dyad_name": "Government of Hills - Reds",
    "side_a": "Government of Hills",
    "side_b": "Reds",
    "country": "Hills",
    "type_of_violence": "1",
    "date_start": "2024-01-01",
    "date_end": "2024-01-02",
    "deaths_a": "1",
    "deaths_b": "2",
    "deaths_civilians": "0",
    "deaths_unknown": None,
    "best": "3",
    "low": "3",
    "high": "4.0",
    "latitude": "7.5",
    "longitude": "-1",
}


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


def test_a_row_of_tags_is_no_event() -> None:
    tags: dict[str, str | None] = dict.fromkeys(EVENT, None)
    rows, rejects = read(batch(tags | {"id": "#event +id", "best": "#affected+killed"}, EVENT))
    assert rows.select("id", "best", "high", "deaths_unknown").rows() == [("1", 3, 4, None)]
    assert rejects.is_empty()


def test_a_number_told_again_is_rejected_however_written() -> None:
    rows, rejects = read(batch(EVENT, EVENT | {"id": "1.0"}))
    assert rows["id"].to_list() == ["1"]
    assert rejects.rows() == [(2, "id", "1.0", "a key that no row before has")]
