"""Cells as people read them."""

from __future__ import annotations

import pytest
from pyoxigraph import Literal, NamedNode

from testimonia.languages import Label
from testimonia.namespaces import PREFIXES
from testimonia.query.tabular import AnswerTable, cell

DOC = PREFIXES["doc"]
INTEGER = NamedNode(PREFIXES["xsd"] + "integer")


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


def row(*terms: NamedNode | Literal | None) -> tuple[NamedNode | Literal | None, ...]:
    return terms


ONE, TWO, NAME = Literal("1", datatype=INTEGER), Literal("2", datatype=INTEGER), Literal("a")


def table(*rows: tuple[NamedNode | Literal | None, ...], most: int | None = None) -> AnswerTable:
    return AnswerTable.of(["x", "y", "z"], rows, lambda _: None, most=most)


def test_a_cell_knows_what_it_was_made_of() -> None:
    found = cell(ONE, lambda _: None)
    assert found is not None
    assert (found.value, found.datatype, found.number) == (1, INTEGER.value, True)
    label = {DOC + "a": Label("تقرير", "ar")}.get
    foreign, plain = cell(NamedNode(DOC + "a"), label), cell(NamedNode(DOC + "b"), label)
    assert foreign is not None
    assert plain is not None
    assert (foreign.label_language, foreign.label_direction) == ("ar", "rtl")
    assert plain.label_direction is None


def test_codes_and_terms_are_of_the_vocabulary_and_things_are_not() -> None:
    iris = [PREFIXES["tmc"] + "killed", PREFIXES["tmn"] + "Claim", DOC + "a", "urn:x:a"]
    cells = [cell(NamedNode(iri), lambda _: None) for iri in iris]
    assert [one is not None and one.of_vocabulary for one in cells] == [True, True, False, False]


def test_what_all_rows_say_is_folded() -> None:
    found = table(row(ONE, NAME, None), row(TWO, NAME, None)).folded()
    assert list(found.names) == ["x"]
    assert [(name, one.text) for name, one in found.constants] == [("y", "a")]
    assert [[one and one.text for one in cells] for cells in found.rows] == [["1"], ["2"]]


def test_cells_that_only_look_alike_are_not_folded_together() -> None:
    found = table(row(ONE, NAME, None), row(Literal("1"), NAME, ONE)).folded()
    assert list(found.names) == ["x", "z"]


def test_rows_that_are_not_shown_decide_what_is_folded_too() -> None:
    rows = [row(ONE, NAME, None), row(TWO, NAME, None), row(TWO, ONE, None)]
    assert list(table(*rows[:2], most=2).folded().names) == ["x"]
    found = table(*rows, most=2)
    assert len(found.rows) == 2
    assert list(found.folded().names) == ["x", "y"]


def test_of_one_row_only_what_is_empty_is_left_out() -> None:
    found = table(row(ONE, None, NAME)).folded()
    assert (list(found.names), found.constants) == (["x", "z"], [])


def test_rows_are_numbered_and_columns_left_out() -> None:
    found = table(row(ONE, NAME, None), row(TWO, NAME, None)).without({1}).numbered()
    assert list(found.names) == ["", "x", "z"]
    assert [one and one.text for one in found.column(0)] == ["1", "2"]
    assert table().folded().rows == []
