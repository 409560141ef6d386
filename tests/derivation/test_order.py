"""Rules run in an order in which each finds all that it reads, and notions have one definition."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

import scenarios
from testimonia.catalogue.rules import Rule
from testimonia.derivation.proofs import predicate_of
from testimonia.namespaces import PREFIXES
from testimonia.query.sparql import tokens

TMN = PREFIXES["tmn"]
WRITTEN = {rule.name: predicate_of(rule).value for rule in scenarios.RULES}

# What a rule reads may be written by later rules as well where those facts are of other things.
# A figure of counts is no account of blame: rules of one kind of proposition read their own kind.
OF_OTHER_KINDS = {"incompatibleWith", "compatibleWith", "refines", "differsFrom"}


def read(rule: Rule) -> set[str]:
    """List the terms of the ontology in the conditions of a rule, with those of its filters."""
    words = [token.text for token in tokens(rule.sparql)]
    where = next(i for i, word in enumerate(words) if word.upper() == "WHERE")
    return {TMN + word.removeprefix("tmn:") for word in words[where:] if word.startswith("tmn:")}


def read_before_written(rules: list[Rule]) -> list[tuple[str, str, str]]:
    found = []
    for position, rule in enumerate(rules):
        for later in rules[position:]:
            written = WRITTEN[later.name]
            name = written.removeprefix(TMN)
            earlier = any(WRITTEN[before.name] == written for before in rules[:position])
            if written in read(rule) and not (name in OF_OTHER_KINDS and earlier):
                found.append((rule.name, name, later.name))
    return found


def test_no_rule_reads_what_a_later_one_writes() -> None:
    assert read_before_written(scenarios.RULES) == []


def test_a_rule_that_comes_too_early_is_found() -> None:
    rules = {rule.name: rule for rule in scenarios.RULES}
    early = [rules["060-upheld-by"], rules["050-withdrawn-by"]]
    assert read_before_written(early) == [("060-upheld-by", "withdrawnBy", "050-withdrawn-by")]


@pytest.mark.slow
@pytest.mark.parametrize("name", scenarios.NAMES)
def test_a_second_round_of_the_rules_derives_nothing_more(name: str) -> None:
    # Whatever a rule reads was all there when it ran.
    store = scenarios.store_of(scenarios.FOLDER / name / "data.ttl")
    first = scenarios.derived(store, scenarios.RULES)
    second = set()
    for rule in scenarios.RULES:
        again = replace(rule, name=f"{rule.name}-again")
        store.write(rule.sparql, again.graph)
        second |= scenarios.facts(store.statements(again.graph))
    assert second == first


def test_rules_read_some_of_what_rules_write() -> None:
    # The test above would hold of rules that read nothing.
    written = set(WRITTEN.values())
    assert sum(bool(read(rule) & written) for rule in scenarios.RULES) > 30
    assert all(re.fullmatch(r"\d{3}-[a-z-]+", name) for name in WRITTEN)
