"""The description of the dataset says what is there, and is good DCAT-AP."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Quad
from tools.shacl_cases import SHARED

from testimonia import __version__
from testimonia.catalogue import resources
from testimonia.rdf import files
from testimonia.validation import Finding, Severity, engines, validate

ROOT = Path(__file__).parents[1]
CATALOG = ROOT / "catalog.ttl"
SUITE = SHARED / "suites" / "dcat-ap"
HOME = "https://w3id.org/testimonia/"
DCAT = "http://www.w3.org/ns/dcat#"

needs_suite = pytest.mark.skipif(not SUITE.exists(), reason=f"the shapes are not at {SUITE}")


def description() -> list[Quad]:
    return list(files.read([CATALOG]))


def objects(name: str) -> list[str]:
    return [quad.object.value for quad in description() if quad.predicate.value == DCAT + name]


def found(data: list[Quad], shapes: str) -> list[Finding]:
    """Validate by column, with pySHACL beside it."""
    given = list(files.read([SUITE / shapes]))
    both = engines.run("both", data, given)
    assert both.differences == ()
    assert validate(data, given).number == len(both.findings)
    return both.findings


def test_every_file_of_the_data_is_described() -> None:
    shipped = [path.relative_to(ROOT).as_posix() for path in resources.data()]
    assert sorted(objects("downloadURL")) == sorted(HOME + path for path in shipped)
    assert len(objects("distribution")) == len(shipped)
    assert objects("version") == [__version__]


@needs_suite
@pytest.mark.parametrize("shapes", ["shapes.ttl", "range.ttl", "deprecateduris.ttl"])
def test_it_satisfies_dcat_ap(shapes: str) -> None:
    assert found(description(), shapes) == []


@needs_suite
def test_what_dcat_ap_recommends_and_it_lacks_is_known() -> None:
    missing = found(description(), "shapes_recommended.ttl")
    assert {each.severity for each in missing} == {Severity.WARNING}
    assert {
        (str(each.focus).rpartition("/")[2].rstrip(">").partition("#")[0], each.path.property)
        for each in missing
        if each.path
    } == {
        ("project", "http://purl.org/dc/terms/type"),
        ("catalog", "http://purl.org/dc/terms/issued"),
        ("catalog", "http://purl.org/dc/terms/modified"),
        ("catalog", "http://purl.org/dc/terms/spatial"),
        ("catalog", "http://xmlns.com/foaf/0.1/homepage"),
        ("claims", DCAT + "contactPoint"),
        ("claims", "http://purl.org/dc/terms/spatial"),
        ("claims", "http://purl.org/dc/terms/temporal"),
        ("catalog", "http://data.europa.eu/r5r/availability"),
    }


DATASET = 'dcterms:title "Attributed claims about security incidents"@en ;'
FAULTS = [
    (DATASET, "", "shapes.ttl", "dataset/claims", "MinCount"),
    (DATASET, f'{DATASET} dcterms:description "text" , <urn:x> ;', "shapes.ttl", "dataset/claims", "NodeKind"),
    ('dcat:version "0.1.0"', 'dcat:version "0.1.0" , "0.2.0"', "shapes.ttl", "dataset/claims", "MaxCount"),
    (":palmyra-in-other-languages .", ':palmyra-in-other-languages , "claims.ttl" .', "shapes.ttl", "dataset/claims", "NodeKind"),
    (
        'dcterms:title "Agents"@en ;',
        'dcterms:title "Agents"@en ; dcat:byteSize "many" ;',
        "shapes.ttl",
        "catalog#agents",
        "Datatype",
    ),
    (
        'Places"@en ;\n    dcterms:description "Places as commonly named."@en ;\n'
        "    dcat:accessURL <https://w3id.org/testimonia/dataset/claims> ;",
        'Places"@en ;',
        "shapes.ttl",
        "catalog#places",
        "MinCount",
    ),
    ("id/project> a foaf:Agent ;", "id/project>", "range.ttl", "catalog", "Class"),
]  # fmt: skip


@needs_suite
@pytest.mark.parametrize(("old", "new", "shapes", "focus", "component"), FAULTS)
def test_a_fault_is_found_where_it_is(
    old: str, new: str, shapes: str, focus: str, component: str, tmp_path: Path
) -> None:
    text = CATALOG.read_text(encoding="utf-8")
    assert text.count(old) == 1
    faulty = tmp_path / "catalog.ttl"
    faulty.write_text(text.replace(old, new), encoding="utf-8")
    results = {
        (each.focus, each.component.rpartition("#")[2].removesuffix("ConstraintComponent"))
        for each in found(list(files.read([faulty])), shapes)
        if each.focus != NamedNode(HOME + "dataset/claims") or component != "Class"
    }
    assert results == {(NamedNode(HOME + focus), component)}
