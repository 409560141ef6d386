"""The one way in: data and shapes to a report."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TypeAlias

import polars as pl
from pyoxigraph import NamedNode

from testimonia.files import Reading
from testimonia.validation.columnar.evaluation import Evaluation, Finding, target_nodes
from testimonia.validation.columnar.graph import Graph
from testimonia.validation.columnar.paths import path_predicates
from testimonia.validation.columnar.queries import Queries
from testimonia.validation.columnar.reading import read_shapes
from testimonia.validation.columnar.report import ColumnarReport
from testimonia.validation.columnar.shapes import (
    ClassOf,
    Closed,
    Constraint,
    CustomConstraint,
    Pair,
    Shape,
    SparqlConstraint,
    nested,
)
from testimonia.validation.columnar.shapes_graph import ShapesGraph
from testimonia.validation.columnar.sources import Source, columns, triples
from testimonia.validation.columnar.vocabulary import SUBCLASS, TYPE

__all__ = ["Progress", "needed_predicates", "query_predicates", "run"]

Progress: TypeAlias = Callable[[str, int, int | None], None]
"""Takes what is counted, how many are done, and of how many if that is known."""


def run(
    data: Source,
    shapes: Source,
    *,
    limit: int | None = None,
    at_once: bool = True,
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
    at_once
        False asks every SPARQL query of one focus node after the other, which gives the same
        results more slowly.
    progress
        Is called with ``"triples"`` and how many have been read, and with ``"shapes"``, how many
        have been validated and how many there are.
    base
        As for `testimonia.validation.validate`.

    Raises
    ------
    Unusable
        If the shapes are ill-formed, recursive, or use SPARQL that SHACL does not allow.
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
    graph = Graph(_counted(columns(data, reading), progress), keep=needed_predicates(read))
    queries = Queries(graph, shapes_graph.triples, query_predicates(read), at_once=at_once)
    evaluation = Evaluation(graph, queries)
    findings: list[Finding] = []
    totals: dict[Shape, int] = {}
    idle: list[Shape] = []
    for number, shape in enumerate(read):
        if progress:
            progress("shapes", number, len(read))
        focus = target_nodes(graph, shape.targets)
        if focus.is_empty():
            idle.append(shape)
        for finding in evaluation.findings(shape, focus):
            before = totals.get(finding.shape, 0)
            totals[finding.shape] = before + finding.rows.height
            kept = finding.rows
            if limit is not None and before + kept.height > limit:
                kept = _first(graph, kept, max(0, limit - before))
            if kept.height:
                findings.append(Finding(finding.shape, finding.constraint, kept))
    if progress:
        progress("shapes", len(read), len(read))
    return ColumnarReport(
        graph.terms, tuple(findings), totals, tuple(idle), graph.read, tuple(queries.cautions())
    )


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
    queried = query_predicates(shapes)
    if queried is None:
        return None
    needed |= queried
    for shape in _all_shapes(shapes):
        targets = shape.targets
        needed.update(targets.subjects_of, targets.objects_of)
        if targets.classes:
            needed |= {TYPE, SUBCLASS}
        if shape.path is not None:
            needed.update(path_predicates(shape.path))
        for constraint in shape.constraints:
            match constraint:
                case Closed():
                    return None
                case ClassOf():
                    needed |= {TYPE, SUBCLASS}
                case Pair(predicate=predicate):
                    needed.add(predicate)
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
    for shape in _all_shapes(shapes):
        yield from shape.constraints


def _all_shapes(shapes: tuple[Shape, ...]) -> Iterator[Shape]:
    """Yield shapes and all that they refer to, each once."""
    pending, seen = list(reversed(shapes)), set()
    while pending:
        shape = pending.pop()
        if shape not in seen:
            seen.add(shape)
            yield shape
            pending += [inner for each in shape.constraints for inner in nested(each)]
