"""Examines an untrusted release in a process that may crash, and reports findings as it goes.

Each message is one of these:

- ``["manifest", files, quads, sha256]``: what the manifest lists, and its digest;
- ``["discrepancy", path, message]``;
- ``["violations", number]``: the number of violations of the shapes, which agrees with the manifest;
- ``["progress", what, done, of]``;
- ``["shapes"]``: validation begins, which may take any time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final

from pyoxigraph import NamedNode

from testimonia.errors import InputError, TestimoniaError
from testimonia.namespaces import shorten
from testimonia.processes.isolation import Send
from testimonia.processes.resource_limits import limit_processor_time
from testimonia.progress import Progress
from testimonia.publish.data.arranging import computed
from testimonia.publish.folder import manifest
from testimonia.publish.folder.manifest import MANIFEST, Manifest
from testimonia.publish.pipeline import DERIVED, JSONLD, NQUADS, TRIG, TURTLE
from testimonia.publish.verification.dump_scanner import (
    Discrepancy,
    Scan,
    dataset_digest,
    statements,
    triples_digest,
)
from testimonia.publish.verification.manifest_comparison import compared, present
from testimonia.rdf import files
from testimonia.rdf.canonical import graph_digest
from testimonia.rdf.canonical.nquads import graph_of
from testimonia.rdf.opening import COMPRESSIONS
from testimonia.shacl.faults import Kind
from testimonia.validation import Report, Severity, check

__all__ = ["examine"]

_AT_MOST: Final = 20
"""Findings of each shape that are reported individually."""


def examine(request: dict[str, Any], say: Send) -> None:
    """Examine a release that has a manifest.

    Parameters
    ----------
    request
        ``root``, the folder; ``shapes``, whether to validate the data against its shapes; and
        ``time_limit``, the seconds of processor time that this may take.
    say
        Called with each message.
    """
    root = Path(request["root"])
    found, odd = present(root)
    faulty: set[str] = set()

    def report(discrepancies: Iterable[Discrepancy]) -> None:
        for each in discrepancies:
            faulty.add(each.path)
            say(["discrepancy", each.path, each.message])

    def progress(what: str, done: int, of: int | None) -> None:
        say(["progress", what, done, of])

    report(odd)
    try:
        says = manifest.read(root / MANIFEST)
    except InputError as error:
        report([Discrepancy(MANIFEST, error.message)])
        return
    stored = compared(root, found, says, progress)
    say(["manifest", len(says.files), says.quads, stored.manifest])
    report(stored.discrepancies)
    report(_contents(root, found, says, progress))
    if request["shapes"] and NQUADS not in faulty:
        say(["shapes"])
        limit_processor_time(request["time_limit"])
        validated = _validated(root, found & {file.path for file in says.files})
        if isinstance(validated, Discrepancy):
            report([validated])
        elif says.violations and says.violations == validated.count(Severity.VIOLATION):
            say(["violations", says.violations])
        else:
            report(_violations(validated, says))


def _contents(
    root: Path, found: set[str], says: Manifest, progress: Progress | None
) -> Iterator[Discrepancy]:
    """Compare the content of the files."""
    listed = {file.path for file in says.files}
    if NQUADS not in listed:
        yield Discrepancy(MANIFEST, f"does not list {NQUADS}")
    if NQUADS in found:
        scan = Scan(root / NQUADS, progress)
        yield from (Discrepancy(NQUADS, fault) for fault in scan.faults)
        if not scan.faults:
            yield from _counts(scan, says)
            yield from _same_data(root, found & listed, scan)
    yield from _vocabulary(root, found & listed)
    rest = found & listed - {NQUADS, TRIG, JSONLD, TURTLE, DERIVED}
    compared = {path for turtle in rest if _is_turtle(turtle) for path in (turtle, *_twins(turtle))}
    for path in sorted(path for path in rest - compared if _is_rdf(path)):
        yield from _parsed(root, path)


def _counts(scan: Scan, says: Manifest) -> Iterator[Discrepancy]:
    if says.quads != scan.quads:
        yield Discrepancy(MANIFEST, f"lists {says.quads} quads, where there are {scan.quads}")
    listed = {graph.name: graph for graph in says.graphs}
    there = {graph.name: graph for graph in scan.graphs()}
    for name in sorted(listed.keys() | there.keys()):
        if name not in there:
            yield Discrepancy(NQUADS, f"lacks the graph {name}")
        elif name not in listed:
            yield Discrepancy(MANIFEST, f"does not list the graph {name or 'without a name'}")
        elif listed[name].triples != there[name].triples:
            yield Discrepancy(
                NQUADS,
                f"has {there[name].triples} statements in the graph {name}, where the manifest "
                f"lists {listed[name].triples}",
            )
        elif listed[name].sha256 != there[name].sha256:
            yield Discrepancy(NQUADS, f"has other statements in the graph {name} than the manifest")


def _same_data(root: Path, there: set[str], scan: Scan) -> Iterator[Discrepancy]:
    """Compare the other formats of the data with the canonical N-Quads."""
    for path in sorted(there & {TRIG, JSONLD}):
        yield from _compared(path, NQUADS, scan.sha256, partial(dataset_digest, root / path))
    for path, derived in ((TURTLE, False), (DERIVED, True)):
        if path in there:
            expected = scan.without_names(derived=derived)
            yield from _compared(path, NQUADS, expected, partial(triples_digest, root / path))


def _vocabulary(root: Path, there: set[str]) -> Iterator[Discrepancy]:
    """Compare the formats of ontology, code lists and shapes with their Turtle."""
    for turtle in sorted(filter(_is_turtle, there)):
        try:
            expected = _graph_digest(root / turtle)
        except InputError as error:
            yield Discrepancy(turtle, _message(error))
            continue
        for path in _twins(turtle):
            if path in there:
                yield from _compared(path, turtle, expected, partial(_graph_digest, root / path))


def _graph_digest(path: Path) -> str:
    return graph_digest(statements(path))


def _compared(
    path: str, other: str, expected: str, digest: Callable[[], str]
) -> Iterator[Discrepancy]:
    try:
        if digest() != expected:
            yield Discrepancy(path, f"does not have the same statements as {other}")
    except InputError as error:
        yield Discrepancy(path, _message(error))


def _parsed(root: Path, path: str) -> Iterator[Discrepancy]:
    try:
        for _ in statements(root / path):
            pass
    except InputError as error:
        yield Discrepancy(path, _message(error))


def _validated(root: Path, there: set[str]) -> Report | Discrepancy:
    """Validate the published statements, without derived ones, against the shapes of the release."""

    def within(folder: str) -> list[Path]:
        names = (path.rpartition("/") for path in sorted(there) if path.endswith(".ttl"))
        return [root / parent / name for parent, _, name in names if parent == folder]

    if not within("shapes"):
        return Discrepancy(MANIFEST, "lists no shapes")
    try:
        return check(
            (quad for quad in files.read([root / NQUADS]) if not computed(graph_of(quad))),
            ontology=files.read([*within("ontology"), *within("ontology/codes")]),
            shapes=within("shapes"),
            limit=_AT_MOST,
        )
    except TestimoniaError as error:
        return Discrepancy("shapes", _message(error))


def _violations(report: Report, says: Manifest) -> Iterator[Discrepancy]:
    """Report violations that differ in number from the manifest, and shapes that were not checked."""
    for fault in report.coverage.unchecked:
        if fault.kind is not Kind.SKIPPED:
            yield Discrepancy("shapes", f"{fault.name} could not be checked: {fault.short_reason}")
    number = report.count(Severity.VIOLATION)
    if says.violations is not None and says.violations != number:
        yield Discrepancy(
            MANIFEST,
            f"states {says.violations} violations of the shapes, where there are {number}",
        )
    grave = [finding for finding in report.findings if finding.severity is Severity.VIOLATION]
    for finding in grave:
        yield Discrepancy(NQUADS, f"{shorten(_text(finding.focus))}: {finding.message}")
    left_out = number - len(grave)
    if left_out:
        yield Discrepancy(NQUADS, f"has {left_out} more violations of the shapes")


def _text(term: object) -> str:
    return term.value if isinstance(term, NamedNode) else str(term)


def _is_turtle(path: str) -> bool:
    """Return whether a file is ontology, code list or shapes in Turtle."""
    return path.startswith(("ontology/", "shapes/")) and path.endswith(".ttl")


def _twins(turtle: str) -> list[str]:
    """Return the paths of the same file in other formats."""
    return [turtle.removesuffix(".ttl") + suffix for suffix in (".jsonld", ".rdf")]


def _is_rdf(path: str) -> bool:
    return files.format_of(path) is not None and not path.endswith((*COMPRESSIONS, ".json", ".xml"))


def _message(error: TestimoniaError) -> str:
    line = f"line {error.place.line}: " if error.place and error.place.line else ""
    return line + error.message
