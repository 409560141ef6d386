"""The reference engine: pySHACL over rdflib memory graphs."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NoReturn

from pyoxigraph import BlankNode, Literal, NamedNode, Quad

from testimonia.errors import ShapesError
from testimonia.namespaces import PREFIXES
from testimonia.rdf.files import to_rdflib
from testimonia.shacl import paths
from testimonia.shacl import shapes_graph as columnar
from testimonia.shacl.faults import Coverage
from testimonia.shacl.shapes.targets import targeted, without_target
from testimonia.shacl.shapes.unsupported import unsupported
from testimonia.validation.findings import Finding, Severity, Term
from testimonia.validation.shape_hints import ShapesGraph, preferred

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.plugins.sparql.parserutils import CompValue
    from rdflib.plugins.sparql.sparql import QueryContext
    from rdflib.term import Node

__all__ = ["coverage", "run"]

_SH = PREFIXES["sh"]
_STAND_IN = "urn:testimonia:blank-node:"
_REPORTED = {NamedNode(_SH + name) for name in ("property", "sparql")}


def run(data: Iterable[Quad], shapes: Iterable[Quad]) -> list[Finding]:
    """Validate data against shapes with pySHACL (SHACL Core and SHACL-SPARQL).

    Parameters
    ----------
    data
        The data with the ontology and code lists they rest on; graph names are left out.
    shapes
        The shapes graph.

    Returns
    -------
    list of Finding
        One per validation result, in no particular order, without labels and places.

    Raises
    ------
    ShapesError
        The shapes are not well formed, or cannot be evaluated.
    """
    shapes = list(shapes)
    graph = ShapesGraph(shapes)
    graph.check_lists()
    graph.check_queries()
    report = _Results(_validate(to_rdflib(data), to_rdflib(_with_stand_ins(shapes))))
    return [_finding(result, report, graph) for result in report.results()]


def coverage(shapes: Iterable[Quad]) -> Coverage:
    """Say what of a shapes graph pySHACL does not look at: all that is not Core or SPARQL."""
    graph = columnar.ShapesGraph(quad.triple for quad in shapes)
    faults = [replace(each, shape=graph.owner(each.node)) for each in unsupported(graph)]
    without = tuple(node.value for node in without_target(graph))
    return Coverage(tuple(faults), without, targeted=len(targeted(graph)))


def _with_stand_ins(shapes: list[Quad]) -> Iterator[Quad]:
    """Give shapes and constraints without an IRI one of their own.

    pySHACL copies blank nodes into its report, and which shape a result came from would be lost.
    """
    stand_ins: dict[Term, NamedNode] = {
        quad.object: NamedNode(_STAND_IN + quad.object.value)
        for quad in shapes
        if quad.predicate in _REPORTED and isinstance(quad.object, BlankNode)
    }
    for quad in shapes:
        subject = stand_ins.get(quad.subject) or quad.subject
        yield Quad(subject, quad.predicate, stand_ins.get(quad.object) or quad.object)


def _validate(data: Graph, shapes: Graph) -> Graph:
    import pyshacl
    import rdflib

    try:
        with _nothing_fetched():
            _, report, text = pyshacl.validate(
                _parsed_once(data),
                shacl_graph=shapes,
                inplace=True,
                advanced=False,
                do_owl_imports=False,
            )
    except ShapesError:
        raise
    except Exception as error:  # rdflib raises bare Exception for an unknown prefix, say
        said = str(error).strip().splitlines()
        raise ShapesError(
            f"the shapes cannot be used: {said[0] if said else type(error).__name__}",
            hint="Check the constraint named, and the syntax and prefixes of its SPARQL if it has any.",
        ) from error
    if not isinstance(report, rdflib.Graph):
        reason = str(text).strip().splitlines()[-1].removeprefix("Validation Failure - ")
        raise ShapesError(
            f"the shapes could not be evaluated: {reason}",
            hint="Shapes must not refer to themselves, nor SPARQL constraints use what SHACL forbids.",
        )
    return report


def _parsed_once(graph: Graph) -> Graph:
    """Give a graph that parses each query once: pySHACL asks the same one of every focus node."""
    import rdflib
    from rdflib.plugins.sparql import prepareQuery

    prepared = functools.cache(prepareQuery)

    class Parsed(rdflib.Graph):
        def query(self, query_object: Any, *args: Any, **options: Any) -> rdflib.query.Result:
            if isinstance(query_object, str):
                query_object = prepared(query_object)
            return super().query(query_object, *args, **options)

    return Parsed(graph.store, graph.identifier, bind_namespaces="none")


@contextlib.contextmanager
def _nothing_fetched() -> Iterator[None]:
    """Keep rdflib from fetching, whatever its parser takes for SERVICE or FROM."""
    from rdflib.plugins import sparql

    loads, name = sparql.SPARQL_LOAD_GRAPHS, "testimonia"
    sparql.SPARQL_LOAD_GRAPHS = False
    sparql.CUSTOM_EVALS[name] = _refuse_service
    try:
        yield
    finally:
        sparql.SPARQL_LOAD_GRAPHS = loads
        del sparql.CUSTOM_EVALS[name]


def _refuse_service(_: QueryContext, part: CompValue) -> NoReturn:
    if part.name == "ServiceGraphPattern":
        raise ShapesError(
            "a query in the shapes calls on another server (SERVICE): nothing is fetched",
            hint="Write the constraint over the data graph alone.",
        )
    raise NotImplementedError  # how rdflib is told to evaluate the part itself


class _Results:
    """The results in a validation report, as terms with their values by predicate."""

    def __init__(self, report: Graph) -> None:
        self.nodes: dict[Term, dict[NamedNode, list[Term]]] = {}
        for subject, predicate, value in report:
            properties = self.nodes.setdefault(_term(subject), {})
            properties.setdefault(NamedNode(str(predicate)), []).append(_term(value))

    def results(self) -> list[Term]:
        wanted = NamedNode(_SH + "result")  # of the report itself: not those nested in sh:detail
        return [node for properties in self.nodes.values() for node in properties.get(wanted, [])]

    def value(self, result: Term, name: str) -> Term | None:
        values = self.nodes[result].get(NamedNode(_SH + name), [])
        return values[0] if values else None

    def message(self, result: Term) -> str:
        messages = self.nodes[result].get(NamedNode(_SH + "resultMessage"), [])
        return preferred(text for text in messages if isinstance(text, Literal))


def _finding(result: Term, report: _Results, graph: ShapesGraph) -> Finding:
    shape = _origin(report.value(result, "sourceShape"))
    constraint = _origin(report.value(result, "sourceConstraint"))
    path = report.value(result, "resultPath")
    owner = graph.owner(shape) if shape else ""
    focus = report.value(result, "focusNode")
    assert focus is not None  # noqa: S101 - SHACL, section 3.6.2.1: each result has exactly one
    return Finding(
        severity=_severity(report.value(result, "resultSeverity")),
        focus=focus,
        shape=owner,
        component=_iri(report.value(result, "sourceConstraintComponent")),
        message=report.message(result),
        path=paths.read(path, report.nodes) if path else None,
        value=report.value(result, "value"),
        hint=graph.hint(*(node for node in (constraint, shape) if node), NamedNode(owner)),
    )


def _origin(node: Term | None) -> Term | None:
    if isinstance(node, NamedNode) and node.value.startswith(_STAND_IN):
        return BlankNode(node.value.removeprefix(_STAND_IN))
    return node


def _severity(term: Term | None) -> Severity:
    name = _iri(term).removeprefix(_SH)
    # SHACL lets shapes name severities of their own; taking them as grave hides nothing.
    return Severity(name) if name in list(Severity) else Severity.VIOLATION


def _iri(term: Term | None) -> str:
    return term.value if isinstance(term, NamedNode) else ""


def _term(term: Node) -> Term:
    import rdflib

    if isinstance(term, rdflib.BNode):
        return BlankNode(str(term))
    if not isinstance(term, rdflib.Literal):
        return NamedNode(str(term))
    if term.language:
        return Literal(str(term), language=term.language)
    datatype = NamedNode(str(term.datatype)) if term.datatype else None
    return Literal(str(term), datatype=datatype)
