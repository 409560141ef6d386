"""The errors that Testimonia raises.

Every error says what happened, where, and how to fix it::

    TestimoniaError
    ├── InputError              a file or directory given by the user cannot be used
    │   ├── UnknownFormat       its suffix names no RDF format
    │   ├── SyntaxFault         it is not well formed (has line and column)
    │   └── TableError          a cell of a claim table cannot be used
    ├── QueryError              a SPARQL query cannot be run
    │   ├── QuerySyntaxFault    it is not well formed
    │   ├── UpdateRefused       it would change the data
    │   ├── ServiceRefused      it calls another server (SERVICE)
    │   ├── NotCompiled         it uses what is not compiled to SQL
    │   └── TimeLimitExceeded   it took longer than allowed
    ├── QuestionError           a competency question cannot be asked
    │   ├── UnknownQuestion     no question has that name
    │   └── ParameterError      a parameter is missing, unknown or ill typed
    ├── RuleError               a rule cannot be used
    ├── PolicyError             an acceptance policy cannot be used
    │   └── UnknownPolicy       no policy has that name
    ├── UnknownResource         nothing in the data has that IRI
    ├── PassageError            a passage cannot be placed in its document
    ├── ShapesError             a shapes graph cannot be used
    ├── ReasoningError          the reasoner could not do its work
    │   ├── JavaMissing         no Java runtime was found
    │   ├── InconsistentOntology    no model satisfies ontology and data
    │   └── UnsupportedDatatype     the reasoner rejects a literal's datatype
    ├── StoreError              a store did not do what it was asked
    │   ├── StoreUnreachable    it gave no answer, or only part of one
    │   ├── AccessDenied        it asks for other credentials, or is read-only
    │   ├── StoreFull           it has no space left
    │   └── LoadStopped         a load stopped before everything was in the store
    ├── SparkError              Spark cannot be started, or could not do its work
    └── ExtraMissing            an optional dependency is not installed
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = [
    "AccessDenied",
    "ExtraMissing",
    "InconsistentOntology",
    "InputError",
    "JavaMissing",
    "LeftOut",
    "LoadStopped",
    "NotCompiled",
    "ParameterError",
    "PassageError",
    "Place",
    "PolicyError",
    "QueryError",
    "QuerySyntaxFault",
    "QuestionError",
    "ReasoningError",
    "RuleError",
    "ServiceRefused",
    "ShapesError",
    "SparkError",
    "StoreError",
    "StoreFull",
    "StoreUnreachable",
    "SyntaxFault",
    "TableError",
    "TestimoniaError",
    "TimeLimitExceeded",
    "UnknownFormat",
    "UnknownPolicy",
    "UnknownQuestion",
    "UnknownResource",
    "UnsupportedDatatype",
    "UpdateRefused",
    "how_to_install",
    "placed_in",
]


@dataclass(frozen=True)
class Place:
    """Where an error lies: a file, and where known a line and a column, both counted from 1."""

    path: Path | str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        return ":".join(
            str(part) for part in (self.path, self.line, self.column) if part is not None
        )


def placed_in(path: Path | str, place: Place | None) -> Place:
    """Turn a place in a query into one in the file that holds the query."""
    return Place(path) if place is None else Place(path, place.line, place.column)


class TestimoniaError(Exception):
    """Base of every error that Testimonia raises on purpose.

    Parameters
    ----------
    message
        What happened, as a sentence without a full stop.
    hint
        How to fix it.
    place
        Where it happened.
    """

    __test__ = False  # its name begins like a test's; pytest must not collect it

    def __init__(self, message: str, *, hint: str = "", place: Place | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.place = place

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place else ""
        return f"{where}{self.message}" + (f"\n{self.hint}" if self.hint else "")


class InputError(TestimoniaError):
    """A file or directory given by the user cannot be used."""


class UnknownFormat(InputError):
    """The suffix of a file names no RDF format."""


class SyntaxFault(InputError):
    """A file is not well formed."""


class LeftOut(UserWarning):
    """By the rules of its format, something in a file is not data; it was left out."""


class TableError(InputError):
    """A cell of a claim table, or of a table that is mapped to them, cannot be used."""


class QueryError(TestimoniaError):
    """A SPARQL query cannot be run."""


class QuerySyntaxFault(QueryError):
    """A SPARQL query is not well formed."""


class UpdateRefused(QueryError):
    """A request would change the data, and only queries are accepted."""


class ServiceRefused(QueryError):
    """A query calls another server (SERVICE), and nothing is fetched."""


class NotCompiled(QueryError):
    """A query uses a construct that is not compiled to SQL; another engine has to answer it."""


class TimeLimitExceeded(QueryError):
    """A query took longer than allowed."""


class QuestionError(TestimoniaError):
    """A competency question cannot be asked."""


class UnknownQuestion(QuestionError):
    """No question has that name."""


class ParameterError(QuestionError):
    """A parameter of a question is missing, unknown or ill typed."""


class RuleError(TestimoniaError):
    """A rule cannot be used."""


class PolicyError(TestimoniaError):
    """An acceptance policy cannot be used."""


class UnknownPolicy(PolicyError):
    """No policy has that name."""


class UnknownResource(TestimoniaError):
    """Nothing in the data has that IRI."""


class PassageError(TestimoniaError):
    """A passage cannot be placed in its document."""


class ShapesError(TestimoniaError):
    """A shapes graph cannot be used."""


class ReasoningError(TestimoniaError):
    """The reasoner could not do its work."""


class JavaMissing(ReasoningError):
    """No Java runtime was found."""


class InconsistentOntology(ReasoningError):
    """No model satisfies the ontology together with the data."""


class UnsupportedDatatype(ReasoningError):
    """The reasoner rejects the datatype of a literal."""


class StoreError(TestimoniaError):
    """A store did not do what it was asked."""


class StoreUnreachable(StoreError):
    """A store gave no answer, or only part of one."""


class AccessDenied(StoreError):
    """A store asks for other credentials, or is read-only."""


class StoreFull(StoreError):
    """A store has no space left."""


class LoadStopped(StoreError):
    """A load stopped early; the message says what is in the store and what is not."""


class SparkError(TestimoniaError):
    """Spark cannot be started, or could not do its work."""


def how_to_install(extra: str) -> str:
    """Write the command that installs an extra: of the published package, or of a checkout.

    Parameters
    ----------
    extra
        The name of the extra.
    """
    return (
        f'pip install "testimonia[{extra}]"; where Testimonia was checked out, in its folder: '
        f'pip install -e ".[{extra}]"'
    )


class ExtraMissing(TestimoniaError):
    """Optional dependencies are not installed.

    Parameters
    ----------
    modules
        Their names; one or more.
    extra
        The extra that brings them all.
    """

    def __init__(self, modules: Sequence[str], extra: str) -> None:
        *rest, last = modules
        named = f"packages {', '.join(rest)} and {last}" if rest else f"package {last}"
        super().__init__(
            f"this needs the {named}, which {'are' if rest else 'is'} not installed",
            hint=f"Install it with: {how_to_install(extra)}",
        )
