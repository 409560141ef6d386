"""Notes exported from a graph are built into the same graph: nothing that the model can express is lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import palmyra
import pytest
from pyoxigraph import Quad, RdfFormat, parse

from testimonia.catalogue import resources
from testimonia.notes import build, export
from testimonia.notes.expansion import held
from testimonia.notes.noting import NAMES
from testimonia.notes.shortening import Shortener
from testimonia.rdf import files

ROOT = Path(__file__).parents[2]
SCENARIOS = sorted((ROOT / "tests" / "scenarios").glob("*/data.ttl"))
# The same graphs with every row in full, which is used if there is no short form.
PLAINLY = [path for path in SCENARIOS if path.parent.name in ("finer-points", "breakdown")]


def built_from(noted: dict[str, str]) -> set[object]:
    built = build([(Path(name), text) for name, text in noted.items()])
    assert [str(fault) for fault in built.faults] == []
    return {quad.triple for quad in built.quads()}


def noted(data: list[Quad]) -> dict[str, str]:
    found = export(data)
    assert found.outside == ()
    return dict(found.files)


def test_incidents_are_unchanged_by_a_round_trip() -> None:
    data = list(files.read(resources.data()))
    assert built_from(noted(data)) == {quad.triple for quad in data}


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.parent.name)
def test_scenarios_are_unchanged_by_a_round_trip(path: Path) -> None:
    data = list(files.read([path]))
    assert built_from(noted(data)) == {quad.triple for quad in data}


@pytest.mark.parametrize("path", PLAINLY, ids=lambda path: path.parent.name)
def test_the_full_form_also_loses_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = Shortener.__init__

    def plain(self: Shortener, tables: object, **_: object) -> None:
        made(self, tables, plainly=True)  # type: ignore[arg-type]

    monkeypatch.setattr(Shortener, "__init__", plain)
    data = list(files.read([path]))
    found = noted(data)
    assert "says: killed" not in "".join(found.values())
    assert built_from(found) == {quad.triple for quad in data}


def test_with_the_text_passages_are_sentences_and_digests_are_left_out() -> None:
    folder = ROOT / "examples" / "port-alder"
    data, text = list(files.read([folder / "incident.ttl"])), held(folder / "report.txt")
    found = export(data, {text.sha256: text}).files
    (report,) = (page for name, page in found.items() if name != "names.yaml")
    assert "  1: dateline-line" in report
    assert "passages:" not in report
    assert built_from(dict(found)) == {quad.triple for quad in data}


ODD = {
    "a statement that fits no table": '<urn:a> <urn:b> "c" .',
    "a number written otherwise": """
        <https://w3id.org/testimonia/id/event/e> a tmn:Incident ; rdfs:label "E"@en ;
            tmn:eventType tmc:bombing ; tmn:extra "007"^^xsd:integer .""",
    "labels in other languages alone": """
        <https://w3id.org/testimonia/id/agent/a> a tmn:Person ; rdfs:label "A"@en , "أ"@ar ;
            skos:altLabel "null"@en , "~"@en , "- b: c #d"@fr .""",
    "the label is the id of another": """
        <https://w3id.org/testimonia/id/agent/a> a tmn:Person ; rdfs:label "b"@en .
        <https://w3id.org/testimonia/id/agent/b> a tmn:Person ; rdfs:label "a"@en .""",
    "two propositions with the same content": """
        <https://w3id.org/testimonia/id/event/e> a tmn:Incident ; rdfs:label "E"@en ;
            tmn:eventType tmc:bombing .
        <https://w3id.org/testimonia/id/proposition/p> a tmn:OccurrenceProposition ;
            tmn:about <https://w3id.org/testimonia/id/event/e> ; tmn:gloss "It happened."@en .
        <https://w3id.org/testimonia/id/proposition/q> a tmn:OccurrenceProposition ;
            tmn:about <https://w3id.org/testimonia/id/event/e> ; tmn:gloss "It happened."@en .
        <https://w3id.org/testimonia/id/agent/a> a tmn:Person ; rdfs:label "A"@en .
        <https://w3id.org/testimonia/id/document/d> a tmn:Document ; rdfs:label "D"@en .
        <https://w3id.org/testimonia/id/claim/c> a tmn:Claim ; tmn:stance tmc:asserts ;
            tmn:claimant <https://w3id.org/testimonia/id/agent/a> ; tmn:voice tmc:narration ;
            tmn:statedIn <https://w3id.org/testimonia/id/document/d> ;
            tmn:proposition <https://w3id.org/testimonia/id/proposition/q> .""",
    "a figure with a bound that is no count": """
        <https://w3id.org/testimonia/id/event/e> a tmn:Incident ; rdfs:label "E"@en ;
            tmn:eventType tmc:bombing .
        <https://w3id.org/testimonia/id/proposition/p> a tmn:CasualtyProposition ;
            tmn:about <https://w3id.org/testimonia/id/event/e> ; tmn:gloss "Killed."@en ;
            tmn:harm tmc:killed ; tmn:boundType tmc:at-least ; tmn:lowerBound -5 .""",
    "the same claim twice": """
        <https://w3id.org/testimonia/id/event/e> a tmn:Incident ; rdfs:label "E"@en ;
            tmn:eventType tmc:bombing .
        <https://w3id.org/testimonia/id/proposition/p> a tmn:OccurrenceProposition ;
            tmn:about <https://w3id.org/testimonia/id/event/e> ; tmn:gloss "It happened."@en .
        <https://w3id.org/testimonia/id/agent/a> a tmn:Person ; rdfs:label "A"@en .
        <https://w3id.org/testimonia/id/document/d> a tmn:Document ; rdfs:label "D"@en .
        <https://w3id.org/testimonia/id/claim/c> a tmn:Claim ; tmn:stance tmc:asserts ;
            tmn:claimant <https://w3id.org/testimonia/id/agent/a> ; tmn:voice tmc:narration ;
            tmn:statedIn <https://w3id.org/testimonia/id/document/d> ;
            tmn:proposition <https://w3id.org/testimonia/id/proposition/p> .
        <https://w3id.org/testimonia/id/claim/d-it-happened> a tmn:Claim ; tmn:stance tmc:asserts ;
            tmn:claimant <https://w3id.org/testimonia/id/agent/a> ; tmn:voice tmc:narration ;
            tmn:statedIn <https://w3id.org/testimonia/id/document/d> ;
            tmn:proposition <https://w3id.org/testimonia/id/proposition/p> .""",
    "an IRI that is not the project's": """
        <https://example.org/desk/agent/a> a tmn:Person ; rdfs:label "A"@en .""",
}
PREFIXES = """
    @prefix tmn: <https://w3id.org/testimonia/ns#> .
    @prefix tmc: <https://w3id.org/testimonia/code/> .
    @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
    @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
    @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""


@pytest.mark.parametrize("turtle", ODD.values(), ids=ODD)
def test_unusual_graphs_are_unchanged_by_a_round_trip(turtle: str) -> None:
    data = list(parse(PREFIXES + turtle, RdfFormat.TURTLE))
    assert built_from(dict(export(data).files)) == {quad.triple for quad in data}


def test_things_without_a_description_are_listed() -> None:
    data = list(files.read([path for path in palmyra.FILES if path.name != "agents.ttl"]))
    found = export(data)
    assert "https://w3id.org/testimonia/id/agent/united-states" in found.outside
    known = list(files.read([resources.pack("agents")]))
    built = build([(Path(name), text) for name, text in found.files.items()], known)
    assert built.faults == ()
    assert {quad.triple for quad in built.quads()} == {quad.triple for quad in data}


def test_shared_names_are_exported_to_a_separate_file() -> None:
    found = export(list(files.read(palmyra.FILES))).files
    assert set(found) == {NAMES, "palmyra-damascus.yaml", "palmyra-istanbul.yaml"}
    own: Callable[[str], bool] = lambda name: "claims:" in found[name]  # noqa: E731
    assert [own(name) for name in found] == [False, True, True]
