"""The reference engine: pySHACL on rdflib graphs in memory."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NoReturn

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from testimonia.errors import ShapesError
from testimonia.namespaces import shorten
from testimonia.rdf.files import to_rdflib
from testimonia.shacl.data.dictionary import Term
from testimonia.shacl.faults import Coverage
from testimonia.shacl.messages import preferred
from testimonia.shacl.names import FIRST, sh
from testimonia.shacl.paths import Path
from testimonia.shacl.shapes.targets import targeted, without_target
from testimonia.shacl.shapes.unsupported import unsupported
from testimonia.shacl.shapes_graph import IllFormed, ShapesGraph
from testimonia.validation.findings import Finding, Severity
from testimonia.validation.shape_hints import hint
from testimonia.validation.shape_queries import refuse_fetching

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.plugins.sparql.parserutils import CompValue
    from rdflib.plugins.sparql.sparql import QueryContext
    from rdflib.term import Node

__all__ = ["coverage", "run"]

_SKOLEM = "urn:testimonia:blank-node:"
_REPORTED = {sh("property"), sh("sparql")}


def run(data: Iterable[Quad | Triple], shapes: Iterable[Quad]) -> list[Finding]:
    """Validate data against shapes with pySHACL (SHACL Core and SHACL-SPARQL).

    Parameters
    ----------
    data
        The data with the ontology and code lists they use; graph names are ignored.
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
    graph = ShapesGraph(quad.triple for quad in shapes)
    _refuse_broken_lists(graph)
    refuse_fetching(graph)
    report = _Report(_validate(to_rdflib(data), to_rdflib(_skolemised(shapes))))
    return [_finding(result, report, graph) for result in report.results()]


def coverage(shapes: Iterable[Quad]) -> Coverage:
    """Return which parts of a shapes graph pySHACL ignores: all but SHACL Core and SHACL-SPARQL."""
    graph = ShapesGraph(quad.triple for quad in shapes)
    faults = [replace(each, shape=graph.owner(each.node)) for each in unsupported(graph)]
    without = tuple(node.value for node in without_target(graph))
    return Coverage(tuple(faults), without, targeted=len(targeted(graph)))


def _refuse_broken_lists(graph: ShapesGraph) -> None:
    """Refuse lists that loop, which pySHACL would follow for ever, or that are broken off."""
    for head in graph.subjects(FIRST):
        try:
            graph.members(head, head)
        except IllFormed as fault:
            owner = graph.owner(head)
            raise ShapesError(
                f"a list in the shape {shorten(owner.value) if owner else 'without an IRI'} "
                "loops or is broken off",
                hint="Write lists in parentheses: ( a b c ).",
            ) from fault


def _skolemised(shapes: list[Quad]) -> Iterator[Quad]:
    """Replace the blank nodes of shapes and constraints with IRIs.

    pySHACL copies blank nodes into its report under new labels, which no longer identify the shape.
    """
    skolem: dict[Term, NamedNode] = {
        quad.object: NamedNode(_SKOLEM + quad.object.value)
        for quad in shapes
        if quad.predicate in _REPORTED and isinstance(quad.object, BlankNode)
    }
    for quad in shapes:
        subject = skolem.get(quad.subject) or quad.subject
        yield Quad(subject, quad.predicate, skolem.get(quad.object) or quad.object)


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
    except Exception as error:  # rdflib raises bare Exception, for example for an unknown prefix
        said = str(error).strip().splitlines()
        raise ShapesError(
            f"the shapes cannot be used: {said[0] if said else type(error).__name__}",
            hint="Check the constraint named, and the syntax and prefixes of its SPARQL query, if any.",
        ) from error
    if not isinstance(report, rdflib.Graph):
        reason = str(text).strip().splitlines()[-1].removeprefix("Validation Failure - ")
        raise ShapesError(
            f"the shapes could not be evaluated: {reason}",
            hint="Shapes must not be recursive, and queries must not use what SHACL forbids.",
        )
    return report


def _parsed_once(graph: Graph) -> Graph:
    """Return a graph that parses each query once: pySHACL runs it again for every focus node."""
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
    """Prevent rdflib from fetching data, whatever its parser reads as SERVICE or FROM."""
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
            "a query in the shapes calls another server (SERVICE): nothing is fetched",
            hint="Write the constraint over the data graph alone.",
        )
    raise NotImplementedError  # makes rdflib evaluate the part itself


class _Report:
    """A validation report as an index of its triples."""

    def __init__(self, report: Graph) -> None:
        self.graph = ShapesGraph(_triple(*each) for each in report)

    def results(self) -> list[Term]:
        """Return the results of the report itself, without those nested in ``sh:detail``."""
        result = sh("result")
        return [
            node
            for report in self.graph.subjects(result)
            for node in self.graph.objects(report, result)
        ]

    def value(self, result: Term, name: str) -> Term | None:
        return next(iter(self.graph.objects(result, sh(name))), None)

    def path(self, result: Term) -> Path | None:
        """Parse the path of a result, leniently: pySHACL accepts paths that are not well formed."""
        node = self.value(result, "resultPath")
        try:
            return self.graph.path(node, result, strict=False) if node else None
        except IllFormed as fault:
            raise ShapesError(
                f"a path in the report of pySHACL cannot be read: {fault.reason}",
                hint="See SHACL, section 2.3.1, for the forms of a path.",
            ) from fault

    def message(self, result: Term) -> str:
        messages = self.graph.objects(result, sh("resultMessage"))
        return preferred(text for text in messages if isinstance(text, Literal))


def _finding(result: Term, report: _Report, graph: ShapesGraph) -> Finding:
    shape = _original(report.value(result, "sourceShape"))
    constraint = _original(report.value(result, "sourceConstraint"))
    owner = graph.owner(shape) if shape else None
    focus = report.value(result, "focusNode")
    assert focus is not None  # noqa: S101 - SHACL, section 3.6.2.1: each result has exactly one
    return Finding(
        severity=Severity.of(_iri(report.value(result, "resultSeverity"))),
        focus=focus,
        shape=owner.value if owner else "",
        component=_iri(report.value(result, "sourceConstraintComponent")),
        message=report.message(result),
        path=report.path(result),
        value=report.value(result, "value"),
        hint=hint(graph, constraint, shape, owner),
    )


def _original(node: Term | None) -> Term | None:
    if isinstance(node, NamedNode) and node.value.startswith(_SKOLEM):
        return BlankNode(node.value.removeprefix(_SKOLEM))
    return node


def _iri(term: Term | None) -> str:
    return term.value if isinstance(term, NamedNode) else ""


def _triple(subject: Node, predicate: Node, value: Node) -> Triple:
    found = _term(subject)
    assert isinstance(found, NamedNode | BlankNode)  # noqa: S101 - pySHACL writes RDF 1.1
    return Triple(found, NamedNode(str(predicate)), _term(value))


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
