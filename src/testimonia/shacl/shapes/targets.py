"""Which shapes have a target, and which have none and are not referred to either.

Source: SHACL, section 2.1 (shapes and targets).
"""

from __future__ import annotations

from collections.abc import Iterator

from pyoxigraph import BlankNode, NamedNode

from testimonia.shacl.components.component import RefersTo
from testimonia.shacl.components.registry import CORE
from testimonia.shacl.data.dictionary import Term
from testimonia.shacl.names import OWL, RDFS, TYPE, sh
from testimonia.shacl.shapes_graph import IllFormed, ShapesGraph

__all__ = ["TARGETS", "is_class_itself", "named_shapes", "targeted", "without_target"]

TARGETS = tuple(
    sh(name) for name in ("targetNode", "targetClass", "targetSubjectsOf", "targetObjectsOf")
)
"""The predicates of the targets of SHACL Core."""

# SHACL, section 2.1.3.3, names rdfs:Class alone; every owl:Class is one, by the axioms of OWL 2
# (RDF-Based Semantics, section 5.2), and published shapes rely on it.
_CLASSES = (NamedNode(RDFS + "Class"), NamedNode(OWL + "Class"))
_KINDS = (sh("NodeShape"), sh("PropertyShape"))
_REFERRING = (
    *(each.node for each in CORE if each.refers_to is RefersTo.SHAPE),
    sh("targetShape"),
    sh("parameter"),
)
_REFERRING_LISTS = tuple(each.node for each in CORE if each.refers_to is RefersTo.SHAPES)
_SHAPES_ONLY = ("property", "node", "not", "and", "or", "xone", "sparql", "path")


def targeted(graph: ShapesGraph) -> list[NamedNode | BlankNode]:
    """Return the shapes that have a target of SHACL Core, without duplicates."""
    found = [node for predicate in TARGETS for node in graph.subjects(predicate)]
    found += [
        node for cls in _CLASSES for node in graph.instances(cls) if is_class_itself(graph, node)
    ]
    return [node for node in dict.fromkeys(found) if isinstance(node, NamedNode | BlankNode)]


def named_shapes(graph: ShapesGraph) -> list[NamedNode]:
    """Return the shapes with an IRI that have a shape type or a target, sorted by IRI."""
    found = {node for kind in _KINDS for node in graph.instances(kind)} | set(targeted(graph))
    named = (node for node in found if isinstance(node, NamedNode))
    return sorted(named, key=lambda node: node.value)


def is_class_itself(graph: ShapesGraph, node: Term) -> bool:
    """Return whether a shape is also a class, so that it has an implicit class target."""
    return any(graph.is_instance(node, kind) for kind in _KINDS) and any(
        graph.is_instance(node, cls) for cls in _CLASSES
    )


def without_target(graph: ShapesGraph) -> Iterator[NamedNode | BlankNode]:
    """Yield the shapes that have no target and that no other shape refers to, unless they are empty."""
    used = {*targeted(graph), *_referred_to(graph)}
    found = {node: None for kind in _KINDS for node in graph.instances(kind)}
    found |= {node: None for name in _SHAPES_ONLY for node in graph.subjects(sh(name))}
    for node in found:
        if (
            isinstance(node, NamedNode | BlankNode)
            and node not in used
            and not graph.objects(node, sh("target"))
            and set(graph.predicates(node)) - {TYPE}
            and not _is_deactivated(graph, node)
        ):
            yield node


def _referred_to(graph: ShapesGraph) -> Iterator[Term]:
    for predicate in _REFERRING:
        for subject in graph.subjects(predicate):
            yield from graph.objects(subject, predicate)
    for predicate in _REFERRING_LISTS:
        for subject in graph.subjects(predicate):
            for head in graph.objects(subject, predicate):
                yield from graph.readable_members(head)
    for component in graph.instances(sh("ConstraintComponent")):
        for parameter in graph.objects(component, sh("parameter")):
            for path in graph.objects(parameter, sh("path")):
                if isinstance(path, NamedNode):
                    for subject in graph.subjects(path):
                        yield from graph.objects(subject, path)


def _is_deactivated(graph: ShapesGraph, node: Term) -> bool:
    try:
        return graph.boolean(node, sh("deactivated"))
    except IllFormed:
        return False
