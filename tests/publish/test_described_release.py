"""A whole release: what describes it is there, is part of it, and agrees with it."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import palmyra
import pytest
import rdflib
import releases
from pyoxigraph import parse
from rdflib import DCAT, RDF, VOID
from tools.shacl_cases import SHARED

import testimonia
from testimonia.publish import Published, verify
from testimonia.publish.artefacts import ARTEFACTS, PROJECTIONS
from testimonia.validation import engines

SUITE = SHARED / "suites" / "dcat-ap"
DESCRIBING = {
    "CHANGES.md",
    "CITATION.cff",
    "catalog.ttl",
    "changes.json",
    "changes.ttl",
    "ontology/testimonia.html",
    "ro-crate-metadata.json",
    "service.ttl",
    "sparql-examples.ttl",
    "void.ttl",
    "w3id/testimonia/.htaccess",
    "w3id/testimonia/README.md",
}
PROJECTED = {"projections/claims-rdf12.nq", "projections/nanopublications.trig"}


@pytest.fixture(scope="module")
def second(published: Published, tmp_path_factory: pytest.TempPathFactory) -> Published:
    """Publish the same data again, dated, without what follows from them."""
    return palmyra.opened().publish(
        tmp_path_factory.mktemp("second") / "release",
        version="1.1.0",
        date=datetime.date(2026, 11, 30),
        previous=published.folder,
        derived=False,
        compress=False,
    )


def turtle(release: Published, *names: str) -> rdflib.Graph:
    graph = rdflib.Graph()
    for name in names:
        graph.parse(release.folder / name, format="turtle")
    return graph


@pytest.mark.slow
def test_every_description_is_part_of_the_release(second: Published) -> None:
    assert {file.path for file in second.manifest.files} >= DESCRIBING | PROJECTED
    assert verify(second.folder).discrepancies == ()


def test_a_first_release_without_a_date(published: Published) -> None:
    made = {file.path for file in published.manifest.files}
    absent = {"CHANGES.md", "changes.json", "changes.ttl", "ro-crate-metadata.json"}
    assert (DESCRIBING | PROJECTED) - made == absent


def test_counts_agree_with_the_manifest(published: Published, second: Published) -> None:
    for release in (published, second):
        content = turtle(release, "void.ttl", "service.ttl")
        counts = {graph.name: graph.triples for graph in release.manifest.graphs}
        sd = rdflib.Namespace("http://www.w3.org/ns/sparql-service-description#")
        listed = {
            str(content.value(named, sd.name)): [
                int(str(count))
                for count in content.objects(content.value(named, sd.graph), VOID.triples)
            ]
            for named in content.subjects(RDF.type, sd.NamedGraph)
        }
        assert listed == {name: [count] for name, count in counts.items()}


def test_the_crate_lists_every_file_but_itself(second: Published) -> None:
    crate = json.loads((second.folder / "ro-crate-metadata.json").read_text(encoding="utf-8"))
    listed = {each["@id"] for each in crate["@graph"] if each["@type"] == "File"}
    files = {file.path for file in second.manifest.files}
    assert files - listed == {"ro-crate-metadata.json"}
    assert listed <= files
    described = [each["description"] for each in crate["@graph"] if each["@type"] == "File"]
    paths = {f"{each['@id']}." for each in crate["@graph"]}
    assert not paths & set(described)  # each has words of its own, and not its path alone


def test_every_file_of_data_is_in_the_catalogue(published: Published) -> None:
    content = turtle(published, "catalog.ttl")
    base = published.manifest.base
    offered = {str(each).removeprefix(base) for each in content.objects(None, DCAT.downloadURL)}
    parts = ("data/", "projections/", "tables/")
    assert offered == {f.path for f in published.manifest.files if f.path.startswith(parts)}


@pytest.mark.skipif(not SUITE.exists(), reason=f"the shapes are not at {SUITE}")
@pytest.mark.parametrize("shapes", ["shapes.ttl", "range.ttl", "deprecateduris.ttl"])
def test_the_catalogue_is_good_dcat_ap(shapes: str, published: Published) -> None:
    data = list(parse(path=published.folder / "catalog.ttl"))
    assert engines.run("both", data, list(parse(path=SUITE / shapes))).findings == []


def test_the_same_data_have_not_changed(second: Published) -> None:
    content = json.loads((second.folder / "changes.json").read_text(encoding="utf-8"))
    assert [
        each for part in ("claims", "propositions", "documents") for each in content[part].values()
    ] == [[]] * 9


def test_unchanged_claims_keep_the_names_of_their_nanopublications(
    published: Published, second: Published
) -> None:
    texts = [(each.folder / "projections/nanopublications.trig") for each in (published, second)]
    assert texts[0].read_bytes() == texts[1].read_bytes()


def test_redirects_lead_to_files_that_are_there(second: Published) -> None:
    from testimonia.publish.descriptions.redirects import SITE

    text = (second.folder / "w3id/testimonia/.htaccess").read_text(encoding="utf-8")
    targets = {line.split()[2] for line in text.splitlines() if line.startswith("RewriteRule")}
    here = f"{SITE}release/1.1.0/"
    led = {each.removeprefix(here) for each in targets if each.startswith(here) and "$" not in each}
    assert len(led) > 40
    assert [each for each in sorted(led) if not (second.folder / each).exists()] == []


def test_projections_can_be_left_out(tmp_path: Path) -> None:
    data = Path(releases.__file__).parents[1] / "scenarios" / "retraction" / "data.ttl"
    made = testimonia.open(data).publish(
        tmp_path / "release",
        version="1",
        derived=False,
        shapes=False,
        compress=False,
        projections=False,
    )
    assert not [file for file in made.manifest.files if file.path.startswith("projections/")]
    assert set(PROJECTIONS).isdisjoint(ARTEFACTS)
