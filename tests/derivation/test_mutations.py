"""No rule or policy can lose a condition or a branch, or shift a comparison, and no scenario notice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import assessments
import mutants
import palmyra
import pytest
from pyoxigraph import RdfFormat, parse

import scenarios
from testimonia.derivation.policies import Policy
from testimonia.errors import QueryError
from testimonia.query.store import Store

pytestmark = pytest.mark.slow

Expectations = dict[str, set[scenarios.Fact]]


@pytest.fixture(scope="module")
def wanted() -> Expectations:
    return {n: scenarios.expected(scenarios.FOLDER / n / "expected.csv") for n in scenarios.NAMES}


def fresh(name: str) -> Store:
    return scenarios.store_of(scenarios.FOLDER / name / "data.ttl")


def constructed(store: Store, sparql: str) -> set[scenarios.Fact]:
    answer = store.query(sparql)
    return scenarios.facts(quad.triple for quad in parse(answer.content, RdfFormat.N_TRIPLES))


def survives(mutant: mutants.Mutant, stores: dict[str, Store], wanted: Expectations) -> bool:
    rule = next(rule for rule in scenarios.RULES if rule.name == mutant.rule)
    changed = []
    for name, store in stores.items():
        difference = constructed(store, mutant.sparql) ^ constructed(store, rule.sparql)
        if scenarios.compared(difference, wanted[name]):
            return False
        if difference:
            changed.append(name)
    # What changed is not in the tables itself; look whether it changes what follows from it.
    faulty = [replace(r, sparql=mutant.sparql) if r is rule else r for r in scenarios.RULES]
    return all(
        scenarios.compared(scenarios.derived(fresh(name), faulty), wanted[name]) == wanted[name]
        for name in changed
    )


def test_no_mutant_survives(wanted: Expectations) -> None:
    stores = {name: fresh(name) for name in scenarios.NAMES}
    survivors, broken, made = [], [], 0
    for rule in scenarios.RULES:
        for mutant in mutants.mutants(rule):
            made += 1
            try:
                if survives(mutant, stores, wanted):
                    survivors.append((mutant.rule, mutant.change))
            except QueryError as error:
                broken.append((mutant.rule, mutant.change, error.message))
        for store in stores.values():
            store.write(rule.sparql, rule.graph)
    assert broken == []  # a mutant that is not well formed proves nothing
    assert survivors == []
    assert made > 300


def passes(policy: Policy, mutant: mutants.Mutant, folder: Path) -> bool:
    """Tell whether a faulty policy gives all that is expected of it."""
    path = folder / f"{policy.name}.rq"
    path.write_text(mutant.sparql, encoding="utf-8")
    expected: list[tuple[str, str, Callable[[], bool]]] = [
        (name, scenario, partial(lambda s, w: assessments.only(s, path) == tuple(w), scenario, w))
        for name, scenario, *w in assessments.CASES
    ]
    expected += [
        (name, scenario, partial(lambda s, w: assessments.accepted(s, path) == w, scenario, table))
        for name, scenario, table in assessments.TABLES
    ]
    for name, scenario, holds in expected:
        if name != policy.name:
            continue
        store = assessments.derived(scenario.partition("/")[0]).store
        if constructed(store, mutant.sparql) == constructed(store, policy.sparql):
            continue
        try:
            if not holds():
                return False
        except (AssertionError, ValueError):  # bounds of what is not accepted, or several figures
            return False
    return True


@pytest.mark.parametrize("policy", palmyra.opened().policies(), ids=lambda policy: policy.name)
def test_no_mutant_of_a_policy_survives(policy: Policy, tmp_path: Path) -> None:
    made = list(mutants.mutants(policy))
    assert len(made) > 10
    assert [mutant.change for mutant in made if passes(policy, mutant, tmp_path)] == []
