"""The shapes of a shapes graph, read and checked: what the engine works from.

The constraints of SHACL Core are in `testimonia.shacl.components`.

Source: SHACL, sections 2 (shapes), 5 and 6 (SPARQL).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field

from pyoxigraph import BlankNode, Literal, NamedNode, Variable

from testimonia.shacl.data.dictionary import Term
from testimonia.shacl.faults import Fault
from testimonia.shacl.names import sh
from testimonia.shacl.walking import Path

__all__ = [
    "AskValidator",
    "Constraint",
    "CustomConstraint",
    "SelectQuery",
    "Shape",
    "SparqlConstraint",
    "Targets",
    "Unreadable",
]

_VIOLATION = sh("Violation")


@dataclass(frozen=True)
class Targets:
    """What a shape is to be validated against: its four kinds of target, classes gathered."""

    nodes: tuple[Term, ...] = ()
    classes: tuple[NamedNode | BlankNode, ...] = ()
    subjects_of: tuple[NamedNode, ...] = ()
    objects_of: tuple[NamedNode, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.nodes or self.classes or self.subjects_of or self.objects_of)


@dataclass(eq=False)
class Shape:
    """A node shape (no path) or a property shape.

    Its constraints are filled in last: shapes may refer to each other in a circle, and then
    ``circle`` numbers the circle (SHACL, section 3.4.3).
    """

    node: NamedNode | BlankNode
    path: Path | None = None
    severity: NamedNode = _VIOLATION
    messages: tuple[Literal, ...] = ()
    deactivated: bool = False
    targets: Targets = field(default_factory=Targets)
    constraints: tuple[Constraint, ...] = field(default=(), repr=False)
    circle: int | None = None


@dataclass(frozen=True, eq=False)
class Constraint(ABC):
    """One constraint component with its parameters' values."""

    component: NamedNode

    def say(self) -> str:
        """Return a sentence for its results, where their shape has no message of its own."""
        return f"The constraint {self.component} is not met"

    @abstractmethod
    def step(self) -> str:
        """Return what is done to check it, as the plan has it."""

    def needs(self) -> frozenset[NamedNode] | None:
        """Return the predicates whose triples it looks at, or None if it may be any.

        What the shapes that it refers to look at is not among them, nor what the path of its own
        shape does.
        """
        return frozenset()

    def nested(self) -> tuple[Shape, ...]:
        """Return the shapes that it refers to."""
        return ()

    def negated(self) -> tuple[Shape, ...]:
        """Return those of them of which it asks that nodes do not conform to them."""
        return ()


@dataclass(frozen=True, eq=False)
class SelectQuery:
    """A SELECT query with its prefixes and its path written out, checked for pre-binding.

    Attributes
    ----------
    text
        The query.
    predicates
        The predicates of the triples it reads; None if it may read any.
    at_once
        Whether asking it once gives what asking it of each focus node gives.
    joined
        The same query with its filters for paths as joins, where it has any.
    """

    text: str
    predicates: frozenset[NamedNode] | None
    at_once: bool
    joined: str | None = None

    def step(self) -> str:
        """Return what is done to evaluate it, as the plan has it."""
        asked = "asked of all focus nodes at once" if self.at_once else "asked of each focus node"
        return _step(asked, self.predicates)


@dataclass(frozen=True, eq=False)
class AskValidator:
    """An ASK query as a SELECT query with a solution where it says yes, checked likewise."""

    text: str
    predicates: frozenset[NamedNode] | None
    joined: str | None = None

    def step(self) -> str:
        """Return what is done to evaluate it, as the plan has it."""
        return _step("asked of each different value", self.predicates)


def _step(asked: str, predicates: frozenset[NamedNode] | None) -> str:
    if predicates is None:
        return f"SPARQL, {asked}, over all triples"
    return f"SPARQL, {asked}, over the triples of {len(predicates)} predicates"


@dataclass(frozen=True, eq=False)
class SparqlConstraint(Constraint):
    """``sh:sparql``."""

    node: NamedNode | BlankNode
    query: SelectQuery
    messages: tuple[Literal, ...]

    def say(self) -> str:
        return "The query of the shape found this"

    def step(self) -> str:
        return self.query.step()

    def needs(self) -> frozenset[NamedNode] | None:
        return self.query.predicates


@dataclass(frozen=True, eq=False)
class CustomConstraint(Constraint):
    """A constraint of a SPARQL-based constraint component."""

    query: SelectQuery | AskValidator
    parameters: dict[Variable, Term]
    messages: tuple[Literal, ...]

    def step(self) -> str:
        return self.query.step()

    def needs(self) -> frozenset[NamedNode] | None:
        return self.query.predicates


@dataclass(frozen=True, eq=False)
class Unreadable(Constraint):
    """What stands in place of a constraint, or of all those of a shape, that cannot be used."""

    fault: Fault

    def step(self) -> str:
        return "left out"
