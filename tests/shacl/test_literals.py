"""Kinds and parts of terms, checked against lexical spaces and against pyoxigraph."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode

from testimonia.shacl.names import RDF, XSD
from testimonia.shacl.values.literals import (
    datatype,
    has_datatype,
    is_blank,
    is_iri,
    is_literal,
    language,
    lexical_form,
)


def asked(term: str, test) -> object:
    return pl.DataFrame({"text": [term]}).select(test(pl.col("text"))).item()


@given(value=st.text(max_size=12), tag=st.sampled_from([None, "en", "ar-sy", "de-at"]))
def test_the_parts_of_a_literal(value, tag):
    literal = Literal(value, language=tag) if tag else Literal(value, datatype=NamedNode("urn:d"))
    assert asked(str(literal), lexical_form) == value
    assert asked(str(literal), language) == tag
    assert asked(str(literal), datatype) == literal.datatype.value
    assert asked(str(literal), is_literal)
    assert not asked(str(literal), is_iri)


@pytest.mark.parametrize(
    ("text", "kind", "said"),
    [("<urn:a>", is_iri, "urn:a"), ("_:b", is_blank, None), ('""', is_literal, "")],
)
def test_kinds(text, kind, said):
    assert [test for test in (is_iri, is_blank, is_literal) if asked(text, test)] == [kind]
    assert asked(text, lexical_form) == said


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("boolean", "true false 1 0", "yes TRUE 2"),
        ("integer", "0 -1 +7 007 9" + 40 * "9", "1.0 a - +"),
        ("decimal", "1 1. .5 -0.50", "1e0 . INF"),
        ("double", "1 1e3 -1.5E-3 INF -INF NaN", "inf 1e e5"),
        ("float", "1.5 +INF", "nan"),
        ("nonNegativeInteger", "0 -0 5 " + 40 * "9", "-1 -" + 40 * "9"),
        ("positiveInteger", "1 +1", "0 -1"),
        ("nonPositiveInteger", "0 -1 -" + 40 * "9", "1"),
        ("negativeInteger", "-1", "0 1"),
        ("byte", "-128 127 +0127", "128 -129 c"),
        ("short", "32767", "32768"),
        ("int", "-2147483648", "-2147483649"),
        ("long", "9223372036854775807", "9223372036854775808"),
        ("unsignedByte", "255 0", "256 -1"),
        ("unsignedLong", "18446744073709551615", "18446744073709551616"),
        ("dateTime", "2024-02-29T00:00:00 2024-12-31T24:00:00Z -0001-01-01T00:00:00+14:00", "2023-02-29T00:00:00 2024-01-01 2024-01-01T25:00:00 2024-13-01T00:00:00 2024-01-01T00:00:00+15:00"),
        ("dateTimeStamp", "2024-01-01T00:00:00.25Z", "2024-01-01T00:00:00"),
        ("date", "2000-02-29 12024-01-31Z", "1900-02-29 2024-04-31 24-01-01"),
        ("time", "23:59:59 24:00:00", "24:00:01 7:00:00"),
        ("gYear", "2024 -0044", "24"),
        ("gMonthDay", "--02-29", "--02-30 --13-01"),
        ("duration", "P1Y2M3DT4H5M6.7S -PT1S P1M", "P PT 1Y P1YT"),
        ("dayTimeDuration", "P1DT1H", "P1M"),
        ("hexBinary", "0aFF", "0a0"),
        ("base64Binary", "QUJD QUI= QQ==", "% QQ= QUJDx"),
        ("string", "a", ""),
    ],
)  # fmt: skip
def test_lexical_spaces(name, good, bad):
    kind = NamedNode(XSD + name)
    for lexical, expected in [(each, True) for each in good.split()] + [
        (each, False) for each in bad.split()
    ]:
        literal = str(Literal(lexical, datatype=kind))
        assert asked(literal, lambda text: has_datatype(text, kind)) is expected, literal
        other = str(Literal(lexical, datatype=NamedNode("urn:other")))
        assert asked(other, lambda text: has_datatype(text, kind)) is False


def test_literals_with_a_language_tag_have_their_own_datatype():
    lang_string = NamedNode(RDF + "langString")
    assert asked('"a"@en', lambda text: has_datatype(text, lang_string))
    assert not asked('"a"@en', lambda text: has_datatype(text, NamedNode(XSD + "string")))
    assert not asked('"a"', lambda text: has_datatype(text, lang_string))
    assert asked('"x"^^<urn:d>', lambda text: has_datatype(text, NamedNode("urn:d")))
