"""Cells as people read them."""

from __future__ import annotations

import pytest
from pyoxigraph import Literal, NamedNode

from testimonia.namespaces import PREFIXES
from testimonia.query.tabular import cell

DOC = PREFIXES["doc"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"{DOC}a#char=0,3 {DOC}b#char=4,9", "doc:a#char=0,3 doc:b#char=4,9"),
        (f"{DOC}a#char=0,3", "doc:a#char=0,3"),
        (f"{DOC}a and {DOC}b", f"{DOC}a and {DOC}b"),
        (f"{DOC}a  {DOC}b", f"{DOC}a  {DOC}b"),
        (f"{DOC}a https://example.org/b", f"{DOC}a https://example.org/b"),
        ("about fifty", "about fifty"),
        ("", ""),
    ],
)
def test_joined_iris_are_shortened_where_all_can_be(text: str, shown: str) -> None:
    found = cell(Literal(text), lambda _: None)
    assert found is not None
    assert (found.text, found.iri) == (shown, None)


def test_a_text_in_a_language_is_shown_as_it_is() -> None:
    found = cell(Literal(f"{DOC}a", language="en"), lambda _: None)
    assert found is not None
    assert found.text == f"{DOC}a"


def test_an_iri_keeps_its_label() -> None:
    found = cell(NamedNode(DOC + "a"), {DOC + "a": "A report"}.get)
    assert found is not None
    assert (found.text, found.label, found.iri) == ("doc:a", "A report", DOC + "a")
