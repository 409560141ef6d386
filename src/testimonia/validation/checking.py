"""Checks data against shapes and an ontology, and adds labels, places and hints to the findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl
from pyoxigraph import Literal, NamedNode, Quad

from testimonia.errors import InputError, Place, ShapesError
from testimonia.namespaces import RDF, RDFS, SH, SKOS, TMN, shorten
from testimonia.progress import Progress
from testimonia.query.graph_names import COMPUTED
from testimonia.rdf import positions
from testimonia.rdf.files import PLAIN, Reading
from testimonia.shacl.data.inputs import Source
from testimonia.shacl.faults import Fault
from testimonia.shacl.messages import preferred
from testimonia.shacl.shapes.targets import named_shapes
from testimonia.shacl.shapes_graph import ShapesGraph
from testimonia.shacl.work_limits import SECONDS
from testimonia.validation import edtf_bounds, engines, quantities, time_zones
from testimonia.validation.checked_statements import Statements
from testimonia.validation.engines import EngineName
from testimonia.validation.findings import Finding, Found, Report, Term, in_order, keep
from testimonia.validation.idle_shapes import idle_shapes
from testimonia.validation.shape_terms import read_shapes_file
from testimonia.validation.undeclared import Vocabulary

__all__ = ["check"]

_CLOSED = SH.ClosedConstraintComponent.value
_LABELS = (
    SKOS.prefLabel,
    RDFS.label,
)


def check(
    data: Source,
    *,
    ontology: Iterable[Quad],
    shapes: Iterable[Path],
    data_files: Sequence[Path] = (),
    reading: Reading = PLAIN,
    engine: EngineName = "columnar",
    limit: int | None = None,
    strict: bool = False,
    time_limit: float | None = SECONDS,
    progress: Progress | None = None,
) -> Report:
    """Check data against shapes, and their terms against the ontology.

    First, the terms that the shapes use are looked up in the ontology and the reused vocabularies: in
    SHACL, all data conform to a shape whose target class is misspelt. Then the shapes are run, the
    terms in the data are looked up too, times are compared with their EDTF strings and time zones,
    figures with the words of their quantities, and shapes that found nothing to check are listed.

    Parameters
    ----------
    data
        The data: files or quads. Graphs that hold what was derived or accepted are left out.
    ontology
        The ontology and code lists.
    shapes
        Files of shapes.
    data_files
        The files that the data come from, to find the lines of the findings.
    reading
        How files are read. Files of shapes are read in the same way, with their own address as the
        base if there is no other.
    engine
        The engine: ``columnar``, ``pyshacl``, or ``both`` to compare their findings.
    limit
        Keep at most this many findings per shape; the report still counts all. None keeps all.
    strict
        Whether to refuse shapes if a part of them cannot be used, or if they use an undeclared term
        of a reused vocabulary. Otherwise the report says what was left out.
    time_limit
        Seconds that the columnar engine allows the SPARQL query of one constraint, a path that repeats,
        and a regular expression with lookaround or back-references. What takes longer is left out and
        named. None for no limit.
    progress
        Called with what is counted, the number done, and the total, if known.

    Raises
    ------
    ShapesError
        The shapes use a term of this project that nothing declares, there are none, or they cannot
        be used.
    InputError
        A file cannot be read, there is no such engine, or the limit is below 0.
    """
    if limit is not None and limit < 0:
        raise InputError(f"the limit cannot be {limit}", hint="Give 0 or more.")
    ontology, shapes = list(ontology), list(shapes)
    vocabulary = Vocabulary(ontology)
    shapes_files = [read_shapes_file(path, vocabulary, reading, strict=strict) for path in shapes]
    quads = [quad for each in shapes_files for quad in each.quads]
    graph = ShapesGraph(quad.triple for quad in quads)
    if not named_shapes(graph):
        raise ShapesError(
            "there is no shape to validate against",
            place=Place(shapes[0]) if shapes else None,
            hint="Give files with at least one sh:NodeShape or sh:PropertyShape.",
        )
    statements = Statements.read(data, ontology, reading, without=COMPUTED, progress=progress)
    undeclared = list(vocabulary.undeclared(statements))
    # A closed shape finds undeclared properties too; all findings are needed to count them once.
    engine_limit = None if undeclared else limit
    found = engines.run(
        engine,
        statements.graph,
        quads,
        limit=engine_limit,
        strict=strict,
        time_limit=time_limit,
        progress=progress,
    )
    findings = _once(found.findings, undeclared)
    for each in (edtf_bounds, time_zones, quantities):
        findings += each.disagreeing(each.relevant(statements))
    kept = _limited(findings, found, limit)
    focuses = {finding.focus for finding in kept.findings}
    anchors = _anchors(statements, focuses)
    labels = _labels(statements, focuses)
    dangling = vocabulary.undescribed(statements, focuses)
    places = positions.find(data_files, {iri for iri, _ in anchors.values()}, reading)
    return Report(
        findings=in_order(
            replace(
                finding,
                label=labels.get(finding.focus, "") or _used_by(finding.focus, anchors),
                place=places.get(anchors.get(finding.focus, ("", ""))[0]),
                hint=dangling.get((finding.focus, _property(finding)), finding.hint),
            )
            for finding in kept.findings
        ),
        dead_shapes=idle_shapes(graph, statements.graph),
        claims=statements.count(RDF.type, TMN.Claim),
        statements=statements.rows.height,
        left_out=kept.left_out,
        differences=found.differences,
        coverage=replace(
            found.coverage,
            unchecked=_placed(found.coverage.unchecked, shapes, reading),
            cautions=(
                *found.coverage.cautions,
                *(text for each in shapes_files for text in each.cautions),
            ),
        ),
    )


def _placed(faults: Iterable[Fault], shapes: Sequence[Path], reading: Reading) -> tuple[Fault, ...]:
    """Add to each fault the file and line where its shape is defined."""
    faults = tuple(faults)
    # Published shapes may have thousands of faults, so each file is searched once for all.
    iris = {fault.shape.value for fault in faults if isinstance(fault.shape, NamedNode)}
    places = positions.find(shapes, iris, replace(reading, own_address=True))
    return tuple(
        replace(fault, place=places.get(fault.shape.value, fault.place)) if fault.shape else fault
        for fault in faults
    )


def _limited(findings: list[Finding], found: Found, limit: int | None) -> Found:
    if limit is None:
        return Found(findings)
    kept = keep(findings, limit)
    return replace(kept, left_out=Counter(kept.left_out) + Counter(found.left_out))


def _anchors(data: Statements, focuses: set[Term]) -> dict[Term, tuple[str, str]]:
    """Return for each focus node the IRI whose place it gets, and how that IRI uses it.

    An IRI has its own place; a blank node or literal has that of an IRI that uses it.
    """
    found: dict[Term, tuple[str, str]] = {
        node: (node.value, "") for node in focuses if isinstance(node, NamedNode)
    }
    others = data.terms.ids(focuses - found.keys())
    uses = data.rows.filter(pl.col("o").is_in(others.implode()))
    users = data.iris(uses["s"])["node"]
    uses = uses.filter(pl.col("s").is_in(users.implode())).unique(
        "o", keep="first", maintain_order=True
    )
    for use in data.triples(uses):
        if isinstance(use.subject, NamedNode):
            used = f"{shorten(use.predicate.value)} of {shorten(use.subject.value)}"
            found[use.object] = (use.subject.value, used)
    return found


def _property(finding: Finding) -> str:
    return finding.path.property if finding.path else ""


def _used_by(focus: Term, anchors: Mapping[Term, tuple[str, str]]) -> str:
    return anchors.get(focus, ("", ""))[1]


def _once(found: list[Finding], undeclared: list[Finding]) -> list[Finding]:
    """Merge findings, without those of closed shapes for properties that are undeclared anyway.

    Two constraints of a shape with the same message for the same value count once: a time without an
    offset, for example, matches neither the datatype nor the pattern.
    """
    known = {(finding.focus, finding.path) for finding in undeclared}
    first: dict[tuple[object, ...], Finding] = {}
    for finding in found:
        if finding.component != _CLOSED or (finding.focus, finding.path) not in known:
            key = (finding.focus, finding.shape, finding.path, finding.value, finding.message)
            first.setdefault((*key, finding.severity), finding)
    return undeclared + list(first.values())


def _labels(data: Statements, wanted: set[Term]) -> Mapping[Term, str]:
    terms, focuses = data.terms, data.terms.ids(wanted)
    found: dict[Term, list[Literal]] = {}
    for predicate in _LABELS:
        pairs = data.graph.pairs(predicate)
        pairs = pairs.filter(pl.col("focus").is_in(focuses.implode()))
        ends = terms.objects(pairs["focus"]), terms.objects(pairs["value"])
        for node, label in zip(*ends, strict=True):
            if isinstance(label, Literal):
                found.setdefault(node, []).append(label)
    return {node: preferred(texts) for node, texts in found.items()}
