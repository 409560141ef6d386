"""Checks data against shapes and an ontology, and adds labels, places and hints to the findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad

from testimonia.errors import InputError, Place, ShapesError
from testimonia.namespaces import RDF, RDFS, SH, SKOS, TMN, shorten
from testimonia.progress import Progress
from testimonia.rdf import positions
from testimonia.rdf.files import PLAIN, Reading
from testimonia.shacl.faults import Fault
from testimonia.shacl.messages import preferred
from testimonia.shacl.shapes.targets import named_shapes
from testimonia.shacl.shapes_graph import ShapesGraph
from testimonia.shacl.work_limits import SECONDS
from testimonia.validation import edtf_bounds, engines, quantities, time_zones
from testimonia.validation.engines import EngineName
from testimonia.validation.findings import Finding, Found, Report, Term, in_order, keep
from testimonia.validation.idle_shapes import idle_shapes
from testimonia.validation.shape_terms import read_shapes_file
from testimonia.validation.undeclared import Vocabulary

__all__ = ["check"]

_TYPE = RDF.type
_CLOSED = SH.ClosedConstraintComponent.value
_LABELS = (
    SKOS.prefLabel,
    RDFS.label,
)
_PROGRESS_STEP = 100_000  # statements between two calls of the progress function


def check(
    data: Iterable[Quad],
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
        The data.
    ontology
        The ontology and code lists.
    shapes
        Files of shapes.
    data_files
        The files that the data come from, to find the lines of the findings.
    reading
        How these were read. Files of shapes are read in the same way, with their own address as the
        base if there is no other.
    engine
        The engine: ``columnar``, ``pyshacl``, or ``both`` to compare their findings.
    limit
        Keep at most this many findings per shape; the report still counts all. None keeps all.
    strict
        Whether to refuse shapes if a part of them cannot be used, or if they use an undeclared term
        of a reused vocabulary. Otherwise the report says what was left out.
    time_limit
        Seconds that the columnar engine allows the SPARQL query of one constraint, and a regular
        expression with lookaround or back-references. What takes longer is left out and named. None
        for no limit.
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
    data = list(_counted(data, progress))
    both = [*data, *ontology]
    undeclared = list(vocabulary.undeclared(data))
    # A closed shape finds undeclared properties too; all findings are needed to count them once.
    engine_limit = None if undeclared else limit
    found = engines.run(
        engine,
        both,
        quads,
        limit=engine_limit,
        strict=strict,
        time_limit=time_limit,
        progress=progress,
    )
    findings = _once(found.findings, undeclared)
    for each in (edtf_bounds, time_zones, quantities):
        findings += each.disagreeing(data)
    kept = _limited(findings, found, limit)
    focuses = {finding.focus for finding in kept.findings}
    anchors = _anchors(data, focuses)
    labels = _labels(both, focuses)
    dangling = vocabulary.undescribed(data, focuses)
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
        dead_shapes=idle_shapes(graph, both),
        claims=sum(quad.predicate == _TYPE and quad.object == TMN.Claim for quad in data),
        statements=len(data),
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


def _counted(quads: Iterable[Quad], progress: Progress | None) -> Iterator[Quad]:
    """Pass statements on, and report progress from time to time."""
    for number, quad in enumerate(quads):
        if progress and number % _PROGRESS_STEP == 0:
            progress("statements", number, None)
        yield quad


def _limited(findings: list[Finding], found: Found, limit: int | None) -> Found:
    if limit is None:
        return Found(findings)
    kept = keep(findings, limit)
    return replace(kept, left_out=Counter(kept.left_out) + Counter(found.left_out))


def _anchors(data: Iterable[Quad], focuses: set[Term]) -> dict[Term, tuple[str, str]]:
    """Return for each focus node the IRI whose place it gets, and how that IRI uses it.

    An IRI has its own place; a blank node or literal has that of an IRI that uses it.
    """
    found: dict[Term, tuple[str, str]] = {
        node: (node.value, "") for node in focuses if isinstance(node, NamedNode)
    }
    for quad in data:
        if quad.object in focuses and isinstance(quad.subject, NamedNode):
            used = f"{shorten(quad.predicate.value)} of {shorten(quad.subject.value)}"
            found.setdefault(quad.object, (quad.subject.value, used))
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


def _labels(quads: Iterable[Quad], wanted: set[Term]) -> Mapping[Term, str]:
    found: dict[Term, list[Literal]] = {}
    for quad in quads:
        if (
            quad.predicate in _LABELS
            and quad.subject in wanted
            and isinstance(quad.object, Literal)
        ):
            found.setdefault(quad.subject, []).append(quad.object)
    return {node: preferred(texts) for node, texts in found.items()}
