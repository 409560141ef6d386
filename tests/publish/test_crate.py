"""The release is an RO-Crate: what the specification asks is there, and each file is reached."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
import rdflib
import releases
from rdflib import RDF, SDO

from testimonia.publish.descriptions.crate import crate
from testimonia.publish.folder.release import Release

# Stands for the context that the specification publishes; nothing is fetched.
CONTEXT = {
    "@vocab": "https://schema.org/",
    "File": "https://schema.org/MediaObject",
    "conformsTo": "http://purl.org/dc/terms/conformsTo",
}


@pytest.fixture(scope="module")
def metadata(release: Release) -> dict[str, Any]:
    ((path, text),) = releases.artefacts(crate, release).items()
    assert path == "ro-crate-metadata.json"
    return json.loads(text)


def entities(metadata: dict[str, Any]) -> dict[str, dict[str, Any]]:
    by_id = {each["@id"]: each for each in metadata["@graph"]}
    assert len(by_id) == len(metadata["@graph"])  # flattened: each entity once
    return by_id


def test_what_a_crate_must_have(metadata: dict[str, Any]) -> None:
    assert metadata["@context"] == "https://w3id.org/ro/crate/1.2/context"
    found = entities(metadata)
    assert all("@type" in each for each in found.values())
    descriptor = found["ro-crate-metadata.json"]
    assert descriptor["@type"] == "CreativeWork"
    assert descriptor["conformsTo"] == {"@id": "https://w3id.org/ro/crate/1.2"}
    root = found[descriptor["about"]["@id"]]
    assert root["@id"] == "./"
    assert root["@type"] == "Dataset"
    assert root["datePublished"] == "2026-11-30"
    assert root["name"]
    assert root["description"]
    assert found[root["license"]["@id"]]["name"] == "Creative Commons Attribution 4.0 International"
    references = [
        value["@id"]
        for each in found.values()
        for held in each.values()
        for value in (held if isinstance(held, list) else [held])
        if isinstance(value, dict)
    ]
    assert set(references) - set(found) == {"https://w3id.org/ro/crate/1.2"}


def test_each_file_is_there_with_its_true_size_and_digest(
    release: Release, metadata: dict[str, Any]
) -> None:
    files = {k: v for k, v in entities(metadata).items() if v["@type"] == "File"}
    assert set(files) == {file.path for file in release.files}
    for path, each in files.items():
        content = (release.folder / path).read_bytes()
        assert each["contentSize"] == str(len(content))
        assert each["sha256"] == hashlib.sha256(content).hexdigest()


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")  # by rdflib itself
def test_as_linked_data_the_root_leads_to_every_file(
    release: Release, metadata: dict[str, Any]
) -> None:
    offline = json.dumps({**metadata, "@context": CONTEXT})
    graph = rdflib.Graph().parse(data=offline, format="json-ld", base=releases.BASE)
    root = rdflib.URIRef(releases.BASE)
    reached = set(graph.transitive_objects(root, SDO.hasPart))
    files = set(graph.subjects(RDF.type, SDO.MediaObject))
    assert files == {rdflib.URIRef(releases.BASE + file.path) for file in release.files}
    assert files <= reached


def test_without_a_date_there_is_no_crate(tmp_path: Path) -> None:
    undated = releases.make(tmp_path, releases.shipped()[:5], date=None)
    assert releases.artefacts(crate, undated) == {}
