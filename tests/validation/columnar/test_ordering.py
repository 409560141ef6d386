"""The order of terms by column is SPARQL's, as Oxigraph judges it."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from testimonia.validation.columnar.ordering import compared_by_engine, holds
from testimonia.validation.columnar.vocabulary import XSD

numbers = st.one_of(
    st.integers(-(10**20), 10**20).map(str),
    st.integers(-50, 50).map(lambda n: f"{n:03}"),
    st.sampled_from(
        ["+5", "-0", "many", "1.50", "1.5", "-7.000000000", "0.1234567891", ".5", "5.", "1e3"]
    ),
)
numeric = st.sampled_from(
    [
        "integer",
        "decimal",
        "double",
        "float",
        "nonNegativeInteger",
        "positiveInteger",
        "long",
        "byte",
        "negativeInteger",
    ]
)
days = st.builds(
    "{:04}-{:02}-{:02}".format, st.integers(1, 3000), st.integers(1, 13), st.integers(1, 31)
)
zones = st.sampled_from(["", "Z", "Z", "+02:00", "-14:00", "+00:00"])
times = st.builds(
    "{}T{:02}:{:02}:00{}{}".format,
    days,
    st.integers(0, 24),
    st.integers(0, 59),
    st.sampled_from(["", ".5"]),
    zones,
)


def typed(lexical: str, name: str) -> str:
    return f'"{lexical}"^^<{XSD}{name}>'


terms = st.one_of(
    st.builds(typed, numbers, numeric),
    st.builds(typed, times, st.sampled_from(["dateTime", "dateTimeStamp"])),
    st.builds(lambda day, zone: typed(day + zone, "date"), days, zones),
    st.sampled_from(["a", "b", "ab", "é", "z", ""]).map(lambda text: f'"{text}"'),
    st.sampled_from(['"a"@en', '"b"@en', "<urn:a>", "<urn:b>", "_:a", '"x"^^<urn:d>']),
)


@settings(max_examples=150, deadline=None)
@given(
    pairs=st.lists(st.tuples(terms, terms), min_size=1, max_size=30),
    sign=st.sampled_from(["<", "<="]),
)
def test_by_column_as_by_engine(pairs, sign):
    left, right = (
        pl.Series(side, [pair[index] for pair in pairs]) for index, side in enumerate("lr")
    )
    quick = holds(left, right, sign)
    judged = compared_by_engine(left, right, sign)
    assert list(zip(pairs, quick, strict=True)) == list(zip(pairs, judged, strict=True))


@pytest.mark.parametrize(
    ("left", "right", "less", "less_or_equal"),
    [
        (typed("2", "integer"), typed("10", "integer"), True, True),
        (typed("2", "integer"), typed("2.0", "decimal"), False, True),
        (typed("false", "boolean"), typed("1", "boolean"), True, True),
        (typed("0", "boolean"), typed("false", "boolean"), False, True),
        (typed("300", "byte"), typed("400", "integer"), False, False),
        (typed("-1", "nonNegativeInteger"), typed("4", "integer"), False, False),
        (typed("NaN", "double"), typed("NaN", "double"), False, False),
        (
            typed("2025-01-01T00:00:00+02:00", "dateTime"),
            typed("2025-01-01T00:00:00Z", "dateTime"),
            True,
            True,
        ),
        (
            typed("2025-01-01T00:00:00", "dateTime"),
            typed("2025-01-01T01:00:00Z", "dateTime"),
            False,
            False,
        ),
        (typed("2025-01-01", "date"), typed("2025-01-01T01:00:00Z", "dateTime"), False, False),
        ('"a"', '"b"', True, True),
        ('"a"@en', '"b"@en', False, False),
        ('"a\\nb"', '"aab"', True, True),
        ("<urn:a>", "<urn:b>", False, False),
        (typed("10", "integer"), '"9"', False, False),
    ],
)
def test_the_order_is_that_of_the_standard(left, right, less, less_or_equal):
    for sign, expected in (("<", less), ("<=", less_or_equal)):
        assert holds(pl.Series([left]), pl.Series([right]), sign).to_list() == [expected]
