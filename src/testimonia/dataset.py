"""The façade that users meet: open a dataset, then ask it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from pyoxigraph import Literal, NamedNode, Quad

from testimonia import __version__, languages
from testimonia.catalogue import questions, resources, vocabulary
from testimonia.catalogue.naming import Names
from testimonia.catalogue.parameters import term_for
from testimonia.catalogue.questions import in_folders
from testimonia.errors import InputError, Place, QueryError, TimeLimitExceeded, placed_in
from testimonia.legible import counted
from testimonia.namespaces import ONTOLOGY, PREFIXES
from testimonia.query import results
from testimonia.query.deadlines import Deadline
from testimonia.query.store import ACCEPTED, DERIVED, Store, is_computed
from testimonia.query.store_directories import change, existing
from testimonia.rdf import files, rdflib_graphs
from testimonia.rdf.files import PLAIN, Reading, Source
from testimonia.rdf.jsonld import Copies

if TYPE_CHECKING:
    import datetime

    import rdflib

    from testimonia.catalogue.parameters import Bindable
    from testimonia.catalogue.questions import Question
    from testimonia.derivation.conclusions import Conclusions
    from testimonia.derivation.explaining import Explanation
    from testimonia.derivation.policies import Policy
    from testimonia.derivation.running import Derivation
    from testimonia.migrating import Migration
    from testimonia.passages import Coverage, PassageReport
    from testimonia.publish import Published
    from testimonia.query.results import Boolean, GraphResult, Results
    from testimonia.reasoning import Classification
    from testimonia.tables.from_quads import ClaimTables
    from testimonia.validation import EngineName, Progress, Report

__all__ = ["Dataset", "open"]

Language = str | Iterable[str] | None
"""Tags of BCP 47, the best first: one by one, or with commas between them."""

Given: TypeAlias = "Source | rdflib.Graph"
"""What can be opened: an RDF file, a directory of them, or an rdflib graph or dataset."""

_FEW_FILES = 3
_READING = "reading the data"
_UNLIMITED = Deadline(None)
_CLAIMS = "SELECT (COUNT(DISTINCT ?claim) AS ?n) WHERE { ?claim a tmn:Claim }"
_SHOWN = 20
"""Findings of each shape that are kept for whoever publishes."""


class Dataset:
    """Claims about incidents, with the ontology and code lists they are written in.

    Make one with `open`.

    Attributes
    ----------
    files
        The RDF files its data come from; empty when they were already in a store.
    statements
        Statements that were given beside the files, as rdflib graphs.
    question_files
        The files of its questions; those that come with the library when left out.
    directory
        The directory of its store, or None for a store in memory.
    reading
        How its files are read.
    languages
        The languages that its labels are shown in, the best first.
    """

    def __init__(
        self,
        files: list[Path],
        directory: Path | None = None,
        reading: Reading = PLAIN,
        languages: Sequence[str] = (),
        statements: Sequence[Quad] = (),
        question_files: Sequence[Path] | None = None,
    ) -> None:
        self.files = files
        self.directory = directory
        self.reading = reading
        self.languages = languages
        self.statements = statements
        self.question_files = resources.queries() if question_files is None else question_files

    def __repr__(self) -> str:
        held = "not yet read"
        if "store" in self.__dict__:  # to show itself, it reads nothing
            statements, claims = self.count_statements(), self.count_claims()
            held = f"{counted(statements, 'statement')}, {counted(claims, 'claim')}"
        return f"<Dataset: {'; '.join([*self._origins(), held])}>"

    def _origins(self) -> Iterator[str]:
        """Tell what it was opened from."""
        names = [path.name for path in self.files[:_FEW_FILES]]
        more = len(self.files) - len(names)
        if names:
            yield ", ".join(names) + (f" and {counted(more, 'more file')}" if more else "")
        if self.statements:
            yield f"rdflib: {counted(len(self.statements), 'statement')}"
        if self.directory is not None:
            yield f"store {self.directory}"

    @cached_property
    def store(self) -> Store:
        """The store that answers queries, loaded when first needed."""
        return self._loaded(Deadline(None))

    def _loaded(self, deadline: Deadline) -> Store:
        if self.directory is not None and self._is_given:
            # In a copy, which takes the store's place: neither a fault in a file nor a kill leaves
            # the store half filled, and nor does the time that is up.
            change(self.directory, partial(self._fill, deadline=deadline))
            return Store(self.directory)
        if self.directory is not None:
            existing(self.directory)
        store = Store(self.directory)
        self._fill(store, deadline=deadline)
        return store

    def _fill(self, store: Store, *, deadline: Deadline = _UNLIMITED) -> None:
        for graph in vocabulary.GRAPHS:
            store.clear(graph)
        store.load(vocabulary.shipped())
        if self._is_given:  # what was derived before was derived from less
            store.forget(ACCEPTED)
            store.forget(DERIVED)
        # Whoever passes the ontology as data as well must not find each of its statements twice.
        quads = deadline.watched(self._read(), _READING)
        store.load(
            quad for quad in quads if not any(store.holds(quad, g) for g in vocabulary.GRAPHS)
        )

    def quads(self) -> Iterator[Quad]:
        """Stream the data as published, without ontology, code lists and derived facts.

        Literals are exactly as the files write them. Data that are only in a store come from there,
        and the store writes some literals anew (``01.50`` as ``1.5``).
        """
        if self._is_given or self.directory is None:
            return self._read()
        return (quad for quad in self.store if vocabulary.is_data(quad.graph_name))

    def count_statements(self) -> int:
        """Count the statements of the data: without ontology, code lists and derived facts.

        A statement that several graphs hold counts once for each.
        """
        sizes = self.store.sizes()
        other = sum(n for name, n in sizes.items() if not vocabulary.is_data(NamedNode(name)))
        return len(self.store) - other

    def count_claims(self) -> int:
        """Count the claims."""
        (row,) = self.store.solutions(_CLAIMS, {})
        assert isinstance(row["n"], Literal)  # noqa: S101 - a count
        return int(row["n"].value)

    def to_rdflib(self) -> rdflib.Graph:
        """Copy the data into an rdflib graph, as `quads` has them.

        Names of graphs are left out: a statement that several graphs hold is there once. Turns off
        rdflib's rewriting of literals (``rdflib.NORMALIZE_LITERALS``) for the process, so that each
        stays as it is.

        Returns
        -------
        rdflib.Graph
            A graph in memory, with the prefixes of `testimonia.namespaces`.

        Raises
        ------
        InputError
            A file cannot be read, or a term has no form in RDF 1.1.

        Examples
        --------
        >>> import rdflib, testimonia
        >>> graph = testimonia.open().to_rdflib()
        >>> killed = rdflib.URIRef("https://w3id.org/testimonia/code/killed")
        >>> any(graph.subjects(predicate=None, object=killed))
        True
        """
        graph = files.to_rdflib(self.quads())
        for prefix, namespace in PREFIXES.items():
            graph.bind(prefix, namespace)
        return graph

    @property
    def _is_given(self) -> bool:
        """Whether it has data that are not, or not only, those of its store."""
        return bool(self.files or self.statements)

    def _given(self) -> Iterator[Quad]:
        return chain(files.read(self.files, self.reading), self.statements)

    def _read(self) -> Iterator[Quad]:
        return (quad for quad in self._given() if not is_computed(quad.graph_name))

    def _published(self) -> Iterator[Quad]:
        """Stream the data for a check, which must see every literal as it was published."""
        self._refuse_store()
        return self._read()

    def _refuse_store(self) -> None:
        if self.directory is not None:
            raise InputError(
                "the data in a store cannot be checked, because it writes some literals anew",
                place=Place(self.directory),
                hint="Open the RDF files themselves, without the store.",
            )

    def questions(self) -> list[Question]:
        """List the competency questions, those of one's own last.

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
            None has that name.
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
            Seconds after which it is stopped, reading and deriving included; no limit when left
            out.
        language
            What to show labels in, and glosses where the question gives some: tags of BCP 47, the
            best first, such as ``"ar"`` or ``["fr-CA", "es"]``; those of the dataset when left out.
            What is in none of them comes in English, and else in any language.
        parameters
            Values for its parameters; those left out or None keep their default.

        Raises
        ------
        UnknownQuestion
            No question has that name.
        ParameterError
            A parameter is unknown, its value is not of its type, or is a code of no list.
        InputError
            A language is none.
        UnknownResource
            The value of a parameter is an IRI that occurs nowhere.
        QueryError
            It took longer than allowed; or the query of a question of one's own cannot be run.
        """
        found = self.question(question)
        wished = self._wished(language)
        parameters = found.in_language(parameters, wished)
        deadline = self._begun(time_limit)
        if found.needs:
            self._conclusions.prepare(found, parameters, deadline)
        try:
            return self._answered(self.bind(found, parameters), deadline, wished)
        except QueryError as error:
            if error.place is not None:
                error.place = placed_in(found.path, error.place)
            raise

    def bind(self, question: Question, parameters: Mapping[str, Bindable | None]) -> str:
        """Write the query of a question with its parameters bound to what is in the data.

        Parameters
        ----------
        question
            The question.
        parameters
            Values for its parameters; those left out or None keep their default.

        Raises
        ------
        ParameterError
            A parameter is unknown, its value is not of its type, or is a code of no list.
        UnknownResource
            The value of a parameter is an IRI that occurs nowhere.
        """
        found = {
            name: self._names.value(name, term)
            for name, term in question.terms(parameters).items()
            if question.parameters[name].type in ("iri", "code") and isinstance(term, NamedNode)
        }
        return question.bind({**parameters, **found})

    def open_read_only(self) -> None:
        """Open the store on disk as it is, to read it beside other processes.

        Raises
        ------
        InputError
            The directory holds no store.
        """
        assert self.directory is not None  # noqa: S101
        self.store = Store.read_only(self.directory)

    def prepare(self) -> None:
        """Derive and accept all that the questions need, as far as it is not there yet.

        Afterwards no question writes to the store.
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
            Seconds after which it is stopped, reading and deriving included; no limit when left
            out.
        language
            What to show labels in: tags of BCP 47, the best first; those of the dataset when left
            out.

        Raises
        ------
        InputError
            A language is none.
        QueryError
            It is not well formed, is an update, calls on another server, fails, or takes too long.
        """
        wished = self._wished(language)
        answer = self._answered(sparql, self._begun(time_limit), wished)
        if not answer:
            from testimonia.derivation.missing_facts import unknown_names

            answer.notes += unknown_names(self.store, sparql)
        return answer

    def _answered(
        self, sparql: str, deadline: Deadline | None, wished: Sequence[str]
    ) -> Results | Boolean | GraphResult:
        if deadline is None:
            answer = self.store.query(sparql)
        else:
            try:
                answer = self.store.query(sparql, time_limit=deadline.left("the query"))
            except TimeLimitExceeded:
                raise deadline.exceeded("the query") from None
        return results.of(answer, Names(self.store, wished).label, self._lacking(sparql))

    def _lacking(self, sparql: str) -> tuple[str, ...]:
        from testimonia.derivation.missing_facts import missing_facts

        return missing_facts(self.store, sparql) if ONTOLOGY in sparql or "tmn:" in sparql else ()

    def _begun(self, time_limit: float | None) -> Deadline | None:
        """Start the clock, and load the store by it."""
        if time_limit is None:
            return None
        deadline = Deadline(time_limit)
        if "store" not in self.__dict__:
            self.store = self._loaded(deadline)
        return deadline

    def describe(self, iri: str, *, language: Language = None) -> GraphResult:
        """Show all that is stated about a thing, from it and to it.

        Parameters
        ----------
        iri
            An IRI, in full or as a CURIE such as ``event:NAME``.
        language
            What to show labels in: tags of BCP 47, the best first; those of the dataset when left
            out.

        Raises
        ------
        UnknownResource
            Nothing in the data has that IRI.
        InputError
            A language is none.
        """
        names = Names(self.store, self._wished(language))
        node = names.resource(iri)
        triples = [*self.store.outgoing(node), *self.store.incoming(node)]
        return results.GraphResult(triples, names.label, about=node.value)

    def label(
        self, term: NamedNode | str | None, *, language: Language = None
    ) -> languages.Label | None:
        """Find the label of a thing in the language wished most, else in English, else in any.

        Of one language, skos:prefLabel goes before rdfs:label.

        Parameters
        ----------
        term
            An IRI, in full or as a CURIE; None, such as an empty cell of a row.
        language
            Tags of BCP 47, the best first; those of the dataset when left out.

        Returns
        -------
        Label or None
            A text that knows its language. None where it has none, where it is None, and where it is
            no IRI.

        Raises
        ------
        InputError
            A language is none.

        Examples
        --------
        >>> import testimonia
        >>> dataset = testimonia.open(language="fr")
        >>> dataset.label("tmc:killed"), dataset.label("tmc:killed", language="uk")
        ('tué', 'загиблий')
        """
        wished = self._wished(language)
        if term is None:
            return None
        try:
            node = term_for("iri", term)
        except ValueError:
            return None
        return Names(self.store, wished).label(node.value)

    def _wished(self, language: Language) -> Sequence[str]:
        return self.languages if language is None else languages.wished(language)

    def validate(
        self,
        shapes: Iterable[Source] = (),
        *,
        engine: EngineName = "columnar",
        limit: int | None = None,
        strict: bool = False,
        time_limit: float | None = 60,
        progress: Progress | None = None,
    ) -> Report:
        """Check the data against the shapes, and their terms against the ontology.

        Parameters
        ----------
        shapes
            Files and directories of SHACL shapes; the shipped ones when left out.
        engine
            What runs the shapes: ``columnar``; ``pyshacl``, the reference, which is slow from some
            ten thousand statements on; or ``both``, which gives what the columnar engine finds, and
            the differences.
        limit
            At most so many findings of each shape are kept; the report counts them in full.
        strict
            Whether to refuse shapes of which a part cannot be used. Otherwise the report names what
            was left out (`Report.coverage`), and does not pass.
        time_limit
            How many seconds the SPARQL query of one constraint may take, and a pattern that looks
            back; what takes longer is left out and named. None sets no limit. For the columnar
            engine.
        progress
            Is called with what is counted (``"statements"``, ``"triples"``, ``"shapes"``), how many
            are done, and of how many if that is known.

        Raises
        ------
        ShapesError
            The shapes cannot be used, or use a name that nothing declares.
        InputError
            A file cannot be read, there is no such engine, the limit is below 0, or the dataset has a
            store.

        Examples
        --------
        >>> import testimonia
        >>> report = testimonia.open().validate()
        >>> report.passes
        True
        """
        from testimonia import validation

        return validation.check(
            self._published(),
            ontology=files.read(resources.ontology()),
            shapes=files.expand(shapes) or resources.shapes(),
            data_files=self.files,
            reading=self.reading,
            engine=engine,
            limit=limit,
            strict=strict,
            time_limit=time_limit,
            progress=progress,
        )

    def migrate(self) -> Migration:
        """Bring data of an earlier version of the ontology up to this one.

        The dataset itself does not change: the result holds the data afterwards, and what was
        changed and what a person must decide. Derived facts are left out, to be derived again.

        Returns
        -------
        Migration
            Write its ``quads`` with `testimonia.migrating.write`.

        Raises
        ------
        InputError
            A file cannot be read; or the dataset has a store.

        Examples
        --------
        >>> import testimonia
        >>> testimonia.open().migrate().changes
        False
        """
        from testimonia import migrating

        self._refuse_store()
        return migrating.migrate(self._given())

    def reason(self) -> Classification:
        """Check that ontology and data are consistent, and classify the claims (OWL, HermiT).

        Raises
        ------
        InputError
            A file cannot be read; or the dataset has a store.
        ExtraMissing
            owlready2 is not installed.
        JavaMissing
            There is no Java runtime.
        InconsistentOntology
            No model satisfies ontology and data; the message tells why, as far as can be found.
        UnsupportedDatatype
            HermiT does not take the datatype of a literal, or a literal does not fit it.
        """
        from testimonia import reasoning

        return reasoning.reason(
            self._published(), ontology=files.read(resources.ontology()), data_files=self.files
        )

    def check_passages(self, sources: Source) -> PassageReport:
        """Compare documents and passages with the documents' texts.

        Parameters
        ----------
        sources
            Directory that holds the texts, as UTF-8 files of any name.

        Raises
        ------
        InputError
            The directory or a file in it cannot be read; or the dataset has a store.
        """
        from testimonia import passages

        return passages.check(self._published(), Path(sources))

    def coverage(self, sources: Source) -> Coverage:
        """Find which sentences of the documents lie under claims, or under reasons for none.

        Parameters
        ----------
        sources
            Directory that holds the texts, as UTF-8 files of any name.

        Raises
        ------
        InputError
            The directory or a file in it cannot be read; or the dataset has a store.
        """
        from testimonia import passages

        return passages.coverage(self.check_passages(sources))

    def tables(self, *, plain: bool = False) -> ClaimTables:
        """See the data as claim tables: data frames of claims, propositions, agents and so on.

        Parameters
        ----------
        plain
            Whether to leave in the rest also what cells of CSV files and workbooks cannot hold, such
            as a list of names in one of which the sign between them occurs.

        Examples
        --------
        >>> import testimonia
        >>> tables = testimonia.open().tables()
        >>> tables["claims"].height
        105
        >>> tables.rest
        ()
        """
        from testimonia.tables import from_quads

        return from_quads.tables(self.quads(), plain=plain)

    def derive(self, *, policies: bool = False) -> Derivation:
        """Derive what follows from the claims, by all rules, in place of what was derived before.

        Facts go to graphs of their own in the store, one for each rule, and never into `quads`. A
        question that needs them derives them by itself; call this after changing the store.

        Parameters
        ----------
        policies
            Whether to keep the assessments of all shipped policies as well, so that no question has
            to make them.

        Examples
        --------
        >>> import testimonia
        >>> dataset = testimonia.open()
        >>> dataset.derive().counts["380-own-loss-confirmed-by"]
        2
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
        """Give all derived facts, deriving them first where that was not done."""
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
        """Let a policy assess the figures, and show what it accepts, of what grade and why.

        Parameters
        ----------
        policy
            The name of a policy, or a file of one's own that ends in ``.rq``.
        incident
            Only what is about this incident or its parts: an IRI, in full or as a CURIE, or a bare
            name.
        time_limit
            Seconds after which it is stopped, reading and deriving included; no limit when left
            out.
        language
            What to show labels in: tags of BCP 47, the best first; those of the dataset when left
            out.

        Returns
        -------
        Results
            The rows of the question ``accepted-figures`` under that policy.

        Raises
        ------
        UnknownPolicy
            No policy has that name.
        PolicyError
            It cannot be read, or assesses nothing.
        QueryError
            Its query is not well formed, fails, or took longer than allowed.
        UnknownResource
            The incident is unknown.

        Examples
        --------
        >>> import testimonia
        >>> rows = testimonia.open().accept("evidence-grade")
        >>> sorted({row.grade.rpartition("/")[2] for row in rows})
        ['confirmed', 'weak']
        """
        wished = self._wished(language)
        deadline = self._begun(time_limit)
        found = self._conclusions.accept(policy, deadline)
        question = self.question("accepted-figures")
        query = self.bind(question, {"policy": found.iri, "incident": incident})
        rows = self._answered(query, deadline, wished)
        assert isinstance(rows, results.Results)  # noqa: S101
        return rows

    def explain(
        self, iri: str, *, sources: Source | None = None, language: Language = None
    ) -> Explanation:
        """Explain what was derived about a claim, proposition, event or agent, and why.

        Parameters
        ----------
        iri
            An IRI, in full or as a CURIE such as ``prop:NAME``.
        sources
            Directory that holds the documents' texts, to quote passages from.
        language
            What to call things in: tags of BCP 47, the best first; those of the dataset when left
            out. Sentences are English, with what things are called in English.

        Raises
        ------
        UnknownResource
            Nothing in the data has that IRI.
        InputError
            The directory or a file in it cannot be read, or a language is none.

        Examples
        --------
        >>> import testimonia
        >>> why = testimonia.open().explain("prop:one-interpreter-killed")
        >>> "one civilian interpreter killed · refines · one civilian killed" in why.to_text()
        True
        """
        names = Names(self.store, self._wished(language))
        node = names.resource(iri)
        quotations: dict[str, str] = {}
        if sources is not None:
            from testimonia import passages

            checks = passages.check(self.quads(), Path(sources)).passages
            quotations = {c.passage.iri: c.quotation for c in checks if c.quotation is not None}
        return self._concluding(Names(self.store)).explain(node, quotations, names.label)

    def publish(
        self,
        output: Source,
        *,
        version: str | None = None,
        date: datetime.date | None = None,
        previous: Source | None = None,
        base: str | None = None,
        title: str | None = None,
        licence: str | None = None,
        derived: bool = True,
        policies: Iterable[Source] | None = None,
        shapes: bool = True,
        allow_violations: bool = False,
        compress: bool = True,
        projections: bool = True,
        progress: Progress | None = None,
    ) -> Published:
        """Make a release folder: the data in every format, what they are written in, and digests.

        The same data give the same bytes on every machine and in every run.

        Parameters
        ----------
        output
            The folder: a new or empty one, or a release, which is replaced whole or not at all.
        version
            Of the release; that of the library when left out.
        date
            When it is issued; by ``SOURCE_DATE_EPOCH`` of the environment when left out, and none
            where that is not set.
        previous
            The folder of the release before.
        base, title, licence
            The address that releases lie under, the title of the data, and the IRI of their
            licence; those of the project's own data when left out.
        derived
            Whether to derive what follows from the claims, and publish it in graphs of its own.
        policies
            Names or files of policies whose assessments to publish as well; all shipped ones when
            left out. They need what is derived.
        shapes
            Whether to validate the data before anything is written. This needs memory in proportion
            to the data, and publishing what is not derived does not.
        allow_violations
            Whether to publish data that break the shapes; the manifest then states how many
            violations there are.
        compress
            Whether to add the large files in gzip as well.
        projections
            Whether to add the claims in RDF 1.2, as nanopublications and as tables.
        progress
            Is called with what is counted, how many are done, and of how many if that is known.

        Raises
        ------
        InputError
            The folder holds something else or cannot be written, a file cannot be read, a statement
            has a blank node, the dataset has a store, or the version, address, title or licence
            cannot be one.
        ExtraMissing
            The extra ``publish`` is not installed.
        PolicyError
            There is no such policy, or it cannot be used.
        ViolationsFound
            The data break the shapes; nothing was written.

        Examples
        --------
        >>> import tempfile, testimonia
        >>> with tempfile.TemporaryDirectory() as room:
        ...     made = testimonia.open().publish(Path(room, "release"), derived=False)
        ...     len(made.manifest.graphs)
        8
        """
        from testimonia import publish
        from testimonia.derivation.policies import find

        options = publish.ReleaseOptions.of(
            version=__version__ if version is None else version,
            date=date,
            previous=None if previous is None else Path(previous),
            base=base,
            title=title,
            licence=licence,
            derived=derived,
            policies=None if policies is None else tuple(policies),
            shapes=shapes,
            allow_violations=allow_violations,
            compress=compress,
            projections=projections,
        )
        for policy in options.policies or ():  # before any work
            find(Path(policy), resources.policies())
        accepted = resources.policies() if options.policies is None else options.policies
        return publish.publish(
            chain(self._published(), self._concluded(accepted) if derived else ()),
            Path(output),
            options,
            check=partial(self._violations, allow_violations, progress) if shapes else None,
            progress=progress,
        )

    def _violations(self, allowed: bool, progress: Progress | None) -> int:
        """Count the violations of the shapes, and raise unless they are allowed."""
        from testimonia.publish.violations import ViolationsFound
        from testimonia.validation import Severity

        report = self.validate(limit=_SHOWN, progress=progress)
        if not report.passes and not allowed:
            raise ViolationsFound(report)
        return report.count(Severity.VIOLATION)

    def _concluded(self, policies: Iterable[Source]) -> Iterator[Quad]:
        """Stream what was derived, and what policies accept, each in its graph."""
        conclusions = self._conclusions
        conclusions.derive()  # forgets what was accepted before
        for policy in policies:
            conclusions.accept(policy)
        for root in (DERIVED, ACCEPTED):
            for graph in self.store.graphs(root):
                for triple in self.store.statements(graph):
                    yield Quad(triple.subject, triple.predicate, triple.object, graph)

    @property
    def _names(self) -> Names:
        return Names(self.store, self.languages)

    @property
    def _conclusions(self) -> Conclusions:
        return self._concluding(self._names)

    def _concluding(self, names: Names) -> Conclusions:
        # Not kept: it refers back to this dataset, and a circle would keep a store on disk locked.
        from testimonia.derivation.conclusions import Conclusions

        return Conclusions(self.store, names.label)


