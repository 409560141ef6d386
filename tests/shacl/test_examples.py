"""The columnar engine finds the same as pySHACL, with the shapes of this project and of others."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest
from pyoxigraph import BlankNode, Quad, RdfFormat, parse
from tools.shacl_cases import SHARED

from testimonia.catalogue import resources
from testimonia.rdf import files
from testimonia.validation import pyshacl_engine
from testimonia.validation.columnar_engine import find
from testimonia.validation.findings import Finding

pytestmark = pytest.mark.slow

EXAMPLES = Path(__file__).parents[1] / "shapes"
OF_CLAIMS = ("Claim", "Derived")
DCAT_AP = SHARED / "suites" / "dcat-ap"

CATALOGUE = """
@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix : <urn:x:> .
:catalogue a dcat:Catalog ; dct:title "Claims"@en ; dct:description "All"@en ; dct:publisher :us ;
    dcat:dataset :whole , :untitled .
:us a foaf:Agent ; foaf:name "Us" .
:whole a dcat:Dataset ; dct:title "Whole"@en ; dct:description "Every claim"@en ;
    dcat:distribution :nt ; dct:issued "2025-12-13"^^xsd:date .
:nt a dcat:Distribution ; dcat:accessURL <https://example.org/nt> ;
    dcat:byteSize "12"^^xsd:nonNegativeInteger .
:untitled a dcat:Dataset ; dct:description "No title"@en ; dcat:distribution :lost , "text" .
:lost a dcat:Distribution ; dcat:byteSize "many" .
"""


def summary(findings: Iterable[Finding]) -> Counter[tuple[str, ...]]:
    def name(term: object) -> str:
        return "_:" if isinstance(term, BlankNode) else str(term)

    return Counter(
        (
            name(each.focus),
            each.component,
            str(each.path),
            name(each.value),
            each.severity,
            each.shape,
            each.message if each.component.endswith("SPARQLConstraintComponent") else "",
            each.hint,
        )
        for each in findings
    )


def agreed(data: list[Quad], shapes: list[Quad]) -> Counter[tuple[str, ...]]:
    ours = summary(find(data, shapes).findings)
    assert ours == summary(pyshacl_engine.run(data, shapes))
    return ours


@pytest.mark.filterwarnings("ignore")
def test_every_example_of_the_shapes_together() -> None:
    """Merged, a node has the values of many examples, so each value occurs with every other.

    Those of claims are too many for pySHACL; tests/shapes runs each by itself.
    """
    # rdflib has no value for the hour 24, so that pySHACL finds nothing in its example; and pySHACL
    # does not look whether an xsd:dateTimeStamp is well formed (disagreements/ill-typed-beyond-sparql).
    examples = [path for path in EXAMPLES.rglob("*.ttl") if path.parent.name not in OF_CLAIMS]
    quads = files.read([*resources.ontology(), *examples])
    data = [quad for quad in quads if not re.search("T24:00:00|02-30T", str(quad.object))]
    found = agreed(data, list(files.read(resources.shapes())))
    assert found.total() > 200


@pytest.mark.skipif(not DCAT_AP.exists(), reason=f"the DCAT-AP shapes are not at {DCAT_AP}")
def test_shapes_of_others():
    catalogue = list(parse(CATALOGUE, RdfFormat.TURTLE))
    found = agreed(catalogue, list(files.read([DCAT_AP / "shapes.ttl"])))
    assert sorted((each[0], each[1].rpartition("#")[2], each[3]) for each in found) == [
        ("<urn:x:lost>", "DatatypeConstraintComponent", '"many"'),
        ("<urn:x:lost>", "MinCountConstraintComponent", "None"),
        ("<urn:x:untitled>", "MinCountConstraintComponent", "None"),
        ("<urn:x:untitled>", "NodeKindConstraintComponent", '"text"'),
    ]
    for name, number in (
        ("range.ttl", 1),
        ("shapes_recommended.ttl", 28),
        ("deprecateduris.ttl", 0),
    ):
        assert agreed(catalogue, list(files.read([DCAT_AP / name]))).total() == number
