"""What follows from the data: facts that rules derive, figures that policies accept, and why."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode

from testimonia.catalogue.lookup import Names
from testimonia.dataset.answering import Answering, Language
from testimonia.query import results
from testimonia.query.deadlines import Deadline
from testimonia.query.store import Store
from testimonia.query.store_directories import change, existing
from testimonia.rdf.files import Source

if TYPE_CHECKING:
    from testimonia.derivation.explaining import Explanation
    from testimonia.derivation.policies import Policy
    from testimonia.derivation.running import Derivation
    from testimonia.query.results import GraphResult, Results

__all__ = ["Deriving"]


class Deriving(Answering):
    """What a dataset concludes: derived facts, accepted figures, and the explanation of both."""

    def derive(self, *, policies: bool = False) -> Derivation:
        """Derive what follows from the claims by all rules, replacing what was derived before.

        The facts go into separate graphs of the store, one for each rule, and never into `quads`. A
        question that needs them derives them itself; call this after changing the store.

        Parameters
        ----------
        policies
            Whether to run all shipped policies as well and keep their assessments, so that no
            question has to.

        Examples
        --------
        >>> import testimonia
        >>> dataset = testimonia.open()
        >>> dataset.derive().counts["380-own-loss-confirmed-by"] > 0
        True
        """
        if self.directory is None or "store" in self.__dict__:
            return self._conclusions.derive(policies=policies)
        if not self._is_given:
            existing(self.directory)
        from testimonia.derivation.conclusions import Conclusions

        derivations: list[Derivation] = []

        def fill(store: Store) -> None:
            self._fill(store)
            conclusions = Conclusions(store, Names(store).label)
            derivations.append(conclusions.derive(policies=policies))

        change(self.directory, fill)
        self.store = Store(self.directory)
        return derivations[0]

    def facts(self) -> GraphResult:
        """Return all derived facts, deriving them first if that has not been done.

        Returns
        -------
        GraphResult
            One triple for each fact, whichever rule derived it.
        """
        return results.GraphResult(self._conclusions.facts(), self._names.label)

    def policies(self) -> list[Policy]:
        """List the acceptance policies.

        Raises
        ------
        PolicyError
            The file of a policy cannot be read.
        """
        from testimonia.derivation import policies

        return policies.shipped()

    def accept(
        self,
        policy: Source,
        *,
        incident: str | None = None,
        time_limit: float | None = None,
        language: Language = None,
    ) -> Results:
        """Let a policy assess the figures, and show which it accepts, at which grade and why.

        Parameters
        ----------
        policy
            The name of a policy, or a policy file of the user's own that ends in ``.rq``.
        incident
            Restricts the answer to this incident and its parts: an IRI, in full or as a CURIE, or a
            bare name.
        time_limit
            Seconds after which it is stopped, including reading and deriving; no limit by default.
        language
            Preferred languages for labels: BCP 47 tags, most preferred first; by default those of
            the dataset.

        Returns
        -------
        Results
            The rows of the question ``accepted-figures`` under that policy.

        Raises
        ------
        UnknownPolicy
            No policy has that name.
        PolicyError
            It cannot be read, or is not a query that makes assessments.
        QueryError
            Its query is not well formed, fails, or took longer than allowed.
        UnknownResource
            The incident is unknown.

        Examples
        --------
        >>> import testimonia
        >>> rows = testimonia.open().accept("evidence-grade", incident="event:fenastras-bombing")
        >>> {row.grade.rpartition("/")[2] for row in rows if row.accepts}
        {'contested'}
        """
        preferred = self._preferred(language)
        deadline = self._begun(time_limit)
        found = self._accepted(policy, deadline)
        question = self.question("accepted-figures")
        query = self.bind(question, {"policy": found.iri, "incident": incident})
        rows = self._answered(query, deadline, preferred)
        assert isinstance(rows, results.Results)  # noqa: S101
        return rows

    def quotations(self, sources: Source) -> dict[str, str]:
        """Return the words of the passages whose documents' texts you have, by the IRI of the passage.

        Passages whose words are not those that the data describe are left out.

        Parameters
        ----------
        sources
            Directory with the documents' texts, as UTF-8 files of any name.

        Raises
        ------
        InputError
            The directory or a file in it cannot be read, or a file of a document is not UTF-8.
        """
        from testimonia import passages

        return passages.check(self.quads(), Path(sources)).quotations

    def explain(
        self, iri: str, *, sources: Source | None = None, language: Language = None
    ) -> Explanation:
        """Explain what was derived about a claim, proposition, event or agent, and why.

        Parameters
        ----------
        iri
            An IRI, in full or as a CURIE such as ``prop:NAME``.
        sources
            Directory with the documents' texts, to quote passages from.
        language
            Preferred languages for the names of things: BCP 47 tags, most preferred first; by
            default those of the dataset. The sentences are English, and use English names.

        Raises
        ------
        UnknownResource
            Nothing in the data has that IRI.
        InputError
            The directory or a file in it cannot be read, or a language tag is not well formed.

        Examples
        --------
        >>> import testimonia
        >>> why = testimonia.open().explain("prop:one-interpreter-killed")
        >>> "one civilian interpreter killed · refines · one civilian killed" in why.to_text()
        True
        """
        names = Names(self._queried, self._preferred(language))
        node = names.resource(iri)
        quotations = {} if sources is None else self.quotations(sources)
        return self._explained(node, quotations, names)

    def _accepted(self, policy: Source, deadline: Deadline | None) -> Policy:
        return self._conclusions.accept(policy, deadline)

    def _explained(
        self, node: NamedNode, quotations: Mapping[str, str], names: Names
    ) -> Explanation:
        conclusions = self._concluding(Names(self._queried))
        return conclusions.explain(node, quotations, names.label)
