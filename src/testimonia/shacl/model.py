"""Shapes and their constraints, as parsed from a shapes graph: what the engine evaluates.

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
from testimonia.shacl.paths import Path

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
    """The targets of a shape, by kind; implicit class targets are among the classes."""

    nodes: tuple[Term, ...] = ()
    classes: tuple[NamedNode | BlankNode, ...] = ()
    subjects_of: tuple[NamedNode, ...] = ()
    objects_of: tuple[NamedNode, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.nodes or self.classes or self.subjects_of or self.objects_of)


@dataclass(eq=False)
class Shape:
    """A node shape (no path) or a property shape.

    Its constraints are added last, because shapes may be recursive (SHACL, section 3.4.3). Shapes
    that refer to each other in a cycle have the same number in ``cycle``.
    """

    node: NamedNode | BlankNode
    path: Path | None = None
    severity: NamedNode = _VIOLATION
    messages: tuple[Literal, ...] = ()
    deactivated: bool = False
    targets: Targets = field(default_factory=Targets)
    constraints: tuple[Constraint, ...] = field(default=(), repr=False)
    cycle: int | None = None


@dataclass(frozen=True, eq=False)
class Constraint(ABC):
    """A constraint: a constraint component with the values of its parameters."""

    component: NamedNode

    def default_message(self) -> str:
        """Return the message of its results if the shape has no ``sh:message``."""
        return f"The constraint {self.component} is not met"

    @abstractmethod
    def plan_step(self) -> str:
        """Describe how it is checked, for the plan."""

    def needs(self) -> frozenset[NamedNode] | None:
        """Return the predicates whose triples it reads, or None if it may read any.

        Not included are those read by the shapes it refers to and by the path of its own shape.
        """
        return frozenset()

    def nested(self) -> tuple[Shape, ...]:
        """Return the shapes it refers to."""
        return ()

    def negated(self) -> tuple[Shape, ...]:
        """Return the shapes it refers to whose conforming nodes may violate it."""
        return ()


@dataclass(frozen=True, eq=False)
class SelectQuery:
    """A SELECT query with prefixes and ``$PATH`` filled in, checked for pre-binding.

    Attributes
    ----------
    text
        The query.
    predicates
        The predicates whose triples it reads; None if it may read any.
    at_once
        Whether one run for all focus nodes gives the same solutions as one run for each.
    joined
        An equivalent query in which filters with repeated paths are joins; None if there are no such
        filters.
    """

    text: str
    predicates: frozenset[NamedNode] | None
    at_once: bool
    joined: str | None = None

    def plan_step(self) -> str:
        """Describe how it is evaluated, for the plan."""
        asked = "asked of all focus nodes at once" if self.at_once else "asked of each focus node"
        return _query_step(asked, self.predicates)


@dataclass(frozen=True, eq=False)
class AskValidator:
    """An ASK query rewritten as a SELECT query, which has a solution where the answer is true."""

    text: str
    predicates: frozenset[NamedNode] | None
    joined: str | None = None

    def plan_step(self) -> str:
        """Describe how it is evaluated, for the plan."""
        return _query_step("asked of each different value", self.predicates)


def _query_step(asked: str, predicates: frozenset[NamedNode] | None) -> str:
    if predicates is None:
        return f"SPARQL, {asked}, over all triples"
    return f"SPARQL, {asked}, over the triples of {len(predicates)} predicates"


@dataclass(frozen=True, eq=False)
class SparqlConstraint(Constraint):
    """``sh:sparql``."""

    node: NamedNode | BlankNode
    query: SelectQuery
    messages: tuple[Literal, ...]

    def default_message(self) -> str:
        return "The query of the shape has this solution"

    def plan_step(self) -> str:
        return self.query.plan_step()

    def needs(self) -> frozenset[NamedNode] | None:
        return self.query.predicates


@dataclass(frozen=True, eq=False)
class CustomConstraint(Constraint):
    """A constraint of a SPARQL-based constraint component."""

    query: SelectQuery | AskValidator
    parameters: dict[Variable, Term]
    messages: tuple[Literal, ...]

    def plan_step(self) -> str:
        return self.query.plan_step()

    def needs(self) -> frozenset[NamedNode] | None:
        return self.query.predicates


@dataclass(frozen=True, eq=False)
class Unreadable(Constraint):
    """Placeholder for a constraint that cannot be used, or for all constraints of a faulty shape."""

    fault: Fault

    def plan_step(self) -> str:
        return "left out"
