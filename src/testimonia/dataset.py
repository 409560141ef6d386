"""The façade that users meet: open a dataset, then ask it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode, Quad

from testimonia import files, questions, resources, results
from testimonia.errors import InputError, ParameterError, Place, UnknownResource
from testimonia.files import Source
from testimonia.namespaces import CODE, IDENTIFIER, PREFIXES, shorten
from testimonia.parameters import term_for
from testimonia.store import CODES_GRAPH, ONTOLOGY_GRAPH, Store

if TYPE_CHECKING:
    from testimonia.parameters import Bindable
    from testimonia.passages import Coverage, PassageReport
    from testimonia.questions import Question
    from testimonia.reasoning import Classification
    from testimonia.results import Boolean, GraphResult, Results
    from testimonia.validation import Report

__all__ = ["Dataset", "open"]

_LABELS = (NamedNode(PREFIXES["skos"] + "prefLabel"), NamedNode(PREFIXES["rdfs"] + "label"))
_VOCABULARY = (ONTOLOGY_GRAPH, CODES_GRAPH)


class Dataset:
    """Claims about incidents, with the ontology and code lists they are written in.

    Make one with `open`.

    Attributes
    ----------
    files
        The RDF files its data come from; empty when they were already in a store.
    directory
        The directory of its store, or None for a store in memory.
    """

    def __init__(self, files: list[Path], directory: Path | None = None) -> None:
        self.files = files
        self.directory = directory

    @cached_property
    def store(self) -> Store:
        """The store that answers queries, loaded when first needed."""
        if self.directory is not None:
            # Read once for nothing: a fault in a file must not leave a store half filled.
            for _ in files.read(self.files):
                pass
        store = Store(self.directory)
        for graph, paths in _vocabulary().items():
            store.clear(graph)
            store.load(files.read(paths), graph)
        # Whoever passes the ontology as data as well must not find each of its statements twice.
        quads = files.read(self.files)
        store.load(quad for quad in quads if not any(store.holds(quad, g) for g in _VOCABULARY))
        return store

    def quads(self) -> Iterator[Quad]:
        """Stream the data as published, without ontology and code lists.

        Literals are exactly as the files write them. Data that are only in a store come from there,
        and the store writes some literals anew (``01.50`` as ``1.5``).
        """
        if self.files or self.directory is None:
            return files.read(self.files)
        return (quad for quad in self.store if quad.graph_name not in _VOCABULARY)

    def _published(self) -> Iterator[Quad]:
        """Stream the data for a check, which must see every literal as it was published."""
        if self.directory is not None:
            raise InputError(
                "the data in a store cannot be checked, because it writes some literals anew",
                place=Place(self.directory),
                hint="Open the RDF files themselves, without the store.",
            )
        return files.read(self.files)

    def questions(self) -> list[Question]:
        """List the competency questions, or explain one.

        Raises
        ------
        QuestionError
            The file of a question cannot be read.
        """
        return [questions.read_question(path) for path in resources.queries()]

    def question(self, name: str) -> Question:
        """Find a competency question by name.

        Raises
        ------
        UnknownQuestion
            None has that name.
        """
        return questions.find(name, resources.queries())

    def ask(
        self, question: str, /, *, time_limit: float | None = None, **parameters: Bindable | None
    ) -> Results | Boolean | GraphResult:
        """Ask a competency question.

        Parameters
        ----------
        question
            Its name.
        time_limit
            Seconds after which it is stopped; no limit when left out.
        parameters
            Values for its parameters; those left out or None keep their default.

        Raises
        ------
        UnknownQuestion
            No question has that name.
        ParameterError
            A parameter is unknown, its value is not of its type, or is a code of no list.
        UnknownResource
            The value of a parameter is an IRI that occurs nowhere.
        TimeLimitExceeded
            It took longer than allowed.
        """
        found = self.question(question)
        for name, term in found.terms(parameters).items():
            if found.parameters[name].type in ("iri", "code") and isinstance(term, NamedNode):
                self._check_known(name, term)
        return self.query(found.bind(parameters), time_limit=time_limit)

    def query(
        self, sparql: str, *, time_limit: float | None = None
    ) -> Results | Boolean | GraphResult:
        """Run a SPARQL query.

        Parameters
        ----------
        sparql
            A SPARQL 1.1 SELECT, ASK, CONSTRUCT or DESCRIBE query, over the union of all graphs. The
            prefixes of `testimonia.namespaces` need not be declared.
        time_limit
            Seconds after which it is stopped; no limit when left out.

        Raises
        ------
        QueryError
            It is not well formed, is an update, calls on another server, fails, or takes too long.
        """
        answer = self.store.query(sparql, time_limit=time_limit)
        return results.of(answer, self._label_of_iri)

    def describe(self, iri: str) -> GraphResult:
        """Show all that is stated about a thing, from it and to it.

        Parameters
        ----------
        iri
            An IRI, in full or as a CURIE such as ``event:NAME``.

        Raises
        ------
        UnknownResource
            Nothing in the data has that IRI.
        """
        try:
            node = term_for("iri", iri)
        except ValueError as error:
            raise UnknownResource(
                f"{iri!r} is not an IRI ({error})",
                hint=f"Known prefixes: {', '.join(PREFIXES)}.",
            ) from None
        assert isinstance(node, NamedNode)  # noqa: S101
        triples = [*self.store.outgoing(node), *self.store.incoming(node)]
        if not triples:
            raise self._unknown(node)
        return results.GraphResult(triples, self._label_of_iri, about=node.value)

    def label(self, term: NamedNode | str | None) -> str | None:
        """Find the label of a thing: skos:prefLabel, then rdfs:label, English or untagged first.

        Parameters
        ----------
        term
            An IRI, in full or as a CURIE; None, such as an empty cell of a row.

        Returns
        -------
        str or None
            None where it has none, where it is None, and where it is no IRI.
        """
        if term is None:
            return None
        try:
            node = term_for("iri", term)
        except ValueError:
            return None
        return self._label_of_iri(node.value)

    def validate(self, shapes: Iterable[Source] = ()) -> Report:
        """Check the data against the shapes, and their terms against the ontology.

        Parameters
        ----------
        shapes
            Files and directories of SHACL shapes; the shipped ones when left out.

        Raises
        ------
        ShapesError
            The shapes cannot be used, or use a name that nothing declares.
        InputError
            A file cannot be read; or the dataset has a store.

        Examples
        --------
        >>> import testimonia
        >>> report = testimonia.open().validate()
        >>> report.passes
        True
        """
        from testimonia import validation

        return validation.validate(
            self._published(),
            ontology=files.read(resources.ontology()),
            shapes=files.expand(shapes) or resources.shapes(),
            data_files=self.files,
        )

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

    def _label_of_iri(self, iri: str) -> str | None:
        for predicate in _LABELS:
            found = [triple.object for triple in self.store.outgoing(NamedNode(iri), predicate)]
            literals = [term for term in found if isinstance(term, Literal)]
            if literals:
                return min(literals, key=_preference).value
        return None

    def _check_known(self, parameter: str, node: NamedNode) -> None:
        if any(self.store.outgoing(node)) or any(self.store.incoming(node)):
            return
        if node.value.startswith(CODE):
            names = [iri.removeprefix(CODE) for iri in self._subjects(CODE)]
            code = node.value.removeprefix(CODE)
            close = questions.nearest(code, names)
            raise ParameterError(
                f"the parameter {parameter!r} cannot be {code!r}: no code list has that code",
                hint=f"Did you mean {' or '.join(close)}?" if close else "See the code lists.",
            )
        raise self._unknown(node)

    def _unknown(self, node: NamedNode) -> UnknownResource:
        close = questions.nearest(shorten(node.value), map(shorten, self._subjects(IDENTIFIER)))
        return UnknownResource(
            f"nothing in the data has the IRI {shorten(node.value)}",
            hint=f"Did you mean {' or '.join(close)}?" if close else "Check its spelling.",
        )

    def _subjects(self, namespace: str) -> set[str]:
        return {
            quad.subject.value
            for quad in self.store
            if isinstance(quad.subject, NamedNode) and quad.subject.value.startswith(namespace)
        }


def open(  # noqa: A001 - read as testimonia.open
    *sources: Source, shipped: bool | None = None, store: Source | None = None
) -> Dataset:
    """Open a dataset.

    Parameters
    ----------
    sources
        RDF files and directories. None of them stands for the data that come with the library, or
        for what the store already holds.
    shipped
        Whether to take the data that come with the library; by default only without sources.
    store
        A directory that keeps the data between runs; in memory when left out.

    Raises
    ------
    InputError
        A source or the store cannot be used.
    """
    directory = None if store is None else Path(store)
    holds_data = directory is not None and directory.is_dir() and any(directory.iterdir())
    if shipped is None:
        shipped = not sources and not holds_data
    chosen = [*(resources.data() if shipped else []), *files.expand(sources)]
    return Dataset(chosen, directory)


def _vocabulary() -> dict[NamedNode, list[Path]]:
    paths = resources.ontology()
    codes = [path for path in paths if path.parent.name == "codes"]
    return {ONTOLOGY_GRAPH: [path for path in paths if path not in codes], CODES_GRAPH: codes}


def _preference(literal: Literal) -> tuple[bool, bool, str]:
    language = literal.language or ""
    return (language not in ("", "en") and not language.startswith("en-"), not language, language)
