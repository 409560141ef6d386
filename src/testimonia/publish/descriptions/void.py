"""Describes a release in VoID: what its graphs hold, and where it can be had.

Follows the W3C Interest Group Note "Describing Linked Datasets with the VoID Vocabulary" (2011),
section 4.5 for the partitions.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pyoxigraph import Literal

from testimonia.namespaces import IDENTIFIER
from testimonia.publish.data.placing import is_of_document
from testimonia.publish.descriptions import identity
from testimonia.publish.descriptions.census import Census, Tally, namespace_of, take
from testimonia.publish.descriptions.statements import (
    TURTLE,
    Statements,
    english,
    integer,
    node,
    typed,
)
from testimonia.publish.folder.release import Artefact, PublishedFile, PublishedGraph, Release

__all__ = ["FORMATS", "MOST_GRAPHS", "PATH", "described", "dumps", "graph_iri", "void"]

PATH: Final = "void.ttl"

FORMATS: Final = {
    "application/n-quads": "N-Quads",
    "application/trig": "TriG",
    "text/turtle": "Turtle",
    "application/ld+json": "JSON-LD",
}
"""Names of formats in the W3C's list of formats, by media type."""

MOST_GRAPHS: Final = 1_000
"""From how many graphs on not all are described one by one."""


def void(release: Release) -> Iterator[Artefact]:
    """Describe a release in VoID.

    Parameters
    ----------
    release
        Whose dumps lie under ``data/``.
    """
    graphs = described(release)
    census = take(release.quads(), {graph.name for _, graph in graphs})
    told, dataset = Statements(), identity.dataset(release)
    _describe_dataset(told, release, census)
    for number, described_graph in graphs:
        graph, name = graph_iri(release, number), described_graph.name
        told.add(dataset, "void:subset", graph)
        told.add(graph, "a", node("void:Dataset"), node("sd:Graph"))
        told.add(graph, "dcterms:title", english(f"The graph {name}"))
        told.add(graph, "dcterms:isPartOf", dataset)
        told.add(graph, "dcterms:license", release.licence)
        _describe(told, graph, census.graphs[name])
    _describe_links(told, release, census)
    yield Artefact(PATH, told.turtle(release.iri(f"{PATH}#")), TURTLE)


def described(release: Release) -> list[tuple[int, PublishedGraph]]:
    """List the graphs that are described one by one, each with its place among all, from 1.

    They are all, unless there are more than `MOST_GRAPHS`: then those of single documents are left
    out, which the manifest lists. A description of each of a hundred thousand would help nobody, and
    would not fit memory.

    Parameters
    ----------
    release
        The release.
    """
    numbered = list(enumerate(release.graphs, 1))
    if len(numbered) > MOST_GRAPHS:
        numbered = [(n, graph) for n, graph in numbered if not is_of_document(graph.name)]
    return numbered[:MOST_GRAPHS]


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
    told.add(dataset, "void:distinctObjects", integer(census.objects))
    terms = [*census.whole.uses, *census.whole.classes]
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
    told.add(about, "void:classes", integer(len(tally.classes)))
    told.add(about, "void:properties", integer(len(tally.uses)))
    for number, (iri, entities) in enumerate(sorted(tally.classes.items()), 1):
        part = f"{parts}class-{number}"
        told.add(about, "void:classPartition", part)
        told.add(part, "a", node("void:Dataset"))
        told.add(part, "void:class", iri)
        told.add(part, "void:entities", integer(entities))
    for number, (iri, uses) in enumerate(sorted(tally.uses.items()), 1):
        part = f"{parts}property-{number}"
        told.add(about, "void:propertyPartition", part)
        told.add(part, "a", node("void:Dataset"))
        told.add(part, "void:property", iri)
        told.add(part, "void:triples", integer(uses))
        told.add(part, "void:distinctSubjects", integer(tally.users[iri]))


def _describe_links(told: Statements, release: Release, census: Census) -> None:
    dataset = identity.dataset(release)
    for number, ((predicate, space), count) in enumerate(sorted(census.links.items()), 1):
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
