"""The columnar engine has the same results as Apache Jena, where that is available."""

from __future__ import annotations

import importlib.util
from collections import Counter
from pathlib import Path

import pytest
from pyoxigraph import BlankNode, NamedNode, Triple
from tools import jena
from tools.shacl_cases import SH, report_of

from testimonia.catalogue import resources
from testimonia.rdf import files
from testimonia.shacl import run

ROOT = Path(__file__).parents[2]
SHAPES = ROOT / "benchmarks" / "validation_shapes.ttl"
NAMES = ["focusNode", "value", "sourceConstraintComponent", "resultSeverity"]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        jena.command() is None, reason="Apache Jena (Java and Maven) is not available"
    ),
]


def write_claims(path: Path, triples: int) -> Counter[str]:
    place = ROOT / "benchmarks" / "attributed_claims.py"
    spec = importlib.util.spec_from_file_location("attributed_claims", place)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.write_claims(path, triples, seed=7, each=2)


def results(report: list[Triple]) -> Counter[tuple[str, ...]]:
    properties: dict[object, dict[str, str]] = {}
    for triple in report_of(report):
        text = "_:" if isinstance(triple.object, BlankNode) else str(triple.object)
        properties.setdefault(triple.subject, {})[triple.predicate.value.removeprefix(SH)] = text
    # Jena reports a value for sh:uniqueLang, which the standard does not (W3C case uniqueLang-001).
    for found in properties.values():
        if "UniqueLang" in found.get("sourceConstraintComponent", ""):
            found.pop("value", None)
    return Counter(
        tuple(found.get(name, "") for name in NAMES)
        for found in properties.values()
        if "focusNode" in found
    )


def test_violations_of_every_kind(tmp_path):
    data = tmp_path / "claims.nt"
    expected = write_claims(data, 12_000)
    report = run(data, SHAPES)
    assert Counter(text[1:-1] for text in report.frame["component"]) == expected
    theirs = jena.validate(triples_of(data), triples_of(SHAPES))
    assert results(list(report.triples())) == results(theirs)


def triples_of(path: Path) -> list[Triple]:
    return [quad.triple for quad in files.read([path])]


def test_our_own_data():
    # Jena cannot parse $PATH* in a query, which the standard allows.
    shapes = [
        quad.triple
        for quad in files.read(resources.shapes())
        if quad.object != NamedNode("https://w3id.org/testimonia/shapes#NoCycle")
    ]
    quads = files.read([*resources.ontology(), *resources.data()])
    data = list(dict.fromkeys(quad.triple for quad in quads))
    assert results(list(run(data, shapes).triples())) == results(jena.validate(data, shapes))
