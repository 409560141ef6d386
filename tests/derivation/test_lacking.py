"""An answer says which facts it lacks, rather than look as if there were nothing to find."""

from __future__ import annotations

import pytest

import testimonia
from testimonia import resources
from testimonia.cli import run


def notes(dataset: testimonia.Dataset, query: str) -> tuple[str, ...]:
    return dataset.query(query).notes


def test_derived_facts_that_nobody_derived() -> None:
    dataset = testimonia.open()
    (note,) = notes(dataset, "SELECT * { ?one tmn:conflictsWith ?other }")
    assert note.startswith("tmn:conflictsWith: rules derive such statements, and nothing was")
    assert "testimonia derive" in note
    dataset.derive()
    assert notes(dataset, "SELECT * { ?one tmn:conflictsWith ?other }") == ()


def test_assessments_that_no_policy_made() -> None:
    dataset = testimonia.open()
    query = "PREFIX t: <https://w3id.org/testimonia/ns#> ASK { ?a t:underPolicy ?p }"
    (note,) = notes(dataset, query)
    assert note.startswith("tmn:underPolicy: acceptance policies make such statements")
    assert "testimonia accept --policy" in note
    assert len(notes(dataset, "ASK { ?a a <https://w3id.org/testimonia/ns#Assessment> }")) == 1
    dataset.accept("official-only")
    assert notes(dataset, query) == ()


def test_other_queries_lack_nothing() -> None:
    dataset = testimonia.open()
    for query in (
        "SELECT * { ?claim a tmn:Claim ; tmn:statedIn ?document } LIMIT 1",
        "SELECT * { ?s ?p 'tmn:conflictsWith' }",
        "ASK { } # tmn:conflictsWith",
    ):
        assert notes(dataset, query) == ()


@pytest.mark.parametrize("path", resources.queries(), ids=lambda path: path.stem)
def test_a_question_that_is_asked_lacks_nothing_and_as_a_plain_query_says_so(path: object) -> None:
    dataset = testimonia.open()
    question = next(q for q in dataset.questions() if q.path == path)
    assert bool(notes(dataset, question.sparql)) == bool(question.needs)
    if all(not p.required for p in question.parameters.values()):
        assert dataset.ask(question.name).notes == ()


def test_the_command_line_says_it_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    path = next(p for p in resources.queries() if p.stem == "accepted-figures")
    assert run(["query", str(path), "--format", "csv"]) == 0
    captured = capsys.readouterr()
    assert captured.out == (
        "policy,event,harm,victims,accepts,lower,upper,openBelow,openAbove,grade,reason,claim\r\n"
    )
    assert captured.err.startswith("note: tmn:underPolicy, tmn:assesses, tmn:assessedHarm and ")
