"""Days as people write them, and the spans that they leave open."""

from __future__ import annotations

import polars as pl
import pytest

from testimonia.tables.descriptions.day_cells import FIRST, LAST, days_of
from testimonia.tables.descriptions.description import Day

_Row = dict[str, str | None]


def read(spec: Day, /, **cells: str | None) -> tuple[str | None, str | None]:
    rows = pl.DataFrame(
        {name: [cell] for name, cell in cells.items()}, schema=dict.fromkeys(cells, pl.String)
    )
    return days_of(rows, spec).select(FIRST, LAST).row(0)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2031-03-03", "2031-03-03", "2031-03-03"),
        ("2031-03-03 00:00:00", "2031-03-03", "2031-03-03"),
        ("2031-03-03T12:30:00Z", "2031-03-03", "2031-03-03"),
        ("3 March 2031", "2031-03-03", "2031-03-03"),
        ("03 March 2031", "2031-03-03", "2031-03-03"),
        ("March 3, 2031", "2031-03-03", "2031-03-03"),
        ("3-Mar-2031", "2031-03-03", "2031-03-03"),
        ("2032-02", "2032-02-01", "2032-02-29"),
        ("2031", "2031-01-01", "2031-12-31"),
        ("March 2031", "2031-03-01", "2031-03-31"),
    ],
)
def test_days_and_spans(text: str, first: str, last: str) -> None:
    assert read(Day("day"), day=text) == (first, last)


@pytest.mark.parametrize("text", ["03/04/2031", "2031-02-30", "soon", "43831", "", "31 June 2031"])
def test_what_is_no_day_or_could_be_two(text: str) -> None:
    assert read(Day("day"), day=text) == (None, None)


def test_formats_that_the_description_names() -> None:
    assert read(Day("day", formats=("%d/%m/%Y",)), day="03/04/2031")[0] == "2031-04-03"
    assert read(Day("day", formats=("%m/%d/%Y",)), day="03/04/2031")[0] == "2031-03-04"


@pytest.mark.parametrize(
    ("year", "month", "day", "expected"),
    [
        ("2031", "3", "3", ("2031-03-03", "2031-03-03")),
        ("2031.0", "3.0", "03", ("2031-03-03", "2031-03-03")),
        ("2031", "4", "0", ("2031-04-01", "2031-04-30")),
        ("2031", "4", None, ("2031-04-01", "2031-04-30")),
        ("2031", "0", "0", ("2031-01-01", "2031-12-31")),
        ("2031", None, None, ("2031-01-01", "2031-12-31")),
        ("2031", "April", "3", ("2031-04-03", "2031-04-03")),
        ("2031", "13", "1", (None, None)),
        ("2031", None, "5", (None, None)),
        (None, "1", "5", (None, None)),
    ],
)
def test_parts_of_a_date(
    year: str | None, month: str | None, day: str | None, expected: tuple[str | None, str | None]
) -> None:
    parts = Day(year="y", month="m", day="d")
    assert read(parts, y=year, m=month, d=day) == expected


def test_the_last_day_may_be_empty_but_not_before_the_first() -> None:
    span = Day("from", until="to")
    rows = pl.DataFrame(
        {
            "from": ["2031-03-03", "2031-03-03", "2031-03-03"],
            "to": ["2031-03-05", None, "2031-03-01"],
        }
    )
    found = days_of(rows, span)
    assert found[LAST].to_list() == ["2031-03-05", "2031-03-03", "2031-03-01"]
    assert found["read"].to_list() == [True, True, False]


def test_a_year_beyond_belief_is_said() -> None:
    rows = pl.DataFrame({"day": ["0031-03-03", "2999-01-01", "2031-01-01", "1650-01-01"]})
    assert days_of(rows, Day("day"))["believed"].to_list() == [False, False, True, False]
    assert days_of(rows, Day("day"), (1600, 1700))["believed"].to_list()[3]
