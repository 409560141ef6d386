"""Describes a release in DCAT 3, as the application profile DCAT-AP 3 asks.

What does not depend on a release comes from the project's own description, ``catalog.ttl``: what
the dataset is, who publishes it, what it is about. A release adds its version, its files with
their digests, and the service that answers queries.
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
        Each of its files that holds data becomes a distribution.
    """
    told, dataset = Statements(), identity.dataset(release)
    if identity.ours(release):
        catalog = identity.CATALOG
        told.extend(_lasting())
    else:
        catalog = release.iri(f"{PATH}#catalog")
        _introduce(told, release, catalog)
    told.add(dataset, "dcat:version", Literal(release.version))
    if release.date is not None:
        for each in (catalog, dataset):
            told.add(each, "dcterms:modified", typed(release.date.isoformat(), "date"))
        told.add(dataset, "dcterms:issued", typed(release.date.isoformat(), "date"))
    _describe_licence(told, release.licence)
    _describe_service(told, release, catalog)
    for file in release.files:
        if file.path.startswith(_PARTS):
            _describe_file(told, release, file)
    yield Artefact(PATH, told.turtle(release.iri(f"{PATH}#")), TURTLE)


def _lasting() -> Iterator[Triple]:
    """Read what holds for every release: all but the files of the checkout, and its version."""
    triples = [quad.triple for quad in files.read([resources.catalog()])]
    kind, distribution = node("rdf:type"), node("dcat:Distribution")
    parts = {t.subject for t in triples if t.predicate == kind and t.object == distribution}
    for triple in triples:
        released = triple.predicate == node("dcat:version")
        if not released and triple.subject not in parts and triple.object not in parts:
            yield triple


def _introduce(told: Statements, release: Release, catalog: str) -> None:
    """Say what the data of others are, as far as their release tells."""
    dataset, publisher = identity.dataset(release), identity.publisher(release)
    summary = english(f"{release.title}, version {release.version}.")
    for each, kind in ((catalog, "dcat:Catalog"), (dataset, "dcat:Dataset")):
        told.add(each, "a", node(kind))
        told.add(each, "dcterms:title", english(release.title))
        told.add(each, "dcterms:description", summary)
        told.add(each, "dcterms:publisher", publisher)
    told.add(catalog, "dcat:dataset", dataset)
    told.add(dataset, "dcterms:conformsTo", identity.ONTOLOGY)
    told.add(publisher, "a", node("foaf:Agent"))
    told.add(publisher, "foaf:name", english(f"The publisher of {release.title}"))
    told.add(identity.ONTOLOGY, "a", node("dcterms:Standard"))
    told.add(identity.ONTOLOGY, "dcterms:title", english("Testimonia"))


def _describe_licence(told: Statements, licence: str) -> None:
    told.add(licence, "a", node("dcterms:LicenseDocument"))


def _describe_service(told: Statements, release: Release, catalog: str) -> None:
    service = identity.endpoint(release)
    told.add(catalog, "dcat:service", service)
    told.add(service, "a", node("dcat:DataService"))
    told.add(service, "dcterms:title", english(f"Queries over {release.title}"))
    told.add(service, "dcat:endpointURL", service)
    told.add(service, "dcat:endpointDescription", release.iri("service.ttl"))
    told.add(service, "dcat:servesDataset", identity.dataset(release))
    told.add(service, "dcterms:license", release.licence)
    told.add(service, "dcterms:conformsTo", _PROTOCOL)
    told.add(_PROTOCOL, "a", node("dcterms:Standard"))
    told.add(_PROTOCOL, "dcterms:title", english("SPARQL 1.1 Protocol"))


def _describe_file(told: Statements, release: Release, file: PublishedFile) -> None:
    part, dataset = release.iri(f"{PATH}#{file.path}"), identity.dataset(release)
    checksum = release.iri(f"{PATH}#sha256-{file.path}")
    told.add(dataset, "dcat:distribution", part)
    told.add(part, "a", node("dcat:Distribution"))
    told.add(part, "dcterms:title", english(file.path.rpartition("/")[2]))
    told.add(part, "dcat:accessURL", dataset)
    told.add(part, "dcat:downloadURL", release.iri(file.path))
    told.add(part, "dcat:byteSize", integer(file.bytes))
    told.add(part, "dcterms:license", release.licence)
    told.add(part, "dcterms:conformsTo", identity.ONTOLOGY)
    told.add(part, "spdx:checksum", checksum)
    told.add(checksum, "a", node("spdx:Checksum"))
    told.add(checksum, "spdx:algorithm", node(_SHA256))
    told.add(checksum, "spdx:checksumValue", typed(file.sha256, "hexBinary"))
    told.add(node(_SHA256), "a", node("spdx:ChecksumAlgorithm"))
    inner = _media_type_within(release, file)
    told.add(part, "dcat:mediaType", _media_type(told, inner))
    if file.compresses is not None:
        told.add(part, "dcat:compressFormat", _media_type(told, file.media_type))


def _media_type_within(release: Release, file: PublishedFile) -> str:
    """Give the media type of a file once it is taken out of its compression."""
    whole = {other.path: other.media_type for other in release.files}
    return whole.get(file.compresses or "", file.media_type)


def _media_type(told: Statements, name: str) -> NamedNode:
    iri = NamedNode(_MEDIA_TYPE + name.partition(";")[0])
    told.add(iri, "a", node("dcterms:MediaType"))
    told.add(iri, "rdfs:label", Literal(name.partition(";")[0]))
    return iri
