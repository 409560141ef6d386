"""Describes a release in DCAT 3, according to the application profile DCAT-AP 3.

What does not depend on a release comes from the project's own description, ``catalog.ttl``: the
dataset, its publisher and its subject. A release adds its version, its files with their digests, and
the query service.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pyoxigraph import Literal, NamedNode, Triple

from testimonia.catalogue import resources
from testimonia.publish.descriptions import identity
from testimonia.publish.descriptions.statements import (
    TURTLE,
    Statements,
    english,
    integer,
    node,
    typed,
)
from testimonia.publish.folder.release import Artefact, PublishedFile, Release
from testimonia.rdf import files

__all__ = ["PATH", "dcat"]

PATH: Final = "catalog.ttl"

_PARTS: Final = ("data/", "tables/", "projections/")
_MEDIA_TYPE: Final = "https://www.iana.org/assignments/media-types/"
_SHA256: Final = "spdx:checksumAlgorithm_sha256"
_PROTOCOL: Final = "https://www.w3.org/TR/sparql11-protocol/"


def dcat(release: Release) -> Iterator[Artefact]:
    """Describe a release in DCAT.

    Parameters
    ----------
    release
        The release. Each of its data files becomes a distribution.
    """
    statements, dataset = Statements(), identity.dataset(release)
    if identity.ours(release):
        catalog = identity.CATALOG
        statements.extend(_lasting())
    else:
        catalog = release.iri(f"{PATH}#catalog")
        _introduce(statements, release, catalog)
    statements.add(dataset, "dcat:version", Literal(release.version))
    if release.date is not None:
        for each in (catalog, dataset):
            statements.add(each, "dcterms:modified", typed(release.date.isoformat(), "date"))
        statements.add(dataset, "dcterms:issued", typed(release.date.isoformat(), "date"))
    _describe_licence(statements, release.licence)
    _describe_service(statements, release, catalog)
    for file in release.files:
        if file.path.startswith(_PARTS):
            _describe_file(statements, release, file)
    yield Artefact(PATH, statements.turtle(release.iri(f"{PATH}#")), TURTLE)


def _lasting() -> Iterator[Triple]:
    """Read what holds for every release: all but the distributions and the version of the checkout."""
    triples = [quad.triple for quad in files.read([resources.catalog()])]
    kind, distribution = node("rdf:type"), node("dcat:Distribution")
    parts = {t.subject for t in triples if t.predicate == kind and t.object == distribution}
    for triple in triples:
        released = triple.predicate == node("dcat:version")
        if not released and triple.subject not in parts and triple.object not in parts:
            yield triple


def _introduce(statements: Statements, release: Release, catalog: str) -> None:
    """Describe data of others, as far as their release does."""
    dataset, publisher = identity.dataset(release), identity.publisher(release)
    summary = english(f"{release.title}, version {release.version}.")
    for each, kind in ((catalog, "dcat:Catalog"), (dataset, "dcat:Dataset")):
        statements.add(each, "a", node(kind))
        statements.add(each, "dcterms:title", english(release.title))
        statements.add(each, "dcterms:description", summary)
        statements.add(each, "dcterms:publisher", publisher)
    statements.add(catalog, "dcat:dataset", dataset)
    statements.add(dataset, "dcterms:conformsTo", identity.ONTOLOGY)
    statements.add(publisher, "a", node("foaf:Agent"))
    statements.add(publisher, "foaf:name", english(f"The publisher of {release.title}"))
    statements.add(identity.ONTOLOGY, "a", node("dcterms:Standard"))
    statements.add(identity.ONTOLOGY, "dcterms:title", english("Testimonia"))


def _describe_licence(statements: Statements, licence: str) -> None:
    statements.add(licence, "a", node("dcterms:LicenseDocument"))


def _describe_service(statements: Statements, release: Release, catalog: str) -> None:
    service = identity.endpoint(release)
    statements.add(catalog, "dcat:service", service)
    statements.add(service, "a", node("dcat:DataService"))
    statements.add(service, "dcterms:title", english(f"Queries over {release.title}"))
    statements.add(service, "dcat:endpointURL", service)
    statements.add(service, "dcat:endpointDescription", release.iri("service.ttl"))
    statements.add(service, "dcat:servesDataset", identity.dataset(release))
    statements.add(service, "dcterms:license", release.licence)
    statements.add(service, "dcterms:conformsTo", _PROTOCOL)
    statements.add(_PROTOCOL, "a", node("dcterms:Standard"))
    statements.add(_PROTOCOL, "dcterms:title", english("SPARQL 1.1 Protocol"))


def _describe_file(statements: Statements, release: Release, file: PublishedFile) -> None:
    part, dataset = release.iri(f"{PATH}#{file.path}"), identity.dataset(release)
    checksum = release.iri(f"{PATH}#sha256-{file.path}")
    statements.add(dataset, "dcat:distribution", part)
    statements.add(part, "a", node("dcat:Distribution"))
    statements.add(part, "dcterms:title", english(file.path.rpartition("/")[2]))
    statements.add(part, "dcat:accessURL", dataset)
    statements.add(part, "dcat:downloadURL", release.iri(file.path))
    statements.add(part, "dcat:byteSize", integer(file.bytes))
    statements.add(part, "dcterms:license", release.licence)
    statements.add(part, "dcterms:conformsTo", identity.ONTOLOGY)
    statements.add(part, "spdx:checksum", checksum)
    statements.add(checksum, "a", node("spdx:Checksum"))
    statements.add(checksum, "spdx:algorithm", node(_SHA256))
    statements.add(checksum, "spdx:checksumValue", typed(file.sha256, "hexBinary"))
    statements.add(node(_SHA256), "a", node("spdx:ChecksumAlgorithm"))
    inner = _media_type_within(release, file)
    statements.add(part, "dcat:mediaType", _media_type(statements, inner))
    if file.compresses is not None:
        statements.add(part, "dcat:compressFormat", _media_type(statements, file.media_type))


def _media_type_within(release: Release, file: PublishedFile) -> str:
    """Return the media type of a file, or of its content if it is compressed."""
    whole = {other.path: other.media_type for other in release.files}
    return whole.get(file.compresses or "", file.media_type)


def _media_type(statements: Statements, name: str) -> NamedNode:
    iri = NamedNode(_MEDIA_TYPE + name.partition(";")[0])
    statements.add(iri, "a", node("dcterms:MediaType"))
    statements.add(iri, "rdfs:label", Literal(name.partition(";")[0]))
    return iri
