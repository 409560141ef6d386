"""Report formats: each is read back with an independent parser."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import rdflib
from pyoxigraph import BlankNode, Literal, NamedNode
from rdflib.namespace import RDF, SH

from testimonia.errors import Place
from testimonia.shacl.faults import Kind
from testimonia.shacl.paths import Path as PropertyPath
from testimonia.validation import Coverage, Fault, Finding, Report, Severity
from testimonia.validation.report_formats import to_json, to_sarif, to_turtle

SHAPE = "https://w3id.org/testimonia/shapes#Claim"
SPARQL = "http://www.w3.org/ns/shacl#SPARQLConstraintComponent"
MIN = "http://www.w3.org/ns/shacl#MinCountConstraintComponent"


@pytest.fixture
def report(tmp_path: Path) -> Report:
    claimant = PropertyPath("", property="https://w3id.org/testimonia/ns#claimant")
    full = Finding(
        severity=Severity.VIOLATION,
        focus=NamedNode("https://example.org/c"),
        shape=SHAPE,
        component=MIN,
        message='Not "good" \x07.',
        path=PropertyPath("/", (claimant, PropertyPath("^", (claimant,)))),
        value=Literal("wert", language="de"),
        hint="Fix it.",
        label="One",
        place=Place(tmp_path / "my data.ttl", 7),
    )
    bare = Finding(Severity.INFO, BlankNode("b"), SHAPE, MIN, "Remark.")
    fault = Fault(
        NamedNode(SHAPE),
        "<https://w3id.org/testimonia/ns#x> took too long",
        NamedNode(SPARQL),
        NamedNode(SHAPE),
        Kind.NOT_EVALUATED,
        Place(tmp_path / "my shapes.ttl", 3),
    )
    lost = "https://w3id.org/testimonia/shapes#Lost"
    return Report(
        (full, bare),
        dead_shapes=("https://w3id.org/testimonia/shapes#Dead",),
        coverage=Coverage((fault,), (lost,), ("beware",)),
    )


def test_json_has_everything(report: Report, tmp_path: Path) -> None:
    assert json.loads(to_json(report)) == {
        "conforms": False,
        "passes": False,
        "counts": {"Violation": 1, "Warning": 0, "Info": 1},
        "leftOut": [],
        "differences": [],
        "deadShapes": ["https://w3id.org/testimonia/shapes#Dead"],
        "shapesWithoutTarget": ["https://w3id.org/testimonia/shapes#Lost"],
        "complete": False,
        "unchecked": [
            {
                "shape": SHAPE,
                "component": SPARQL,
                "kind": "not evaluated",
                "reason": "tmn:x took too long",
                "file": str(tmp_path / "my shapes.ttl"),
                "line": 3,
            }
        ],
        "cautions": ["beware"],
        "findings": [
            {
                "severity": "Violation",
                "focus": "https://example.org/c",
                "label": "One",
                "file": str(tmp_path / "my data.ttl"),
                "line": 7,
                "path": "tmn:claimant/^tmn:claimant",
                "value": '"wert"@de',
                "message": 'Not "good" \x07.',
                "hint": "Fix it.",
                "shape": SHAPE,
                "component": MIN,
            },
            {
                "severity": "Info",
                "focus": "_:b",
                "label": None,
                "file": None,
                "line": None,
                "path": None,
                "value": None,
                "message": "Remark.",
                "hint": None,
                "shape": SHAPE,
                "component": MIN,
            },
        ],
    }


def test_turtle_is_a_shacl_report(report: Report) -> None:
    graph = rdflib.Graph().parse(data=to_turtle(report), format="turtle")
    [whole] = graph.subjects(RDF.type, SH.ValidationReport)
    assert graph.value(whole, SH.conforms) == rdflib.Literal(False)
    assert len(set(graph.objects(whole, SH.result))) == 2
    [result] = graph.subjects(SH.resultSeverity, SH.Violation)
    assert graph.value(result, SH.focusNode) == rdflib.URIRef("https://example.org/c")
    assert graph.value(result, SH.sourceShape) == rdflib.URIRef(SHAPE)
    assert graph.value(result, SH.sourceConstraintComponent) == rdflib.URIRef(MIN)
    assert graph.value(result, SH.value) == rdflib.Literal("wert", lang="de")
    assert str(graph.value(result, SH.resultMessage)) == 'Not "good" \x07.'
    steps = list(graph.items(graph.value(result, SH.resultPath)))
    claimant = rdflib.URIRef("https://w3id.org/testimonia/ns#claimant")
    assert steps[0] == claimant
    assert graph.value(steps[1], SH.inversePath) == claimant
    assert to_turtle(report) == to_turtle(report)


def test_an_empty_report_conforms() -> None:
    graph = rdflib.Graph().parse(data=to_turtle(Report(())), format="turtle")
    assert [value.toPython() for value in graph.objects(None, SH.conforms)] == [True]
    assert json.loads(to_json(Report(())))["conforms"] is True
    assert json.loads(to_sarif(Report(()), "1.2.3"))["runs"][0]["results"] == []


def test_sarif_has_what_the_standard_requires(
    report: Report, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    log: dict[str, Any] = json.loads(to_sarif(report, "1.2.3"))
    assert log["version"] == "2.1.0"  # SARIF 2.1.0, section 3.13.2
    [run] = log["runs"]
    driver = run["tool"]["driver"]  # 3.14.6 and 3.18.2
    assert driver["name"] == "testimonia"  # 3.19.8
    assert driver["version"] == "1.2.3"
    ids = [rule["id"] for rule in driver["rules"]]  # 3.49.3: unique within the array
    assert ids == ["tmsh:Claim/MinCount"]
    first, second = run["results"]
    for result in run["results"]:
        assert result["message"]["text"]  # 3.27.11 and 3.11
        assert ids[result["ruleIndex"]] == result["ruleId"]  # 3.27.6
        assert result["level"] in {"none", "note", "warning", "error"}  # 3.27.10
    assert (first["level"], second["level"]) == ("error", "note")
    [location] = first["locations"]
    physical = location["physicalLocation"]
    assert physical == {"artifactLocation": {"uri": "my%20data.ttl"}, "region": {"startLine": 7}}
    assert location["logicalLocations"][0]["fullyQualifiedName"] == "https://example.org/c"
    assert "physicalLocation" not in second["locations"][0]


def test_sarif_names_files_elsewhere_in_full(report: Report, tmp_path: Path) -> None:
    [run] = json.loads(to_sarif(report, "1.2.3"))["runs"]
    uri = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == (tmp_path / "my data.ttl").as_uri()
