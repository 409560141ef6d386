"""Every question gives, in both engines, the rows that were worked out by hand from the documents."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import palmyra
import pytest
import rdflib
from expected_tables import (
    CASES,
    NAMES,
    TABLES,
    Table,
    dataset_of,
    expected,
    included,
    restricted,
    written,
)

import testimonia
from testimonia.catalogue import resources
from testimonia.namespaces import expand, shorten
from testimonia.rdf import files

TIME_BUDGET = 5.0
"""Seconds in which the embedded store must answer; they take milliseconds on an idle machine."""


@cache
def graph_of(question: str) -> rdflib.Graph:
    dataset = dataset_of(question)
    if not dataset.question(question).needs:
        return files.to_rdflib([*dataset.quads(), *files.read(resources.ontology())])
    for policy in dataset.policies():
        dataset.accept(policy.name)
    return files.to_rdflib(dataset.store)


def answered(dataset: testimonia.Dataset, question: str, parameters: dict[str, Any]) -> Table:
    results = dataset.ask(question, time_limit=TIME_BUDGET, **parameters)
    rows = [[written(term and term.value) for term in row] for row in results.terms]
    return list(results.variables), rows


def test_every_question_has_an_expected_table_and_every_table_a_question() -> None:
    tables = {path.name.removesuffix(".expected.csv") for path in TABLES.glob("*.expected.csv")}
    assert tables == set(CASES)
    assert {case.partition(".")[0] for case in tables} == set(NAMES)


@pytest.mark.parametrize("case", CASES)
def test_the_embedded_store_gives_the_expected_rows(case: str) -> None:
    dataset = dataset_of(case.partition(".")[0])
    assert answered(dataset, case.partition(".")[0], CASES[case]) == expected(case)


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_rdflib_gives_the_same_rows_in_the_same_order(case: str) -> None:
    question = case.partition(".")[0]
    query = dataset_of(question).question(question).bind(CASES[case])
    results = graph_of(question).query(query)
    rows = [[written(term) for term in row] for row in results]
    assert ([str(name) for name in results.vars], rows) == expected(case)


@pytest.mark.parametrize(
    ("question", "parameter"),
    [
        (question.name, parameter.name)
        for question in palmyra.opened().questions()
        for parameter in question.parameters.values()
        if not parameter.required and parameter.type not in ("boolean", "integer", "string")
    ],
)
def test_a_parameter_keeps_just_the_rows_it_names(question: str, parameter: str) -> None:
    header, rows = expected(question)
    column = header.index(restricted(question, parameter))
    values = {row[column] for row in rows} - {""}
    assert values
    for value in values:
        parameters = {**CASES[question], parameter: expand(value)}
        dataset = dataset_of(question)
        given = answered(dataset, question, parameters)
        kept = included(dataset, parameter, value)
        assert given == (header, [row for row in rows if row[column] in kept])


def test_an_incident_includes_its_parts(tmp_path: Path) -> None:
    part = tmp_path / "part.ttl"
    part.write_text(
        """
        @prefix tmn: <https://w3id.org/testimonia/ns#> .
        @prefix event: <https://w3id.org/testimonia/id/event/> .
        event:2025-12-13-palmyra-attack tmn:partOf event:campaign .
        event:campaign a tmn:Incident .
        """,
        encoding="utf-8",
    )
    dataset = testimonia.open(part, *palmyra.FILES)
    whole = dataset.ask("confirmed-figures", incident="event:campaign")
    assert len(whole) == len(expected("confirmed-figures")[1])
    assert len(dataset.ask("confirmed-figures", incident="event:idlib-attack")) == 0


def test_an_incident_includes_its_parts_in_tables() -> None:
    dataset = dataset_of("range-width")
    for question in ("figures-by-informant", "range-width"):
        header, rows = expected(question)
        column = header.index("event")
        parts = [row for row in rows if row[column] in ("event:raid", "event:shelling")]
        assert answered(dataset, question, {"incident": "event:war"}) == (header, parts)


@pytest.mark.parametrize(("at_least", "number"), [(0, 3), (4, 3), (5, 1), (11, 0)])
def test_ranges_can_be_asked_from_a_width_on(at_least: int, number: int) -> None:
    header, rows = expected("range-width")
    given = answered(dataset_of("range-width"), "range-width", {"at_least": at_least})
    assert given == (header, rows[:number])


@pytest.mark.slow
def test_the_invented_tables_conform() -> None:
    report = dataset_of("range-width").validate()
    assert (report.findings, report.claims) == ((), 16)


@pytest.mark.parametrize("question", ["claim-provenance", "documents"])
def test_questions_on_documents_tell_of_tables(question: str) -> None:
    dataset = dataset_of("range-width")
    if question == "claim-provenance":
        [row] = dataset.ask(question, claim="claim:shelling-best")
        shown = ("start", "keyColumn", "recordKey", "basis", "voice")
        assert [row[name] and shorten(str(row[name])) for name in shown] == [
            None,
            "event",
            "2",
            "tmc:best-estimate",
            "tmc:tabulated",
        ]
    else:
        shown = ("document", "characters", "claims", "passages", "records", "cited")
        told = [tuple(row[name] for name in shown) for row in dataset.ask(question)]
        assert [(shorten(first), *rest) for first, *rest in told] == [
            ("doc:daily", None, 4, 0, 2, 0),
            ("doc:events", None, 11, 0, 3, 1),
            ("doc:report", 900, 1, 1, 0, 0),
        ]


def test_nothing_confirms_that_is_only_media_unnamed_or_narrated() -> None:
    confirmed = palmyra.opened().ask("confirmed-figures")
    speakers = {row["speaker"] for row in confirmed}
    assert speakers == {expand("agent:us-central-command"), expand("agent:donald-trump")}
