"""Questions keep to their words on data that tempt them, and both engines agree on any data."""

from __future__ import annotations

from pathlib import Path

import pytest

import testimonia
from testimonia.catalogue import resources
from testimonia.namespaces import shorten
from testimonia.rdf import files

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent
EX = "https://example.org/id/"
REQUIRED = {"claim-provenance": {"claim": f"{EX}c-18"}}

Rows = set[tuple[str, ...]]


@pytest.fixture(scope="module")
def hard() -> testimonia.Dataset:
    dataset = testimonia.open(HERE / "hard-cases.ttl")
    for policy in dataset.policies():  # which derives, too
        dataset.accept(policy.name)
    return dataset


def rows(dataset: testimonia.Dataset, question: str, *columns: str) -> Rows:
    found = dataset.ask(question)
    return {
        tuple(shorten(str(row[name] or "")).removeprefix(EX) for name in columns) for row in found
    }


@pytest.mark.parametrize("question", [path.stem for path in resources.queries()])
@pytest.mark.parametrize("data", ["hard cases", "nothing"])
def test_engines_agree(hard: testimonia.Dataset, tmp_path: Path, question: str, data: str) -> None:
    dataset = hard
    if data == "nothing":
        (tmp_path / "empty.ttl").touch()
        dataset = testimonia.open(tmp_path / "empty.ttl")
    parameters = REQUIRED.get(question, {})
    query = dataset.question(question).bind(parameters)
    graph = files.to_rdflib([*dataset.store, *files.read(resources.ontology())])
    by_rdflib = [[None if t is None else str(t) for t in row] for row in graph.query(query)]
    by_oxigraph = [[t and t.value for t in row] for row in dataset.query(query).terms]
    assert by_oxigraph == by_rdflib
    assert data != "nothing" or not by_oxigraph


def test_confirming_is_neither_relaying_nor_hearsay_nor_what_was_corrected(
    hard: testimonia.Dataset,
) -> None:
    # Four dead are known only through an unnamed official, seven injured only pass on what Sudland
    # said, twelve were retracted, and twenty were corrected, though in one of two documents.
    assert rows(hard, "confirmed-figures", "claim") == {("c-s",), ("c-18",)}


def test_what_is_not_confirmed_is_listed_without_what_was_withdrawn(
    hard: testimonia.Dataset,
) -> None:
    assert rows(hard, "unconfirmed-figures", "claim", "kind") == {
        ("c-min", "tmn:OfficialBody"),
        ("c-un", "tmn:UnnamedSource"),
        ("c-9", "tmn:OfficialBody"),
        ("c-2a", "tmn:UnnamedSource"),
        ("c-5", "tmn:MediaOutlet"),
    }


def test_a_named_denial_leaves_an_allegation_to_unnamed_sources(
    hard: testimonia.Dataset,
) -> None:
    assert rows(hard, "unnamed-sources-only", "claim", "stance") == {("c-2a", "tmc:asserts")}


def test_bodies_and_parties_belong_together(hard: testimonia.Dataset) -> None:
    found = rows(hard, "agents-and-parties", "agent", "kind", "body", "party")
    assert {row for row in found if row[0] == "bob"} == {
        ("bob", "tmn:Person", "mod", "norland"),
        ("bob", "tmn:Person", "smod", "sudland"),
    }
    assert {row for row in found if row[0] == "norland"} == {
        ("norland", "tmn:OfficialBody", "", "norland")
    }


def test_other_languages_do_not_double_rows(hard: testimonia.Dataset) -> None:
    assert len(hard.ask("claim-provenance", claim=f"{EX}c-min")) == 1
    assert len(hard.ask("relayed-speech")) == 2


def test_a_correction_for_two_reasons_is_one_row(hard: testimonia.Dataset) -> None:
    found = [row for row in rows(hard, "revisions", "later", "earlier", "reasons") if row[2]]
    assert found == [("c-18", "c-20a", "counted-twice; remains-recounted")]
