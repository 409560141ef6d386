"""Sentences: invented texts only."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testimonia.sentences import split


def pieces(text: str) -> list[str]:
    return [text[start:end] for start, end in split(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The bus left. It was late.", ["The bus left.", "It was late."]),
        (
            "Was it late? Yes! Very…  Then came rain.",
            ["Was it late?", "Yes!", "Very…", "Then came rain."],
        ),
        ("PORTVILLE\nThe bus left.", ["PORTVILLE", "The bus left."]),
        ("A heading without a stop\n\nThe bus left", ["A heading without a stop", "The bus left"]),
        ("One line\r\nAnother line", ["One line", "Another line"]),
        ("It cost 3.5 crowns. Nobody paid.", ["It cost 3.5 crowns.", "Nobody paid."]),
        ("They met in 1907. 12 came.", ["They met in 1907.", "12 came."]),
        (
            "The U.S. Navy and Gen. Ash met Mr. Elm on Nov. 3 there.",
            ["The U.S. Navy and Gen. Ash met Mr. Elm on Nov. 3 there."],
        ),
        ("J. R. Ash left. He ran.", ["J. R. Ash left.", "He ran."]),
        ("It left at 5 p.m. on Monday. Rain fell.", ["It left at 5 p.m. on Monday.", "Rain fell."]),
        (
            "“It rained. We stayed,” she said. He nodded.",
            ["“It rained. We stayed,” she said.", "He nodded."],
        ),
        ('He said "we left." Nobody knew.', ['He said "we left."', "Nobody knew."]),
        (
            "They call it “home.” (Few do.) All stay.",
            ["They call it “home.”", "(Few do.)", "All stay."],
        ),
        ("The old trees … to be felled stand.", ["The old trees … to be felled stand."]),
        ("He came “late. She waited. They left.", ["He came “late.", "She waited.", "They left."]),
        ("She waited. “Then we left. It rained.”", ["She waited.", "“Then we left. It rained.”"]),
        ("  \n * * * \n\tThe end.  ", ["The end."]),
        ("", []),
    ],
)
def test_split(text: str, expected: list[str]) -> None:
    assert pieces(text) == expected


def test_sentence_after_an_abbreviation_is_joined() -> None:
    # A documented limit: the span grows, so coverage can only become stricter.
    assert pieces("He lives in the U.S. Nobody knows.") == ["He lives in the U.S. Nobody knows."]


@given(st.text(alphabet="aB1 .!?…\"“”'()\n\r\u2028é😀"))
def test_spans_hold_every_letter_once_and_are_trimmed(text: str) -> None:
    spans = split(text)
    assert all(earlier[1] <= later[0] for earlier, later in pairwise(spans))
    inside = {at for start, end in spans for at in range(start, end)}
    assert {at for at, char in enumerate(text) if char.isalnum()} <= inside
    assert all(text[start:end] == text[start:end].strip() != "" for start, end in spans)
