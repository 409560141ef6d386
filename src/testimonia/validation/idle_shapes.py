"""Shapes whose targets select no node of the data, often because of a misspelt class."""

from __future__ import annotations

from pyoxigraph import NamedNode

from testimonia.shacl.data.dictionary import Term
from testimonia.shacl.data.graph import Graph
from testimonia.shacl.names import sh
from testimonia.shacl.shapes.targets import TARGETS, is_class_itself, named_shapes
from testimonia.shacl.shapes_graph import ShapesGraph

__all__ = ["idle_shapes"]

_CLASS, _NODE = sh("targetClass"), sh("targetNode")


def idle_shapes(graph: ShapesGraph, data: Graph) -> tuple[str, ...]:
    """List the shapes whose targets (SHACL, section 2.1.3) select no node of the data.

    Left out are shapes without a target, deactivated ones, and those whose target is a SPARQL query.

    Parameters
    ----------
    graph
        The shapes graph.
    data
        The data with the ontology, whose subclasses count.

    Returns
    -------
    tuple of str
        The IRIs of the shapes, sorted.
    """
    idle = []
    for shape in named_shapes(graph):
        targets = _targets(graph, shape)
        if targets and not any(_selects(data, *target) for target in targets):
            idle.append(shape.value)
    return tuple(idle)


def _targets(graph: ShapesGraph, shape: NamedNode) -> list[tuple[NamedNode, Term]]:
    if graph.objects(shape, sh("target")) or graph.objects(shape, sh("deactivated")):
        return []
    targets = [(kind, node) for kind in TARGETS for node in graph.objects(shape, kind)]
    return [*targets, (_CLASS, shape)] if is_class_itself(graph, shape) else targets


def _selects(data: Graph, kind: NamedNode, target: Term) -> bool:
    """Return whether a target selects any node that is in the data."""
    node = data.terms.id(target)
    if kind == _CLASS:
        return not data.instances(node).is_empty()
    return data.has_node(node) if kind == _NODE else node in data.predicates
