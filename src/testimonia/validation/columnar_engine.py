"""The columnar engine, with findings as `testimonia.validation.check` reports them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

import polars as pl
from pyoxigraph import Literal, NamedNode, Quad

from testimonia.progress import Progress
from testimonia.shacl import engine
from testimonia.shacl.data.dictionary import Term, parsed
from testimonia.shacl.data.graph import Graph
from testimonia.shacl.messages import messages_of, preferred
from testimonia.shacl.model import Shape, SparqlConstraint
from testimonia.shacl.paths import Path
from testimonia.shacl.report.report import ColumnarReport
from testimonia.shacl.shapes_graph import ShapesGraph
from testimonia.shacl.validator import run
from testimonia.shacl.work_limits import SECONDS
from testimonia.validation.findings import Finding, Found, Severity
from testimonia.validation.shape_hints import hint
from testimonia.validation.shape_queries import refuse_fetching

__all__ = ["find"]


def find(
    data: Iterable[Quad] | Graph,
    shapes: Iterable[Quad],
    *,
    limit: int | None = None,
    strict: bool = False,
    time_limit: float | None = SECONDS,
    progress: Progress | None = None,
) -> Found:
    """Validate data against shapes with the columnar engine (SHACL Core and SHACL-SPARQL).

    Parameters
    ----------
    data
        The data with the ontology and code lists they use; graph names are ignored.
    shapes
        The shapes graph.
    limit
        Keep at most this many findings per shape, where a property shape counts separately from the
        shape it belongs to. None keeps all.
    strict
        Whether to refuse shapes if a part of them cannot be used.
    time_limit
        See `testimonia.shacl.run`.
    progress
        See `testimonia.validation.validate`.

    Returns
    -------
    Found
        One finding per validation result kept, and the number of those left out.

    Raises
    ------
    Unusable
        A part of the shapes cannot be used, and ``strict`` is set.
    ShapesError
        A query would fetch data.
    """
    shapes = list(shapes)
    graph = ShapesGraph(quad.triple for quad in shapes)
    refuse_fetching(graph)
    report = run(data, shapes, limit=limit, strict=strict, time_limit=time_limit, progress=progress)
    findings = [each for found in report.findings for each in _findings(found, report, graph)]
    return Found(findings, _left_out(report, graph), coverage=report.coverage)


def _left_out(report: ColumnarReport, graph: ShapesGraph) -> Counter[tuple[str, Severity]]:
    kept: Counter[Shape] = Counter()
    for found in report.findings:
        kept[found.shape] += found.rows.height
    left: Counter[tuple[str, Severity]] = Counter()
    for shape, total in report.totals.items():
        if total > kept[shape]:
            key = _owner(graph, shape), Severity.of(shape.severity.value)
            left[key] += total - kept[shape]
    return left


def _findings(
    found: engine.Finding, report: ColumnarReport, graph: ShapesGraph
) -> Iterator[Finding]:
    shape, rows = found.shape, found.rows
    constraint = found.constraint
    node = constraint.node if isinstance(constraint, SparqlConstraint) else shape.node
    owner = _owner(graph, shape)
    nodes = (node, shape.node, NamedNode(owner)) if owner else (node,)
    found_hint = hint(graph, *nodes)
    default = preferred(messages_of(shape, constraint))
    columns = (_terms(report, rows, name) for name in ("focus", "value", "path"))
    for index, (focus, value, path) in enumerate(zip(*columns, strict=True)):
        assert focus is not None  # noqa: S101 - SHACL, section 3.6.2.1: each result has exactly one
        written = rows["messages"][index] if "messages" in rows.columns else ()
        yield Finding(
            severity=Severity.of(shape.severity.value),
            focus=focus,
            shape=owner,
            component=constraint.component.value,
            message=preferred(_literals(written)) if len(written) else default,
            path=Path.of(path) if isinstance(path, NamedNode) else shape.path,
            value=value,
            hint=found_hint,
        )


def _owner(graph: ShapesGraph, shape: Shape) -> str:
    owner = graph.owner(shape.node)
    return owner.value if owner else ""


def _terms(report: ColumnarReport, rows: pl.DataFrame, name: str) -> list[Term | None]:
    """Return the terms of a column, None where there is none."""
    if name not in rows.columns:
        return [None] * rows.height
    return report.terms.optional_objects(rows[name])


def _literals(texts: Iterable[str]) -> Iterator[Literal]:
    for term in parsed(texts):
        if isinstance(term, Literal):
            yield term
