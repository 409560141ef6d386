"""Describes the SPARQL service for the data of a release.

Follows the W3C Recommendation "SPARQL 1.1 Service Description" (2013). The host of the
release can add this to the service description of its endpoint.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from testimonia.publish.descriptions import identity
from testimonia.publish.descriptions.statements import TURTLE, Statements, english, integer, node
from testimonia.publish.descriptions.void import described, graph_iri
from testimonia.publish.folder.release import Artefact, Release

__all__ = ["PATH", "service"]

PATH: Final = "service.ttl"

_RESULTS: Final = ("SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV")
_GRAPHS: Final = ("Turtle", "N-Triples", "RDF_XML", "JSON-LD")


def service(release: Release) -> Iterator[Artefact]:
    """Describe the service: read only, the union of all graphs as the default graph.

    Parameters
    ----------
    release
        The release that it serves.
    """
    statements, endpoint = Statements(), identity.endpoint(release)
    default, dataset = release.iri(f"{PATH}#default"), release.iri(f"{PATH}#dataset")
    statements.add(endpoint, "a", node("sd:Service"))
    statements.add(endpoint, "dcterms:title", english(f"Queries over {release.title}"))
    statements.add(endpoint, "sd:endpoint", endpoint)
    statements.add(endpoint, "sd:supportedLanguage", node("sd:SPARQL11Query"))
    statements.add(endpoint, "sd:feature", node("sd:UnionDefaultGraph"))
    for name in (*_RESULTS, "SPARQL_Results_TSV", *_GRAPHS):
        statements.add(endpoint, "sd:resultFormat", node(f"format:{name}"))
    statements.add(endpoint, "sd:defaultDataset", dataset)
    statements.add(dataset, "a", node("sd:Dataset"))
    statements.add(dataset, "sd:defaultGraph", default)
    statements.add(default, "a", node("sd:Graph"))
    statements.add(default, "dcterms:source", identity.dataset(release))
    for number, graph in described(release):
        named = release.iri(f"{PATH}#named-{number}")
        statements.add(dataset, "sd:namedGraph", named)
        statements.add(named, "a", node("sd:NamedGraph"))
        statements.add(named, "sd:name", graph.name)
        statements.add(named, "sd:graph", graph_iri(release, number))
        statements.add(graph_iri(release, number), "a", node("sd:Graph"))
        statements.add(graph_iri(release, number), "void:triples", integer(graph.triples))
    yield Artefact(PATH, statements.turtle(release.iri(f"{PATH}#")), TURTLE)
