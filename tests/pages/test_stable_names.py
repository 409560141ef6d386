"""Blank nodes get names from what is stated about them: the same data, read twice, give the same statements."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import BlankNode, RdfFormat, parse

from testimonia.pages.stable_names import with_stable_names
from testimonia.query.store import Store

TEXT = """
@prefix x: <https://example.org/> .
x:Claim x:subClassOf [ x:onProperty x:claimant ; x:some x:Agent ], [ x:onProperty x:statedIn ; x:some x:Document ] .
x:list x:of ( x:one [ x:name "two" ] ) .
x:plain x:name "three" .
"""


def read(directory: Path | None = None) -> Store:
    """Read the data; the reader names blank nodes at random."""
    store = Store(directory)
    store.load(parse(TEXT, RdfFormat.TURTLE))
    return store


def statements(store: Store) -> list[str]:
    return sorted(map(str, store))


@pytest.mark.parametrize("on_disk", [False, True])
def test_two_readings_give_the_same_statements(tmp_path: Path, on_disk: bool) -> None:
    one, other = (read(tmp_path / name if on_disk else None) for name in ("one", "other"))
    before = statements(one)
    assert before != statements(other)
    first, second = with_stable_names(one), with_stable_names(other)
    assert statements(first) == statements(second)
    assert len(first) == len(one) == 13
    names = {t.value for q in first for t in (q.subject, q.object) if isinstance(t, BlankNode)}
    assert names == {f"c14n{n}" for n in range(5)}
    assert statements(one) == before


def test_a_store_without_blank_nodes_is_not_copied() -> None:
    store = Store()
    store.load(parse("<x:s> <x:p> 1 .", RdfFormat.TURTLE))
    assert with_stable_names(store) is store
