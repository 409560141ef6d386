"""Shapes whose targets select no node of the data, often because of a misspelt class."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from pyoxigraph import NamedNode, Quad, Triple

from testimonia.shacl.data.dictionary import Term
from testimonia.shacl.names import SUBCLASS, TYPE, sh
from testimonia.shacl.shapes.targets import TARGETS, is_class_itself, named_shapes
from testimonia.shacl.shapes_graph import ShapesGraph

__all__ = ["idle_shapes"]

_CLASS, _NODE = sh("targetClass"), sh("targetNode")


def idle_shapes(graph: ShapesGraph, data: Iterable[Quad | Triple]) -> tuple[str, ...]:
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
    present = _Present(data)
    idle = []
    for shape in named_shapes(graph):
        targets = _targets(graph, shape)
        if targets and not any(present.selects(*target) for target in targets):
            idle.append(shape.value)
    return tuple(idle)


def _targets(graph: ShapesGraph, shape: NamedNode) -> list[tuple[NamedNode, Term]]:
    if graph.objects(shape, sh("target")) or graph.objects(shape, sh("deactivated")):
        return []
    targets = [(kind, node) for kind in TARGETS for node in graph.objects(shape, kind)]
    return [*targets, (_CLASS, shape)] if is_class_itself(graph, shape) else targets


class _Present:
    """The nodes, predicates and classes that occur in some data."""

    def __init__(self, data: Iterable[Quad | Triple]) -> None:
        self.nodes: set[Term] = set()
        self.predicates: set[Term] = set()
        self.classes: set[Term] = set()
        superclasses: dict[Term, set[Term]] = defaultdict(set)
        for quad in data:
            self.nodes.update((quad.subject, quad.object))
            self.predicates.add(quad.predicate)
            if quad.predicate == TYPE:
                self.classes.add(quad.object)
            elif quad.predicate == SUBCLASS:
                superclasses[quad.subject].add(quad.object)
        level = set(self.classes)
        while level:
            level = {up for term in level for up in superclasses.get(term, ())} - self.classes
            self.classes |= level

    def selects(self, kind: NamedNode, target: Term) -> bool:
        """Return whether a target selects any node."""
        if kind == _CLASS:
            return target in self.classes
        return target in (self.nodes if kind == _NODE else self.predicates)
