"""SPARQL in a shapes graph: ``sh:sparql`` constraints and SPARQL-based constraint components.

Source: SHACL, sections 5 and 6.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pyoxigraph import BlankNode, Literal, NamedNode, Variable

from testimonia.validation.columnar.prebinding import prepare_ask, prepare_select
from testimonia.validation.columnar.shapes import (
    AskValidator,
    Constraint,
    CustomConstraint,
    SelectQuery,
    Shape,
    SparqlConstraint,
)
from testimonia.validation.columnar.shapes_graph import IllFormed, ShapesGraph
from testimonia.validation.columnar.terms import Term
from testimonia.validation.columnar.vocabulary import IMPORTS, sh

__all__ = ["CustomComponents", "read_sparql_constraints"]

_PREBOUND = ("this", "shapesGraph", "currentShape")
_LOCAL_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_\-.]*$")


def read_sparql_constraints(graph: ShapesGraph, shape: Shape) -> Iterator[Constraint]:
    """Yield the ``sh:sparql`` constraints of a shape.

    Raises
    ------
    IllFormed
        If one does not follow the syntax rules.
    UnsupportedQuery
        If its query is one that SHACL does not allow.
    """
    for node in graph.objects(shape.node, sh("sparql")):
        if not isinstance(node, NamedNode | BlankNode):
            raise IllFormed(shape.node, f"sh:sparql must be a node, not {node}")
        if graph.boolean(node, sh("deactivated")):
            continue
        text = graph.string(node, sh("select"))
        if text is None:
            raise IllFormed(node, "a SPARQL-based constraint needs an sh:select")
        query = prepare_select(text, _prefixes(graph, node), shape.path, _PREBOUND)
        yield SparqlConstraint(
            sh("SPARQLConstraintComponent"), node, query, _messages(graph, node) or shape.messages
        )


def _messages(graph: ShapesGraph, node: Term) -> tuple[Literal, ...]:
    return tuple(each for each in graph.objects(node, sh("message")) if isinstance(each, Literal))


def _prefixes(graph: ShapesGraph, node: Term) -> dict[str, str]:
    prefixes: dict[str, str] = {}
    pending, seen = list(graph.objects(node, sh("prefixes"))), set()
    while pending:
        ontology = pending.pop()
        if ontology in seen:
            continue
        seen.add(ontology)
        pending.extend(graph.objects(ontology, IMPORTS))
        for declaration in graph.objects(ontology, sh("declare")):
            prefix = graph.single(declaration, sh("prefix"))
            namespace = graph.single(declaration, sh("namespace"))
            if not isinstance(prefix, Literal) or not isinstance(namespace, Literal):
                raise IllFormed(
                    declaration, "a prefix declaration needs sh:prefix and sh:namespace"
                )
            if prefixes.setdefault(prefix.value, namespace.value) != namespace.value:
                raise IllFormed(
                    node, f"the prefix {prefix.value!r} is declared with two namespaces"
                )
    return prefixes


@dataclass(frozen=True)
class _Parameter:
    path: NamedNode
    name: str
    optional: bool


@dataclass(frozen=True)
class _Component:
    node: NamedNode
    parameters: tuple[_Parameter, ...]


class CustomComponents:
    """The SPARQL-based constraint components that a shapes graph declares."""

    def __init__(self, graph: ShapesGraph) -> None:
        self._graph = graph
        self._components = [
            _Component(node, tuple(self._parameters(node)))
            for node in graph.instances(sh("ConstraintComponent"))
            if isinstance(node, NamedNode) and not node.value.startswith(sh("").value)
        ]

    def constraints(self, shape: Shape) -> Iterator[Constraint]:
        """Yield the constraints that a shape makes of these components.

        Raises
        ------
        IllFormed
            If a component or its use does not follow the syntax rules.
        UnsupportedQuery
            If a query is one that SHACL does not allow.
        """
        for component in self._components:
            for parameters in self._uses(shape, component):
                yield from self._constraint(shape, component, parameters)

    def _parameters(self, node: NamedNode) -> Iterator[_Parameter]:
        graph = self._graph
        for parameter in graph.objects(node, sh("parameter")):
            path = graph.single(parameter, sh("path"))
            name = _LOCAL_NAME.search(path.value) if isinstance(path, NamedNode) else None
            if not isinstance(path, NamedNode) or name is None:
                raise IllFormed(parameter, "a parameter needs an IRI as its sh:path")
            yield _Parameter(path, name[0], graph.boolean(parameter, sh("optional")))

    def _uses(self, shape: Shape, component: _Component) -> Iterator[dict[Variable, Term]]:
        graph = self._graph
        given = {each: graph.objects(shape.node, each.path) for each in component.parameters}
        required = [each for each in component.parameters if not each.optional]
        if not component.parameters or not all(given[each] for each in required):
            return
        if len(component.parameters) == 1:
            (only,) = component.parameters
            for value in given[only]:
                yield {Variable(only.name): value}
            return
        if several := [each for each, values in given.items() if len(values) > 1]:
            raise IllFormed(
                shape.node, f"{several[0].path} may have one value, as {component.node} has others"
            )
        yield {Variable(each.name): values[0] for each, values in given.items() if values}

    def _constraint(
        self, shape: Shape, component: _Component, parameters: dict[Variable, Term]
    ) -> Iterator[Constraint]:
        graph = self._graph
        own = sh("nodeValidator" if shape.path is None else "propertyValidator")
        validators = graph.objects(component.node, own) or graph.objects(
            component.node, sh("validator")
        )
        names = [each.name for each in component.parameters]
        for node in validators[:1]:
            query = self._query(node, shape, names)
            messages = _messages(graph, node) or shape.messages
            yield CustomConstraint(component.node, query, parameters, messages)

    def _query(self, node: Term, shape: Shape, names: list[str]) -> SelectQuery | AskValidator:
        graph = self._graph
        prefixes = _prefixes(graph, node)
        if (text := graph.string(node, sh("ask"))) is not None:
            return prepare_ask(text, prefixes, shape.path, [*_PREBOUND, "value", *names])
        if (text := graph.string(node, sh("select"))) is not None:
            return prepare_select(text, prefixes, shape.path, [*_PREBOUND, *names])
        raise IllFormed(node, "a validator needs an sh:ask or an sh:select")
