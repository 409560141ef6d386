"""Notes are text in fields: with places, without types, and nothing in them is executed or expanded."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from testimonia.errors import SyntaxFault
from testimonia.yaml_nodes import Fields, Items, Mark, Node, Word, parsed, written

_TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc", "Co", "Cn"]), max_size=12)
_WORDS = st.none().map(Word) | _TEXT.map(Word)
_KEYS = _TEXT.filter(lambda text: text not in ("", "~", "null"))


def _fields(values: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    return st.dictionaries(_KEYS, values, max_size=3).map(
        lambda found: Fields(tuple((Word(key), value) for key, value in found.items()))
    )


_NODES: st.SearchStrategy[Node] = st.recursive(
    _WORDS,
    lambda inner: _fields(inner) | st.lists(inner, max_size=3).map(lambda it: Items(tuple(it))),
    max_leaves=12,
)


def test_text_is_read_as_typed_with_its_place() -> None:
    fields, faults = parsed("no: yes\nday: 2026-03-04\nlist: [007, 'null', ~]\n", "n.yaml")
    assert faults == []
    assert [(key.text, key.mark) for key, _ in fields.entries] == [
        ("no", Mark(1, 1)),
        ("day", Mark(2, 1)),
        ("list", Mark(3, 1)),
    ]
    assert fields.entries[0][1] == Word("yes")
    assert fields.entries[2][1] == Items((Word("007"), Word("null"), Word(None)))


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a: &x 1", "n.yaml:1:4"),
        ("a: *x", "n.yaml:1:4"),
        ("a: !!python/object/apply:os.system [true]", "n.yaml:1:4"),
        ("a: 1\nb: [", "n.yaml:2:5"),
        ("a: b: c", "n.yaml:1:5"),
        ("- 1", "n.yaml:1:1"),
        ("a: 1\n---\nb: 2", "n.yaml:2:1"),
        ("? [a]\n: b", "n.yaml:1:3"),
        ("a: " + "[" * 50, "n.yaml:1:16"),
    ],
)
def test_yaml_that_notes_do_not_allow_is_refused_with_its_place(text: str, place: str) -> None:
    with pytest.raises(SyntaxFault) as error:
        parsed(text, "n.yaml")
    assert str(error.value.place) == place
    assert error.value.hint


def test_nested_aliases_are_refused_at_the_first_anchor() -> None:
    bomb = "a: &a [x, x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]\n" for n in range(20)
    )
    begun = time.monotonic()
    with pytest.raises(SyntaxFault, match="anchors and aliases"):
        parsed(bomb, "n.yaml")
    assert time.monotonic() - begun < 5


def test_a_file_that_is_too_large_is_refused() -> None:
    with pytest.raises(SyntaxFault, match="more than"):
        parsed("#" * 4_000_001, "n.yaml")


def test_a_repeated_field_is_reported_and_the_first_is_used() -> None:
    fields, faults = parsed("a: 1\nb: 2\na: 3\n", "n.yaml")
    assert [(str(fault.place), "line 1" in fault.message) for fault in faults] == [
        ("n.yaml:3:1", True)
    ]
    assert fields == Fields(((Word("a"), Word("1")), (Word("b"), Word("2"))))


@given(_fields(_NODES))
@settings(max_examples=150, deadline=None)
def test_fields_are_unchanged_by_writing_and_reading(fields: Node) -> None:
    assert isinstance(fields, Fields)
    assert parsed(written(fields), "n.yaml") == (fields, [])


@given(st.text(max_size=60))
@settings(max_examples=300, deadline=None)
def test_any_text_is_read_or_refused_with_a_place(text: str) -> None:
    try:
        parsed(text, "n.yaml")
    except SyntaxFault as error:
        assert error.place is not None  # noqa: PT017 - the other outcome is fine as well
