"""Two engines: where they agree, and how a difference is reported."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import palmyra
import pytest
import rdflib
from pyoxigraph import BlankNode, NamedNode, Quad, Store
from tools.shacl_cases import cases

import testimonia
from testimonia.errors import InputError
from testimonia.rdf import files
from testimonia.validation import Report, Severity, engines, known_differences, validate
from testimonia.validation.findings import Finding, Found

Validate = Callable[..., Report]

ROOT = Path(__file__).parents[2]
CASES = {case.name: case for case in cases(Path(__file__).parents[1] / "shacl" / "disagreements")}
TMSH = "https://w3id.org/testimonia/shapes#"
FEBRUARY = 'ex:b tmn:lowerBound "2031-02-30T12:00:00Z"^^xsd:dateTimeStamp .'
STAMPS = (
    "tmsh:T a sh:NodeShape ; sh:targetObjectsOf tmn:lowerBound ; sh:datatype xsd:dateTimeStamp ."
)
CLAIMS = """
tmsh:C a sh:NodeShape ; sh:targetClass tmn:Claim ; sh:property [ sh:path tmn:claimant ; sh:minCount 1 ] ,
    [ sh:path tmn:stance ; sh:minCount 1 ; sh:severity sh:Warning ] .
tmsh:E a sh:NodeShape ; sh:targetClass tmn:Event ; sh:property [ sh:path rdfs:label ; sh:minCount 1 ] .
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("sources", "found"),
    [(palmyra.FILES, 3), ([ROOT / "examples" / "port-alder" / "incident.ttl"], 0)],
    ids=["palmyra", "port-alder"],
)
def test_both_find_the_same_in_the_data_of_the_project(sources: list[Path], found: int) -> None:
    report = testimonia.open(*sources).validate(engine="both")
    assert report.differences == ()
    assert report.statements > 100
    assert len(report.findings) == found


@pytest.mark.parametrize("engine", ["columnar", "pyshacl"])
def test_either_engine_finds_the_same(run: Validate, engine: str) -> None:
    report = run("ex:a a tmn:Claim . ex:e a tmn:Incident .", CLAIMS, engine=engine)
    assert [(each.severity, each.focus.value[-1], each.shape) for each in report.findings] == [  # type: ignore[union-attr]
        (Severity.VIOLATION, "a", TMSH + "C"),
        (Severity.VIOLATION, "e", TMSH + "E"),
        (Severity.WARNING, "a", TMSH + "C"),
    ]


def test_a_difference_is_reported_as_a_known_one(run: Validate) -> None:
    report = run(FEBRUARY, STAMPS, engine="both")
    [difference] = report.differences
    assert (difference.engine, difference.ruling) == ("columnar", "ill-typed-beyond-sparql")
    assert difference.finding.focus.value.startswith("2031-02-30")  # type: ignore[union-attr]
    assert len(report.findings) == 1


def both(name: str) -> Found:
    triples = CASES[name].data
    quads = [Quad(each.subject, each.predicate, each.object) for each in triples]
    return engines.run("both", quads, quads)


@pytest.mark.parametrize(
    "name",
    [
        "ill-typed-beyond-sparql",
        "inverse-of-a-sequence",
        "less-than-iris",
        "less-than-language-tags",
    ],
)
def test_known_differences_are_recognised(name: str) -> None:
    found = both(name)
    assert {each.ruling for each in found.differences} == {name}


def test_a_number_is_not_taken_for_the_known_difference_of_times() -> None:
    found = both("range-of-another-datatype")
    known = {str(each.finding.value)[:3]: each.ruling for each in found.differences}
    assert known.pop('"1"', "") == ""
    assert set(known.values()) == {"range-of-another-datatype"}


def test_findings_are_compared_as_often_as_they_occur() -> None:
    def finding(message: str, node: NamedNode | BlankNode) -> Finding:
        return Finding(Severity.VIOLATION, node, "urn:s", "urn:c", message)

    a, b = finding("ours", NamedNode("urn:a")), finding("theirs", NamedNode("urn:a"))
    assert known_differences.compare([a], [b]) == ()
    assert (
        known_differences.compare([finding("", BlankNode("x"))], [finding("", BlankNode("y"))])
        == ()
    )
    [twice] = known_differences.compare([a, a], [b])
    assert (twice.engine, twice.finding, twice.ruling) == ("columnar", a, "")
    [missed] = known_differences.compare([], [b])
    assert (missed.engine, missed.finding, missed.ruling) == ("pyshacl", b, "")


@pytest.mark.parametrize("engine", ["columnar", "pyshacl", "both"])
def test_a_limit_leaves_out_and_counts(run: Validate, engine: str) -> None:
    data = "".join(f"ex:c{n} a tmn:Claim . " for n in range(5)) + "ex:e a tmn:Event ."
    report = run(data, CLAIMS, engine=engine, limit=2)
    kept = [(str(each.severity), each.focus.value[-2:]) for each in report.findings]  # type: ignore[union-attr]
    assert kept == [("Violation", "c0"), ("Violation", "c1"), ("Violation", "/e")]
    assert report.totals() == {TMSH + "C": 10, TMSH + "E": 1}
    assert (report.count(Severity.VIOLATION), report.count(Severity.WARNING)) == (6, 5)
    assert not report.passes


def test_a_limit_of_0_does_not_make_a_report_conform(run: Validate) -> None:
    report = run("ex:c a tmn:Claim .", CLAIMS, limit=0)
    assert report.findings == ()
    assert not report.conforms
    assert not report.passes


def test_with_a_limit_a_closed_shape_does_not_count_an_undeclared_property_again(
    run: Validate,
) -> None:
    closed = "tmsh:C a sh:NodeShape ; sh:targetClass tmn:Claim ; sh:closed true ; sh:ignoredProperties ( rdf:type ) ."
    data = "".join(f"ex:c{n} a tmn:Claim ; tmn:clamant ex:a . " for n in range(3))
    assert run(data, closed, limit=1).totals() == {TMSH + "DeclaredTerms": 3}


@pytest.mark.parametrize(
    ("options", "said"),
    [({"engine": "jena"}, "no validation engine called 'jena'"), ({"limit": -1}, "cannot be -1")],
)
def test_unknown_engines_and_limits_are_refused(
    run: Validate, options: dict[str, object], said: str
) -> None:
    with pytest.raises(InputError, match=said):
        run("ex:c a tmn:Claim .", CLAIMS, **options)


def test_any_rdf_can_be_validated_from_any_source(tmp_path: Path) -> None:
    shapes = tmp_path / "shapes.ttl"
    shapes.write_text(
        "@prefix sh: <http://www.w3.org/ns/shacl#> .\n"
        "<urn:s> sh:targetClass <urn:P> ; sh:property [ sh:path <urn:n> ; sh:minCount 1 ] .\n",
        encoding="utf-8",
    )
    data = tmp_path / "data.nt"
    data.write_text("<urn:a> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <urn:P> .\n")
    store = Store()
    store.extend(files.read([data]))
    for source in (data, str(data), [data], store, rdflib.Graph().parse(data), list(store)):
        assert validate(source, shapes).frame["focus"].to_list() == ["<urn:a>"]


def test_progress_is_reported(run: Validate) -> None:
    steps: list[tuple[str, int, int | None]] = []
    run("ex:c a tmn:Claim .", CLAIMS, progress=lambda *each: steps.append(each))
    assert [each for each in steps if each[0] != "triples"] == [
        ("statements", 0, None),
        ("shapes", 0, 2),
        ("shapes", 1, 2),
        ("shapes", 2, 2),
    ]
