"""Describes a release in VoID: what its graphs hold, and where it can be had.

Follows the W3C Interest Group Note "Describing Linked Datasets with the VoID Vocabulary" (2011),
section 4.5 for the partitions.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pyoxigraph import Literal

from testimonia.namespaces import IDENTIFIER
from testimonia.publish import identity
from testimonia.publish.census import Census, Tally, namespace_of, take
from testimonia.publish.release import Artefact, PublishedFile, Release
from testimonia.publish.statements import TURTLE, Statements, english, integer, node, typed

__all__ = ["FORMATS", "PATH", "dumps", "graph_iri", "void"]

PATH: Final = "void.ttl"

FORMATS: Final = {
    "application/n-quads": "N-Quads",
    "application/trig": "TriG",
    "text/turtle": "Turtle",
    "application/ld+json": "JSON-LD",
}
"""Names of formats in the W3C's list of formats, by media type."""


def void(release: Release) -> Iterator[Artefact]:
    """Describe a release in VoID.

    Parameters
    ----------
    release
        Whose dumps lie under ``data/``.
    """
    census = take(release.quads())
    told, dataset = Statements(), identity.dataset(release)
    _describe_dataset(told, release, census)
    for number, (name, tally) in enumerate(census.graphs.items(), 1):
        graph = graph_iri(release, number)
        told.add(dataset, "void:subset", graph)
        told.add(graph, "a", node("void:Dataset"), node("sd:Graph"))
        told.add(graph, "dcterms:title", english(f"The graph {name}"))
        told.add(graph, "dcterms:isPartOf", dataset)
        told.add(graph, "dcterms:license", release.licence)
        _describe(told, graph, tally)
    _describe_links(told, release, census)
    yield Artefact(PATH, told.turtle(release.iri(f"{PATH}#")), TURTLE)


def graph_iri(release: Release, number: int) -> str:
    """Give the IRI by which the description speaks of a graph.

    Parameters
    ----------
    release
        The release.
    number
        Its place among the graphs in order of name, from 1.
    """
    return release.iri(f"{PATH}#graph-{number}")


def dumps(release: Release) -> list[PublishedFile]:
    """List the files of a release that each hold all its data."""
    return [file for file in release.files if file.path.startswith("data/testimonia.")]


def _describe_dataset(told: Statements, release: Release, census: Census) -> None:
    dataset = identity.dataset(release)
    told.add(dataset, "a", node("void:Dataset"))
    told.add(dataset, "dcterms:title", english(release.title))
    told.add(dataset, "dcterms:license", release.licence)
    told.add(dataset, "dcterms:publisher", identity.publisher(release))
    told.add(dataset, "owl:versionInfo", Literal(release.version))
    if release.date is not None:
        told.add(dataset, "dcterms:issued", typed(release.date.isoformat(), "date"))
    told.add(dataset, "void:uriSpace", Literal(IDENTIFIER))
    told.add(dataset, "void:sparqlEndpoint", identity.endpoint(release))
    if census.example is not None:
        told.add(dataset, "void:exampleResource", census.example)
    for file in dumps(release):
        told.add(dataset, "void:dataDump", release.iri(file.path))
        if file.media_type in FORMATS:
            feature = node("format:" + FORMATS[file.media_type])
            told.add(dataset, "void:feature", feature)
    terms = [*census.whole.properties, *census.whole.classes]
    for vocabulary in sorted({namespace_of(term) for term in terms}):
        told.add(dataset, "void:vocabulary", vocabulary)
    _describe(told, dataset, census.whole, release.iri(PATH) + "#")
    told.add(release.iri(PATH), "a", node("void:DatasetDescription"))
    told.add(release.iri(PATH), "foaf:primaryTopic", dataset)
    told.add(release.iri(PATH), "dcterms:creator", identity.publisher(release))


def _describe(told: Statements, about: str, tally: Tally, parts: str = "") -> None:
    """State the counts of a graph; its partitions are named after it unless told otherwise."""
    parts = parts or about + "-"
    told.add(about, "void:triples", integer(tally.triples))
    told.add(about, "void:distinctSubjects", integer(tally.subjects))
    told.add(about, "void:distinctObjects", integer(tally.objects))
    told.add(about, "void:classes", integer(len(tally.classes)))
    told.add(about, "void:properties", integer(len(tally.properties)))
    for number, (iri, entities) in enumerate(tally.classes.items(), 1):
        part = f"{parts}class-{number}"
        told.add(about, "void:classPartition", part)
        told.add(part, "a", node("void:Dataset"))
        told.add(part, "void:class", iri)
        told.add(part, "void:entities", integer(entities))
    for number, (iri, count) in enumerate(tally.properties.items(), 1):
        part = f"{parts}property-{number}"
        told.add(about, "void:propertyPartition", part)
        told.add(part, "a", node("void:Dataset"))
        told.add(part, "void:property", iri)
        told.add(part, "void:triples", integer(count.triples))
        told.add(part, "void:distinctSubjects", integer(count.subjects))
        told.add(part, "void:distinctObjects", integer(count.objects))


def _describe_links(told: Statements, release: Release, census: Census) -> None:
    dataset = identity.dataset(release)
    for number, ((predicate, space), count) in enumerate(census.links.items(), 1):
        links = release.iri(f"{PATH}#links-{number}")
        target = release.iri(f"{PATH}#target-{number}")
        told.add(dataset, "void:subset", links)
        told.add(links, "a", node("void:Linkset"))
        told.add(links, "void:linkPredicate", predicate)
        told.add(links, "void:subjectsTarget", dataset)
        told.add(links, "void:objectsTarget", target)
        told.add(links, "void:triples", integer(count))
        told.add(target, "a", node("void:Dataset"))
        told.add(target, "void:uriSpace", Literal(space))
