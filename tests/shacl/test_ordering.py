"""Terms are ordered by column as in SPARQL, and as in Oxigraph."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from decimal import Decimal, localcontext

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from testimonia.shacl.names import XSD
from testimonia.shacl.values.ordering import compared_by_engine, holds

numbers = st.one_of(
    st.integers(-(10**17), 10**17).map(str),  # Oxigraph does not support larger numbers
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


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(
    pairs=st.lists(st.tuples(terms, terms), min_size=1, max_size=30),
    sign=st.sampled_from(["<", "<="]),
)
def test_by_column_as_in_oxigraph(pairs, sign):
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
        # beyond 64 bits, and beyond 18 digits
        (typed("9" * 41, "integer"), typed("1" + "0" * 41, "integer"), True, True),
        (typed("9223372036854775808", "integer"), typed("1", "integer"), False, False),
        (typed("1", "integer"), typed("9223372036854775808", "integer"), True, True),
        (typed("-9223372036854775809", "integer"), typed("0", "decimal"), True, True),
        (typed("1", "integer"), typed("1.0000000000000000000001", "decimal"), True, True),
        (typed("1.00000000000000000000", "decimal"), typed("1", "byte"), False, True),
        (
            typed("123456789012345678901234567890.1", "decimal"),
            typed("123456789012345678901234567890.2", "decimal"),
            True,
            True,
        ),
        (typed("99999999999999999999", "unsignedLong"), typed("1e99", "double"), False, False),
        (typed("18446744073709551615", "unsignedLong"), typed("1e99", "double"), True, True),
        # promotion: beside a double, the other becomes a double; beside a float, a float
        (typed("9007199254740993", "integer"), typed("9007199254740992", "double"), False, True),
        (typed("9007199254740992", "double"), typed("9007199254740993", "integer"), False, True),
        (typed("16777216", "float"), typed("16777217", "integer"), False, True),
        (typed("0.1", "float"), typed("0.1", "decimal"), False, True),
        (typed("0.1", "double"), typed("0.1", "float"), True, True),
        (typed("0.1", "double"), typed("0.1", "decimal"), False, True),
        (typed("1" + "0" * 400, "integer"), typed("INF", "double"), False, True),
        (typed("-INF", "float"), typed("-" + "9" * 60, "decimal"), False, True),
        (typed("-0.0", "double"), typed("0", "integer"), False, True),
        (typed("NaN", "double"), typed("9" * 41, "integer"), False, False),
        (typed("9" * 5000, "integer"), typed("1" + "0" * 5000, "integer"), True, True),
        (
            typed("9" * 5000 + "-01-01", "date"),
            typed("1" + "0" * 5000 + "-01-01", "date"),
            True,
            True,
        ),
        # times and dates of unusual size or precision
        (typed("12025-01-01Z", "date"), typed("9999-12-31Z", "date"), False, False),
        (typed("-0045-03-15", "date"), typed("-0044-03-15", "date"), True, True),
        (typed("0000-12-31", "date"), typed("0001-01-01", "date"), True, True),
        (
            typed("99999999999999999999-01-01T00:00:00Z", "dateTime"),
            typed("99999999999999999999-01-01T00:00:01Z", "dateTime"),
            True,
            True,
        ),
        (
            typed("2025-01-01T00:00:00.00000000000000000001Z", "dateTime"),
            typed("2025-01-01T00:00:00.00000000000000000002Z", "dateTime"),
            True,
            True,
        ),
        (
            typed("2024-12-31T24:00:00Z", "dateTime"),
            typed("2025-01-01T00:00:00Z", "dateTime"),
            False,
            True,
        ),
        (
            typed("2025-01-01T00:00:00+14:00", "dateTimeStamp"),
            typed("2025-01-01T00:00:00-14:00", "dateTime"),
            True,
            True,
        ),
        (
            typed("2025-01-01T00:00:00", "dateTime"),
            typed("2025-01-01T14:00:01Z", "dateTime"),
            True,
            True,
        ),
        (
            typed("2025-01-01T00:00:00", "dateTime"),
            typed("2025-01-01T14:00:00Z", "dateTime"),
            False,
            False,
        ),
        (
            typed("2025-01-01T14:00:01Z", "dateTime"),
            typed("2025-01-01T00:00:00", "dateTime"),
            False,
            False,
        ),
    ],
)
def test_the_order_is_that_of_the_standard(left, right, less, less_or_equal):
    for sign, expected in (("<", less), ("<=", less_or_equal)):
        assert holds(pl.Series([left]), pl.Series([right]), sign).to_list() == [expected]


_digits = st.text("0123456789", min_size=1, max_size=45)
_decimals = st.builds(
    "{}{}{}".format,
    st.sampled_from(["", "-", "+"]),
    _digits,
    st.one_of(st.just(""), _digits.map(".{}".format)),
)


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(_decimals, _decimals), min_size=1, max_size=20))
def test_decimals_of_any_size_compare_exactly(pairs):
    left, right = (
        pl.Series([typed(pair[index], "decimal") for pair in pairs]) for index in range(2)
    )
    with localcontext(prec=120):
        expected = [Decimal(one) < Decimal(other) for one, other in pairs]
    assert holds(left, right, "<").to_list() == expected


_moments = st.datetimes(
    datetime(2, 1, 1),
    datetime(9998, 12, 31),
    timezones=st.integers(-14 * 60, 14 * 60).map(lambda n: timezone(timedelta(minutes=n))),
)


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(_moments, _moments)
def test_times_compare_as_in_python(one, other):
    texts = [typed(each.isoformat(), "dateTime") for each in (one, other)]
    found = holds(pl.Series(texts[:1]), pl.Series(texts[1:]), "<=").to_list()
    assert found == [one <= other]
