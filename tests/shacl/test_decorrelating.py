"""Filters with repeated paths become joins where that is equivalent, and only there."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store, parse

from testimonia.shacl import run
from testimonia.shacl.sparql.decorrelating import decorrelated

HEAD = "PREFIX : <urn:x:> "
JOINED = [
    "SELECT ?this ?x { ?this :p ?x FILTER NOT EXISTS { ?this :q/:p* ?x } }",
    "SELECT ?this ?x { ?this :p ?x FILTER NOT EXISTS { ?this :q+ ?y . ?y :p ?x } ?x :q ?z }",
    "SELECT ?this { ?this :p ?x filter exists { ?x :q+ ?y ; :p ?z , ?w . } }",
    "SELECT ?this { ?this :p ?x FILTER NOT # {\n EXISTS { ?x :p+ ?x } }",
    "SELECT ?this { ?this :p ?x OPTIONAL { ?x :q ?y } FILTER NOT EXISTS { ?x (:p|^:q)+ ?this } }",
    "SELECT ?this { { ?this :p ?x FILTER NOT EXISTS { ?x :q+ ?z } } UNION { ?this :q ?y } }",
    "SELECT ?this { ?this :p ?x FILTER NOT EXISTS { ?this :p+ ?k } FILTER NOT EXISTS { ?x :q+ ?k } }",
    "SELECT ?this { ?this :p ?x OPTIONAL { ?x :q ?y FILTER NOT EXISTS { ?y :p+ ?x } } }",
    # Paths of zero length, from and to nodes of the graph.
    "SELECT ?this { ?this :p ?x FILTER NOT EXISTS { ?this :q* ?y } }",
    "SELECT ?this ?x { ?this :p ?x FILTER NOT EXISTS { ?this :q* ?x } }",
    "SELECT ?this ?x { ?this :p ?x FILTER EXISTS { ?x ^:q* ?this } }",
    "SELECT ?this { ?this :p ?x FILTER NOT EXISTS { ?this :q* ?r . ?r :p :a } }",
    "SELECT ?this { ?this :p/:q ?x FILTER NOT EXISTS { ?x (:p|:q)* :a } }",
    "SELECT ?this ?x { ?this :p ?x FILTER NOT EXISTS { ?x :q* :f . ?this :q+ ?y } }",
    "SELECT ?this ?x { ?this :p ?x FILTER NOT EXISTS { ?this (:q?/:p*) ?y . ?y :q* ?x } }",
]
NOT_REWRITTEN = [
    "SELECT ?this { ?this :p ?x FILTER NOT EXISTS { ?this :q ?x } }",  # nothing repeats
    "SELECT ?this { ?this :p ?x FILTER NOT EXISTS { ?a :q+ ?b } }",  # nothing shared
    # May have zero length at a predicate, which need not be a node.
    "SELECT ?this { ?this ?x ?y FILTER NOT EXISTS { ?x :q* ?z } }",
    "SELECT ?this { ?this ?x ?y FILTER NOT EXISTS { ?x :q* ?z . ?x :p ?y } }",
    "SELECT ?this { ?this :p ?x OPTIONAL { ?x :q ?y } FILTER NOT EXISTS { ?y :p+ ?x } }",
    "SELECT ?this { ?this :p ?x FILTER NOT EXISTS { ?x :q+ ?y FILTER (?y = ?this) } }",
    "SELECT ?this { ?this :p ?x FILTER (?x = :a || NOT EXISTS { ?x :q+ ?y }) }",
    "SELECT ?this { ?this :p ?x BIND (?x AS ?y) FILTER NOT EXISTS { ?y :q+ ?z } }",
    "SELECT ?this { ?this :p ?x FILTER NOT EXISTS { ?x :q+ [ :p ?z ] } }",
    "SELECT ?this { ?this :p ?x OPTIONAL { ?x :q ?y FILTER NOT EXISTS { ?this :p+ ?x } } }",
]

nodes = st.sampled_from([NamedNode(f"urn:x:{name}") for name in "abcdepq"])
literals = st.sampled_from([Literal("a"), Literal(1)])
graphs = st.lists(
    st.builds(
        Quad,
        nodes,
        st.sampled_from([NamedNode("urn:x:p"), NamedNode("urn:x:q")]),
        nodes | literals,
    ),
    max_size=16,
)


def solutions(store: Store, query: str) -> list[str]:
    return sorted(map(str, store.query(HEAD + query)))  # type: ignore[arg-type]


@settings(max_examples=200, deadline=None)
@given(graphs, st.sampled_from(JOINED))
def test_a_join_has_the_same_solutions(quads: list[Quad], query: str) -> None:
    store = Store()
    store.extend(quads)
    joined = decorrelated(query)
    assert joined is not None
    assert solutions(store, joined) == solutions(store, query)


@pytest.mark.parametrize("query", NOT_REWRITTEN)
def test_filters_that_might_differ_are_not_rewritten(query: str) -> None:
    assert decorrelated(query) is None


PREFIXES = "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix : <urn:x:> .\n"


def test_a_closed_world_over_many_nodes_is_quick() -> None:
    """Properties that no class of a node declares: 1,000 nodes, 200 classes."""
    classes = [
        f":C{n} :under :C{(n - 1) // 2} ; :declares [ :path :r{n % 30} ] ." for n in range(1, 200)
    ]
    things = [f":n{n} a :C{n % 199 + 1} ; :r{n % 30} :n{n % 7} ; a :Thing ." for n in range(1000)]
    kinds = [f":r{n} a :Relation ." for n in range(30)]
    shapes = (
        PREFIXES
        + """:s a sh:NodeShape ; sh:targetClass :Thing ; sh:sparql [ sh:select '''
        PREFIX : <urn:x:> SELECT $this ?value { ?p a :Relation . $this ?p ?value
          FILTER NOT EXISTS { $this a/:under* ?c . ?c :declares/:path ?p } }''' ] ."""
    )
    data = PREFIXES + "\n".join([*classes, *things, *kinds])
    parents = {n: (n - 1) // 2 for n in range(1, 200)}

    def declared(cls: int) -> set[int]:
        return set() if cls == 0 else {cls % 30} | declared(parents[cls])

    expected = sum(n % 30 not in declared(n % 199 + 1) for n in range(1000))
    began = time.monotonic()
    report = run(parse(data, RdfFormat.TURTLE), parse(shapes, RdfFormat.TURTLE))
    assert report.number == expected > 100
    assert time.monotonic() - began < 15


def test_a_query_that_takes_too_long_is_left_out_and_named() -> None:
    shapes = (
        PREFIXES
        + """:slow a sh:NodeShape ; sh:targetSubjectsOf :p ; sh:sparql [ sh:select '''
        SELECT $this { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER (CONCAT(STR(?a), STR(?d), STR(?g)) = "x") }''' ] .
        :quick a sh:NodeShape ; sh:targetSubjectsOf :p ; sh:sparql [ sh:select '''
        PREFIX : <urn:x:> SELECT $this { $this :p 3 }''' ] ."""
    )
    data = PREFIXES + "\n".join(f":n{n} :p {n} ." for n in range(900))
    report = run(parse(data, RdfFormat.TURTLE), parse(shapes, RdfFormat.TURTLE), time_limit=1)
    assert report.frame["focus"].to_list() == ["<urn:x:n3>"]
    (fault,) = report.unchecked
    assert "took longer than 1 seconds" in str(fault)
    assert "slow" in str(fault)
