"""Parses ``sh:sparql`` constraints and SPARQL-based constraint components.

Source: SHACL, sections 5 and 6.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from pyoxigraph import BlankNode, Literal, NamedNode, Variable

from testimonia.namespaces import PREFIXES
from testimonia.query.sparql import tokens
from testimonia.shacl.data.dictionary import Term
from testimonia.shacl.faults import Fault, Kind
from testimonia.shacl.model import (
    AskValidator,
    Constraint,
    CustomConstraint,
    SelectQuery,
    Shape,
    SparqlConstraint,
)
from testimonia.shacl.names import IMPORTS, OWL, RDF, RDFS, SH, XSD, sh
from testimonia.shacl.shapes_graph import IllFormed, ShapesGraph
from testimonia.shacl.sparql.prebinding import prepare_ask, prepare_select

__all__ = ["CustomComponents", "read_sparql_constraint"]


def is_absolute(iri: str) -> bool:
    """Return whether a text is an absolute IRI."""
    try:
        NamedNode(iri)
    except ValueError:
        return False
    return True


# Published queries often omit declarations of prefixes that their authors' engines know. These mean
# the same everywhere: SHACL's own, and those of the W3C's RDFa Core Initial Context.
_WELL_KNOWN = {
    "rdf": RDF,
    "rdfs": RDFS,
    "owl": OWL,
    "xsd": XSD,
    "sh": SH,
    **{name: PREFIXES[name] for name in ("dcterms", "foaf", "org", "prov", "skos", "time")},
    "dcat": "http://www.w3.org/ns/dcat#",
    "qb": "http://purl.org/linked-data/cube#",
    "void": "http://rdfs.org/ns/void#",
}
_PREBOUND = ("this", "shapesGraph", "currentShape")
_LOCAL_NAME = re.compile(r"(?<=[/#:])[^\W\d]\w*$")
_PREFIX = re.compile(r"([^\W\d_]([\w.\-]*[\w\-])?)?")  # SPARQL 1.1, PN_PREFIX


def read_sparql_constraint(
    graph: ShapesGraph, shape: Shape, node: Term, note: Callable[[Fault], None]
) -> Iterator[Constraint]:
    """Yield the constraint for a value of ``sh:sparql``, unless it is deactivated.

    Parameters
    ----------
    graph, shape, node
        The shapes graph, the shape, and the value.
    note
        Called with what is skipped.

    Raises
    ------
    IllFormed
        It violates the syntax rules.
    UnsupportedQuery
        SHACL does not allow its query.
    """
    if not isinstance(node, NamedNode | BlankNode):
        raise IllFormed(shape.node, f"sh:sparql must be a node, not {node}")
    if graph.boolean(node, sh("deactivated")):
        return
    text = graph.string(node, sh("select"))
    if text is None:
        raise IllFormed(node, "a SPARQL-based constraint needs an sh:select")
    query = prepare_select(text, _prefixes(graph, node, text, note), shape.path, _PREBOUND)
    messages = _messages(graph, node) or shape.messages
    yield SparqlConstraint(sh("SPARQLConstraintComponent"), node, query, messages)


def _messages(graph: ShapesGraph, node: Term) -> tuple[Literal, ...]:
    return tuple(each for each in graph.objects(node, sh("message")) if isinstance(each, Literal))


def _prefixes(
    graph: ShapesGraph, node: Term, text: str, note: Callable[[Fault], None]
) -> dict[str, str]:
    """Return the prefixes for a query; it must not use an invalid one."""
    prefixes: dict[str, str] = {}
    used, declared = _names(text)
    for declaration in _declarations(graph, node):
        prefix = graph.single(declaration, sh("prefix"))
        namespace = graph.single(declaration, sh("namespace"))
        if not isinstance(prefix, Literal) or not isinstance(namespace, Literal):
            raise IllFormed(declaration, "a prefix declaration needs sh:prefix and sh:namespace")
        name, iri = prefix.value, namespace.value
        if _PREFIX.fullmatch(name) is None or not is_absolute(iri):
            if name in used:
                what = f"the prefix {name!r} of {iri!r}"
                raise IllFormed(node, f"it uses {what}, which is not a prefix and an absolute IRI")
        elif prefixes.setdefault(name, iri) != iri:
            raise IllFormed(node, f"the prefix {name!r} is declared with two namespaces")
    for name in sorted((used & _WELL_KNOWN.keys()) - declared - prefixes.keys()):
        prefixes[name] = _WELL_KNOWN[name]
        reason = f"its query uses the prefix {name}: without declaring it; the usual namespace is assumed"
        note(Fault(node, reason, sh("prefixes"), kind=Kind.SKIPPED))
    return prefixes


def _names(text: str) -> tuple[set[str], set[str]]:
    """Return the prefixes a query uses, and those it declares itself."""
    used: set[str] = set()
    declared: set[str] = set()
    before = ""
    for token in tokens(text):
        if token.kind == "name":
            prefix = token.text.partition(":")[0]
            (declared if before.upper() == "PREFIX" else used).add(prefix)
        before = token.text
    return used, declared


def _declarations(graph: ShapesGraph, node: Term) -> Iterator[Term]:
    pending, seen = list(graph.objects(node, sh("prefixes"))), set()
    while pending:
        ontology = pending.pop()
        if ontology not in seen:
            seen.add(ontology)
            pending.extend(graph.objects(ontology, IMPORTS))
            yield from graph.objects(ontology, sh("declare"))


@dataclass(frozen=True)
class _Parameter:
    path: NamedNode
    name: str
    optional: bool


@dataclass(frozen=True)
class _Component:
    node: NamedNode
    parameters: tuple[_Parameter, ...]
    fault: IllFormed | None = None


class CustomComponents:
    """The SPARQL-based constraint components that a shapes graph declares.

    Parameters
    ----------
    graph
        The shapes graph.
    note
        Called with what is skipped.
    """

    def __init__(self, graph: ShapesGraph, note: Callable[[Fault], None]) -> None:
        self._note = note
        self._graph = graph
        self._components = [
            self._component(node)
            for node in graph.instances(sh("ConstraintComponent"))
            if isinstance(node, NamedNode) and not node.value.startswith(sh("").value)
        ]

    def constraints(
        self, shape: Shape
    ) -> Iterator[tuple[NamedNode, Callable[[], Iterator[Constraint]]]]:
        """Yield each component that a shape uses, and a function that parses its constraints.

        The function raises `IllFormed` if the component or its use violates the syntax rules, and
        `UnsupportedQuery` if SHACL does not allow a query.
        """
        present = set(self._graph.predicates(shape.node))
        for component in self._components:
            if any(parameter.path in present for parameter in component.parameters):
                yield component.node, partial(self._read, shape, component)

    def _read(self, shape: Shape, component: _Component) -> Iterator[Constraint]:
        if component.fault:
            raise component.fault
        for parameters in self._uses(shape, component):
            yield from self._constraint(shape, component, parameters)

    def _component(self, node: NamedNode) -> _Component:
        parameters: list[_Parameter] = []
        try:
            for parameter in self._parameters(node):
                parameters.append(parameter)  # noqa: PERF402 - those before a fault are kept
        except IllFormed as fault:
            return _Component(node, tuple(parameters), fault)
        return _Component(node, tuple(parameters))

    def _parameters(self, node: NamedNode) -> Iterator[_Parameter]:
        graph = self._graph
        for parameter in graph.objects(node, sh("parameter")):
            path = graph.single(parameter, sh("path"))
            name = _LOCAL_NAME.search(path.value) if isinstance(path, NamedNode) else None
            if not isinstance(path, NamedNode) or name is None:
                reason = "the sh:path of a parameter must be an IRI that ends in the name of a SPARQL variable"
                raise IllFormed(parameter, reason)
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
                shape.node,
                f"{several[0].path} may have only one value, since {component.node} has several parameters",
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
        if (text := graph.string(node, sh("ask"))) is not None:
            prefixes = _prefixes(graph, node, text, self._note)
            return prepare_ask(text, prefixes, shape.path, [*_PREBOUND, "value", *names])
        if (text := graph.string(node, sh("select"))) is not None:
            prefixes = _prefixes(graph, node, text, self._note)
            return prepare_select(text, prefixes, shape.path, [*_PREBOUND, *names])
        raise IllFormed(node, "a validator needs an sh:ask or an sh:select")
