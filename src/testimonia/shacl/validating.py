"""The one way in: data and shapes to a report."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import polars as pl
from pyoxigraph import NamedNode

from testimonia.progress import Progress
from testimonia.rdf.files import Reading
from testimonia.shacl.bounded_work import SECONDS
from testimonia.shacl.data.graph import Graph
from testimonia.shacl.data.inputs import Source, columns, triples
from testimonia.shacl.engine import Evaluation, Finding, target_nodes
from testimonia.shacl.faults import Fault, Kind, Unusable
from testimonia.shacl.model import Constraint, CustomConstraint, Shape, SparqlConstraint
from testimonia.shacl.names import SUBCLASS, TYPE
from testimonia.shacl.report.report import ColumnarReport
from testimonia.shacl.shapes.circles import all_shapes
from testimonia.shacl.shapes.parsing import read_shapes
from testimonia.shacl.shapes_graph import ShapesGraph
from testimonia.shacl.sparql.queries import Queries
from testimonia.shacl.walking import path_predicates

__all__ = ["needed_predicates", "query_predicates", "run"]


def run(
    data: Source,
    shapes: Source,
    *,
    limit: int | None = None,
    strict: bool | None = None,
    at_once: bool = True,
    time_limit: float | None = SECONDS,
    progress: Progress | None = None,
    base: str | None = None,
) -> ColumnarReport:
    """Validate data against shapes.

    Parameters
    ----------
    data, shapes
        Files, pyoxigraph triples or quads, a pyoxigraph store, or an rdflib graph.
    limit
        At most so many results of each shape are kept; their number is told in full. None keeps
        all.
    strict
        Whether to refuse shapes of which a part cannot be used. None refuses them only if that part
        is ill-formed and has nodes to be checked; what is left out otherwise is in the report.
    at_once
        False asks every SPARQL query of one focus node after the other, which gives the same
        results more slowly.
    time_limit
        How many seconds each SPARQL query of a shape may take, at all its focus nodes together, and
        each pattern that looks back or around. What takes longer is left out, and the report says
        so. None sets no limit.
    progress
        Is called with ``"triples"`` and how many have been read, and with ``"shapes"``, how many
        have been validated and how many there are.
    base
        As for `testimonia.validation.validate`.

    Raises
    ------
    Unusable
        If a part of the shapes cannot be used, as ``strict`` has it.
    InputError
        If a file cannot be read.

    Examples
    --------
    >>> from pyoxigraph import RdfFormat, parse
    >>> shapes = b'''
    ... @prefix sh: <http://www.w3.org/ns/shacl#> .
    ... @prefix : <http://example.com/> .
    ... :Named a sh:NodeShape ; sh:targetClass :Person ; sh:property :NameShape .
    ... :NameShape sh:path :name ; sh:minCount 1 .
    ... '''
    >>> data = b'<http://example.com/ada> a <http://example.com/Person> .'
    >>> report = run(parse(data, RdfFormat.TURTLE), parse(shapes, RdfFormat.TURTLE))
    >>> report.conforms, report.frame["focus"].to_list()
    (False, ['<http://example.com/ada>'])
    """
    reading = Reading(base)
    shapes_graph = ShapesGraph(triples(shapes, replace(reading, own_address=True)))
    read = read_shapes(shapes_graph)
    if strict and read.faults:
        raise Unusable(list(read.faults))
    graph = Graph(_counted(columns(data, reading), progress), keep=needed_predicates(read.shapes))
    queries = Queries(
        graph,
        shapes_graph.triples,
        query_predicates(read.shapes),
        at_once=at_once,
        seconds=time_limit,
    )
    evaluation = Evaluation(graph, queries, seconds=time_limit)
    found = _Findings(graph, limit)
    idle: list[Shape] = []
    for number, shape in enumerate(read):
        if progress:
            progress("shapes", number, len(read))
        focus = target_nodes(graph, shape.targets)
        if focus.is_empty():
            idle.append(shape)
        for finding in evaluation.findings(shape, focus):
            found.add(finding)
    if progress:
        progress("shapes", len(read), len(read))
    met = [replace(each, shape=shapes_graph.owner(each.node)) for each in evaluation.met]
    _refuse(met, strict=strict)
    return ColumnarReport(
        graph.terms,
        tuple(found.kept),
        found.totals,
        tuple(idle),
        graph.read,
        unchecked=tuple(dict.fromkeys([*read.faults, *met])),
        without_target=read.without_target,
        targeted=len(read),
    )


def _refuse(met: list[Fault], *, strict: bool | None) -> None:
    """Refuse the shapes for what could not be checked, though there were nodes to check it at."""
    if strict is None:
        met = [fault for fault in met if fault.kind is Kind.ILL_FORMED]
    if met and strict is not False:
        raise Unusable(met)


class _Findings:
    """What is found, as much as a limit lets through."""

    def __init__(self, graph: Graph, limit: int | None) -> None:
        self._graph = graph
        self._limit = limit
        self.kept: list[Finding] = []
        self.totals: dict[Shape, int] = {}

    def add(self, finding: Finding) -> None:
        before = self.totals.get(finding.shape, 0)
        self.totals[finding.shape] = before + finding.rows.height
        rows = finding.rows
        if self._limit is not None and before + rows.height > self._limit:
            rows = _first(self._graph, rows, max(0, self._limit - before))
        if rows.height:
            self.kept.append(Finding(finding.shape, finding.constraint, rows))


def _first(graph: Graph, rows: pl.DataFrame, number: int) -> pl.DataFrame:
    """Keep the first rows by the texts of their terms: the order of ids may change between runs."""
    names = [name for name in ("focus", "path", "value") if name in rows.columns]
    texts = [graph.terms.decode(rows[name]).alias(f"{name} text") for name in names]
    ordered = rows.with_columns(texts).sort([text.name for text in texts], nulls_last=True)
    return ordered.head(number).select(rows.columns)


def _counted(frames: Iterator[pl.DataFrame], progress: Progress | None) -> Iterator[pl.DataFrame]:
    number = 0
    for frame in frames:
        yield frame
        number += frame.height
        if progress:
            progress("triples", number, None)


def needed_predicates(shapes: tuple[Shape, ...]) -> frozenset[NamedNode] | None:
    """Return the predicates whose triples the shapes look at, or None if it may be any."""
    needed: set[NamedNode] = set()
    for shape in all_shapes(shapes):
        targets = shape.targets
        needed.update(targets.subjects_of, targets.objects_of)
        if targets.classes:
            needed |= {TYPE, SUBCLASS}
        if shape.path is not None:
            needed.update(path_predicates(shape.path))
        for constraint in shape.constraints:
            needs = constraint.needs()
            if needs is None:
                return None
            needed |= needs
    return frozenset(needed)


def query_predicates(shapes: tuple[Shape, ...]) -> frozenset[NamedNode] | None:
    """Return the predicates that the SPARQL queries of shapes read, or None if it may be any."""
    read: set[NamedNode] = set()
    for constraint in _constraints(shapes):
        if isinstance(constraint, SparqlConstraint | CustomConstraint):
            if constraint.query.predicates is None:
                return None
            read |= constraint.query.predicates
    return frozenset(read)


def _constraints(shapes: tuple[Shape, ...]) -> Iterator[Constraint]:
    for shape in all_shapes(shapes):
        yield from shape.constraints