def open(  # noqa: A001 - read as testimonia.open
    *sources: Given | Iterable[Given],
    shipped: bool | None = None,
    store: Source | None = None,
    base: str | None = None,
    contexts: Copies | None = None,
    language: Language = None,
    questions: Source | Iterable[Source] = (),
) -> Dataset:
    """Open a dataset.

    Parameters
    ----------
    sources
        RDF files and directories, and rdflib graphs and datasets, one by one or in lists. None of
        them stands for the data that come with the library, or for what the store already holds.
        Graphs are taken over as they are now, with their names if these are IRIs, every literal as
        rdflib has it, which writes some anew when it reads them (``rdflib.NORMALIZE_LITERALS``).
    shipped
        Whether to take the data that come with the library; by default only without sources.
    store
        A directory that keeps the data between runs; in memory when left out. A store is made there,
        if there is none, only from data that are named: with sources, or with ``shipped=True``.
    base
        IRI that relative IRIs are resolved against, in files that name no base themselves: the
        address that they are published at. Without one, files with relative IRIs are refused.
    contexts
        Local copies of JSON-LD contexts, by IRI: nothing is fetched.
    language
        What to show labels in, and glosses where a question gives some: tags of BCP 47, the best
        first, such as ``"ar"`` or ``["fr-CA", "es"]``. What is in none of them comes in English, and
        else in any language.
    questions
        Folders with questions of one's own, each a file written as those in ``queries/`` are. They
        are asked and listed beside those that come with the library.

    Raises
    ------
    InputError
        The base is no absolute IRI, a language is none, or a source, the store or a folder cannot be
        used.
    QuestionError
        A question of one's own has a name that is taken.

    Examples
    --------
    >>> import rdflib, testimonia
    >>> graph = rdflib.Graph().parse(format="turtle", data='''
    ...     <urn:x:a> a <https://w3id.org/testimonia/ns#Claim> .''')
    >>> testimonia.open(graph).count_claims()
    1
    """
    wished = languages.wished(language)
    directory = None if store is None else Path(store)
    if shipped is None:
        shipped = not sources and directory is None
    if directory is not None and not sources and not shipped:
        existing(directory)
    paths, graphs = _told_apart(sources)
    chosen = [*(resources.data() if shipped else []), *files.expand(paths)]
    reading = Reading(base, contexts=contexts or {})
    asked = in_folders(_told_apart([questions])[0], resources.queries())
    statements = list(rdflib_graphs.merged(graphs))
    return Dataset(chosen, directory, reading, wished, statements, asked)


def _told_apart(
    sources: Iterable[Given | Iterable[Given]],
) -> tuple[list[Source], list[rdflib.Graph]]:
    """Take paths and graphs out of lists."""
    paths: list[Source] = []
    graphs: list[rdflib.Graph] = []
    for source in sources:
        if isinstance(source, str | os.PathLike):
            paths.append(source)
        elif rdflib_graphs.is_graph(source):  # these can be walked through as well
            graphs.append(source)
        elif isinstance(source, Iterable) and not isinstance(source, bytes | Mapping):
            more_paths, more_graphs = _told_apart(source)
            paths += more_paths
            graphs += more_graphs
        else:
            raise InputError(
                f"{source!r} is neither a path nor an rdflib graph, but of type "
                f"{type(source).__name__}",
                hint="Give paths of RDF files and directories, as text or as pathlib.Path, or "
                "rdflib graphs.",
            )
    return paths, graphs
