"""The entry point of the validator: from data and shapes to a report."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import polars as pl
from pyoxigraph import NamedNode

from testimonia.progress import Progress
from testimonia.rdf.files import Reading
from testimonia.shacl.data.graph import Graph
from testimonia.shacl.data.inputs import Source, columns, triples
from testimonia.shacl.engine import Evaluation, Finding, target_nodes
from testimonia.shacl.faults import Fault, Kind, Unusable
from testimonia.shacl.model import Shape
from testimonia.shacl.names import SUBCLASS, TYPE
from testimonia.shacl.report.report import ColumnarReport
from testimonia.shacl.shapes.parsing import parse_shapes
from testimonia.shacl.shapes.recursion import all_shapes
from testimonia.shacl.shapes_graph import ShapesGraph
from testimonia.shacl.sparql.queries import Queries
from testimonia.shacl.work_limits import SECONDS

__all__ = ["needed_predicates", "run"]


def run(
    data: Source | Graph,
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
        Files, pyoxigraph triples or quads, a pyoxigraph store, or an rdflib graph. Data may also be a
        graph that was read before, with every predicate.
    limit
        Keep at most this many results per shape; the report still counts all. None keeps all.
    strict
        Whether to refuse shapes if any part of them cannot be used. None refuses them only if the
        part is ill-formed and there are nodes it would be checked at. Otherwise, such parts are left
        out, and the report names them.
    at_once
        False runs every SPARQL query for one focus node at a time, which gives the same results more
        slowly.
    time_limit
        Seconds that the SPARQL query of one constraint may take for all focus nodes together, each path
        that repeats, and each regular expression with lookaround or back-references. What takes longer
        is left out, and the report names it. None for no limit.
    progress
        Called with ``"triples"`` and the number read so far, and with ``"shapes"``, the number
        validated so far and the total.
    base
        See `testimonia.validation.validate`.

    Raises
    ------
    Unusable
        A part of the shapes cannot be used; see ``strict``.
    InputError
        A file cannot be read.

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
    parsed = parse_shapes(shapes_graph)
    if strict and parsed.faults:
        raise Unusable(list(parsed.faults))
    graph = (
        data
        if isinstance(data, Graph)
        else Graph.encoded(
            _counted(columns(data, reading), progress), keep=needed_predicates(parsed.shapes)
        )
    )
    queries = Queries(
        graph,
        shapes_graph.triples,
        at_once=at_once,
        seconds=time_limit,
    )
    evaluation = Evaluation(graph, queries, seconds=time_limit)
    found = _Findings(graph, limit)
    idle: list[Shape] = []
    for number, shape in enumerate(parsed):
        if progress:
            progress("shapes", number, len(parsed))
        focus = target_nodes(graph, shape.targets)
        if focus.is_empty():
            idle.append(shape)
        for finding in evaluation.findings(shape, focus):
            found.add(finding)
    if progress:
        progress("shapes", len(parsed), len(parsed))
    unchecked = [
        replace(each, shape=shapes_graph.owner(each.node)) for each in evaluation.unchecked
    ]
    _refuse(unchecked, strict=strict)
    return ColumnarReport(
        graph.terms,
        tuple(found.kept),
        found.totals,
        tuple(idle),
        graph.read,
        unchecked=tuple(dict.fromkeys([*parsed.faults, *unchecked])),
        without_target=parsed.without_target,
        targeted=len(parsed),
    )


def _refuse(unchecked: list[Fault], *, strict: bool | None) -> None:
    """Refuse the shapes if a constraint could not be checked although there were nodes to check."""
    if strict is None:
        unchecked = [fault for fault in unchecked if fault.kind is Kind.ILL_FORMED]
    if unchecked and strict is not False:
        raise Unusable(unchecked)


class _Findings:
    """The findings, cut off at a limit, and the number of results in full."""

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
    """Return the first rows, sorted by the texts of their terms: ids vary between runs."""
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
    """Return the predicates whose triples the shapes read, or None if they may read any."""
    needed: set[NamedNode] = set()
    for shape in all_shapes(shapes):
        targets = shape.targets
        needed.update(targets.subjects_of, targets.objects_of)
        if targets.classes:
            needed |= {TYPE, SUBCLASS}
        if shape.path is not None:
            needed.update(shape.path.predicates())
        for constraint in shape.constraints:
            needs = constraint.needs()
            if needs is None:
                return None
            needed |= needs
    return frozenset(needed)
