"""All that is derived is consistent with the ontology, for Palmyra and for every scenario."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, parse

import testimonia
from testimonia import files, resources
from testimonia.errors import InconsistentOntology
from testimonia.namespaces import IDENTIFIER, TMN
from testimonia.reasoning import reason

SCENARIOS = Path(__file__).parents[1] / "scenarios"


def with_derived(dataset: testimonia.Dataset) -> list[Quad]:
    """Take data and derived facts out of their graphs, without what describes the derivation."""
    facts = dataset.facts()
    assert facts
    return [
        *(Quad(q.subject, q.predicate, q.object, DefaultGraph()) for q in dataset.quads()),
        *(Quad(f.subject, f.predicate, f.object, DefaultGraph()) for f in facts),
    ]


def apart(name: str, quads: list[Quad]) -> list[Quad]:
    """Give all that one scenario identifies names of its own."""
    lines = "".join(f"{quad.triple} .\n" for quad in quads)
    renamed = re.sub(rf"<({IDENTIFIER}[a-z]+/)", rf"<\1{name}/", lines)
    blank = re.sub(r"_:", f"_:{name.replace('-', '')}", renamed)
    return list(parse(blank.encode(), format=RdfFormat.N_TRIPLES))


@pytest.mark.usefixtures("java")
def test_data_and_derived_facts_of_all_scenarios_and_palmyra_are_consistent() -> None:
    quads = with_derived(testimonia.open())
    for path in sorted(SCENARIOS.glob("*/data.ttl")):
        quads += apart(path.parent.name, with_derived(testimonia.open(path)))
    result = reason(quads, ontology=files.read(resources.ontology()))
    assert result.unsatisfiable == ()


@pytest.mark.usefixtures("java")
def test_a_fact_that_logic_excludes_is_found() -> None:
    # A figure that is confirmed by a claim, and a conflict between a claim and a body.
    quads = with_derived(testimonia.open(SCENARIOS / "at-least-40" / "data.ttl"))
    claim = next(q.subject for q in quads if q.predicate == TMN.claimant)
    body = next(q.object for q in quads if q.predicate == TMN.onBehalfOf)
    assert isinstance(claim, NamedNode)
    assert isinstance(body, NamedNode)
    quads.append(Quad(body, TMN.conflictsWith, claim, DefaultGraph()))
    with pytest.raises(InconsistentOntology):
        reason(quads, ontology=files.read(resources.ontology()))
