"""SPARQL in a shapes graph: ``sh:sparql`` constraints and SPARQL-based constraint components.

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
    """Tell whether a text is an absolute IRI, which may stand in angle brackets."""
    try:
        NamedNode(iri)
    except ValueError:
        return False
    return True


# Published queries leave some prefixes out, since their authors' engines know them. These mean one
# thing everywhere: SHACL's own, and those of the W3C's RDFa Core Initial Context.
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
    """Yield the constraint that a value of ``sh:sparql`` stands for, unless it is deactivated.

    Parameters
    ----------
    graph, shape, node
        The shapes graph, the shape, and the value.
    note
        Takes what is passed over.

    Raises
    ------
    IllFormed
        If it does not follow the syntax rules.
    UnsupportedQuery
        If its query is one that SHACL does not allow.
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
    """Return the prefixes of a query; those that are no prefixes, it must not use."""
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
        reason = f"its query uses {name}: without declaring it, and is read as if it did"
        note(Fault(node, reason, sh("prefixes"), kind=Kind.PASSED_OVER))
    return prefixes


def _names(text: str) -> tuple[set[str], set[str]]:
    """Return the prefixes that a query uses, and those that it declares itself."""
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
        Takes what is passed over.
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
        """Yield each component that a shape uses, and what reads its constraints.

        That raises `IllFormed` if component or use do not follow the syntax rules, and
        `UnsupportedQuery` if a query is one that SHACL does not allow.
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
                parameters.append(parameter)  # noqa: PERF402 - those before the fault are kept
        except IllFormed as fault:
            return _Component(node, tuple(parameters), fault)
        return _Component(node, tuple(parameters))

    def _parameters(self, node: NamedNode) -> Iterator[_Parameter]:
        graph = self._graph
        for parameter in graph.objects(node, sh("parameter")):
            path = graph.single(parameter, sh("path"))
            name = _LOCAL_NAME.search(path.value) if isinstance(path, NamedNode) else None
            if not isinstance(path, NamedNode) or name is None:
                reason = (
                    "a parameter needs an IRI as its sh:path that ends in a SPARQL variable's name"
                )
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
        if (text := graph.string(node, sh("ask"))) is not None:
            prefixes = _prefixes(graph, node, text, self._note)
            return prepare_ask(text, prefixes, shape.path, [*_PREBOUND, "value", *names])
        if (text := graph.string(node, sh("select"))) is not None:
            prefixes = _prefixes(graph, node, text, self._note)
            return prepare_select(text, prefixes, shape.path, [*_PREBOUND, *names])
        raise IllFormed(node, "a validator needs an sh:ask or an sh:select")
