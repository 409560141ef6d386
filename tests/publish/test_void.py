"""The VoID description counts what is there: every number is counted again by SPARQL."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import rdflib
import releases
from pyoxigraph import Literal, NamedNode, Quad, Store
from rdflib import DCTERMS, FOAF, OWL, RDF, VOID

from testimonia.publish.descriptions.void import described as graphs_described
from testimonia.publish.descriptions.void import graph_iri, void
from testimonia.publish.folder.release import PublishedGraph, Release

DATASET = rdflib.URIRef("https://w3id.org/testimonia/dataset/claims")


def described(release: Release) -> rdflib.Graph:
    (text,) = releases.artefacts(void, release).values()
    return rdflib.Graph().parse(data=text, format="turtle")


@pytest.fixture(scope="module")
def content(release: Release) -> rdflib.Graph:
    return described(release)


@pytest.fixture(scope="module")
def store(release: Release) -> Store:
    return releases.stored(release)


def number(content: rdflib.Graph, about: rdflib.term.Node, counted: rdflib.URIRef) -> int:
    (found,) = content.objects(about, counted)
    return int(str(found))


def counts(store: Store, pattern: str, *what: str) -> dict[str, tuple[int, ...]]:
    """Count by ?key, for example triples and distinct subjects of each property."""
    columns = " ".join(f"(COUNT({each}) AS ?n{i})" for i, each in enumerate(what))
    rows = store.query(f"SELECT ?key {columns} WHERE {{ {pattern} }} GROUP BY ?key")
    return {
        row["key"].value: tuple(int(row[f"n{i}"].value) for i in range(len(what))) for row in rows
    }


def partitions(
    content: rdflib.Graph, about: rdflib.term.Node, link: str, key: str, *what: str
) -> dict[str, tuple[int, ...]]:
    parts = list(content.objects(about, VOID[link]))
    assert all((part, RDF.type, VOID.Dataset) in content for part in parts)
    return {
        str(content.value(part, VOID[key])): tuple(
            number(content, part, VOID[each]) for each in what
        )
        for part in parts
    }


WHOLE = "{ SELECT DISTINCT ?s ?p ?o { GRAPH ?g { ?s ?p ?o } } }"


def test_the_whole_is_counted(content: rdflib.Graph, store: Store) -> None:
    asked = "SELECT (COUNT(*) AS ?t) (COUNT(DISTINCT ?s) AS ?ss) (COUNT(DISTINCT ?o) AS ?os) (COUNT(DISTINCT ?p) AS ?ps)"
    (row,) = store.query(f"{asked} {{ {WHOLE} }}")
    names = ("triples", "distinctSubjects", "distinctObjects", "properties")
    said = [number(content, DATASET, VOID[name]) for name in names]
    assert said == [int(row[name].value) for name in ("t", "ss", "os", "ps")]
    assert said[0] > 2500


def test_partitions_by_class_and_property(content: rdflib.Graph, store: Store) -> None:
    classes = counts(store, f"{WHOLE} FILTER(?p = <{RDF.type}>) BIND(?o AS ?key)", "DISTINCT ?s")
    assert partitions(content, DATASET, "classPartition", "class", "entities") == classes
    assert number(content, DATASET, VOID.classes) == len(classes)
    properties = counts(store, f"{WHOLE} BIND(?p AS ?key)", "*", "DISTINCT ?s")
    assert properties == partitions(
        content, DATASET, "propertyPartition", "property", "triples", "distinctSubjects"
    )


def graphs_among(content: rdflib.Graph) -> list[rdflib.term.Node]:
    """List the subsets that are graphs; others are sets of links."""
    return [each for each in content.objects(DATASET, VOID.subset) if "#graph-" in str(each)]


def test_every_graph_is_a_subset_with_its_own_counts(
    release: Release, content: rdflib.Graph, store: Store
) -> None:
    subsets = sorted(graphs_among(content), key=str)
    assert len(subsets) == len(release.graphs) == 6
    triples = {graph.name: graph.triples for graph in release.graphs}
    for subset, name in zip(subsets, sorted(triples), strict=True):
        assert str(content.value(subset, DCTERMS.title)) == f"The graph {name}"
        assert number(content, subset, VOID.triples) == triples[name]
        inside = f"GRAPH <{name}> {{ ?s ?p ?o }}"
        classes = counts(
            store, f"{inside} FILTER(?p = <{RDF.type}>) BIND(?o AS ?key)", "DISTINCT ?s"
        )
        assert partitions(content, subset, "classPartition", "class", "entities") == classes
        properties = counts(store, f"{inside} BIND(?p AS ?key)", "*", "DISTINCT ?s")
        assert properties == partitions(
            content, subset, "propertyPartition", "property", "triples", "distinctSubjects"
        )


def test_dumps_vocabularies_and_identity(content: rdflib.Graph) -> None:
    assert {str(each) for each in content.objects(DATASET, VOID.dataDump)} == {
        releases.BASE + "data/testimonia.nq",
        releases.BASE + "data/testimonia.trig",
    }
    used = {str(each) for each in content.objects(DATASET, VOID.vocabulary)}
    assert {"https://w3id.org/testimonia/ns#", "http://www.w3.org/ns/oa#"} <= used
    assert str(content.value(DATASET, OWL.versionInfo)) == "0.2.0"
    example = content.value(DATASET, VOID.exampleResource)
    assert str(example).startswith("https://w3id.org/testimonia/id/claim/")
    assert content.value(rdflib.URIRef(releases.BASE + "void.ttl"), FOAF.primaryTopic) == DATASET
    assert not [node for node in content.all_nodes() if isinstance(node, rdflib.BNode)]


def test_the_same_statement_in_two_graphs_counts_once_in_the_whole(tmp_path: Path) -> None:
    thing, link = NamedNode("https://a.example/x"), NamedNode(str(OWL.sameAs))
    elsewhere = [NamedNode(f"http://www.wikidata.org/entity/Q{n}") for n in (1, 2)]
    quads = [
        Quad(thing, link, each, NamedNode(f"https://a.example/g{g}"))
        for g, each in ((1, elsewhere[0]), (2, elsewhere[0]), (1, elsewhere[1]))
    ]
    quads.append(Quad(thing, NamedNode(str(DCTERMS.title)), Literal("x"), quads[0].graph_name))
    content = described(releases.make(tmp_path, quads))
    assert number(content, DATASET, VOID.triples) == 3
    (linkset,) = content.subjects(RDF.type, VOID.Linkset)
    assert content.value(linkset, VOID.linkPredicate) == OWL.sameAs
    assert number(content, linkset, VOID.triples) == 2
    target = content.value(linkset, VOID.objectsTarget)
    assert str(content.value(target, VOID.uriSpace)) == "http://www.wikidata.org/entity/"


def test_others_data_are_not_called_ours(tmp_path: Path) -> None:
    base = "https://a.example/mine/1.0/"
    release = releases.make(tmp_path, releases.shipped()[:50], base=base, date=None)
    content = described(release)
    assert list(content.subjects(VOID.dataDump)) == [rdflib.URIRef(base)] * 2
    assert (DATASET, None, None) not in content
    assert not list(content.objects(None, DCTERMS.issued))


@pytest.mark.parametrize(
    ("most", "expected"),
    [
        (5, [(1, "agents"), (2, "document/a"), (3, "events"), (4, "foreign-document/b"), (5, "z")]),
        (4, [(1, "agents"), (3, "events"), (5, "z")]),
        (2, [(1, "agents"), (3, "events")]),
    ],
)
def test_of_very_many_graphs_those_of_documents_are_not_described(
    release: Release, monkeypatch: pytest.MonkeyPatch, most: int, expected: list[tuple[int, str]]
) -> None:
    monkeypatch.setattr("testimonia.publish.descriptions.void.MOST_GRAPHS", most)
    root = "https://w3id.org/testimonia/id/graph/"
    names = ("agents", "document/a", "events", "foreign-document/b", "z")
    many = replace(release, graphs=tuple(PublishedGraph(root + n, 1, "0" * 64) for n in names))
    assert [(n, g.name.removeprefix(root)) for n, g in graphs_described(many)] == expected
    (text,) = releases.artefacts(void, many).values()
    content = rdflib.Graph().parse(data=text, format="turtle")
    assert set(graphs_among(content)) == {
        rdflib.URIRef(graph_iri(many, number)) for number, _ in expected
    }
