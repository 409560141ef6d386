"""On a page, bounds of whole days are days; what they are exactly stands in the title."""

from __future__ import annotations

import re

from pyoxigraph import QuerySolutions

from testimonia.pages.answer_fragment import html_fragment
from testimonia.query.store import Store


def times(values: str) -> tuple[str, list[tuple[str, str]]]:
    """Show rows of two moments: the fragment, and the exact moment and the text of each day."""
    results = Store().results(
        "PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>"
        f"SELECT ?n (xsd:dateTime(?x) AS ?a) (xsd:dateTime(?y) AS ?b) {{ VALUES (?n ?x ?y) {{ {values} }} }}"
    )
    assert isinstance(results, QuerySolutions)
    fragment = html_fragment(results, lambda _: None)
    return fragment, re.findall(r'<time [^>]*title="([^"]*)">([^<]*)</time>', fragment)


def test_days_that_are_the_same_in_all_rows() -> None:
    same = '"2010-05-05T00:00:00+03:00" "2010-05-05T23:59:59+03:00"'
    _, found = times(f"(1 {same}) (2 {same})")
    assert found == [
        ("2010-05-05 00:00:00+03:00", "2010-05-05"),
        ("2010-05-05 23:59:59+03:00", "2010-05-05"),
    ]


def test_a_day_anywhere_needs_no_other_bound() -> None:
    _, found = times('(1 "2010-05-05T00:00:00+14:00" UNDEF) (2 UNDEF "2010-05-06T23:59:59-12:00")')
    assert [day for _, day in found] == ["2010-05-05", "2010-05-06"]


def test_other_moments_stay_exact() -> None:
    fragment, found = times(
        '(1 "2010-05-05T00:00:00+03:00" UNDEF) (2 "2010-05-05T00:00:00+03:00" "2010-05-05T12:00:00+03:00")'
        '(3 "2010-05-05T00:00:01+14:00" "2010-05-05T23:59:59+03:00")'
    )
    assert found == []
    assert fragment.count("2010-05-05 00:00:00+03:00") == 2
    assert "2010-05-05 12:00:00+03:00" in fragment
    assert "2010-05-05 00:00:01+14:00" in fragment
