"""Facts go to graphs of their own, with what made them; another run replaces them whole."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store, serialize

import scenarios
import testimonia
from testimonia.derivation import running
from testimonia.namespaces import PREFIXES
from testimonia.query.graph_names import ACCEPTED, DERIVED, is_under
from testimonia.query.store import Store as OurStore
from testimonia.rdf import files

DATA = scenarios.FOLDER / "upward-series" / "data.ttl"
REVISES = "320-revises"


def contents(dataset: testimonia.Dataset) -> dict[str, list[str]]:
    store = dataset.store
    graphs = [*store.graphs(DERIVED), *store.graphs(ACCEPTED)]
    return {graph.value: sorted(map(str, store.statements(graph))) for graph in graphs}


def test_published_data_never_hold_derived_facts(tmp_path: Path) -> None:
    for dataset in (testimonia.open(DATA), testimonia.open(DATA, store=tmp_path / "store")):
        before = sorted(map(str, dataset.quads()))
        dataset.derive()
        dataset.accept("full-range")
        assert sorted(map(str, dataset.quads())) == before
    del dataset
    kept = testimonia.open(store=tmp_path / "store")
    assert kept.store.graphs(DERIVED)
    assert not any(is_under(quad.graph_name, DERIVED) for quad in kept.quads())
    assert not any(is_under(quad.graph_name, ACCEPTED) for quad in kept.quads())
    assert len(list(kept.quads())) == len(before)


def test_a_dump_with_derived_facts_is_read_without_them(tmp_path: Path) -> None:
    dataset = testimonia.open(DATA)
    dataset.derive()
    dump = tmp_path / "dump.nq"
    dump.write_bytes(serialize(dataset.store, format=RdfFormat.N_QUADS))
    again = testimonia.open(dump)
    assert again.store.graphs(DERIVED) == []
    assert again.derive().counts == dataset.derive().counts


def test_a_run_replaces_what_was_derived_and_what_was_accepted() -> None:
    dataset = testimonia.open(DATA)
    first = dataset.derive()
    dataset.accept("full-range")
    before = contents(dataset)
    assert dataset.derive() == first
    assert contents(dataset) == {name: c for name, c in before.items() if "accepted" not in name}
    stray = NamedNode(f"{DERIVED.value}/999-gone")
    dataset.store.load([Quad(stray, stray, stray, stray)])
    dataset.derive()
    assert stray not in dataset.store.graphs(DERIVED)


def test_each_graph_has_its_rule_version_and_input() -> None:
    dataset = testimonia.open(DATA)
    derivation = dataset.derive()
    rule = next(rule for rule in scenarios.RULES if rule.name == REVISES)
    answer = dataset.query(
        f"""
        SELECT ?summary ?version ?rule ?inputs
        WHERE {{ GRAPH <{DERIVED.value}> {{
          <{rule.graph.value}> a prov:Entity ; prov:wasGeneratedBy ?activity .
          ?activity a prov:Activity ; prov:used ?plan , ?inputs .
          ?plan a prov:Plan ; rdfs:label ?summary ; owl:versionInfo ?version ;
              dcterms:identifier ?rule .
          ?inputs a prov:Entity .
        }} }}
        """
    )
    assert [tuple(row)[:3] for row in answer] == [
        (rule.summary, rule.version, f"sha256:{rule.digest}")
    ]
    assert answer[0]["inputs"].endswith(derivation.inputs)
    described = {
        triple.subject for triple in dataset.store.statements(DERIVED)
        if triple.predicate.value == PREFIXES["prov"] + "wasGeneratedBy"
    }  # fmt: skip
    assert described == {rule.graph for rule in scenarios.RULES}


def test_counts_are_of_facts_and_not_of_solutions() -> None:
    dataset = testimonia.open(DATA)
    derivation = dataset.derive()
    for rule in scenarios.RULES:
        assert derivation.counts[rule.name] == len(set(dataset.store.statements(rule.graph)))
    assert derivation.total == len(dataset.facts()) == sum(derivation.counts.values())


def test_a_digest_is_of_the_statements_and_not_of_their_order() -> None:
    quads = list(files.read([DATA]))
    stores = []
    for order in (quads, list(reversed(quads)), quads[1:]):
        store = OurStore()
        store.load(order)
        stores.append(running.digest(store))
    assert stores[0] == stores[1] != stores[2]
    assert len(stores[0]) == 64
    # By the definition, for a store of one statement.
    one = OurStore()
    quad = Quad(NamedNode("a:b"), NamedNode("a:c"), Literal("\u00e9\n"), NamedNode("a:g"))
    one.load([quad])
    plain = Store()
    plain.add(quad)

    line = serialize(plain, format=RdfFormat.N_QUADS).rstrip(b"\n")
    assert running.digest(one) == sha256(line).hexdigest()


def test_facts_added_to_a_store_on_disk_are_forgotten_when_data_are_added(tmp_path: Path) -> None:
    place = tmp_path / "store"
    first = testimonia.open(DATA, store=place)
    first.derive()
    del first
    other = scenarios.FOLDER / "subset-count" / "data.ttl"
    both = testimonia.open(other, store=place)
    assert both.store.graphs(DERIVED) == []


@pytest.mark.parametrize(
    ("graph", "inside"),
    [
        (DERIVED, True),
        (NamedNode(DERIVED.value + "/320-revises"), True),
        (NamedNode(DERIVED.value + "-not"), False),
        (NamedNode("https://w3id.org/testimonia/id/graph"), False),
        (Literal("x"), False),
    ],
)
def test_graphs_under_a_root(graph: object, inside: bool) -> None:
    assert is_under(graph, DERIVED) is inside


@pytest.mark.slow
def test_a_store_on_disk_holds_what_memory_does(tmp_path: Path) -> None:
    here, there = testimonia.open(DATA), testimonia.open(DATA, store=tmp_path / "store")
    derived = there.derive(policies=True)
    assert derived == here.derive(policies=True)
    assert sorted(derived.assessments) == sorted(policy.name for policy in here.policies())
    assert contents(there) == contents(here)
    rows = len(there.ask("accepted-figures"))  # type: ignore[arg-type]
    assert rows == len(here.ask("accepted-figures")) > 0  # type: ignore[arg-type]
    # Without policies, what was accepted before is forgotten: it rested on what was derived before.
    there.derive()
    assert there.store.graphs(ACCEPTED) == []


def test_a_run_that_fails_leaves_a_store_as_it_was(tmp_path: Path) -> None:
    store = OurStore(tmp_path / "store")
    graph = NamedNode(f"{DERIVED.value}/300-old")
    store.load([Quad(NamedNode("urn:a"), NamedNode("urn:b"), Literal("1"), graph)])

    def fail() -> None:
        with running.in_memory(store) as copy:
            copy.forget(DERIVED)
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    assert store.graphs(DERIVED) == [graph]
