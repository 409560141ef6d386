"""Quads of rdflib graphs are the same as in rdflib."""

from __future__ import annotations

import warnings

import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad
from rdflib import XSD, BNode, URIRef

from testimonia.errors import InputError
from testimonia.rdf import files
from testimonia.rdf.rdflib_graphs import is_graph, merged, quads

S, P, OBJECT, G = (NamedNode(f"urn:x:{name}") for name in "spog")
TERMS = [
    OBJECT,
    BlankNode("b"),
    Literal("plain"),
    Literal("", language="en"),
    Literal("007", datatype=NamedNode(XSD.integer)),
    Literal("01.50", datatype=NamedNode(XSD.decimal)),
    Literal("2025-12-13T00:00:00+00:00", datatype=NamedNode(XSD.dateTime)),
    Literal("1", datatype=NamedNode(XSD.boolean)),
    Literal("x", datatype=NamedNode(XSD.integer)),
    Literal('a "b"\n\\u0041 \U0001f600', language="ar"),
]


def test_a_round_trip_changes_nothing() -> None:
    statements = {Quad(S, P, term) for term in TERMS}
    assert set(quads(files.to_rdflib(statements))) == statements


@given(
    st.text(st.characters(exclude_categories=["Cs"])), st.sampled_from([XSD.string, XSD.decimal])
)
def test_literals_stay_as_they_are(text: str, datatype: URIRef) -> None:
    graph = rdflib.Graph()
    graph.add((URIRef(S.value), URIRef(P.value), rdflib.Literal(text, None, datatype, False)))
    (quad,) = quads(graph)
    assert quad == Quad(S, P, Literal(text, datatype=NamedNode(datatype)))


def test_graphs_keep_their_names() -> None:
    dataset = rdflib.Dataset()
    triple = (URIRef(S.value), URIRef(P.value), URIRef(OBJECT.value))
    dataset.default_graph.add(triple)
    dataset.graph(URIRef(G.value)).add(triple)
    dataset.graph(BNode("g")).add(triple)
    names = {quad.graph_name for quad in quads(dataset)}
    assert names == {DefaultGraph(), G, BlankNode("g")}
    assert list(quads(dataset.graph(URIRef(G.value)))) == [Quad(S, P, OBJECT, G)]
    assert list(quads(dataset.default_graph)) == [Quad(S, P, OBJECT)]


def test_graphs_of_a_conjunctive_graph_have_names_only_where_they_are_iris() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        graph = rdflib.ConjunctiveGraph()
    graph.parse(data="<urn:x:s> <urn:x:p> <urn:x:o> .", format="turtle")
    graph.get_context(URIRef(G.value)).add((URIRef(S.value), URIRef(P.value), URIRef(OBJECT.value)))
    assert {quad.graph_name for quad in quads(graph)} == {DefaultGraph(), G}


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # rdflib calls what it has deprecated
def test_blank_nodes_of_different_stores_stay_distinct() -> None:
    text = '[{"@id": "_:b0", "urn:x:p": [{"@id": "_:b0"}, {"@value": "v"}]}]'
    one, other = (rdflib.Graph().parse(data=text, format="json-ld") for _ in range(2))
    assert set(one) == set(other)
    both = list(merged([one, other, one]))
    assert len(set(both)) == 4
    assert len({quad.subject for quad in both}) == 2
    assert {quad.object for quad in both} == {
        *(quad.subject for quad in both),
        Literal("v"),
    }
    dataset = rdflib.Dataset()
    parts = [dataset.graph(URIRef(f"urn:x:{number}")) for number in range(2)]
    for part in parts:
        part.add((BNode("b"), URIRef(P.value), URIRef(OBJECT.value)))
    assert {quad.subject for quad in merged(parts)} == {BlankNode("b")}
    assert list(merged([])) == []


@pytest.mark.parametrize(
    ("triple", "hint"),
    [
        ((URIRef("relative"), URIRef("urn:p"), URIRef("urn:o")), "No scheme found"),
        ((URIRef("urn:s"), URIRef("urn:p"), URIRef("urn:a b")), "Invalid IRI"),
        ((URIRef("urn:s"), URIRef("urn:p"), BNode("a b")), "blank node identifier is invalid"),
        ((rdflib.Literal("s"), URIRef("urn:p"), URIRef("urn:o")), "Correct it"),
        ((URIRef("urn:s"), BNode("p"), URIRef("urn:o")), "Correct it"),
        ((URIRef("urn:s"), URIRef("urn:p"), rdflib.Variable("v")), "Correct it"),
        ((URIRef("urn:s"), URIRef("urn:p"), rdflib.Literal("\ud800")), "literal value"),
    ],
)
def test_what_is_not_rdf_is_refused(triple: tuple[rdflib.term.Node, ...], hint: str) -> None:
    graph = rdflib.Graph()
    graph.add(triple)  # type: ignore[arg-type]
    with pytest.raises(
        InputError, match="contains something that is not an RDF statement: rdflib"
    ) as caught:
        list(quads(graph))
    assert hint in caught.value.hint


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # rdflib calls what it has deprecated
def test_formulas_are_refused() -> None:
    graph = rdflib.Graph().parse(data="{ <urn:a> <urn:b> <urn:c> } <urn:p> 1 .", format="n3")
    with pytest.raises(InputError, match="not an RDF statement"):
        list(quads(graph))


def test_what_is_a_graph() -> None:
    assert is_graph(rdflib.Graph())
    assert is_graph(rdflib.Dataset())
    assert not is_graph([rdflib.Graph()])
    assert not is_graph("data.ttl")
