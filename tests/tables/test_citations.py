"""Citations of rows: distinguished if the lists align, and otherwise kept as one."""

from __future__ import annotations

import polars as pl

from testimonia.tables.citations import documents

COLUMNS = ("id", "source_office", "source_date", "source_headline", "source_article")


def rows(*given: tuple[str | None, ...]) -> pl.DataFrame:
    return pl.DataFrame(given, schema=dict.fromkeys(COLUMNS, pl.String), orient="row")


def test_lists_that_align_are_publications() -> None:
    found, behind = documents(rows(("1", "A;B", "2024-01-01;2024-01-02", "One;Two", "all of it")))
    assert found.select("office", "first").rows() == [("A", "2024-01-01"), ("B", "2024-01-02")]
    assert behind["cites"].list.len().to_list() == [2]
    assert behind["indistinct"].to_list() == [False]


def test_lists_of_different_lengths_are_kept_as_one() -> None:
    given = rows(
        ("1", "A;B", "2024-01-01", "One;Two", None),
        ("2", "A", "2024-01-01", None, None),
        ("3", None, None, None, None),
    )
    found, behind = documents(given)
    assert found["office"].to_list() == [None, None]
    assert behind["id"].to_list() == ["1", "2"]
    assert behind["cites"].list.len().to_list() == [1, 1]
    assert behind["indistinct"].to_list() == [True, True]
    assert documents(given.with_columns(source_headline=pl.lit("x;y;z")))[0]["id"].n_unique() == 3
