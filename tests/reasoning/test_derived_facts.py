"""All that is derived is consistent with the ontology, for every incident and scenario."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, parse

import testimonia
from testimonia.catalogue import resources
from testimonia.errors import InconsistentOntology
from testimonia.namespaces import IDENTIFIER, TMN
from testimonia.rdf import files
from testimonia.reasoning import reason

pytestmark = pytest.mark.slow

SCENARIOS = Path(__file__).parents[1] / "scenarios"
DATA = sorted(SCENARIOS.glob("*/data.ttl"))
INCIDENTS = sorted({p.parent for p in resources.data() if p.parent.parent.name == "incidents"})
SHARED = {path.parent for path in resources.data()} - set(INCIDENTS)
AT_ONCE = 8
"""Scenarios in one run of HermiT, of which most of the time is its start."""


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
@pytest.mark.parametrize("incident", INCIDENTS, ids=lambda folder: folder.name)
def test_an_incident_is_consistent_with_all_that_is_derived(incident: Path) -> None:
    """With what incidents share. All at once take HermiT four times as long."""
    files_ = [path for path in resources.data() if path.parent in (incident, *SHARED)]
    quads = with_derived(testimonia.open(*files_))
    assert reason(quads, ontology=files.read(resources.ontology())).unsatisfiable == ()


@pytest.mark.usefixtures("java")
@pytest.mark.parametrize("start", range(0, len(DATA), AT_ONCE))
def test_scenarios_are_consistent_with_all_that_is_derived(start: int) -> None:
    quads: list[Quad] = []
    for path in DATA[start : start + AT_ONCE]:
        quads += apart(path.parent.name, with_derived(testimonia.open(path)))
    assert reason(quads, ontology=files.read(resources.ontology())).unsatisfiable == ()


@pytest.mark.usefixtures("java")
def test_a_fact_that_logic_excludes_is_found() -> None:
    # A body is no claim, and cannot be in conflict with one.
    quads = with_derived(testimonia.open(SCENARIOS / "at-least-40" / "data.ttl"))
    claim = next(q.subject for q in quads if q.predicate == TMN.claimant)
    body = next(q.object for q in quads if q.predicate == TMN.onBehalfOf)
    assert isinstance(claim, NamedNode)
    assert isinstance(body, NamedNode)
    quads.append(Quad(body, TMN.conflictsWith, claim, DefaultGraph()))
    with pytest.raises(InconsistentOntology):
        reason(quads, ontology=files.read(resources.ontology()))
