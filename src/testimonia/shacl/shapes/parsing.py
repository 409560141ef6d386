"""Parses a shapes graph: the shapes with targets and all that they refer to, checked for syntax.

Source: SHACL, section 2.1 (shapes, targets), section 3.3 (ill-formed shapes graphs), section 4.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial

from pyoxigraph import BlankNode, Literal, NamedNode

from testimonia.shacl.components.component import Parameter, ParameterValue
from testimonia.shacl.components.registry import CORE, in_order
from testimonia.shacl.data.dictionary import Term
from testimonia.shacl.faults import Fault, Kind
from testimonia.shacl.model import Constraint, Shape, Targets, Unreadable
from testimonia.shacl.names import COMMENT, RDF, RDFS, XSD, sh
from testimonia.shacl.shapes.recursion import break_cycles
from testimonia.shacl.shapes.sparql_constraints import CustomComponents, read_sparql_constraint
from testimonia.shacl.shapes.targets import is_class_itself, targeted, without_target
from testimonia.shacl.shapes.unsupported import unsupported
from testimonia.shacl.shapes_graph import IllFormed, ShapesGraph
from testimonia.shacl.sparql.prebinding import UnsupportedQuery

__all__ = ["ParsedShapes", "parse_shapes"]

_SPARQL = sh("sparql")
_LABELS = (NamedNode(RDFS + "label"), COMMENT, sh("name"), sh("message"))


@dataclass(frozen=True)
class ParsedShapes:
    """The shapes in a shapes graph.

    Attributes
    ----------
    shapes
        The shapes that have targets, with all shapes they refer to.
    faults
        What was left out, and why.
    without_target
        The shapes that have no target and that no other shape refers to, unless they are empty.
    """

    shapes: tuple[Shape, ...]
    faults: tuple[Fault, ...] = ()
    without_target: tuple[NamedNode | BlankNode, ...] = ()

    def __iter__(self) -> Iterator[Shape]:
        return iter(self.shapes)

    def __len__(self) -> int:
        return len(self.shapes)


def parse_shapes(graph: ShapesGraph) -> ParsedShapes:
    """Parse the shapes that have targets, with all shapes they refer to.

    Parts that cannot be used (ill-formed, recursive through a negation, of SHACL Advanced Features,
    or with SPARQL that SHACL does not allow) are left out and listed as faults.

    Parameters
    ----------
    graph
        A shapes graph.
    """
    parser = _Parser(graph)
    shapes = tuple(parser.shape(node) for node in targeted(graph))
    parser.parse_constraints()
    faults = [*unsupported(graph), *parser.faults, *break_cycles(shapes)]
    return ParsedShapes(
        shapes,
        tuple(dict.fromkeys(replace(each, shape=graph.owner(each.node)) for each in faults)),
        tuple(without_target(graph)),
    )


class _Parser:
    """Parses shapes one after another from a queue: nesting may be deep, and shapes recursive."""

    def __init__(self, graph: ShapesGraph) -> None:
        self.graph = graph
        self.faults: list[Fault] = []
        self._shapes: dict[Term, Shape] = {}
        self._pending: deque[Shape] = deque()
        self._custom = CustomComponents(graph, self.faults.append)
        sparql = Parameter(_SPARQL, sh("SPARQLConstraintComponent"), self._sparql, repeatable=True)
        self._parameters = in_order([*CORE, sparql])

    def shape(self, node: Term) -> Shape:
        """Return the shape that a node stands for; `parse_constraints` adds its constraints."""
        if node in self._shapes:
            return self._shapes[node]
        if not isinstance(node, NamedNode | BlankNode):
            raise IllFormed(node, "a literal cannot be a shape")
        shape = self._shapes[node] = Shape(node)
        try:
            self._describe(shape)
        except IllFormed as fault:
            shape.constraints = (self._unreadable(shape, fault.node, fault.reason),)
        else:
            if not shape.deactivated:
                self._pending.append(shape)
        return shape

    def parse_constraints(self) -> None:
        """Parse the constraints of all shapes, and of the shapes these refer to."""
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
        """Return a text that distinguishes a blank node from others, if it has one."""
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
                RDF + "langString",
            ):
                raise IllFormed(node, f"sh:message must be a string, not {message}")
        return tuple(message for message in found if isinstance(message, Literal))

    def _targets(self, node: NamedNode | BlankNode) -> Targets:
        """Parse the well-formed targets; each of the others is a fault."""
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
        """Parse the constraints of a shape; each one that cannot be parsed is a fault."""
        present = set(self.graph.predicates(shape.node))
        for parameter in self._parameters:
            if parameter.node in present:
                yield from self._of_parameter(shape, parameter)
        for component, read in self._custom.constraints(shape):
            yield from self._parsed(shape, component, read)

    def _of_parameter(self, shape: Shape, parameter: Parameter) -> Iterator[Constraint]:
        if shape.path is None and not parameter.in_node_shapes:
            reason = f"{parameter.node} is not allowed in a node shape"
            yield self._unreadable(shape, shape.node, reason, parameter.component)
            return
        values = self.graph.objects(shape.node, parameter.node)
        for value in values if parameter.repeatable else values[:1]:
            at = value if parameter.node == _SPARQL else None
            read = partial(self._of_value, shape, parameter, value)
            yield from self._parsed(shape, parameter.component, read, at)

    def _of_value(self, shape: Shape, parameter: Parameter, value: Term) -> Iterator[Constraint]:
        if not parameter.repeatable:
            self.graph.single(shape.node, parameter.node)  # raises an error if there are several
        yield from parameter.read(
            ParameterValue(self.graph, shape, parameter.node, value, self.shape)
        )

    def _sparql(self, at: ParameterValue) -> Iterator[Constraint]:
        return read_sparql_constraint(self.graph, at.shape, at.value, self.faults.append)

    def _parsed(
        self,
        shape: Shape,
        component: NamedNode,
        read: Callable[[], Iterable[Constraint]],
        at: Term | None = None,
    ) -> list[Constraint]:
        """Parse constraints; if that fails, return a placeholder for them."""
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
