"""Cells of figures as people write them: what each means, and which are refused."""
# ruff: noqa: RUF001 - digits and dashes as people type them

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from testimonia.tables.descriptions.description import Quantities
from testimonia.tables.descriptions.figure_cells import quantities_of


def read(text: str | None, **options: Any) -> tuple[Any, ...]:
    reading = options.pop("reading", Quantities())
    row = quantities_of(pl.Series([text], dtype=pl.String), reading, **options).row(0, named=True)
    return row["lower"], row["upper"], row["type"], row["odd"], row["silent"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12", (12, 12, "exact")),
        ("12.0", (12, 12, "exact")),
        ("0", (0, 0, "exact")),
        ("1,234", (1234, 1234, "exact")),
        ("٧", (7, 7, "exact")),
        ("١٬٢٠٤", (1204, 1204, "exact")),
        ("~60", (54, 66, "approximately")),
        ("about 60", (54, 66, "approximately")),
        ("100+", (100, None, "at-least")),
        ("١٠٠+", (100, None, "at-least")),
        (">70", (71, None, "at-least")),
        ("more than 70", (71, None, "at-least")),
        ("<5", (None, 4, "at-most")),
        ("5-7", (5, 7, "range")),
        ("5–7", (5, 7, "range")),
        ("5 to 7", (5, 7, "range")),
        ("5-5", (5, 5, "exact")),
        ("twelve", (12, 12, "exact")),
        ("dozens", (20, None, "vague")),
        ("several", (2, None, "vague")),
    ],
)
def test_what_a_cell_means(text: str, expected: tuple[Any, ...]) -> None:
    assert read(text) == (*expected, False, False)


@pytest.mark.parametrize(
    "text",
    [
        "a lot",
        "12.5",
        "1.234",
        "-99",
        "7-5",
        "none",
        "No",
        "3 (2 children)",
        "12 000 000 people",
        "½",
        "1e3",
        "a",
        "NaN",
        "#REF!",
    ],
)
def test_what_cannot_be_read_is_said(text: str) -> None:
    assert read(text) == (None, None, None, True, False)


def test_an_empty_cell_is_no_figure() -> None:
    assert read(None) == (None, None, None, False, False)


def test_zero_or_more_says_nothing() -> None:
    assert read("0+") == (0, None, "at-least", False, True)


@pytest.mark.parametrize(
    ("thousands", "text", "expected"),
    [("point", "1.234", 1234), ("space", "1 234 567", 1234567), ("space", "1\u202f234", 1234)],
)
def test_separators_of_thousands(thousands: str, text: str, expected: int) -> None:
    found = read(text, reading=Quantities(thousands=thousands))
    assert found == (expected, expected, "exact", False, False)


def test_words_mean_what_the_description_says() -> None:
    reading = Quantities(words={"A Lot": "≥24", "none": "0", "unclear": "nothing", "tbc": "reject"})
    assert read("a lot", reading=reading)[:3] == (24, None, "at-least")
    assert read("None", reading=reading)[:3] == (0, 0, "exact")
    assert read("unclear", reading=reading) == (None, None, None, False, True)
    assert read("TBC", reading=reading)[3]


@pytest.mark.parametrize(
    ("bounds", "expected"),
    [("at-least", (5, None)), ("at-most", (None, 5)), ("approximately", (4, 6))],
)
def test_a_number_without_a_sign_means_what_the_description_says(
    bounds: str, expected: tuple[Any, ...]
) -> None:
    assert read("5", bounds=bounds)[:3] == (*expected, bounds)
    assert read("5+", bounds=bounds)[:3] == (5, None, "at-least")


def test_ends_of_a_range_have_no_sign() -> None:
    assert read("5", exact_only=True)[:3] == (5, 5, "exact")
    assert read("5+", exact_only=True)[3]


def test_words_are_kept_and_digits_are_not() -> None:
    cells = pl.Series(["12", "12.0", "~60", "٧", "dozens"])
    assert quantities_of(cells, Quantities())["words"].to_list() == [
        None,
        None,
        "~60",
        "٧",
        "dozens",
    ]
