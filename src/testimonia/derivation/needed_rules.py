"""Finds the rules whose facts a query reads."""

from __future__ import annotations

from collections.abc import Sequence

from testimonia.catalogue.rules import Rule
from testimonia.derivation.proofs import predicate_of
from testimonia.query.named_terms import named_terms

__all__ = ["needed_rules"]


def needed_rules(query: str, rules: Sequence[Rule]) -> list[Rule]:
    """Find the rules whose facts a query names, and those whose facts these need.

    Parameters
    ----------
    query
        SPARQL. What it reads by a variable in the place of a predicate is not seen.
    rules
        All rules.

    Returns
    -------
    list of Rule
        In the order given.
    """
    named = named_terms(query)
    needed: set[str] = set()
    while more := [
        rule for rule in rules if rule.name not in needed and predicate_of(rule) in named
    ]:
        for rule in more:
            needed.add(rule.name)
            named |= named_terms(rule.sparql)
    return [rule for rule in rules if rule.name in needed]
