"""Describes a release in VoID: statistics of its graphs, and where to get it.

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
from testimonia.publish.descriptions.graph_statistics import Statistics, Tally, namespace_of, take
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
"""With more graphs than this, not all are described one by one."""


def void(release: Release) -> Iterator[Artefact]:
    """Describe a release in VoID.

    Parameters
    ----------
    release
        The release, with its dumps under ``data/``.
    """
    graphs = described(release)
    statistics = take(release.lines(), {graph.name for _, graph in graphs})
    statements, dataset = Statements(), identity.dataset(release)
    _describe_dataset(statements, release, statistics)
    for number, described_graph in graphs:
        graph, name = graph_iri(release, number), described_graph.name
        statements.add(dataset, "void:subset", graph)
        statements.add(graph, "a", node("void:Dataset"), node("sd:Graph"))
        statements.add(graph, "dcterms:title", english(f"The graph {name}"))
        statements.add(graph, "dcterms:isPartOf", dataset)
        statements.add(graph, "dcterms:license", release.licence)
        _describe(statements, graph, statistics.graphs[name])
    _describe_links(statements, release, statistics)
    yield Artefact(PATH, statements.turtle(release.iri(f"{PATH}#")), TURTLE)


def described(release: Release) -> list[tuple[int, PublishedGraph]]:
    """List the graphs to describe one by one, each with its position among all, from 1.

    These are all graphs, up to `MOST_GRAPHS`. With more, those of single documents are left out; the
    manifest lists them. Descriptions of a hundred thousand graphs would help nobody, and would not fit
    into memory.

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
    """Return the IRI of a graph in the description.

    Parameters
    ----------
    release
        The release.
    number
        Its position among the graphs, sorted by name, from 1.
    """
    return release.iri(f"{PATH}#graph-{number}")


def dumps(release: Release) -> list[PublishedFile]:
    """List the files of a release that hold all its data."""
    return [file for file in release.files if file.path.startswith("data/testimonia.")]


def _describe_dataset(statements: Statements, release: Release, statistics: Statistics) -> None:
    dataset = identity.dataset(release)
    statements.add(dataset, "a", node("void:Dataset"))
    statements.add(dataset, "dcterms:title", english(release.title))
    statements.add(dataset, "dcterms:license", release.licence)
    statements.add(dataset, "dcterms:publisher", identity.publisher(release))
    statements.add(dataset, "owl:versionInfo", Literal(release.version))
    if release.date is not None:
        statements.add(dataset, "dcterms:issued", typed(release.date.isoformat(), "date"))
    statements.add(dataset, "void:uriSpace", Literal(IDENTIFIER))
    statements.add(dataset, "void:sparqlEndpoint", identity.endpoint(release))
    if statistics.example is not None:
        statements.add(dataset, "void:exampleResource", statistics.example)
    for file in dumps(release):
        statements.add(dataset, "void:dataDump", release.iri(file.path))
        if file.media_type in FORMATS:
            feature = node("format:" + FORMATS[file.media_type])
            statements.add(dataset, "void:feature", feature)
    statements.add(dataset, "void:distinctObjects", integer(statistics.objects))
    terms = [*statistics.whole.uses, *statistics.whole.classes]
    for vocabulary in sorted({namespace_of(term) for term in terms}):
        statements.add(dataset, "void:vocabulary", vocabulary)
    _describe(statements, dataset, statistics.whole, release.iri(PATH) + "#")
    statements.add(release.iri(PATH), "a", node("void:DatasetDescription"))
    statements.add(release.iri(PATH), "foaf:primaryTopic", dataset)
    statements.add(release.iri(PATH), "dcterms:creator", identity.publisher(release))


def _describe(statements: Statements, about: str, tally: Tally, parts: str = "") -> None:
    """Write the statistics of a graph; its partitions are named after it by default."""
    parts = parts or about + "-"
    statements.add(about, "void:triples", integer(tally.triples))
    statements.add(about, "void:distinctSubjects", integer(tally.subjects))
    statements.add(about, "void:classes", integer(len(tally.classes)))
    statements.add(about, "void:properties", integer(len(tally.uses)))
    for number, (iri, entities) in enumerate(sorted(tally.classes.items()), 1):
        part = f"{parts}class-{number}"
        statements.add(about, "void:classPartition", part)
        statements.add(part, "a", node("void:Dataset"))
        statements.add(part, "void:class", iri)
        statements.add(part, "void:entities", integer(entities))
    for number, (iri, uses) in enumerate(sorted(tally.uses.items()), 1):
        part = f"{parts}property-{number}"
        statements.add(about, "void:propertyPartition", part)
        statements.add(part, "a", node("void:Dataset"))
        statements.add(part, "void:property", iri)
        statements.add(part, "void:triples", integer(uses))
        statements.add(part, "void:distinctSubjects", integer(tally.users[iri]))


def _describe_links(statements: Statements, release: Release, statistics: Statistics) -> None:
    dataset = identity.dataset(release)
    for number, ((predicate, space), count) in enumerate(sorted(statistics.links.items()), 1):
        links = release.iri(f"{PATH}#links-{number}")
        target = release.iri(f"{PATH}#target-{number}")
        statements.add(dataset, "void:subset", links)
        statements.add(links, "a", node("void:Linkset"))
        statements.add(links, "void:linkPredicate", predicate)
        statements.add(links, "void:subjectsTarget", dataset)
        statements.add(links, "void:objectsTarget", target)
        statements.add(links, "void:triples", integer(count))
        statements.add(target, "a", node("void:Dataset"))
        statements.add(target, "void:uriSpace", Literal(space))
