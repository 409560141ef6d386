"""The columnar validator as an engine of `testimonia.validation.check`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

import polars as pl
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse

from testimonia.progress import Progress
from testimonia.shacl import engine
from testimonia.shacl.bounded_work import SECONDS
from testimonia.shacl.model import Shape, SparqlConstraint
from testimonia.shacl.paths import Path
from testimonia.shacl.report.report import ColumnarReport
from testimonia.shacl.validating import run
from testimonia.validation.findings import Finding, Found, Severity, Term
from testimonia.validation.shape_hints import ShapesGraph, preferred

__all__ = ["find"]


def find(
    data: Iterable[Quad],
    shapes: Iterable[Quad],
    *,
    limit: int | None = None,
    strict: bool = False,
    time_limit: float | None = SECONDS,
    progress: Progress | None = None,
) -> Found:
    """Validate data against shapes by column (SHACL Core and SHACL-SPARQL).

    Parameters
    ----------
    data
        The data with the ontology and code lists they rest on; graph names are left out.
    shapes
        The shapes graph.
    limit
        At most so many findings of each shape are kept, property shapes counted apart from the shape
        they belong to. None keeps all.
    strict
        Whether to refuse shapes of which a part cannot be used.
    time_limit
        As `testimonia.shacl.run` takes it.
    progress
        As `testimonia.validation.validate` takes it.

    Returns
    -------
    Found
        One finding per validation result that is kept, and how many are not.

    Raises
    ------
    Unusable
        A part of the shapes cannot be used, and ``strict`` is set.
    ShapesError
        A query would fetch from elsewhere.
    """
    shapes = list(shapes)
    graph = ShapesGraph(shapes)
    graph.check_queries()
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
            left[graph.owner(shape.node), _severity(shape.severity)] += total - kept[shape]
    return left


def _findings(
    found: engine.Finding, report: ColumnarReport, graph: ShapesGraph
) -> Iterator[Finding]:
    shape, rows = found.shape, found.rows
    constraint = found.constraint
    node = constraint.node if isinstance(constraint, SparqlConstraint) else shape.node
    owner = graph.owner(shape.node)
    hint = graph.hint(node, shape.node, NamedNode(owner)) if owner else graph.hint(node)
    always = preferred(shape.messages) or constraint.say()
    columns = (_optional(report, rows, name) for name in ("focus", "value", "path"))
    for index, (focus, value, path) in enumerate(zip(*columns, strict=True)):
        assert focus is not None  # noqa: S101 - SHACL, section 3.6.2.1: each result has exactly one
        written = rows["messages"][index] if "messages" in rows.columns else ()
        yield Finding(
            severity=_severity(shape.severity),
            focus=focus,
            shape=owner,
            component=constraint.component.value,
            message=preferred(_literals(written)) if len(written) else always,
            path=Path("", property=path.value) if isinstance(path, NamedNode) else shape.path,
            value=value,
            hint=hint,
        )


def _optional(report: ColumnarReport, rows: pl.DataFrame, name: str) -> list[Term | None]:
    """Give the terms of a column, None where there is none."""
    if name not in rows.columns:
        return [None] * rows.height
    known = iter(report.terms.objects(rows[name].drop_nulls()))
    return [next(known) if present else None for present in rows[name].is_not_null()]


def _severity(iri: NamedNode) -> Severity:
    name = iri.value.rpartition("#")[2]
    # SHACL lets shapes name severities of their own; taking them as grave hides nothing.
    return Severity(name) if name in list(Severity) else Severity.VIOLATION


def _literals(texts: Iterable[str]) -> Iterator[Literal]:
    lines = "\n".join(f"<x:> <x:> {text} ." for text in texts)
    for quad in parse(lines, RdfFormat.N_TRIPLES):
        if isinstance(quad.object, Literal):
            yield quad.object
