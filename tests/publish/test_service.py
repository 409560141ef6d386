"""The service description lists the named graphs of the release with their sizes."""

from __future__ import annotations

import rdflib
import releases
from rdflib import RDF, VOID

from testimonia.publish.descriptions.service import service
from testimonia.publish.descriptions.void import void
from testimonia.publish.folder.release import Release

SD = rdflib.Namespace("http://www.w3.org/ns/sparql-service-description#")


def test_every_named_graph_is_listed(release: Release) -> None:
    content = rdflib.Graph()
    for function in (service, void):  # each names the graphs alike
        for text in releases.artefacts(function, release).values():
            content.parse(data=text, format="turtle")
    (endpoint,) = content.subjects(RDF.type, SD.Service)
    assert content.value(endpoint, SD.endpoint) == endpoint
    assert (endpoint, SD.feature, SD.UnionDefaultGraph) in content
    assert list(content.objects(endpoint, SD.supportedLanguage)) == [SD.SPARQL11Query]
    dataset = content.value(endpoint, SD.defaultDataset)
    listed = {
        str(content.value(named, SD.name)): [
            int(str(count))
            for count in content.objects(content.value(named, SD.graph), VOID.triples)
        ]
        for named in content.objects(dataset, SD.namedGraph)
    }
    # One count for each graph: what VoID counts is what the release says.
    assert listed == {graph.name: [graph.triples] for graph in release.graphs}
    assert not [node for node in content.all_nodes() if isinstance(node, rdflib.BNode)]


def test_terms_are_those_of_the_recommendation(release: Release) -> None:
    (text,) = releases.artefacts(service, release).values()
    content = rdflib.Graph().parse(data=text, format="turtle")
    used = {p for p in content.predicates() if p.startswith(str(SD))}
    kinds = {o for o in content.objects(None, RDF.type) if o.startswith(str(SD))}
    properties = ("endpoint", "feature", "supportedLanguage", "resultFormat", "defaultDataset")
    assert used == {SD[n] for n in (*properties, "defaultGraph", "namedGraph", "name", "graph")}
    assert kinds == {SD[n] for n in ("Service", "Dataset", "Graph", "NamedGraph")}
