"""The shapes over data in the terms of an ontology, and findings that a person can act on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad

from testimonia.errors import InputError, Place, ShapesError
from testimonia.namespaces import PREFIXES, RDF, RDFS, SH, SKOS, TMN, shorten
from testimonia.progress import Progress
from testimonia.rdf import files, positions
from testimonia.rdf.files import PLAIN, Reading
from testimonia.rdf.lines import subject_lines
from testimonia.shacl.bounded_work import SECONDS
from testimonia.shacl.faults import Fault
from testimonia.validation import engines, quantities, time_spans, zones
from testimonia.validation.engines import EngineName
from testimonia.validation.findings import Finding, Found, Report, Term, in_order, keep
from testimonia.validation.shape_hints import ShapesGraph, preferred
from testimonia.validation.undeclared import Vocabulary

__all__ = ["check"]

_TYPE = RDF.type
_CLOSED = SH.ClosedConstraintComponent.value
_LABELS = (
    SKOS.prefLabel,
    RDFS.label,
)
_TELLING = 100_000  # statements between two words of progress


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

    Before the run, every name that the shapes use is looked up in the ontology and the reused
    vocabularies: by SHACL itself, a shape whose target class is misspelt conforms. After it, the
    same is done for the data, times are compared with their EDTF strings and time zones, figures with
    the words of their quantities, and shapes that found nothing to check are listed.

    Parameters
    ----------
    data
        The data, as parsed.
    ontology
        Ontology and code lists, as parsed.
    shapes
        Files of shapes.
    data_files
        The files the data come from, to tell the lines on which things are described.
    reading
        How these were read; files of shapes are read so too, with their own address as the base
        where there is none.
    engine
        What runs the shapes: ``columnar``, ``pyshacl``, or ``both`` and their differences.
    limit
        At most so many findings of each shape are kept; the report counts them in full. None keeps
        all.
    strict
        Whether to refuse shapes of which a part cannot be used, or that use a term of a reused
        vocabulary that it lacks. Otherwise the report tells what was left out.
    time_limit
        How many seconds the SPARQL query of one constraint may take, and a pattern that looks back;
        what takes longer is left out and named. None sets no limit. For the columnar engine.
    progress
        Is called with what is counted, how many are done, and of how many if that is known.

    Raises
    ------
    ShapesError
        The shapes use a name of this project that nothing declares, hold no shape, none that has
        a target, or cannot be run.
    InputError
        A file cannot be read, there is no such engine, or the limit is below 0.
    """
    if limit is not None and limit < 0:
        raise InputError(f"the limit cannot be {limit}", hint="Give 0 or more.")
    ontology, shapes = list(ontology), list(shapes)
    vocabulary = Vocabulary(ontology)
    known = [_checked(path, vocabulary, reading, strict=strict) for path in shapes]
    quads = [quad for each in known for quad in each.quads]
    graph = ShapesGraph(quads)
    if not graph.shapes():
        raise ShapesError(
            "there is no shape to validate against",
            place=Place(shapes[0]) if shapes else None,
            hint="Give files with at least one sh:NodeShape or sh:PropertyShape.",
        )
    data = list(_told(data, progress))
    both = [*data, *ontology]
    undeclared = list(vocabulary.undeclared(data))
    # A closed shape finds undeclared properties too: to count them once, all must be at hand.
    early = None if undeclared else limit
    found = engines.run(
        engine,
        both,
        quads,
        limit=early,
        strict=strict,
        time_limit=time_limit,
        progress=progress,
    )
    findings = _once(found.findings, undeclared)
    for each in (time_spans, zones, quantities):
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
        dead_shapes=graph.dead(both),
        claims=sum(quad.predicate == _TYPE and quad.object == TMN.Claim for quad in data),
        statements=len(data),
        left_out=kept.left_out,
        differences=found.differences,
        coverage=replace(
            found.coverage,
            unchecked=_placed(found.coverage.unchecked, shapes, reading),
            cautions=(
                *found.coverage.cautions,
                *(text for each in known for text in each.cautions),
            ),
        ),
    )


