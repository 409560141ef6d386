"""The DCAT description of a release tells the truth about its files, and is good DCAT-AP 3."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest
import rdflib
import releases
from pyoxigraph import RdfFormat, parse
from rdflib import DCAT, DCTERMS, RDF, RDFS
from tools.shacl_cases import SHARED

from testimonia.catalogue import resources
from testimonia.publish.descriptions.dcat import dcat
from testimonia.publish.folder.release import PublishedFile, Release
from testimonia.validation import Severity, engines

SUITE = SHARED / "suites" / "dcat-ap"
SPDX = rdflib.Namespace("http://spdx.org/rdf/terms#")
VERSION = rdflib.URIRef(str(DCAT) + "version")  # newer than rdflib's list of terms
DATASET = rdflib.URIRef("https://w3id.org/testimonia/dataset/claims")
needs_suite = pytest.mark.skipif(not SUITE.exists(), reason=f"the shapes are not at {SUITE}")


def description(release: Release) -> bytes:
    (text,) = releases.artefacts(dcat, release).values()
    return text


@pytest.fixture(scope="module")
def parsed(release: Release) -> rdflib.Graph:
    return rdflib.Graph().parse(data=description(release), format="turtle")


def test_every_file_of_data_is_a_distribution_with_its_true_digest(
    release: Release, parsed: rdflib.Graph
) -> None:
    said = {}
    for part in parsed.objects(DATASET, DCAT.distribution):
        checksum = parsed.value(part, SPDX.checksum)
        assert parsed.value(checksum, SPDX.algorithm) == SPDX.checksumAlgorithm_sha256
        path = str(parsed.value(part, DCAT.downloadURL)).removeprefix(releases.BASE)
        size, digest = parsed.value(part, DCAT.byteSize), parsed.value(checksum, SPDX.checksumValue)
        said[path] = (int(str(size)), str(digest))
    true = {}
    for path in ("data/testimonia.nq", "data/testimonia.trig"):
        content = (release.folder / path).read_bytes()
        true[path] = (len(content), hashlib.sha256(content).hexdigest())
    assert said == true


def test_it_keeps_the_identity_of_the_project_description(parsed: rdflib.Graph) -> None:
    lasting = rdflib.Graph().parse(resources.catalog(), format="turtle")
    lost = {
        (s, p) for s, p, o in lasting - parsed if (s, RDF.type, DCAT.Distribution) not in lasting
    }
    # Its files and its version are those of the release.
    assert lost == {(DATASET, DCAT.distribution), (DATASET, VERSION)}
    assert str(parsed.value(DATASET, VERSION)) == "0.2.0"
    assert str(parsed.value(DATASET, DCTERMS.issued)) == "2026-11-30"


def test_a_compressed_file_says_what_is_inside(release: Release) -> None:
    packed = PublishedFile(
        "data/testimonia.nq.gz", 9, "1" * 64, "application/gzip", "data/testimonia.nq"
    )
    text = description(replace(release, files=(*release.files, packed)))
    parsed = rdflib.Graph().parse(data=text, format="turtle")
    part = rdflib.URIRef(releases.BASE + "catalog.ttl#data/testimonia.nq.gz")
    labels = [
        str(parsed.value(parsed.value(part, link), RDFS.label))
        for link in (DCAT.mediaType, DCAT.compressFormat)
    ]
    assert labels == ["application/n-quads", "application/gzip"]


def variants(release: Release, tmp_path: Path) -> list[Release]:
    base = "https://a.example/mine/1.0/"
    return [release, releases.make(tmp_path, releases.shipped()[:50], base=base, date=None)]


@needs_suite
@pytest.mark.parametrize("shapes", ["shapes.ttl", "range.ttl", "deprecateduris.ttl"])
def test_it_satisfies_dcat_ap(shapes: str, release: Release, tmp_path: Path) -> None:
    given = list(parse(path=SUITE / shapes))
    for each in variants(release, tmp_path):
        data = list(parse(description(each), format=RdfFormat.TURTLE))
        both = engines.run("both", data, given)
        assert both.differences == ()
        assert both.findings == []


@needs_suite
def test_a_fault_would_be_found(release: Release) -> None:
    text = description(release).replace(b"a spdx:Checksum ;", b"a dcat:Dataset ;")
    found = engines.run(
        "both", list(parse(text, format=RdfFormat.TURTLE)), list(parse(path=SUITE / "range.ttl"))
    )
    assert {each.path.property for each in found.findings if each.path} >= {str(SPDX.checksum)}
    assert {each.severity for each in found.findings} == {Severity.VIOLATION}


def test_others_data_are_not_called_ours(tmp_path: Path) -> None:
    base = "https://a.example/mine/1.0/"
    text = description(releases.make(tmp_path, releases.shipped()[:50], base=base, date=None))
    parsed = rdflib.Graph().parse(data=text, format="turtle")
    assert list(parsed.subjects(RDF.type, DCAT.Dataset)) == [rdflib.URIRef(base)]
    ours = "https://w3id.org/testimonia/"
    assert {str(n) for n in parsed.all_nodes() if n.startswith(ours)} == {ours + "ontology"}
