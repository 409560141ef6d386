"""Derived facts and assessments of a store: made when they are first needed, and kept there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from pyoxigraph import NamedNode, Triple

from testimonia.catalogue import resources
from testimonia.catalogue.parameters import Bindable
from testimonia.catalogue.questions import Question
from testimonia.catalogue.rules import Rule, read_rules
from testimonia.derivation import child_process, explaining, policies, running, snapshots
from testimonia.derivation.explaining import Explanation
from testimonia.derivation.policies import Policy, accept_all, shipped
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
            assessments = accept_all(store, shipped() if policies else [])
        return replace(derivation, assessments=assessments)

    def facts(self) -> list[Triple]:
        """Return all derived facts."""
        self._conclude()
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
            self._conclude([found], deadline or Deadline(None))
        else:
            self._conclude([found])
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
        self._conclude(missing, deadline)

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
        self._conclude()
        prover = Prover(self._store, self.rules, self._label)
        return explaining.explain(self._store, prover, node, label or self._label, quotations)

    def _conclude(self, wanted: Sequence[Policy] = (), deadline: Deadline | None = None) -> None:
        """Derive facts unless that was done, and run policies; or recall what both gave before.

        Parameters
        ----------
        wanted
            The policies.
        deadline
            When to stop, of a child process that does the work; it is done here when left out.
        """
        derived = running.is_derived(self._store) or self._recall_facts()
        missing = [p for p in wanted if not (derived and self._recall_assessments(p))]
        content = self._store.content
        if deadline is not None:
            child_process.conclude(self._store, missing, deadline)
        else:
            if not derived:
                self.derive()
            accept_all(self._store, missing)
        if content is not None:
            self._keep(content, missing, facts=not derived)

    def _recall_facts(self) -> bool:
        content = self._store.content
        if content is None:
            return False
        name = snapshots.after_rules(content, self.rules)
        found = snapshots.recall(self._store, name)
        self._store.content = name if found else content
        return found

    def _recall_assessments(self, policy: Policy) -> bool:
        content = self._store.content
        if content is None or policy.path not in resources.policies():
            return False
        found = snapshots.recall(self._store, snapshots.after_policy(content, policy))
        self._store.content = content
        return found

    def _keep(self, content: str, assessed: Sequence[Policy], *, facts: bool) -> None:
        """Keep what was made of a snapshot.

        Parameters
        ----------
        content
            The name of the snapshot.
        assessed
            The policies that were run.
        facts
            Whether facts were derived.
        """
        if any(policy.path not in resources.policies() for policy in assessed):
            return  # it may have the name of a shipped one
        if facts:
            content = snapshots.after_rules(content, self.rules)
            snapshots.keep(content, snapshots.derived(self._store))
        for policy in assessed:
            name = snapshots.after_policy(content, policy)
            snapshots.keep(name, snapshots.accepted(self._store, policy))
        self._store.content = content


def _names_in(query: str) -> set[str | None]:
    """Expand the prefixed names in a query, so that only policies that it names have to run."""
    return {expand(token.text) for token in tokens(query) if token.kind == "name"}
