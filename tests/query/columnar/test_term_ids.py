"""Terms as integers: which kind each has, and which are their own ids."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode

from testimonia.query.columnar import term_ids
from testimonia.query.columnar.literal_values import values_of

XSD = "http://www.w3.org/2001/XMLSchema#"


def typed(text: str, name: str) -> Literal:
    return Literal(text, datatype=NamedNode(XSD + name))


@pytest.mark.parametrize(
    ("term", "kind"),
    [
        (NamedNode("http://a.example/"), term_ids.IRI),
        (BlankNode("a"), term_ids.BLANK),
        (Literal("a"), term_ids.STRING),
        (Literal("a", language="en"), term_ids.TAGGED),
        (typed("-7", "integer"), term_ids.INTEGER),
        (typed("-0", "integer"), term_ids.NUMERIC),
        (typed("18014398509481984", "integer"), term_ids.NUMERIC),
        (typed("seven", "integer"), term_ids.OTHER),
        (typed("7", "nonNegativeInteger"), term_ids.COUNT),
        (typed("7", "short"), term_ids.NUMERIC),
        (typed("1.0", "decimal"), term_ids.NUMERIC),
        (typed("1e0", "decimal"), term_ids.OTHER),
        (typed("NaN", "double"), term_ids.NUMERIC),
        (typed("true", "boolean"), term_ids.BOOLEAN),
        (typed("1", "boolean"), term_ids.OTHER),
        (typed("2024-02-29", "date"), term_ids.DATE),
        (typed("2023-02-29", "date"), term_ids.OTHER),
        (typed("2024-02-29Z", "date"), term_ids.DATETIME),
        (typed("-0044-03-15", "date"), term_ids.DATETIME),
        (typed("2024-02-29T24:00:00", "dateTime"), term_ids.DATETIME),
        (typed("2024-02-29T10:00:00", "dateTimeStamp"), term_ids.OTHER),
        (typed("2024-02-29T10:00:00+14:00", "dateTimeStamp"), term_ids.DATETIME),
        (typed("P1D", "duration"), term_ids.OTHER),
    ],
)
def test_kinds(term: NamedNode | BlankNode | Literal, kind: int) -> None:
    assert term_ids.kind_of_term(term) == kind


@given(
    st.one_of(
        st.integers(-(1 << 54) + 1, (1 << 54) - 1).map(lambda n: typed(str(n), "integer")),
        st.integers(0, (1 << 54) - 1).map(lambda n: typed(str(n), "nonNegativeInteger")),
        st.dates().map(lambda day: typed(day.isoformat(), "date")),
        st.sampled_from([typed("true", "boolean"), typed("false", "boolean")]),
    )
)
def test_inline_literals_are_their_own_ids(literal: Literal) -> None:
    number = term_ids.inline_id(literal.value, literal.datatype.value)
    assert number is not None
    assert 0 < number < 1 << 63
    assert term_ids.inline_term(number) == literal


def test_inline_integers_are_in_order() -> None:
    ids = [term_ids.inline_id(str(n), XSD + "integer") for n in (-5, -1, 0, 3, 10)]
    assert ids == sorted(ids, key=lambda number: number or 0)


@pytest.mark.parametrize(
    ("text", "instant", "offset"),
    [
        ("1970-01-01T00:00:01.5Z", 1_500_000, 0),
        ("1970-01-01T01:00:00+01:00", 0, 60),
        ("1969-12-31T19:00:00-05:00", 0, -300),
        ("1970-01-02T00:00:00", 86_400_000_000, None),
    ],
)
def test_instants(text: str, instant: int, offset: int | None) -> None:
    values = values_of(typed(text, "dateTime"))
    assert (values.instant, values.offset_minutes) == (instant, offset)
