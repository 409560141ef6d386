"""Text from outside is shown without controlling the terminal."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testimonia.printing import visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain [bold]text[/bold]", "plain [bold]text[/bold]"),
        ("تدمر — Palmyra, naïve 🏛", "تدمر — Palmyra, naïve 🏛"),
        ("می\u200cشود", "می\u200cشود"),
        ("a\tb\nc", "a\tb\nc"),
        ("a\rb", "a\\rb"),
        ("\x1b[2J\x9b31m\x7f\x00", "\\x1b[2J\\x9b31m\\x7f\\x00"),
        ("\u202eevil\u2066\ufeff", "\\u202eevil\\u2066\\ufeff"),
        ("\u2028\u2029\ud800", "\\u2028\\u2029\\ud800"),
        ("\U000e0001", "\\U000e0001"),
    ],
)
def test_visible(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(st.text(alphabet=st.characters()))
def test_nothing_hidden_remains(text: str) -> None:
    shown = visible(text)
    left = {char for char in shown if unicodedata.category(char)[0] == "C"}
    assert left <= {"\n", "\t", "\u200c", "\u200d"}
    shown.encode("utf-8")
