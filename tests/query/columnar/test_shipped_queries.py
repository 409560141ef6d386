"""Every shipped question, rule and policy has the same answer from compiled SQL as from Oxigraph."""

from __future__ import annotations

from functools import cache

import palmyra
import pytest
from columnar_answers import columns_of, counted, merged, of_columns, of_oxigraph
from pyoxigraph import Store

import scenarios
import testimonia
from testimonia.catalogue import resources
from testimonia.query.columnar.columnar_store import ColumnarStore

QUERIES = {
    f"{kind}/{path.stem}": path.read_text(encoding="utf-8")
    for kind, paths in (
        ("questions", resources.queries()),
        ("rules", resources.rules()),
        ("policies", resources.policies()),
    )
    for path in paths
}
"""Questions with no parameters given, so about everything."""


@cache
def opened_palmyra() -> tuple[ColumnarStore, Store]:
    dataset = palmyra.opened()
    dataset.derive(policies=True)
    quads = list(dataset.store)
    return columns_of(quads), merged(quads)


@pytest.mark.parametrize("name", QUERIES)
def test_palmyra(name: str) -> None:
    columns, store = opened_palmyra()
    found, expected = of_columns(columns.query(QUERIES[name])), of_oxigraph(store, QUERIES[name])
    assert counted(found) == counted(expected)
    if name.startswith("questions/"):
        assert found == expected  # questions order their rows completely


@pytest.mark.slow
def test_palmyra_has_answers() -> None:
    columns, _ = opened_palmyra()
    answered = [name for name, query in QUERIES.items() if of_columns(columns.query(query))]
    assert len(answered) > 50


@pytest.mark.slow
def test_all_shipped_incidents() -> None:
    dataset = testimonia.open()
    dataset.derive(policies=True)
    quads = list(dataset.store)
    columns, store = columns_of(quads), merged(quads)
    for name, query in QUERIES.items():
        found, expected = of_columns(columns.query(query)), of_oxigraph(store, query)
        assert counted(found) == counted(expected), name
        if name.startswith("questions/"):
            assert found == expected, name


@pytest.mark.slow
def test_scenarios() -> None:
    """All scenarios at once, each under names of its own: to compile all queries for each takes half an hour."""
    quads = scenarios.together(derived_too=True)
    columns, oxigraph = columns_of(quads), merged(quads)
    for title, query in QUERIES.items():
        found, expected = of_columns(columns.query(query)), of_oxigraph(oxigraph, query)
        assert counted(found) == counted(expected), title
