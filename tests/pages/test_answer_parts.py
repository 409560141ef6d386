"""Long answers are shown in parts, which together have each row once and lead to each other."""

from __future__ import annotations

import re

import pytest
from pyoxigraph import QuerySolutions

from testimonia.pages.answer_fragment import MAX_ROWS, html_fragment
from testimonia.query.store import Store


def part_of(rows: int, part: int) -> str:
    values = " ".join(map(str, range(rows)))
    results = Store().results(f"SELECT ?n ?same {{ VALUES ?n {{ {values} }} BIND (7 AS ?same) }}")
    assert isinstance(results, QuerySolutions)
    return html_fragment(
        results, lambda _: None, part=part, parts=lambda number: f"x.html?page={number}"
    )


def numbers(fragment: str) -> list[int]:
    return [int(n) for n in re.findall(r'<tr><td[^>]*><span dir="auto">(\d+)</span>', fragment)]


def links(fragment: str) -> list[tuple[str, str]]:
    return re.findall(r'<a href="x\.html\?page=(\d+)"[^>]*>([^<]*)</a>', fragment)


@pytest.mark.parametrize("rows", [2, 499, 500, 501, 1000, 1203])
def test_the_parts_have_each_row_once(rows: int) -> None:
    number = -(-rows // MAX_ROWS)
    parts = [part_of(rows, part) for part in range(1, number + 1)]
    assert [n for part in parts for n in numbers(part)] == list(range(rows))
    for index, part in enumerate(parts, 1):
        assert ("Next rows" in part) == (index < number)
        assert ("Rows before" in part) == (index > 1)
        assert ("First rows" in part) == (index > 2)


def test_they_lead_to_each_other() -> None:
    assert links(part_of(1203, 1)) == [("2", "Next rows")]
    assert links(part_of(1203, 2)) == [("1", "Rows before"), ("3", "Next rows")]
    assert links(part_of(1203, 3)) == [("1", "First rows"), ("2", "Rows before")]
    assert "Rows 501 to 1,000; the other formats have all rows." in part_of(1203, 2)
    assert "Rows 1,001 to 1,203." in part_of(1203, 3)


def test_a_short_answer_has_no_parts() -> None:
    assert "<nav" not in part_of(500, 1)
    assert "500 rows" in part_of(500, 1)


def test_after_the_last_row_a_link_leads_back() -> None:
    beyond = part_of(3, 2)
    assert "Nothing found after row 500." in beyond
    assert links(beyond) == [("1", "Rows before")]


def test_the_heading_says_whose_rows_are_alike() -> None:
    assert "In every row shown" in part_of(501, 1)
    assert "In every row shown" in part_of(1203, 3)
    assert "In every row</h3>" in part_of(500, 1)
