"""What follows from the claims of a store: derived when it is first needed, and kept there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from pyoxigraph import NamedNode, Triple

from testimonia import resources
from testimonia.derivation import explaining, policies, running
from testimonia.derivation.explaining import Explanation
from testimonia.derivation.policies import Policy, accept, shipped
from testimonia.derivation.proofs import Prover
from testimonia.derivation.rules import Rule, read_rules
from testimonia.derivation.running import Derivation
from testimonia.files import Source
from testimonia.parameters import Bindable
from testimonia.questions import Question
from testimonia.store import DERIVED, Store

__all__ = ["Conclusions"]


class Conclusions:
    """What follows from the claims of a store, by the shipped rules and by policies.

    Parameters
    ----------
    store
        Where the claims are, and where what follows from them goes.
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
        """Run all rules, in place of what was derived before.

        Parameters
        ----------
        policies
            Whether to let all shipped policies assess as well.
        """
        with running.in_memory(self._store) as store:
            derivation = running.derive(store, self.rules)
            accepting = shipped() if policies else []
            assessments = {policy.name: accept(store, policy) for policy in accepting}
        return replace(derivation, assessments=assessments)

    def facts(self) -> list[Triple]:
        """Give all derived facts."""
        self._ensure()
        return list(running.facts(self._store, self.rules))

    def accept(self, policy: Source) -> Policy:
        """Let a policy assess.

        Parameters
        ----------
        policy
            The name of a shipped policy, or a file that ends in ``.rq``.
        """
        found = policies.find(Path(policy), resources.policies())
        self._ensure()
        policies.accept(self._store, found)
        return found

    def prepare(self, question: Question, parameters: Mapping[str, Bindable | None]) -> None:
        """Derive and accept what a question needs and what is not there yet.

        Parameters
        ----------
        question
            The question.
        parameters
            Values for its parameters.
        """
        self._ensure()
        if question.needs != "accepted":
            return
        wanted = question.terms(parameters).get("policy")
        for policy in policies.shipped():
            if wanted in (None, policy.iri) and not self._store.graphs(policy.graph):
                policies.accept(self._store, policy)

    def explain(self, node: NamedNode, quotations: Mapping[str, str]) -> Explanation:
        """Explain what was derived about a thing.

        Parameters
        ----------
        node
            The thing.
        quotations
            The words of passages, by IRI, as far as documents are at hand.
        """
        self._ensure()
        prover = Prover(self._store, self.rules, self._label)
        return explaining.explain(self._store, prover, node, self._label, quotations)

    def _ensure(self) -> None:
        if not self._store.graphs(DERIVED):
            self.derive()
