"""Questions, queries, descriptions and labels: what a dataset answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode

from testimonia import languages
from testimonia.catalogue import questions
from testimonia.catalogue.lookup import Names
from testimonia.catalogue.parameters import term_for
from testimonia.dataset.loaded_data import LoadedData
from testimonia.errors import QueryError, TimeLimitExceeded, placed_in
from testimonia.namespaces import ONTOLOGY
from testimonia.query import results
from testimonia.query.deadlines import Deadline

if TYPE_CHECKING:
    from testimonia.catalogue.parameters import Bindable
    from testimonia.catalogue.questions import Question
    from testimonia.derivation.conclusions import Conclusions
    from testimonia.query.results import Boolean, GraphResult, Results

__all__ = ["Answering", "Language"]

Language = str | Iterable[str] | None
"""Language tags of BCP 47, most preferred first: one by one, or separated by commas."""


class Answering(LoadedData):
    """What a dataset answers: competency questions, SPARQL queries, descriptions and labels."""

    def questions(self) -> list[Question]:
        """List the competency questions, the user's own last.

        Raises
        ------
        QuestionError
            The file of a question cannot be read.
        """
        return [questions.read_question(path) for path in self.question_files]

    def question(self, name: str) -> Question:
        """Find a competency question by name.

        Parameters
        ----------
        name
            Its name, as `questions` lists it.

        Raises
        ------
        UnknownQuestion
            No question has that name.
        """
        return questions.find(name, self.question_files)

    def ask(
        self,
        question: str,
        /,
        *,
        time_limit: float | None = None,
        language: Language = None,
        **parameters: Bindable | None,
    ) -> Results | Boolean | GraphResult:
        """Ask a competency question.

        Parameters
        ----------
        question
            Its name.
        time_limit
            Seconds after which it is stopped, including reading and deriving; no limit by default.
        language
            Preferred languages for labels, and for glosses where the question returns some: BCP 47
            tags, most preferred first, such as ``"ar"`` or ``["fr-CA", "es"]``; by default those of
            the dataset. Text that exists in none of them is shown in English, or failing that in
            any language.
        parameters
            Values for its parameters; parameters that are omitted or None keep their default.

        Returns
        -------
        Results, Boolean or GraphResult
            The rows of a SELECT query, the yes or no of an ASK query, or the triples of a CONSTRUCT or
            DESCRIBE query; with notes on what the answer lacks.

        Raises
        ------
        UnknownQuestion
            No question has that name.
        ParameterError
            A parameter is unknown, or its value has the wrong type or is a code that no list has.
        InputError
            A language tag is not well formed.
        UnknownResource
            The value of a parameter is an IRI that does not occur in the data.
        QueryError
            It took longer than allowed, or the query of the user's own question cannot be run.
        StoreError
            The data are behind a SPARQL endpoint, which refuses the query or does not answer.
        """
        found = self.question(question)
        preferred = self._preferred(language)
        parameters = found.in_language(parameters, preferred)
        deadline = self._begun(time_limit)
        self._prepare(found, parameters, deadline)
        try:
            return self._answered(self.bind(found, parameters), deadline, preferred)
        except QueryError as error:
            if error.place is not None:
                error.place = placed_in(found.path, error.place)
            raise

    def _prepare(
        self,
        question: Question,
        parameters: Mapping[str, Bindable | None],
        deadline: Deadline | None,
    ) -> None:
        """Derive and accept what a question needs."""
        if question.needs:
            self._conclusions.prepare(question, parameters, deadline)

    def bind(self, question: Question, parameters: Mapping[str, Bindable | None]) -> str:
        """Write the query of a question, with its parameters bound to what the data hold.

        Parameters
        ----------
        question
            The question.
        parameters
            Values for its parameters; parameters that are omitted or None keep their default.

        Raises
        ------
        ParameterError
            A parameter is unknown, or its value has the wrong type or is a code that no list has.
        UnknownResource
            The value of a parameter is an IRI that does not occur in the data.
        """
        found = {
            name: self._names.value(name, term)
            for name, term in question.terms(parameters).items()
            if question.parameters[name].type in ("iri", "code") and isinstance(term, NamedNode)
        }
        return question.bind({**parameters, **found})

    def prepare(self) -> None:
        """Derive and accept everything that the questions need and that is still missing.

        After this, no question writes to the store.
        """
        for question in self.questions():
            if question.needs:
                self._conclusions.prepare(question, {})

    def query(
        self, sparql: str, *, time_limit: float | None = None, language: Language = None
    ) -> Results | Boolean | GraphResult:
        """Run a SPARQL query.

        Parameters
        ----------
        sparql
            A SPARQL 1.1 SELECT, ASK, CONSTRUCT or DESCRIBE query, over the union of all graphs. The
            prefixes of `testimonia.namespaces` need not be declared.
        time_limit
            Seconds after which it is stopped, including reading and deriving; no limit by default.
        language
            Preferred languages for labels: BCP 47 tags, most preferred first; by default those of
            the dataset.

        Returns
        -------
        Results, Boolean or GraphResult
            The rows of a SELECT query, the yes or no of an ASK query, or the triples of a CONSTRUCT or
            DESCRIBE query; with notes on what the answer lacks.

        Raises
        ------
        InputError
            A language tag is not well formed.
        QueryError
            It is not well formed, is an update, calls another server (SERVICE), fails, or takes too
            long.
        StoreError
            The data are behind a SPARQL endpoint, which refuses the query or does not answer.
        """
        preferred = self._preferred(language)
        answer = self._answered(sparql, self._begun(time_limit), preferred)
        if not answer:
            from testimonia.derivation.missing_facts import unknown_names

            answer.notes += unknown_names(self._queried, sparql)
        return answer

    def _answered(
        self, sparql: str, deadline: Deadline | None, preferred: Sequence[str]
    ) -> Results | Boolean | GraphResult:
        if deadline is None:
            answer = self._queried.query(sparql)
        else:
            try:
                answer = self._queried.query(sparql, time_limit=deadline.left("the query"))
            except TimeLimitExceeded:
                raise deadline.exceeded("the query") from None
        return results.of(answer, Names(self._queried, preferred).label, self._lacking(sparql))

    def _lacking(self, sparql: str) -> tuple[str, ...]:
        from testimonia.derivation.missing_facts import missing_facts

        return (
            missing_facts(self._queried, sparql) if ONTOLOGY in sparql or "tmn:" in sparql else ()
        )

    def _begun(self, time_limit: float | None) -> Deadline | None:
        """Start the clock, and load the store within the limit."""
        if time_limit is None:
            return None
        deadline = Deadline(time_limit)
        if "store" not in self.__dict__:
            self.store = self._loaded(deadline)
        return deadline

    def describe(self, iri: str, *, language: Language = None) -> GraphResult:
        """Show every statement about a thing, as subject and as object.

        Parameters
        ----------
        iri
            An IRI, in full or as a CURIE such as ``event:NAME``.
        language
            Preferred languages for labels: BCP 47 tags, most preferred first; by default those of
            the dataset.

        Raises
        ------
        UnknownResource
            Nothing in the data has that IRI.
        InputError
            A language tag is not well formed.
        """
        names = Names(self._queried, self._preferred(language))
        node = names.resource(iri)
        triples = [*self._queried.outgoing(node), *self._queried.incoming(node)]
        return results.GraphResult(triples, names.label, about=node.value)

    def label(
        self, term: NamedNode | str | None, *, language: Language = None
    ) -> languages.Label | None:
        """Find the label of a thing in the preferred language, else in English, else in any.

        Within one language, skos:prefLabel takes precedence over rdfs:label.

        Parameters
        ----------
        term
            An IRI, in full or as a CURIE; or None, as in an empty cell of a row.
        language
            BCP 47 tags, most preferred first; by default those of the dataset.

        Returns
        -------
        Label or None
            The text with its language; None if the thing has no label, or the term is None or no
            IRI.

        Raises
        ------
        InputError
            A language tag is not well formed.

        Examples
        --------
        >>> import testimonia
        >>> dataset = testimonia.open(language="fr")
        >>> dataset.label("tmc:killed"), dataset.label("tmc:killed", language="uk")
        ('tué', 'загиблий')
        """
        preferred = self._preferred(language)
        if term is None:
            return None
        try:
            node = term_for("iri", term)
        except ValueError:
            return None
        return Names(self._queried, preferred).label(node.value)

    def _preferred(self, language: Language) -> Sequence[str]:
        return self.languages if language is None else languages.preferred(language)

    @property
    def _names(self) -> Names:
        return Names(self._queried, self.languages)

    @property
    def _conclusions(self) -> Conclusions:
        return self._concluding(self._names)

    def _concluding(self, names: Names) -> Conclusions:
        # Not kept: it refers back to this dataset, and a reference cycle would keep a store on disk
        # locked.
        from testimonia.derivation.conclusions import Conclusions

        return Conclusions(self.store, names.label)
