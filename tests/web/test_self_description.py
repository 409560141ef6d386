"""A served store says what is in it, where editors look: prefixes, example queries, classes with their properties."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from endpoints import Running, endpoint
from pyoxigraph import RdfFormat

import testimonia
from testimonia.catalogue.questions import read_question
from testimonia.catalogue.resources import queries
from testimonia.namespaces import ONTOLOGY, PREFIXES
from testimonia.pages.addresses import path_of
from testimonia.pages.page_renderer import PageRenderer
from testimonia.query.graph_names import DESCRIPTION

DATA = """
@prefix ex: <urn:x:> .
ex:a a ex:Boat ; ex:port ex:lisbon .
ex:b a ex:Boat , ex:Ferry ; ex:port ex:lisbon , ex:oslo ; ex:name "Ida" .
ex:Boat ex:name "boat" .
"""
VOID = "PREFIX void: <http://rdfs.org/ns/void#> "


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("own")
    (folder / "own.ttl").write_text(DATA)
    with endpoint(folder, "--workers", "2", str(folder / "own.ttl")) as running:
        yield running


def rows(running: Running, query: str) -> list[tuple[str, ...]]:
    """Ask as sib-swiss/sparql-editor does, with a parameter that no protocol knows."""
    reply = running.select(query, ac="1").json()
    names = reply["head"]["vars"]
    return [
        tuple(row[name]["value"] if name in row else "" for name in names)
        for row in reply["results"]["bindings"]
    ]


def test_editors_find_the_prefixes(own: Running) -> None:
    query = "SELECT DISTINCT ?prefix ?namespace { [] sh:namespace ?namespace ; sh:prefix ?prefix }"
    assert dict(rows(own, query)) == PREFIXES


def test_editors_find_the_questions(own: Running) -> None:
    query = """SELECT DISTINCT ?comment ?query {
      ?q a sh:SPARQLExecutable ; rdfs:comment ?comment ; sh:select|sh:ask|sh:construct ?query }"""
    questions = [read_question(path) for path in queries()]
    assert sorted(rows(own, query)) == sorted((q.summary, q.sparql) for q in questions)
    name, text = next((q.summary, q.sparql) for q in questions if q.name == "confirmed-figures")
    assert (name, text) in rows(own, query)
    assert own.select(text).status_code == 200  # it is an example that runs


def test_editors_find_classes_with_their_properties(own: Running) -> None:
    query = (
        VOID
        + """SELECT DISTINCT ?class ?property ?n {
      ?part void:class ?class ; void:propertyPartition ?inner .
      ?inner void:property ?property ; void:triples ?n . FILTER(STRSTARTS(STR(?class), "urn:x:")) }"""
    )
    a = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
    assert sorted(rows(own, query)) == sorted(
        [
            # Two boats have three types (one is a ferry too) and three ports between them.
            ("urn:x:Boat", a, "3"),
            ("urn:x:Boat", "urn:x:port", "3"),
            ("urn:x:Boat", "urn:x:name", "1"),
            ("urn:x:Ferry", a, "2"),
            ("urn:x:Ferry", "urn:x:port", "2"),
            ("urn:x:Ferry", "urn:x:name", "1"),
        ]
    )
    query = VOID + "SELECT ?n { [] void:class <urn:x:Boat> ; void:entities ?n }"
    assert rows(own, query) == [("2",)]
    query = (
        VOID
        + "SELECT ?n { ?d a void:Dataset ; void:propertyPartition [ void:property <urn:x:port> ; void:triples ?n ] }"
    )
    assert rows(own, query) == [("3",)]


def test_it_is_a_graph_of_its_own_that_changes_no_page(own: Running, tmp_path: Path) -> None:
    count = f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{DESCRIPTION.value}> {{ ?s ?p ?o }} }}"
    assert int(rows(own, count)[0][0]) > 300
    (tmp_path / "own.ttl").write_text(DATA)
    dataset = testimonia.open(tmp_path / "own.ttl")
    dataset.prepare()
    for name in ("Claim", "upheldBy"):
        page = PageRenderer(dataset.store).page(ONTOLOGY + name)
        assert httpx.get(f"{own.root}ns/{name}.html", timeout=60).text == page
    twin = httpx.get(f"{own.root}{path_of('urn:x:Boat')}.nt", timeout=60).content
    expected = PageRenderer(dataset.store).rdf("urn:x:Boat", RdfFormat.N_TRIPLES) or b""
    assert sorted(twin.splitlines()) == sorted(expected.splitlines())
    assert len(expected.splitlines()) == 3  # its name, and two boats
    published = httpx.get(f"{own.root}data/dump.nq").text
    assert "graph/description" not in published


def test_a_store_that_is_served_again_is_described_again(tmp_path: Path) -> None:
    (tmp_path / "own.ttl").write_text(DATA)
    store = ["--workers", "2", "--store", str(tmp_path / "store")]
    query = VOID + "SELECT ?n { [] void:class <urn:x:Boat> ; void:entities ?n }"
    count = f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{DESCRIPTION.value}> {{ ?s ?p ?o }} }}"
    with endpoint(tmp_path, *store, str(tmp_path / "own.ttl")) as running:
        first = rows(running, count)
        assert rows(running, query) == [("2",)]
    with endpoint(tmp_path, *store) as running:
        assert rows(running, count) == first  # it is not among what it counts
    (tmp_path / "more.ttl").write_text("<urn:x:c> a <urn:x:Boat> .")
    with endpoint(tmp_path, *store, str(tmp_path / "more.ttl")) as running:
        assert rows(running, query) == [("3",)]
