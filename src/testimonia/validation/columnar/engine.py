"""The columnar validator as an engine of `testimonia.validation.check`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse

from testimonia.validation.columnar import evaluation
from testimonia.validation.columnar.messages import default_message
from testimonia.validation.columnar.report import ColumnarReport
from testimonia.validation.columnar.running import Progress, run
from testimonia.validation.columnar.shapes import Shape, SparqlConstraint
from testimonia.validation.findings import Finding, Found, Severity
from testimonia.validation.paths import Path
from testimonia.validation.shapes_graph import ShapesGraph, preferred

__all__ = ["find"]


def find(
    data: Iterable[Quad],
    shapes: Iterable[Quad],
    *,
    limit: int | None = None,
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
    progress
        As `testimonia.validation.validate` takes it.

    Returns
    -------
    Found
        One finding per validation result that is kept, and how many are not.

    Raises
    ------
    Unusable
        The shapes are not well formed, recursive, or use SPARQL that SHACL does not allow.
    """
    shapes = list(shapes)
    graph = ShapesGraph(shapes)
    graph.check_queries()
    report = run(data, shapes, limit=limit, progress=progress)
    findings = [each for found in report.findings for each in _findings(found, report, graph)]
    return Found(findings, _left_out(report, graph))


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
    found: evaluation.Finding, report: ColumnarReport, graph: ShapesGraph
) -> Iterator[Finding]:
    shape, rows, objects = found.shape, found.rows, report.terms.objects
    constraint = found.constraint
    node = constraint.node if isinstance(constraint, SparqlConstraint) else shape.node
    owner = graph.owner(shape.node)
    hint = graph.hint(node, shape.node, NamedNode(owner)) if owner else graph.hint(node)
    always = preferred(shape.messages) or default_message(constraint)
    for index, focus in enumerate(objects(rows["focus"])):
        value, path = (
            objects(rows[name][index : index + 1])[0]
            if name in rows.columns and rows[name][index] is not None
            else None
            for name in ("value", "path")
        )
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


def _severity(iri: NamedNode) -> Severity:
    name = iri.value.rpartition("#")[2]
    # SHACL lets shapes name severities of their own; taking them as grave hides nothing.
    return Severity(name) if name in list(Severity) else Severity.VIOLATION


def _literals(texts: Iterable[str]) -> Iterator[Literal]:
    lines = "\n".join(f"<x:> <x:> {text} ." for text in texts)
    for quad in parse(lines, RdfFormat.N_TRIPLES):
        if isinstance(quad.object, Literal):
            yield quad.object
