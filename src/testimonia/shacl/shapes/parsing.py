"""From a shapes graph to shapes: finds the shapes with targets, reads what they use, checks syntax.

Source: SHACL, section 2.1 (shapes, targets), section 3.3 (ill-formed shapes graphs), section 4.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial

from pyoxigraph import BlankNode, Literal, NamedNode

from testimonia.shacl.data.dictionary import Term
from testimonia.shacl.faults import Fault, Kind
from testimonia.shacl.model import (
    Bound,
    ClassOf,
    Closed,
    Combination,
    Constraint,
    DatatypeOf,
    HasValue,
    In,
    LanguageIn,
    Length,
    MaxCount,
    MinCount,
    NodeKind,
    Pair,
    Pattern,
    Qualified,
    Shape,
    ShapeReference,
    Targets,
    UniqueLang,
    Unreadable,
)
from testimonia.shacl.names import COMMENT, RDFS, XSD, sh
from testimonia.shacl.shapes.circles import break_circles
from testimonia.shacl.shapes.custom import CustomComponents, read_sparql_constraint
from testimonia.shacl.shapes.targets import is_class_itself, targeted, without_target
from testimonia.shacl.shapes.unsupported import unsupported
from testimonia.shacl.shapes_graph import IllFormed, ShapesGraph
from testimonia.shacl.sparql.prebinding import UnsupportedQuery
from testimonia.shacl.values.patterns import BadPattern, compiled

__all__ = ["ReadShapes", "read_shapes"]

_KINDS = frozenset(
    sh(name)
    for name in (
        "IRI",
        "BlankNode",
        "Literal",
        "BlankNodeOrIRI",
        "BlankNodeOrLiteral",
        "IRIOrLiteral",
    )
)
_FLAGS = frozenset("smixq")
_LABELS = (NamedNode(RDFS + "label"), COMMENT, sh("name"), sh("message"))


@dataclass(frozen=True)
class ReadShapes:
    """What a shapes graph holds.

    Attributes
    ----------
    shapes
        The shapes that have targets, with all that they refer to.
    faults
        What was left out of them, and why.
    without_target
        The shapes that ask for something, and that neither a target nor another shape leads to.
    """

    shapes: tuple[Shape, ...]
    faults: tuple[Fault, ...] = ()
    without_target: tuple[NamedNode | BlankNode, ...] = ()

    def __iter__(self) -> Iterator[Shape]:
        return iter(self.shapes)

    def __len__(self) -> int:
        return len(self.shapes)


def read_shapes(graph: ShapesGraph) -> ReadShapes:
    """Read the shapes that have targets, with all that they refer to.

    What cannot be used (ill-formed, recursive through a negation, of SHACL Advanced Features, or
    with SPARQL that SHACL does not allow) is left out, and named among the faults.

    Parameters
    ----------
    graph
        A shapes graph.
    """
    reader = _Reader(graph)
    shapes = tuple(reader.shape(node) for node in targeted(graph))
    reader.fill()
    faults = [*unsupported(graph), *reader.faults, *break_circles(shapes)]
    return ReadShapes(
        shapes,
        tuple(dict.fromkeys(_of_a_shape(graph, fault) for fault in faults)),
        tuple(without_target(graph)),
    )


def _of_a_shape(graph: ShapesGraph, fault: Fault) -> Fault:
    return replace(fault, shape=graph.owner(fault.node))


class _Reader:
    """Reads shapes one after the other, not one inside the other: they may lie deep or in circles."""

    def __init__(self, graph: ShapesGraph) -> None:
        self.graph = graph
        self.faults: list[Fault] = []
        self._read: dict[Term, Shape] = {}
        self._pending: deque[Shape] = deque()
        self._custom = CustomComponents(graph, self.faults.append)

    def shape(self, node: Term) -> Shape:
        """Return the shape that a node stands for; its constraints are read by `fill`."""
        if node in self._read:
            return self._read[node]
        if not isinstance(node, NamedNode | BlankNode):
            raise IllFormed(node, "a literal cannot be a shape")
        shape = self._read[node] = Shape(node)
        try:
            self._describe(shape)
        except IllFormed as fault:
            shape.constraints = (self._unreadable(shape, fault.node, fault.reason),)
        else:
            if not shape.deactivated:
                self._pending.append(shape)
        return shape

    def fill(self) -> None:
        """Read the constraints of all shapes, and of those that they refer to."""
        while self._pending:
            shape = self._pending.popleft()
            shape.constraints = tuple(self._constraints(shape))

    def _unreadable(
        self,
        shape: Shape,
        node: Term,
        reason: str,
        component: NamedNode | None = None,
        kind: Kind = Kind.ILL_FORMED,
    ) -> Unreadable:
        label = self._label(node) if isinstance(node, BlankNode) else ""
        fault = Fault(
            shape.node if isinstance(node, Literal) else node,
            reason.splitlines()[0] + (f" (in {label!r})" if label else ""),
            component,
            kind=kind,
        )
        self.faults.append(fault)
        return Unreadable(component or sh("Shape"), fault)

    def _label(self, node: BlankNode) -> str:
        """Return what tells a node without an IRI from its like."""
        for predicate in _LABELS:
            for label in self.graph.objects(node, predicate):
                if isinstance(label, Literal):
                    return label.value.strip().partition("\n")[0]
        return ""

    def _describe(self, shape: Shape) -> None:
        graph, node = self.graph, shape.node
        shape.targets = self._targets(node)
        shape.deactivated = graph.boolean(node, sh("deactivated"))
        paths = graph.objects(node, sh("path"))
        if len(paths) > 1:
            raise IllFormed(node, "it has more than one sh:path")
        if not paths and graph.is_instance(node, sh("PropertyShape")):
            raise IllFormed(node, "a property shape needs an sh:path")
        if paths and graph.is_instance(node, sh("NodeShape")):
            raise IllFormed(node, "a node shape cannot have an sh:path")
        shape.path = graph.path(paths[0], node) if paths else None
        severity = graph.single(node, sh("severity")) or sh("Violation")
        if not isinstance(severity, NamedNode):
            raise IllFormed(node, f"sh:severity must be an IRI, not {severity}")
        shape.severity = severity
        shape.messages = self.messages(node)

    def messages(self, node: Term) -> tuple[Literal, ...]:
        found = self.graph.objects(node, sh("message"))
        for message in found:
            if not isinstance(message, Literal) or message.datatype.value not in (
                XSD + "string",
                "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString",
            ):
                raise IllFormed(node, f"sh:message must be a string, not {message}")
        return tuple(message for message in found if isinstance(message, Literal))

    def _targets(self, node: NamedNode | BlankNode) -> Targets:
        """Read the targets that are well formed; the others are faults, each for itself."""
        graph = self.graph
        nodes = graph.objects(node, sh("targetNode"))
        for blank in [each for each in nodes if isinstance(each, BlankNode)]:
            reason = f"sh:targetNode must be an IRI or a literal, not {blank}"
            self.faults.append(Fault(node, reason, sh("targetNode")))
        return Targets(
            nodes=tuple(each for each in nodes if not isinstance(each, BlankNode)),
            classes=(
                *self._target_iris(node, "targetClass"),
                *([node] if is_class_itself(graph, node) else []),
            ),
            subjects_of=self._target_iris(node, "targetSubjectsOf"),
            objects_of=self._target_iris(node, "targetObjectsOf"),
        )

    def _target_iris(self, node: Term, name: str) -> tuple[NamedNode, ...]:
        found = self.graph.objects(node, sh(name))
        for other in [each for each in found if not isinstance(each, NamedNode)]:
            self.faults.append(Fault(node, f"sh:{name} must be an IRI, not {other}", sh(name)))
        return tuple(each for each in found if isinstance(each, NamedNode))

    def _constraints(self, shape: Shape) -> Iterator[Constraint]:
        """Read the constraints of a shape; what cannot be read is a fault, each for itself."""
        present = set(self.graph.predicates(shape.node))
        for parameter in (*_REPEATABLE, *_COMPONENTS):
            if parameter in present:
                yield from self._of_parameter(shape, parameter)
        for component, read in self._custom.constraints(shape):
            yield from self._guarded(shape, component, read)

    def _of_parameter(self, shape: Shape, parameter: NamedNode) -> Iterator[Constraint]:
        component = _component(parameter)
        if shape.path is None and parameter in _PROPERTY_SHAPES_ONLY:
            reason = f"{parameter} cannot stand in a node shape"
            yield self._unreadable(shape, shape.node, reason, component)
        elif parameter in _COMPONENTS:
            read = _COMPONENTS[parameter]
            yield from self._guarded(shape, component, lambda: read(self, shape, parameter))
        else:
            each = _REPEATABLE[parameter]
            for value in self.graph.objects(shape.node, parameter):
                at = value if parameter == sh("sparql") else None
                yield from self._guarded(
                    shape, component, partial(each, self, shape, parameter, value), at
                )

    def _guarded(
        self,
        shape: Shape,
        component: NamedNode,
        read: Callable[[], Iterable[Constraint]],
        at: Term | None = None,
    ) -> list[Constraint]:
        """Read constraints; if they cannot be, what stands for them, described at a node or the shape."""
        kind = Kind.ILL_FORMED
        try:
            return list(read())
        except IllFormed as error:
            node, reason = error.node, error.reason
        except UnsupportedQuery as error:
            node, reason = at or shape.node, str(error)
        except (RuntimeError, ValueError, SyntaxError) as error:  # what Oxigraph and rdflib raise
            node, reason = at or shape.node, str(error).strip() or type(error).__name__
            kind = Kind.UNSUPPORTED
        return [self._unreadable(shape, node, reason, component, kind)]

    # Each of the following reads the constraints of one parameter; see _COMPONENTS.

    def cls(self, shape: Shape, parameter: NamedNode, value: Term) -> Iterator[Constraint]:
        if not isinstance(value, NamedNode | BlankNode):
            raise IllFormed(shape.node, f"sh:class must be a class, not {value}")
        yield ClassOf(_component(parameter), value)

    def datatype(self, shape: Shape, parameter: NamedNode) -> Iterator[Constraint]:
        yield DatatypeOf(_component(parameter), self._iri(shape, parameter))

    def node_kind(self, shape: Shape, parameter: NamedNode) -> Iterator[Constraint]:
        kind = self._iri(shape, parameter)
        if kind not in _KINDS:
            raise IllFormed(shape.node, f"{kind} is not a value of sh:nodeKind")
        yield NodeKind(_component(parameter), kind)

    def min_count(self, shape: Shape, parameter: NamedNode) -> Iterator[Constraint]:
        yield MinCount(_component(parameter), self._integer(shape, parameter))

    def max_count(self, shape: Shape, parameter: NamedNode) -> Iterator[Constraint]:
        yield MaxCount(_component(parameter), self._integer(shape, parameter))

    def bound(self, shape: Shape, parameter: NamedNode) -> Iterator[Constraint]:
        limit = self.graph.single(shape.node, parameter)
        if not isinstance(limit, Literal):
            raise IllFormed(shape.node, f"{parameter} must be a literal, not {limit}")
        name = parameter.value.rpartition("#")[2]
        sign = "<=" if name.endswith("Inclusive") else "<"
        yield Bound(_component(parameter), limit, sign, lower=name.startswith("min"))

    def length(self, shape: Shape, parameter: NamedNode) -> Iterator[Constraint]:
        lower = parameter == sh("minLength")
        yield Length(_component(parameter), self._integer(shape, parameter), lower=lower)

    def pattern(self, shape: Shape, parameter: NamedNode, value: Term) -> Iterator[Constraint]:
        flags = self.graph.string(shape.node, sh("flags")) or ""
        if unknown := set(flags) - _FLAGS:
            raise IllFormed(shape.node, f"sh:flags has the unknown flag {min(unknown)!r}")
        if not isinstance(value, Literal) or value.datatype.value != XSD + "string":
            raise IllFormed(shape.node, f"sh:pattern must be a string, not {value}")
        try:
            compiled(value.value, flags)
        except BadPattern as fault:
            reason = f"{value} is not a regular expression: {fault}"
            raise IllFormed(shape.node, reason) from fault
        yield Pattern(_component(parameter), value.value, flags)

    def language_in(self, shape: Shape, parameter: NamedNode) -> Iterator[Constraint]:
        members = self._list(shape, parameter)
        if not all(isinstance(each, Literal) for each in members):
            raise IllFormed(shape.node, "sh:languageIn must be a list of strings")
        ranges = tuple(each.value.lower() for each in members if isinstance(each, Literal))
        yield LanguageIn(_component(parameter), ranges)

    def unique_lang(self, shape: Shape, parameter: NamedNode) -> Iterator[Constraint]:
        if self.graph.boolean(shape.node, parameter):
            yield UniqueLang(_component(parameter))

    def pair(self, shape: Shape, parameter: NamedNode, value: Term) -> Iterator[Constraint]:
        if not isinstance(value, NamedNode):
            raise IllFormed(shape.node, f"{parameter} must be an IRI, not {value}")
        yield Pair(_component(parameter), value)

    def reference(
        self,
        shape: Shape,  # noqa: ARG002 - all are called alike
        parameter: NamedNode,
        value: Term,
    ) -> Iterator[Constraint]:
        inner = self.shape(value)
        if parameter == sh("property") and not self.graph.objects(value, sh("path")):
            raise IllFormed(value, "it is a value of sh:property, and has no sh:path")
        yield ShapeReference(_component(parameter), inner)

    def combination(self, shape: Shape, parameter: NamedNode, value: Term) -> Iterator[Constraint]:
        members = self.graph.members(value, shape.node)
        yield Combination(_component(parameter), tuple(self.shape(each) for each in members))

    def qualified(
        self,
        shape: Shape,
        parameter: NamedNode,  # noqa: ARG002 - all are called alike
        value: Term,
    ) -> Iterator[Constraint]:
        disjoint = self.graph.boolean(shape.node, sh("qualifiedValueShapesDisjoint"))
        counts = [
            (name, self._integer(shape, sh(name)))
            for name in ("qualifiedMinCount", "qualifiedMaxCount")
            if self.graph.objects(shape.node, sh(name))
        ]
        if not counts:
            raise IllFormed(shape.node, "sh:qualifiedValueShape needs a minimum or a maximum count")
        siblings = self._siblings(shape.node, value) if disjoint else ()
        for name, count in counts:
            yield Qualified(_component(sh(name)), self.shape(value), siblings, count)

    def _siblings(self, node: Term, value: Term) -> tuple[Shape, ...]:
        graph = self.graph
        found = [
            each
            for parent in graph.subjects(sh("property"), node)
            for sibling in graph.objects(parent, sh("property"))
            for each in graph.objects(sibling, sh("qualifiedValueShape"))
            if each != value
        ]
        return tuple(self.shape(each) for each in dict.fromkeys(found))

    def closed(self, shape: Shape, parameter: NamedNode) -> Iterator[Constraint]:
        if not self.graph.boolean(shape.node, parameter):
            return
        ignored = self.graph.single(shape.node, sh("ignoredProperties"))
        members = () if ignored is None else self.graph.members(ignored, shape.node)
        described = [
            path
            for property_shape in self.graph.objects(shape.node, sh("property"))
            for path in self.graph.objects(property_shape, sh("path"))
        ]
        if other := [each for each in members if not isinstance(each, NamedNode)]:
            raise IllFormed(shape.node, f"sh:ignoredProperties must list IRIs, not {other[0]}")
        allowed = [each for each in [*members, *described] if isinstance(each, NamedNode)]
        yield Closed(_component(parameter), tuple(dict.fromkeys(allowed)))

    def has_value(
        self,
        shape: Shape,  # noqa: ARG002 - all are called alike
        parameter: NamedNode,
        value: Term,
    ) -> Iterator[Constraint]:
        yield HasValue(_component(parameter), value)

    def sparql(
        self,
        shape: Shape,
        parameter: NamedNode,  # noqa: ARG002 - all are called alike
        value: Term,
    ) -> Iterator[Constraint]:
        yield from read_sparql_constraint(self.graph, shape, value, self.faults.append)

    def members(self, shape: Shape, parameter: NamedNode) -> Iterator[Constraint]:
        yield In(_component(parameter), self._list(shape, parameter))

    def _list(self, shape: Shape, parameter: NamedNode) -> tuple[Term, ...]:
        head = self.graph.single(shape.node, parameter)
        return () if head is None else self.graph.members(head, shape.node)

    def _iri(self, shape: Shape, parameter: NamedNode) -> NamedNode:
        value = self.graph.single(shape.node, parameter)
        if not isinstance(value, NamedNode):
            raise IllFormed(shape.node, f"{parameter} must be an IRI, not {value}")
        return value

    def _integer(self, shape: Shape, parameter: NamedNode) -> int:
        value = self.graph.single(shape.node, parameter)
        if isinstance(value, Literal) and value.datatype.value == XSD + "integer":
            digits = value.value.removeprefix("+")
            if digits.removeprefix("-").isdecimal():
                return int(digits)
        raise IllFormed(shape.node, f"{parameter} must be an integer, not {value}")


def _component(parameter: NamedNode) -> NamedNode:
    if parameter == sh("sparql"):
        return sh("SPARQLConstraintComponent")
    name = parameter.value.rpartition("#")[2]
    return sh(f"{name[0].upper()}{name[1:]}ConstraintComponent")


_COMPONENTS: dict[NamedNode, Callable[[_Reader, Shape, NamedNode], Iterator[Constraint]]] = {
    sh("datatype"): _Reader.datatype,
    sh("nodeKind"): _Reader.node_kind,
    sh("minCount"): _Reader.min_count,
    sh("maxCount"): _Reader.max_count,
    sh("minExclusive"): _Reader.bound,
    sh("minInclusive"): _Reader.bound,
    sh("maxExclusive"): _Reader.bound,
    sh("maxInclusive"): _Reader.bound,
    sh("minLength"): _Reader.length,
    sh("maxLength"): _Reader.length,
    sh("languageIn"): _Reader.language_in,
    sh("uniqueLang"): _Reader.unique_lang,
    sh("closed"): _Reader.closed,
    sh("in"): _Reader.members,
}
# Each value of these is a constraint of its own.
_REPEATABLE: dict[NamedNode, Callable[[_Reader, Shape, NamedNode, Term], Iterator[Constraint]]] = {
    sh("class"): _Reader.cls,
    sh("pattern"): _Reader.pattern,
    sh("equals"): _Reader.pair,
    sh("disjoint"): _Reader.pair,
    sh("lessThan"): _Reader.pair,
    sh("lessThanOrEquals"): _Reader.pair,
    sh("not"): _Reader.reference,
    sh("and"): _Reader.combination,
    sh("or"): _Reader.combination,
    sh("xone"): _Reader.combination,
    sh("node"): _Reader.reference,
    sh("property"): _Reader.reference,
    sh("qualifiedValueShape"): _Reader.qualified,
    sh("hasValue"): _Reader.has_value,
    sh("sparql"): _Reader.sparql,
}
_PROPERTY_SHAPES_ONLY = frozenset(
    sh(name)
    for name in (
        "minCount",
        "maxCount",
        "uniqueLang",
        "lessThan",
        "lessThanOrEquals",
        "qualifiedValueShape",
    )
)
