"""A question needs the rules whose facts it reads, and no others."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

import testimonia
from testimonia.catalogue import resources
from testimonia.catalogue.questions import find, read_question
from testimonia.catalogue.rules import read_rules
from testimonia.dataset import Dataset
from testimonia.derivation.needed_rules import needed_rules
from testimonia.derivation.running import derive

EXAMPLE = Path(__file__).parents[2] / "examples" / "port-alder"
RULES = read_rules(resources.rules())
QUESTIONS = [
    each.name for each in map(read_question, resources.queries()) if each.needs != "accepted"
]


@cache
def everything() -> Dataset:
    found = testimonia.open(EXAMPLE)
    found.derive()
    return found


def test_what_totals_need() -> None:
    needed = needed_rules(find("totals-by-party", resources.queries()).sparql, RULES)
    assert [rule.name[:3] for rule in needed] == [
        *("010", "020", "030", "040", "050", "060"),
        *("082", "410", "412", "415"),
    ]
    assert needed_rules("SELECT * { ?claim tmn:claimant ?who }", RULES) == []


@pytest.mark.parametrize("name", QUESTIONS)
def test_nothing_else_makes_a_difference(name: str) -> None:
    question = find(name, resources.queries())
    opened = testimonia.open(EXAMPLE)
    derive(opened.store, needed_rules(question.sparql, RULES))
    assert opened.query(question.sparql).terms == everything().query(question.sparql).terms
