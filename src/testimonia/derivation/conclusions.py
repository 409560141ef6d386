"""Derived facts and assessments of a store: made when they are first needed, and kept there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from pyoxigraph import NamedNode, Triple

from testimonia.catalogue import resources
from testimonia.catalogue.parameters import Bindable
from testimonia.catalogue.questions import Question
from testimonia.catalogue.rules import Rule, read_rules
from testimonia.derivation import child_process, explaining, policies, running
from testimonia.derivation.explaining import Explanation
from testimonia.derivation.policies import Policy, accept, shipped
from testimonia.derivation.proofs import Prover
from testimonia.derivation.running import Derivation
from testimonia.namespaces import expand
from testimonia.query.deadlines import Deadline
from testimonia.query.sparql import tokens
from testimonia.query.store import Store
from testimonia.rdf.files import Source

__all__ = ["Conclusions"]


class Conclusions:
    """Derives facts by the shipped rules, and runs policies, on the claims of a store.

    Parameters
    ----------
    store
        The store with the claims, to which the results are added.
    label
        Finds the label of an IRI.
    """

    def __init__(self, store: Store, label: Callable[[str], str | None]) -> None:
        self._store = store
        self._label = label

    @cached_property
    def rules(self) -> list[Rule]:
        """The shipped rules, in order."""
        return read_rules(resources.rules())

    def derive(self, *, policies: bool = False) -> Derivation:
        """Run all rules, and replace what was derived before.

        Parameters
        ----------
        policies
            Whether to run all shipped policies as well.
        """
        with running.in_memory(self._store) as store:
            derivation = running.derive(store, self.rules)
            accepting = shipped() if policies else []
            assessments = {policy.name: accept(store, policy) for policy in accepting}
        return replace(derivation, assessments=assessments)

    def facts(self) -> list[Triple]:
        """Return all derived facts."""
        self._ensure()
        return list(running.facts(self._store, self.rules))

    def accept(self, policy: Source, deadline: Deadline | None = None) -> Policy:
        """Run a policy.

        This is done in a child process if there is a deadline, or if the policy is from a user's file,
        which might not end or might crash this process.

        Parameters
        ----------
        policy
            The name of a shipped policy, or a file that ends in ``.rq``.
        deadline
            When to stop; never when left out.
        """
        found = policies.find(Path(policy), resources.policies())
        if deadline is not None or found.path not in resources.policies():
            child_process.conclude(self._store, [found], deadline or Deadline(None))
        else:
            self._ensure()
            policies.accept(self._store, found)
        return found

    def prepare(
        self,
        question: Question,
        parameters: Mapping[str, Bindable | None],
        deadline: Deadline | None = None,
    ) -> None:
        """Derive and accept what a question needs, unless it is there already.

        Parameters
        ----------
        question
            The question.
        parameters
            Values for its parameters.
        deadline
            When to stop; never when left out.
        """
        missing: list[Policy] = []
        if question.needs == "accepted":
            wanted = question.terms(parameters).get("policy")
            named = _names_in(question.sparql)
            asked = [p for p in policies.shipped() if p.iri.value in named] or [
                p for p in policies.shipped() if wanted in (None, p.iri)
            ]
            if not asked and isinstance(wanted, NamedNode):
                self._check_own(wanted)
            derived = running.is_derived(self._store)  # deriving removes assessments
            missing = [p for p in asked if not derived or not self._store.graphs(p.graph)]
        if deadline is not None:
            child_process.conclude(self._store, missing, deadline)
            return
        self._ensure()
        for policy in missing:
            policies.accept(self._store, policy)

    def _check_own(self, policy: NamedNode) -> None:
        """Refuse a policy that is not shipped and that has no assessments here."""
        name = policies.name_of(policy)
        if name is not None and not self._store.graphs(policies.graph_of(name)):
            policies.find(name, resources.policies())

    def explain(
        self,
        node: NamedNode,
        quotations: Mapping[str, str],
        label: Callable[[str], str | None] | None = None,
    ) -> Explanation:
        """Explain what was derived about a thing.

        Parameters
        ----------
        node
            The thing.
        quotations
            The text of passages, by IRI, as far as documents are available.
        label
            Finds the labels of things outside of the sentences, which are in English.
        """
        self._ensure()
        prover = Prover(self._store, self.rules, self._label)
        return explaining.explain(self._store, prover, node, label or self._label, quotations)

    def _ensure(self) -> None:
        if not running.is_derived(self._store):
            self.derive()


def _names_in(query: str) -> set[str | None]:
    """Expand the prefixed names in a query, so that only policies that it names have to run."""
    return {expand(token.text) for token in tokens(query) if token.kind == "name"}
