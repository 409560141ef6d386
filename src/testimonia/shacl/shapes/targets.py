"""Which shapes have a target, and which nothing leads to.

Source: SHACL, section 2.1 (shapes and targets).
"""

from __future__ import annotations

from collections.abc import Iterator

from pyoxigraph import BlankNode, NamedNode

from testimonia.shacl.components.component import LeadsTo
from testimonia.shacl.components.registry import CORE
from testimonia.shacl.data.dictionary import Term
from testimonia.shacl.names import FIRST, OWL, RDFS, REST, TYPE, sh
from testimonia.shacl.shapes_graph import IllFormed, ShapesGraph

__all__ = ["is_class_itself", "targeted", "without_target"]

_TARGETS = [
    sh(name) for name in ("targetNode", "targetClass", "targetSubjectsOf", "targetObjectsOf")
]
# SHACL, section 2.1.3.3, names rdfs:Class alone; every owl:Class is one, by the axioms of OWL 2
# (RDF-Based Semantics, section 5.2), and shapes in use rely on it.
_CLASSES = (NamedNode(RDFS + "Class"), NamedNode(OWL + "Class"))
_KINDS = (sh("NodeShape"), sh("PropertyShape"))
_LEADING = (
    *(each.node for each in CORE if each.leads_to is LeadsTo.SHAPE),
    sh("targetShape"),
    sh("parameter"),
)
_LEADING_LISTS = tuple(each.node for each in CORE if each.leads_to is LeadsTo.SHAPES)
_SHAPES_ONLY = ("property", "node", "not", "and", "or", "xone", "sparql", "path")


def targeted(graph: ShapesGraph) -> list[NamedNode | BlankNode]:
    """Return the shapes that have a target of SHACL Core, each once."""
    found = [node for predicate in _TARGETS for node in graph.subjects(predicate)]
    found += [
        node for cls in _CLASSES for node in graph.instances(cls) if is_class_itself(graph, node)
    ]
    return [node for node in dict.fromkeys(found) if isinstance(node, NamedNode | BlankNode)]


def is_class_itself(graph: ShapesGraph, node: Term) -> bool:
    """Tell whether a shape is also a class, whose instances are then its targets."""
    return any(graph.is_instance(node, kind) for kind in _KINDS) and any(
        graph.is_instance(node, cls) for cls in _CLASSES
    )


def without_target(graph: ShapesGraph) -> Iterator[NamedNode | BlankNode]:
    """Yield the shapes that neither a target nor another shape leads to, unless they ask nothing."""
    led_to = {*targeted(graph), *_led_to(graph)}
    found = {node: None for kind in _KINDS for node in graph.instances(kind)}
    found |= {node: None for name in _SHAPES_ONLY for node in graph.subjects(sh(name))}
    for node in found:
        if (
            isinstance(node, NamedNode | BlankNode)
            and node not in led_to
            and not graph.objects(node, sh("target"))
            and set(graph.predicates(node)) - {TYPE}
            and not _is_deactivated(graph, node)
        ):
            yield node


def _led_to(graph: ShapesGraph) -> Iterator[Term]:
    for predicate in _LEADING:
        for subject in graph.subjects(predicate):
            yield from graph.objects(subject, predicate)
    for predicate in _LEADING_LISTS:
        for subject in graph.subjects(predicate):
            for head in graph.objects(subject, predicate):
                yield from _members(graph, head)
    for component in graph.instances(sh("ConstraintComponent")):
        for parameter in graph.objects(component, sh("parameter")):
            for path in graph.objects(parameter, sh("path")):
                if isinstance(path, NamedNode):
                    for subject in graph.subjects(path):
                        yield from graph.objects(subject, path)


def _members(graph: ShapesGraph, head: Term) -> Iterator[Term]:
    seen: set[Term] = set()
    while head not in seen and (rest := graph.objects(head, REST)):
        seen.add(head)
        yield from graph.objects(head, FIRST)
        head = rest[0]


def _is_deactivated(graph: ShapesGraph, node: Term) -> bool:
    try:
        return graph.boolean(node, sh("deactivated"))
    except IllFormed:
        return False
