"""Publishes the competency questions as SPARQL examples that editors and agents can find.

The form is that of the SIB Swiss Institute of Bioinformatics (sib-swiss/sparql-examples), which
builds on SHACL 1.1 Advanced Features, section 5: each question is a ``sh:SPARQLExecutable``, and
its text is the file of the question, unchanged, with the defaults of its parameters.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pyoxigraph import Literal

from testimonia.catalogue.questions import Question, read_question
from testimonia.errors import Place, QuestionError
from testimonia.namespaces import PREFIXES, SH
from testimonia.publish.descriptions import identity
from testimonia.publish.descriptions.statements import TURTLE, Statements, english, typed
from testimonia.publish.folder.release import Artefact, Release
from testimonia.query import sparql

__all__ = ["PATH", "examples"]

PATH: Final = "sparql-examples.ttl"

_QUESTION: Final = identity.HOME + "question/"
_FORMS: Final = {
    "SELECT": ("SPARQLSelectExecutable", "select"),
    "ASK": ("SPARQLAskExecutable", "ask"),
    "CONSTRUCT": ("SPARQLConstructExecutable", "construct"),
}


def examples(release: Release) -> Iterator[Artefact]:
    """Describe the questions of a release as SPARQL examples.

    Parameters
    ----------
    release
        The release with the questions.

    Raises
    ------
    QuestionError
        A question cannot be read, or is not SELECT, ASK or CONSTRUCT.
    """
    statements = Statements()
    prefixes = release.iri(f"{PATH}#prefixes")
    for path in release.resources.questions:
        _describe(statements, read_question(path), release, prefixes)
    for prefix, namespace in PREFIXES.items():
        declaration = release.iri(f"{PATH}#prefix-{prefix}")
        statements.add(prefixes, "sh:declare", declaration)
        statements.add(declaration, "a", SH.PrefixDeclaration.value)
        statements.add(declaration, "sh:prefix", Literal(prefix))
        statements.add(declaration, "sh:namespace", typed(namespace, "anyURI"))
    yield Artefact(PATH, statements.turtle(release.iri(f"{PATH}#")), TURTLE)


def _describe(statements: Statements, question: Question, release: Release, prefixes: str) -> None:
    kind, text = _FORMS[_form(question)]
    example = _QUESTION + question.name
    statements.add(example, "a", *(PREFIXES["sh"] + name for name in ("SPARQLExecutable", kind)))
    statements.add(example, "rdfs:comment", english(question.summary))
    if question.description:
        statements.add(example, "dcterms:description", english(question.description))
    statements.add(example, f"sh:{text}", Literal(question.sparql))
    statements.add(example, "sh:prefixes", prefixes)
    statements.add(example, "schema:keywords", *map(Literal, question.tags))
    statements.add(example, "schema:target", identity.endpoint(release))


def _form(question: Question) -> str:
    form = sparql.form(question.sparql)
    if form not in _FORMS:
        raise QuestionError(
            f"the question {question.name} is not one of {', '.join(_FORMS)}",
            place=Place(question.path),
            hint="Write it as SELECT.",
        )
    return form
