"""Paths evaluated by column have the same value nodes as in SPARQL."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import NamedNode, Quad, RdfFormat, Store, Triple, parse

from testimonia.shacl import path_evaluation, run
from testimonia.shacl.data.graph import Graph
from testimonia.shacl.data.inputs import columns
from testimonia.shacl.path_evaluation import value_pairs
from testimonia.shacl.paths import Path

nodes = st.sampled_from([NamedNode(f"urn:{name}") for name in "abcdef"])
predicates = st.sampled_from([NamedNode(f"urn:{name}") for name in "pqr"])
graphs = st.lists(st.builds(Triple, nodes, predicates, nodes), max_size=14)
all_paths = st.recursive(
    predicates.map(lambda iri: Path("", property=iri.value)),
    lambda inner: st.one_of(
        st.builds(lambda sign, step: Path(sign, (step,)), st.sampled_from("^*+?"), inner),
        st.builds(
            lambda sign, steps: Path(sign, tuple(steps)),
            st.sampled_from("/|"),
            st.lists(inner, min_size=2, max_size=3),
        ),
    ),
    max_leaves=5,
)


def walked(triples: list[Triple], path: Path, start: list[NamedNode]) -> set[tuple[str, str]]:
    graph = Graph.encoded(columns(triples))
    pairs = value_pairs(graph, path, graph.terms.ids(start))
    texts = zip(graph.terms.decode(pairs["focus"]), graph.terms.decode(pairs["value"]), strict=True)
    found = list(texts)
    assert len(found) == len(set(found))
    return set(found)


@settings(max_examples=150, deadline=None)
@given(triples=graphs, path=all_paths, start=st.lists(nodes, min_size=1, max_size=4, unique=True))
@pytest.mark.parametrize("joins", [1, 64])
def test_value_nodes_are_those_of_sparql(joins, triples, path, start):
    before, path_evaluation._JOINS = path_evaluation._JOINS, joins
    store = Store()
    # Oxigraph finds no zero-length path at a node that is not in the graph; SPARQL does.
    present = [Triple(node, NamedNode("urn:present"), node) for node in start]
    store.extend(Quad(*triple) for triple in [*triples, *present])
    try:
        expected = {
            (str(node), str(solution["value"]))
            for node in start
            for solution in store.query(f"SELECT ?value {{ {node} {path.sparql()} ?value }}")
        }
        assert walked(triples, path, start) == expected
    finally:
        path_evaluation._JOINS = before


def test_a_long_chain():
    def node(number):
        return NamedNode(f"urn:{number}")

    chain = [Triple(node(number), NamedNode("urn:p"), node(number + 1)) for number in range(3000)]
    path = Path("*", (Path("", property="urn:p"),))
    assert len(walked(chain, path, [node(0), node(2990)])) == 3001 + 11


ALONG = """@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix : <urn:x:> .
:far a sh:NodeShape ; sh:targetSubjectsOf :next ; sh:property
    [ sh:path [ sh:zeroOrMorePath :next ] ; sh:maxCount 0 ] .
:near a sh:NodeShape ; sh:targetSubjectsOf :first ; sh:property [ sh:path :next ; sh:maxCount 0 ] .
:negated a sh:NodeShape ; sh:targetSubjectsOf :first ; sh:not :far .
"""
CHAIN = "".join(f"<urn:x:{n}> <urn:x:next> <urn:x:{n + 1}> .\n" for n in range(40))
CHAIN += "<urn:x:0> <urn:x:first> <urn:x:0> .\n"


def test_a_path_that_takes_too_long_is_left_out_and_named() -> None:
    """What was checked is still reported; what negates the shape is left out too."""
    data, shapes = parse(CHAIN, RdfFormat.N_TRIPLES), parse(ALONG, RdfFormat.TURTLE)
    report = run(data, shapes, time_limit=0)
    assert report.frame["shape"].n_unique() == 1
    assert report.frame["focus"].to_list() == ["<urn:x:0>"]
    assert not report.complete
    assert [str(each) for each in report.unchecked] == [
        "urn:x:far: following its path took longer than 0 seconds",
        "urn:x:negated: it negates urn:x:far, which was only partly checked",
    ]


def test_a_path_has_its_time() -> None:
    """41 nodes reach themselves and what follows; the first is a node that :far has results for."""
    data, shapes = parse(CHAIN, RdfFormat.N_TRIPLES), parse(ALONG, RdfFormat.TURTLE)
    report = run(data, shapes, time_limit=None)
    assert report.complete
    assert sorted(report.frame["focus"].value_counts()["count"]) == [1] * 39 + [2]
