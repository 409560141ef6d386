"""An answer says which facts it lacks, rather than look as if there were nothing to find."""

from __future__ import annotations

from pathlib import Path

import palmyra
import pytest

import testimonia
from testimonia.catalogue import resources
from testimonia.cli import run


def notes(dataset: testimonia.Dataset, query: str) -> tuple[str, ...]:
    return dataset.query(query).notes


def test_derived_facts_that_nobody_derived() -> None:
    dataset = palmyra.opened()
    (note,) = notes(dataset, "SELECT * { ?one tmn:conflictsWith ?other }")
    assert note.startswith("tmn:conflictsWith: rules derive such statements, and nothing was")
    assert "testimonia derive" in note
    dataset.derive()
    assert notes(dataset, "SELECT * { ?one tmn:conflictsWith ?other }") == ()


def test_assessments_that_no_policy_made() -> None:
    dataset = palmyra.opened()
    query = "PREFIX t: <https://w3id.org/testimonia/ns#> ASK { ?a t:underPolicy ?p }"
    (note,) = notes(dataset, query)
    assert note.startswith("tmn:underPolicy: acceptance policies make such statements")
    assert "testimonia accept --policy" in note
    assert len(notes(dataset, "ASK { ?a a <https://w3id.org/testimonia/ns#Assessment> }")) == 1
    dataset.accept("official-only")
    assert notes(dataset, query) == ()


def test_other_queries_lack_nothing() -> None:
    dataset = palmyra.opened()
    for query in (
        "SELECT * { ?claim a tmn:Claim ; tmn:statedIn ?document } LIMIT 1",
        "SELECT * { ?s ?p 'tmn:conflictsWith' }",
        "ASK { } # tmn:conflictsWith",
    ):
        assert notes(dataset, query) == ()


@pytest.mark.parametrize("path", resources.queries(), ids=lambda path: path.stem)
def test_a_question_that_is_asked_lacks_nothing_and_as_a_plain_query_says_so(path: object) -> None:
    dataset = palmyra.opened()
    question = next(q for q in dataset.questions() if q.path == path)
    assert bool(notes(dataset, question.sparql)) == bool(question.needs)
    if all(not p.required for p in question.parameters.values()):
        assert dataset.ask(question.name).notes == ()


def test_the_command_line_says_it_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    path = next(p for p in resources.queries() if p.stem == "accepted-figures")
    assert run(["query", str(path), "--format", "csv"]) == 0
    captured = capsys.readouterr()
    assert captured.out == (
        "policy,event,harm,victims,accepts,lower,upper,openBelow,openAbove,grade,superseded,reason,"
        "claim\r\n"
    )
    of_rules, of_policies = captured.err.splitlines()
    assert of_rules.startswith("note: tmn:supersededBy: rules derive such statements")
    assert of_policies.startswith("note: tmn:underPolicy, tmn:assesses, tmn:assessedHarm and ")


@pytest.mark.parametrize(
    ("query", "note"),
    [
        ("ASK { ?c a tmn:CasualtyClaim }", "tmn:CasualtyClaim: the ontology defines this class"),
        (
            "ASK { ?c a tmn:CasualtyClaims }",
            "tmn:CasualtyClaims: nothing in the data or the ontology",
        ),
        ("SELECT * { ?c tmn:harm tmc:kiled }", "tmc:kiled: nothing in the data or the ontology"),
        (
            "PREFIX e: <https://w3id.org/testimonia/id/event/> SELECT * { ?c tmn:about e:palmyra }",
            "event:palmyra: nothing in the data or the ontology",
        ),
    ],
)
def test_unknown_names_are_reported_if_nothing_is_found(query: str, note: str) -> None:
    (reported,) = notes(palmyra.opened(), query)
    assert reported.startswith(note)
    near = {"tmc:kiled": "tmc:killed", "tmn:CasualtyClaims": "tmn:CasualtyClaim"}
    if (name := note.partition(": ")[0]) in near:
        assert near[name] in reported


def test_names_are_not_reported_if_something_is_found_or_all_are_known() -> None:
    dataset = palmyra.opened()
    for query in (
        "SELECT * { ?c a tmn:Claim FILTER NOT EXISTS { ?c a tmn:CasualtyClaims } } LIMIT 1",
        "ASK { ?c a tmc:killed }",
        "PREFIX tmn: <https://w3id.org/testimonia/ns#> BASE <https://w3id.org/testimonia/code/x> "
        "ASK { ?c a tmn:Claim ; tmn:harm tmc:killed }",
    ):
        assert notes(dataset, query) == ()


def test_an_empty_answer_says_what_was_looked_through(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    example = str(Path(__file__).parents[2] / "examples" / "port-alder" / "incident.ttl")
    assert run(["ask", "contradictions", "--data", example]) == 0
    out, err = capfd.readouterr()
    assert "Nothing found." in out
    assert "no matches among 3 claims" in err
    other = tmp_path / "other.ttl"
    other.write_text("<urn:x:a> <urn:x:p> 1 .")
    assert run(["ask", "contradictions", "--data", str(other)]) == 0
    assert "there are no claims in these data: is the prefix tmn:" in capfd.readouterr().err
