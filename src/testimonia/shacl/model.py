"""The shapes of a shapes graph, read and checked: what the engine works from.

Source: SHACL, sections 2 (shapes) and 4 (core constraint components).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from pyoxigraph import BlankNode, Literal, NamedNode, Variable

from testimonia.shacl.data.dictionary import Term
from testimonia.shacl.faults import Fault
from testimonia.shacl.names import sh
from testimonia.shacl.walking import Path

__all__ = [
    "AskValidator",
    "Bound",
    "ClassOf",
    "Closed",
    "Combination",
    "Constraint",
    "CustomConstraint",
    "DatatypeOf",
    "HasValue",
    "In",
    "LanguageIn",
    "Length",
    "MaxCount",
    "MinCount",
    "NodeKind",
    "Pair",
    "Pattern",
    "Qualified",
    "SelectQuery",
    "Shape",
    "ShapeReference",
    "SparqlConstraint",
    "Targets",
    "UniqueLang",
    "Unreadable",
    "nested",
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
class Constraint:
    """One constraint component with its parameters' values."""

    component: NamedNode


@dataclass(frozen=True, eq=False)
class ClassOf(Constraint):
    """``sh:class``."""

    cls: NamedNode | BlankNode


@dataclass(frozen=True, eq=False)
class DatatypeOf(Constraint):
    """``sh:datatype``."""

    datatype: NamedNode


@dataclass(frozen=True, eq=False)
class NodeKind(Constraint):
    """``sh:nodeKind``."""

    kind: NamedNode


@dataclass(frozen=True, eq=False)
class MinCount(Constraint):
    """``sh:minCount``."""

    count: int


@dataclass(frozen=True, eq=False)
class MaxCount(Constraint):
    """``sh:maxCount``."""

    count: int


@dataclass(frozen=True, eq=False)
class Bound(Constraint):
    """``sh:minInclusive`` and its three kin: a value must satisfy ``limit sign value``."""

    limit: Literal
    sign: str
    lower: bool


@dataclass(frozen=True, eq=False)
class Length(Constraint):
    """``sh:minLength`` or ``sh:maxLength``."""

    length: int
    lower: bool


@dataclass(frozen=True, eq=False)
class Pattern(Constraint):
    """``sh:pattern`` with ``sh:flags``."""

    pattern: str
    flags: str


@dataclass(frozen=True, eq=False)
class LanguageIn(Constraint):
    """``sh:languageIn``."""

    ranges: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class UniqueLang(Constraint):
    """``sh:uniqueLang true``."""


@dataclass(frozen=True, eq=False)
class Pair(Constraint):
    """``sh:equals``, ``sh:disjoint``, ``sh:lessThan``, ``sh:lessThanOrEquals``: told by the component."""

    predicate: NamedNode


@dataclass(frozen=True, eq=False)
class ShapeReference(Constraint):
    """``sh:node``, ``sh:property`` or ``sh:not``: told by the component."""

    shape: Shape


@dataclass(frozen=True, eq=False)
class Combination(Constraint):
    """``sh:and``, ``sh:or`` or ``sh:xone``: told by the component."""

    shapes: tuple[Shape, ...]


@dataclass(frozen=True, eq=False)
class Qualified(Constraint):
    """``sh:qualifiedMinCount`` or ``sh:qualifiedMaxCount``; no value may conform to a sibling."""

    shape: Shape
    siblings: tuple[Shape, ...]
    count: int


@dataclass(frozen=True, eq=False)
class Closed(Constraint):
    """``sh:closed true``."""

    allowed: tuple[NamedNode, ...]


@dataclass(frozen=True, eq=False)
class HasValue(Constraint):
    """``sh:hasValue``."""

    value: Term


@dataclass(frozen=True, eq=False)
class In(Constraint):
    """``sh:in``."""

    members: tuple[Term, ...]


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


@dataclass(frozen=True, eq=False)
class AskValidator:
    """An ASK query as a SELECT query with a solution where it says yes, checked likewise."""

    text: str
    predicates: frozenset[NamedNode] | None
    joined: str | None = None


@dataclass(frozen=True, eq=False)
class SparqlConstraint(Constraint):
    """``sh:sparql``."""

    node: NamedNode | BlankNode
    query: SelectQuery
    messages: tuple[Literal, ...]


@dataclass(frozen=True, eq=False)
class CustomConstraint(Constraint):
    """A constraint of a SPARQL-based constraint component."""

    query: SelectQuery | AskValidator
    parameters: dict[Variable, Term]
    messages: tuple[Literal, ...]


@dataclass(frozen=True, eq=False)
class Unreadable(Constraint):
    """What stands in place of a constraint, or of all those of a shape, that cannot be used."""

    fault: Fault


def nested(constraint: Constraint) -> Iterator[Shape]:
    """Yield the shapes that a constraint refers to."""
    match constraint:
        case ShapeReference(shape=shape):
            yield shape
        case Combination(shapes=shapes):
            yield from shapes
        case Qualified(shape=shape, siblings=siblings):
            yield shape
            yield from siblings
