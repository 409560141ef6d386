"""Reconstructs the proof of a derived fact by evaluating the conditions of its rule again.

Nothing is recorded while rules run. Given a fact, its rule is evaluated backwards: the WHERE clause with
the subject bound gives the solutions for which the fact holds; the triple patterns of derived properties,
instantiated with these solutions, are its premises, and are explained in turn.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import dropwhile, islice
from typing import Any, Final

from pyoxigraph import Literal, NamedNode, Quad, Triple

from testimonia.catalogue.rules import Rule
from testimonia.errors import RuleError
from testimonia.namespaces import TMN, expand, shorten
from testimonia.query.sparql import tokens
from testimonia.query.writable import Concluded
from testimonia.values import Term

__all__ = ["Prover", "Step", "predicate_of"]

_VARIABLE = re.compile(r"\?(\w+)")
_MOST_SOLVED: Final = 64
_OPEN_END: Final = "INF"  # a missing upper bound in the rules

_Row = dict[str, Term]
_Pattern = tuple[str, NamedNode, str]


@dataclass(frozen=True)
class Step:
    """A derived fact and why it holds.

    Attributes
    ----------
    fact
        The fact.
    rule
        The rule that derived it.
    sentence
        Why, in English, with the labels of things.
    premises
        Derived facts that it depends on.
    claims
        The IRIs of the claims that it depends on.
    ways
        In how many ways the rule derives it; the first, sorted by terms, is shown.
    """

    fact: Triple
    rule: Rule
    sentence: str
    premises: tuple[Step, ...]
    claims: tuple[str, ...]
    ways: int


class Prover:
    """Explains the facts of a store.

    Parameters
    ----------
    store
        A store in which the rules have been run.
    rules
        Those rules.
    label
        Finds the label of an IRI.
    """

    def __init__(
        self, store: Concluded, rules: Sequence[Rule], label: Callable[[str], str | None]
    ) -> None:
        self._store = store
        self._rules = rules
        self._label = label
        self._steps: dict[Triple, Step] = {}
        self._solved: dict[tuple[str, Term], list[_Row]] = {}

    @cached_property
    def predicates(self) -> dict[NamedNode, list[Rule]]:
        """The derived properties, with their rules."""
        found: dict[NamedNode, list[Rule]] = {}
        for rule in self._rules:
            found.setdefault(predicate_of(rule), []).append(rule)
        return found

    def steps(self, facts: Sequence[Triple]) -> tuple[Step, ...]:
        """Explain facts; of symmetric ones, only one direction.

        Parameters
        ----------
        facts
            Derived facts.
        """
        shown: dict[Triple, None] = {}
        for fact in facts:
            reverse = (
                Triple(fact.object, fact.predicate, fact.subject)
                if isinstance(fact.object, NamedNode)
                else fact
            )
            if reverse not in shown:
                shown[fact] = None
        return tuple(self.step(fact) for fact in shown)

    def step(self, fact: Triple) -> Step:
        """Explain a fact.

        Parameters
        ----------
        fact
            A derived fact.

        Raises
        ------
        RuleError
            No rule derives it from what the store holds.
        """
        if fact not in self._steps:
            self._steps[fact] = self._proved(fact)
        return self._steps[fact]

    def sentence(self, fact: Triple) -> str | None:
        """Say why a fact is true, without what it depends on: faster than `step`.

        Parameters
        ----------
        fact
            A derived fact.

        Returns
        -------
        str or None
            The sentence of its rule; None if no rule derives it from what the store holds.
        """
        quad = Quad(fact.subject, fact.predicate, fact.object)
        for rule in self.predicates.get(fact.predicate, []):
            if not self._store.holds(quad, rule.graph):
                continue
            bound = {rule.subject: fact.subject, rule.object: fact.object}
            rows = self._store.solutions(rule.proofs, bound)
            if rows:
                rows.sort(key=lambda row: sorted((n, str(term)) for n, term in row.items()))
                return self._sentence(rule, rows if rule.every_row else rows[:1])
        return None

    def _proved(self, fact: Triple) -> Step:
        for rule in self.predicates.get(fact.predicate, []):
            rows = self._rows(rule, fact)
            if rows:
                return self._built(fact, rule, rows)
        raise RuleError(
            f"no rule derives that {_name(fact.subject)} {shorten(fact.predicate.value)} "
            f"{_name(fact.object)}",
            hint="The data have changed since facts were derived: derive again.",
        )

    def _rows(self, rule: Rule, fact: Triple) -> list[_Row]:
        key = (rule.name, fact.subject)
        if key not in self._solved:  # many facts have one subject
            if len(self._solved) == _MOST_SOLVED:
                self._solved.clear()
            self._solved[key] = self._store.solutions(rule.proofs, {rule.subject: fact.subject})
        rows = self._solved[key]
        held = [row for row in rows if row.get(rule.object) == fact.object]
        return sorted(held, key=lambda row: sorted((name, str(term)) for name, term in row.items()))

    def _built(self, fact: Triple, rule: Rule, rows: list[_Row]) -> Step:
        used = rows if rule.every_row else rows[:1]
        premises: dict[Triple, None] = {}
        for row in used:
            premises |= dict.fromkeys(self._premises(rule, row))
        return Step(
            fact=fact,
            rule=rule,
            sentence=self._sentence(rule, used),
            premises=tuple(self.step(premise) for premise in premises),
            claims=self._claims(fact, used),
            ways=1 if rule.every_row else len(rows),
        )

    def _premises(self, rule: Rule, row: _Row) -> Iterator[Triple]:
        for subject, predicate, object_ in _patterns(rule):
            if predicate not in self.predicates or subject not in row or object_ not in row:
                continue
            first = row[subject]
            if isinstance(first, NamedNode):
                premise = Triple(first, predicate, row[object_])
                if self._store.contains(
                    premise
                ):  # otherwise it belongs to a branch that was not taken
                    yield premise

    def _claims(self, fact: Triple, rows: Sequence[_Row]) -> tuple[str, ...]:
        bound = {term for row in rows for term in row.values() if isinstance(term, NamedNode)}
        found = {term.value for term in bound if self._is_claim(term)}
        if not found:
            ends = [term for term in (fact.subject, fact.object) if isinstance(term, NamedNode)]
            found = {
                triple.subject.value
                for end in ends
                for triple in self._store.incoming(end)
                if triple.predicate == TMN.proposition and isinstance(triple.subject, NamedNode)
            }
        return tuple(sorted(found))

    def _is_claim(self, term: NamedNode) -> bool:
        places = (TMN.passage, TMN.record)  # of claims in texts, and in tables
        return any(any(self._store.outgoing(term, place)) for place in places)

    def _sentence(self, rule: Rule, rows: Sequence[_Row]) -> str:
        def filled(match: re.Match[str]) -> str:
            terms = {row[match[1]] for row in rows if match[1] in row}
            return ", ".join(sorted(map(self._called, terms)))

        return _VARIABLE.sub(filled, rule.because)

    def _called(self, term: Term) -> str:
        if isinstance(term, NamedNode):
            return self._label(term.value) or shorten(term.value)
        if isinstance(term, Literal):
            return "any number" if term.value == _OPEN_END else term.value
        return str(term)


def predicate_of(rule: Rule) -> NamedNode:
    """Return the property of CONSTRUCT { ?subject PROPERTY ?object }."""
    words = (token.text for token in tokens(rule.sparql))
    after = dropwhile(lambda word: word.upper() != "CONSTRUCT", words)
    _, _, subject, predicate, object_ = islice(after, 5)
    iri = expand(predicate)
    if iri is None or [subject, object_] != [f"?{rule.subject}", f"?{rule.object}"]:
        raise RuleError(f"the rule {rule.name} constructs something other than its fact")
    return NamedNode(iri)


@cache
def _patterns(rule: Rule) -> tuple[_Pattern, ...]:
    """List the triple patterns between variables that a rule requires, from its SPARQL algebra."""
    from rdflib import URIRef, Variable
    from rdflib.plugins.sparql import prepareQuery

    found: dict[_Pattern, None] = {}

    def visit(part: Any) -> None:
        if getattr(part, "name", None) == "BGP":
            for subject, predicate, object_ in part.triples:
                if isinstance(predicate, URIRef) and isinstance(subject, Variable):
                    pattern = (str(subject), NamedNode(str(predicate)), str(object_))
                    if isinstance(object_, Variable):
                        found[pattern] = None
            return
        # Filters are left out: what must not exist is not a premise.
        for child in ("p", "p1", "p2"):
            if getattr(part, "get", None) and part.get(child) is not None:
                visit(part.get(child))

    visit(prepareQuery(rule.proofs).algebra)
    return tuple(found)


def _name(term: Term) -> str:
    return shorten(term.value) if isinstance(term, NamedNode) else str(term)
