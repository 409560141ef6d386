"""The descriptions of the data agree with the dumps, as rdflib reads and counts them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import rdflib
from endpoints import Running, endpoint
from rdflib import DCTERMS, RDF, VOID, URIRef

SD = rdflib.Namespace("http://www.w3.org/ns/sparql-service-description#")
OWN = """
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
<urn:x:d> a dcat:Dataset ; dcterms:title "Eigenes"@de ; dcterms:publisher <urn:x:me> ;
  dcterms:license <https://creativecommons.org/publicdomain/zero/1.0/> .
<urn:x:a> <urn:x:p> "01.50"^^<http://www.w3.org/2001/XMLSchema#decimal> , "x" .
"""
QUADS = """<urn:x:a> <urn:x:p> "x" <urn:x:g> .
<urn:x:b> <urn:x:p> _:b <urn:x:g> .
_:b <urn:x:q> "a\\nb" <urn:x:g&graph=h#%20> .
<urn:x:s> <urn:x:p> <urn:x:o> _:graph .
"""


@pytest.fixture(scope="module", params=["shipped", "memory", "store"])
def described(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    """Serve the shipped data, a user's own data, and the same from a store filled before."""
    folder = tmp_path_factory.mktemp("described")
    (folder / "own.ttl").write_text(OWN)
    (folder / "own.nq").write_text(QUADS)
    own = [str(folder / "own.ttl"), str(folder / "own.nq")]
    store = ["--store", str(folder / "store"), "--workers", "2"]
    if request.param == "store":
        with endpoint(folder, *store, *own):
            pass
    arguments = {"shipped": [], "memory": own, "store": store}[request.param]
    with endpoint(folder, *arguments) as running:
        yield running


def graph(running: Running, path: str) -> rdflib.Graph:
    return rdflib.Graph().parse(data=httpx.get(running.root + path).text, format="turtle")


def quads(url: str) -> list[tuple[object, ...]]:
    content = httpx.get(url).text
    data = rdflib.Dataset()
    data.parse(data=content, format="nquads")
    found = list(data.quads())
    assert content.count("\n") == len(found)  # no duplicates
    return found


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_dumps_have_as_many_triples_as_described(described: Running) -> None:
    void = graph(described, ".well-known/void")
    me = URIRef(f"{described.root}.well-known/void#dataset")
    counted = {
        dataset: int(str(void.value(dataset, VOID.triples)))
        for dataset in void.subjects(RDF.type, VOID.Dataset)
        if void.value(dataset, VOID.triples) is not None
    }
    all_quads = []
    for dataset, triples in counted.items():
        dumps = list(void.objects(dataset, VOID.dataDump))
        assert len(dumps) == 1, dataset
        found = quads(str(dumps[0]))
        assert len(found) == triples, dataset
        if dataset == me:
            all_quads = found
    rows = described.select("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }").json()["results"]["bindings"]
    assert counted[me] == len(all_quads) == int(rows[0]["n"]["value"])
    check_partitions(void, me, all_quads)


def check_partitions(void: rdflib.Graph, me: URIRef, all_quads: list[tuple[object, ...]]) -> None:
    properties = Counter(p for _, p, _, _ in all_quads)
    assert properties == {
        void.value(part, VOID.property): int(str(void.value(part, VOID.triples)))
        for part in void.objects(me, VOID.propertyPartition)
    }
    things = {(s, o) for s, p, o, _ in all_quads if p == RDF.type}
    partitions = {
        void.value(part, VOID["class"]): int(str(void.value(part, VOID.entities)))
        for part in void.objects(me, VOID.classPartition)
    }
    assert partitions == Counter(o for _, o in things)
    distinct = [len({quad[place] for quad in all_quads}) for place in (0, 2)]
    described = [void.value(me, name) for name in (VOID.distinctSubjects, VOID.distinctObjects)]
    assert [int(str(number)) for number in described] == distinct
    assert len(partitions) == int(str(void.value(me, VOID.classes)))
    assert len(properties) == int(str(void.value(me, VOID.properties)))


@pytest.mark.slow
def test_service_description_agrees_with_void(described: Running) -> None:
    void, service = graph(described, ".well-known/void"), graph(described, "sparql")
    me = URIRef(f"{described.root}.well-known/void#dataset")
    assert service.value(URIRef(described.sparql), SD.defaultDataset) == me
    default = service.value(me, SD.defaultGraph)
    assert service.value(default, VOID.triples) == void.value(me, VOID.triples)
    graphs = {}
    for named in service.objects(me, SD.namedGraph):
        content = service.value(named, SD.graph)
        assert void.value(content, VOID.triples) == service.value(content, VOID.triples)
        assert (me, VOID.subset, content) in void
        graphs[str(service.value(named, SD.name))] = int(str(service.value(content, VOID.triples)))
    query = "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } FILTER(isIRI(?g)) } GROUP BY ?g"
    rows = described.select(query).json()["results"]["bindings"]
    assert graphs == {row["g"]["value"]: int(row["n"]["value"]) for row in rows}


def test_title_and_licence(described: Running) -> None:
    void = graph(described, ".well-known/void")
    me = URIRef(f"{described.root}.well-known/void#dataset")
    found = {name: str(void.value(me, DCTERMS[name])) for name in ("title", "license", "publisher")}
    if "own" in str(described.process.args) or "store" in str(described.process.args):
        assert found == {
            "title": "Eigenes",
            "license": "https://creativecommons.org/publicdomain/zero/1.0/",
            "publisher": "urn:x:me",
        }
    else:
        assert found == {
            "title": "Attributed claims about security incidents",
            "license": "https://creativecommons.org/licenses/by/4.0/",
            "publisher": "https://w3id.org/testimonia/id/project",
        }


def test_no_licence_is_stated_for_data_without_one(tmp_path: Path) -> None:
    data = tmp_path / "own.nt"
    data.write_text("<urn:x:s> <urn:x:p> <urn:x:o> .\n")
    with endpoint(tmp_path, str(data)) as running:
        void = graph(running, ".well-known/void")
    assert list(void.objects(None, DCTERMS.license)) == []
    assert list(void.objects(None, DCTERMS.publisher)) == []


@pytest.mark.parametrize("query", ["", "?graph=", "?graph=urn:x:no", "?graph=a&graph=b", "?g=a"])
def test_unknown_graphs_are_not_found(shipped: Running, query: str) -> None:
    assert httpx.get(f"{shipped.root}data/graph.nq{query}").status_code == 404


def test_a_range_of_a_graph(shipped: Running) -> None:
    address = f"{shipped.root}data/graph.nq?graph=https://w3id.org/testimonia/code/"
    whole = httpx.get(address).content
    part = httpx.get(address, headers={"range": "bytes=100-199"})
    assert (part.status_code, part.content) == (206, whole[100:200])
    assert httpx.head(address).headers["content-length"] == str(len(whole))
