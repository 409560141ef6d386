"""From a shapes graph to shapes: finds the shapes with targets, reads what they use, checks syntax.

Source: SHACL, section 2.1 (shapes, targets), section 3.3 (ill-formed shapes graphs), section 4.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from pyoxigraph import BlankNode, Literal, NamedNode

from testimonia.validation.columnar.custom import CustomComponents, read_sparql_constraints
from testimonia.validation.columnar.faults import Fault, Unusable
from testimonia.validation.columnar.prebinding import UnsupportedQuery
from testimonia.validation.columnar.shapes import (
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
)
from testimonia.validation.columnar.shapes_graph import IllFormed, ShapesGraph
from testimonia.validation.columnar.terms import Term
from testimonia.validation.columnar.vocabulary import RDFS, XSD, sh
from testimonia.validation.patterns import BadPattern, compiled

__all__ = ["read_shapes"]

_TARGETS = [
    sh(name) for name in ("targetNode", "targetClass", "targetSubjectsOf", "targetObjectsOf")
]
_CLASS = NamedNode(RDFS + "Class")
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
# Entailment regimes must be refused where they are not supported (SHACL, section 1.5); the others are
# of SHACL Advanced Features and SHACL JavaScript, and to pass them over would leave things unchecked.
_UNSUPPORTED = [sh(name) for name in ("entailment", "target", "rule", "expression", "js")]
_FLAGS = frozenset("smixq")


def read_shapes(graph: ShapesGraph) -> tuple[Shape, ...]:
    """Return the shapes that have targets, with all that they refer to.

    Parameters
    ----------
    graph
        A shapes graph.

    Raises
    ------
    Unusable
        With every fault found in those shapes: ill-formed, recursive, or with SPARQL that SHACL
        does not allow.
    """
    reader = _Reader(graph)
    faults = [
        Fault(node, f"it uses {predicate}, which is not supported")
        for predicate in _UNSUPPORTED
        for node in graph.subjects(predicate)
    ]
    read: list[Shape] = []
    for node in reader.targeted():
        try:
            read.append(reader.shape(node))
        except IllFormed as fault:
            faults.append(Fault(fault.node, fault.reason))
        except UnsupportedQuery as fault:
            faults.append(Fault(node, str(fault)))
    if faults:
        raise Unusable(list(dict.fromkeys(faults)))
    return tuple(read)


class _Reader:
    def __init__(self, graph: ShapesGraph) -> None:
        self.graph = graph
        self._read: dict[Term, Shape] = {}
        self._open: list[Term] = []
        self._custom = CustomComponents(graph)

    def targeted(self) -> list[Term]:
        found = [node for predicate in _TARGETS for node in self.graph.subjects(predicate)]
        found += [
            node for node in self._implicit_classes() if isinstance(node, NamedNode | BlankNode)
        ]
        return list(dict.fromkeys(found))

    def _implicit_classes(self) -> Iterator[Term]:
        for node in self.graph.instances(_CLASS):
            if self._is_typed_shape(node):
                yield node

    def _is_typed_shape(self, node: Term) -> bool:
        kinds = (sh("NodeShape"), sh("PropertyShape"))
        return any(self.graph.is_instance(node, kind) for kind in kinds)

    def shape(self, node: Term) -> Shape:
        if node in self._read:
            return self._read[node]
        if node in self._open:
            chain = " → ".join(str(each) for each in [*self._open[self._open.index(node) :], node])
            raise IllFormed(
                node, f"it refers to itself ({chain}), and recursive shapes are not supported"
            )
        if not isinstance(node, NamedNode | BlankNode):
            raise IllFormed(node, "a literal cannot be a shape")
        self._open.append(node)
        try:
            self._read[node] = self._shape(node)
        finally:
            self._open.pop()
        return self._read[node]

    def _shape(self, node: NamedNode | BlankNode) -> Shape:
        graph = self.graph
        paths = graph.objects(node, sh("path"))
        if len(paths) > 1:
            raise IllFormed(node, "it has more than one sh:path")
        if not paths and graph.is_instance(node, sh("PropertyShape")):
            raise IllFormed(node, "a property shape needs an sh:path")
        if paths and graph.is_instance(node, sh("NodeShape")):
            raise IllFormed(node, "a node shape cannot have an sh:path")
        severity = graph.single(node, sh("severity")) or sh("Violation")
        if not isinstance(severity, NamedNode):
            raise IllFormed(node, f"sh:severity must be an IRI, not {severity}")
        deactivated = graph.boolean(node, sh("deactivated"))
        path = graph.path(paths[0], node) if paths else None
        shape = Shape(
            node=node,
            path=path,
            severity=severity,
            messages=self.messages(node),
            deactivated=deactivated,
            targets=self._targets(node),
            constraints=(),
        )
        return shape if deactivated else replace(shape, constraints=tuple(self._constraints(shape)))

    def messages(self, node: Term) -> tuple[Literal, ...]:
        found = self.graph.objects(node, sh("message"))
        for message in found:
            if not isinstance(message, Literal) or message.datatype.value not in (
                XSD + "string",
                "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString",
            ):
                raise IllFormed(node, f"sh:message must be a string, not {message}")
        return tuple(message for message in found if isinstance(message, Literal))

    def _targets(self, node: Term) -> Targets:
        graph = self.graph
        implicit = [node] if self._is_typed_shape(node) and graph.is_instance(node, _CLASS) else []
        nodes = graph.objects(node, sh("targetNode"))
        if blank := [each for each in nodes if isinstance(each, BlankNode)]:
            raise IllFormed(node, f"sh:targetNode must be an IRI or a literal, not {blank[0]}")
        return Targets(
            nodes=tuple(nodes),
            classes=tuple(
                each
                for each in [*self._iris(node, sh("targetClass")), *implicit]
                if isinstance(each, NamedNode | BlankNode)
            ),
            subjects_of=self._iris(node, sh("targetSubjectsOf")),
            objects_of=self._iris(node, sh("targetObjectsOf")),
        )

    def _iris(self, node: Term, predicate: NamedNode) -> tuple[NamedNode, ...]:
        found = self.graph.objects(node, predicate)
        iris = tuple(each for each in found if isinstance(each, NamedNode))
        if len(iris) < len(found):
            other = next(each for each in found if not isinstance(each, NamedNode))
            raise IllFormed(node, f"{predicate} must be an IRI, not {other}")
        return iris

    def _constraints(self, shape: Shape) -> Iterator[Constraint]:
        present = set(self.graph.predicates(shape.node))
        for parameter, read in _COMPONENTS.items():
            if parameter in present:
                if shape.path is None and parameter in _PROPERTY_SHAPES_ONLY:
                    raise IllFormed(shape.node, f"{parameter} cannot stand in a node shape")
                yield from read(self, shape, parameter)
        if sh("sparql") in present:
            yield from read_sparql_constraints(self.graph, shape)
        yield from self._custom.constraints(shape)

    # Each of the following reads the constraints of one parameter; see _COMPONENTS.

    def classes(self, shape: Shape, parameter: NamedNode) -> Iterator[Constraint]:
        for value in self.graph.objects(shape.node, parameter):
            if isinstance(value, Literal):
                raise IllFormed(shape.node, f"sh:class must be a class, not {value}")
            if isinstance(value, NamedNode | BlankNode):
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

    def pattern(self, shape: Shape, parameter: NamedNode) -> Iterator[Constraint]:
        flags = self.graph.string(shape.node, sh("flags")) or ""
        if unknown := set(flags) - _FLAGS:
            raise IllFormed(shape.node, f"sh:flags has the unknown flag {min(unknown)!r}")
        for value in self.graph.objects(shape.node, parameter):
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

    def pair(self, shape: Shape, parameter: NamedNode) -> Iterator[Constraint]:
        for predicate in self._iris(shape.node, parameter):
            yield Pair(_component(parameter), predicate)

    def reference(self, shape: Shape, parameter: NamedNode) -> Iterator[Constraint]:
        for value in self.graph.objects(shape.node, parameter):
            inner = self.shape(value)
            if parameter == sh("property") and inner.path is None:
                raise IllFormed(value, "it is a value of sh:property, and has no sh:path")
            yield ShapeReference(_component(parameter), inner)

    def combination(self, shape: Shape, parameter: NamedNode) -> Iterator[Constraint]:
        for head in self.graph.objects(shape.node, parameter):
            members = self.graph.members(head, shape.node)
            yield Combination(_component(parameter), tuple(self.shape(each) for each in members))

    def qualified(self, shape: Shape, parameter: NamedNode) -> Iterator[Constraint]:
        values = self.graph.objects(shape.node, parameter)
        disjoint = self.graph.boolean(shape.node, sh("qualifiedValueShapesDisjoint"))
        counts = [
            (name, self._integer(shape, sh(name)))
            for name in ("qualifiedMinCount", "qualifiedMaxCount")
            if self.graph.objects(shape.node, sh(name))
        ]
        if not counts:
            raise IllFormed(shape.node, "sh:qualifiedValueShape needs a minimum or a maximum count")
        for value in values:
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

    def has_value(self, shape: Shape, parameter: NamedNode) -> Iterator[Constraint]:
        for value in self.graph.objects(shape.node, parameter):
            yield HasValue(_component(parameter), value)

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
    name = parameter.value.rpartition("#")[2]
    return sh(f"{name[0].upper()}{name[1:]}ConstraintComponent")


_COMPONENTS: dict[NamedNode, Callable[[_Reader, Shape, NamedNode], Iterator[Constraint]]] = {
    sh("class"): _Reader.classes,
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
    sh("pattern"): _Reader.pattern,
    sh("languageIn"): _Reader.language_in,
    sh("uniqueLang"): _Reader.unique_lang,
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
    sh("closed"): _Reader.closed,
    sh("hasValue"): _Reader.has_value,
    sh("in"): _Reader.members,
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