def _placed(faults: Iterable[Fault], shapes: Sequence[Path], reading: Reading) -> tuple[Fault, ...]:
    """Say in which file and line the shape of each fault is described."""
    faults = tuple(faults)
    # Of published shapes a thousand parts may be at fault: each file is searched once for all.
    iris = {fault.shape.value for fault in faults if isinstance(fault.shape, NamedNode)}
    places = positions.find(shapes, iris, replace(reading, own_address=True))
    return tuple(
        replace(fault, place=places.get(fault.shape.value, fault.place)) if fault.shape else fault
        for fault in faults
    )


def _told(quads: Iterable[Quad], progress: Progress | None) -> Iterator[Quad]:
    """Pass statements on, and tell now and then how many there were."""
    for number, quad in enumerate(quads):
        if progress and number % _TELLING == 0:
            progress("statements", number, None)
        yield quad


def _limited(findings: list[Finding], found: Found, limit: int | None) -> Found:
    if limit is None:
        return Found(findings)
    kept = keep(findings, limit)
    return replace(kept, left_out=Counter(kept.left_out) + Counter(found.left_out))


def _anchors(data: Iterable[Quad], focuses: set[Term]) -> dict[Term, tuple[str, str]]:
    """Find for each focus node an IRI by which to place it, and how it is used there.

    An IRI stands for itself; a blank node or literal is placed where an IRI uses it.
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


@dataclass(frozen=True)
class _Checked:
    """The statements of a file of shapes, and what looks wrong in it."""

    quads: list[Quad]
    cautions: tuple[str, ...]


def _checked(path: Path, vocabulary: Vocabulary, reading: Reading, *, strict: bool) -> _Checked:
    """Read a file of shapes and look for names in it that nothing declares.

    Those in this project's own namespaces are refused: their owner can correct them. The shapes
    of others may use what a vocabulary lacks.
    """
    reading = replace(reading, own_address=True)
    quads = list(files.read([path], reading))
    unknown: dict[str, str] = {}
    for iri, shape in ShapesGraph(quads).names():
        if vocabulary.lacks(iri) and not iri.startswith(PREFIXES["sh"]):
            unknown.setdefault(iri, shape)
    grave = {iri: shape for iri, shape in unknown.items() if strict or vocabulary.owns(iri)}
    if grave:
        iri, shape = min(grave.items())
        raise ShapesError(
            "nothing declares " + ", ".join(shorten(name) for name in sorted(grave)),
            place=Place(path, subject_lines(path, reading).get(shape)),
            hint="; ".join(filter(None, (_meant(name, vocabulary) for name in sorted(grave))))
            or "Declare it in the ontology, or correct the spelling.",
        )
    lines = subject_lines(path, reading) if unknown else {}
    return _Checked(
        quads,
        tuple(
            _caution(Place(path, lines.get(shape)), iri, vocabulary)
            for iri, shape in unknown.items()
        ),
    )


def _caution(place: Place, iri: str, vocabulary: Vocabulary) -> str:
    meant = _meant(iri, vocabulary)
    return f"{place}: nothing declares {shorten(iri)}" + (f" ({meant})" if meant else "")


def _meant(iri: str, vocabulary: Vocabulary) -> str:
    near = vocabulary.nearest(iri)
    return f"{shorten(iri)}: did you mean {near}?" if near else ""


def _once(found: list[Finding], undeclared: list[Finding]) -> list[Finding]:
    """Join findings; an undeclared property is not reported again by a closed shape.

    Nor is a value for which two constraints of a shape have the same to say: a date and time without
    its offset is neither of its datatype nor of its pattern.
    """
    known = {(finding.focus, finding.path) for finding in undeclared}
    first: dict[tuple[object, ...], Finding] = {}
    for finding in found:
        if finding.component != _CLOSED or (finding.focus, finding.path) not in known:
            said = (finding.focus, finding.shape, finding.path, finding.value, finding.message)
            first.setdefault((*said, finding.severity), finding)
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
