"""Checks a release that may be by anyone: digests, counts, parse, canonical hashes, shapes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from pyoxigraph import NamedNode

from testimonia import files
from testimonia.canonical import graph_digest
from testimonia.canonical.lines import graph_of
from testimonia.errors import InputError, Place, TestimoniaError
from testimonia.namespaces import shorten
from testimonia.opening import COMPRESSIONS
from testimonia.publish import manifest
from testimonia.publish.arranging import Told, computed
from testimonia.publish.manifest import MANIFEST, SUMS, Manifest
from testimonia.publish.pipeline import DERIVED, JSONLD, NQUADS, TRIG, TURTLE
from testimonia.publish.scanning import (
    Discrepancy,
    Scan,
    dataset_digest,
    statements,
    triples_digest,
)
from testimonia.publish.storage import compared, present

__all__ = ["Discrepancy", "Verification", "verify"]

_AT_MOST: Final = 20
"""Findings of each shape that are told one by one."""


@dataclass(frozen=True)
class Verification:
    """What a check of a release has found.

    Attributes
    ----------
    discrepancies
        What is not as it should be; none for a sound release.
    files, quads
        How many the manifest lists.
    sha256
        The digest of the manifest, to compare with one that is known from elsewhere; empty where
        there is no manifest.
    """

    discrepancies: tuple[Discrepancy, ...]
    files: int = 0
    quads: int = 0
    sha256: str = ""

    @property
    def passes(self) -> bool:
        """Whether the release is sound."""
        return not self.discrepancies


def verify(
    folder: files.Source, *, shapes: bool = True, progress: Told | None = None
) -> Verification:
    """Check a release folder.

    Nothing in it is taken on trust: no path is followed out of the folder, no link is followed at
    all, and nothing is fetched. The check tells whether the folder is whole and agrees with itself.
    Whether it is the release it claims to be, only the digest of its manifest can tell, compared
    with one from elsewhere.

    Parameters
    ----------
    folder
        The release.
    shapes
        Whether to validate the data against the shapes that the release holds. This needs memory in
        proportion to the data, and all else does not.
    progress
        Is told what is counted, how many are done, and of how many if that is known.

    Raises
    ------
    InputError
        There is no such folder, or it holds neither a manifest nor digests.

    Examples
    --------
    >>> import tempfile, testimonia
    >>> with tempfile.TemporaryDirectory() as room:
    ...     made = testimonia.open().publish(Path(room, "release"), derived=False)
    ...     verify(made.folder, shapes=False).passes
    True
    """
    root = Path(folder)
    if not root.is_dir():
        raise InputError("there is no such folder", place=Place(root), hint="Check the spelling.")
    found, odd = present(root)
    if MANIFEST not in found and SUMS not in found:
        raise InputError(
            "this folder is no release: it has no manifest",
            place=Place(root),
            hint=f"Give the folder that holds {MANIFEST}.",
        )
    if MANIFEST not in found:
        return Verification((*odd, Discrepancy(MANIFEST, "is missing")))
    try:
        says = manifest.read(root / MANIFEST)
    except InputError as error:
        return Verification((*odd, Discrepancy(MANIFEST, error.message)))
    stored = compared(root, found, says, progress)
    faults = [*odd, *stored.discrepancies, *_contents(root, found, says, progress)]
    if shapes and not any(fault.path == NQUADS for fault in faults):
        faults += _against_shapes(root, found & {file.path for file in says.files})
    return Verification(tuple(faults), len(says.files), says.quads, stored.manifest)


def _contents(
    root: Path, found: set[str], says: Manifest, progress: Told | None
) -> Iterator[Discrepancy]:
    """Compare what the files mean."""
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
        yield Discrepancy(MANIFEST, f"tells of {says.quads} quads, and there are {scan.quads}")
    told = {graph.name: graph for graph in says.graphs}
    there = {graph.name: graph for graph in scan.graphs()}
    for name in sorted(told.keys() | there.keys()):
        if name not in there:
            yield Discrepancy(NQUADS, f"lacks the graph {name}")
        elif name not in told:
            yield Discrepancy(MANIFEST, f"does not list the graph {name or 'without a name'}")
        elif told[name].triples != there[name].triples:
            yield Discrepancy(
                NQUADS,
                f"has {there[name].triples} statements in the graph {name}, where the manifest "
                f"tells of {told[name].triples}",
            )
        elif told[name].sha256 != there[name].sha256:
            yield Discrepancy(NQUADS, f"has other statements in the graph {name} than the manifest")


def _same_data(root: Path, there: set[str], scan: Scan) -> Iterator[Discrepancy]:
    """Compare the other formats of the data with the canonical one."""
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
            yield Discrepancy(turtle, _told(error))
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
            yield Discrepancy(path, f"does not say what {other} says")
    except InputError as error:
        yield Discrepancy(path, _told(error))


def _parsed(root: Path, path: str) -> Iterator[Discrepancy]:
    try:
        for _ in statements(root / path):
            pass
    except InputError as error:
        yield Discrepancy(path, _told(error))


def _against_shapes(root: Path, there: set[str]) -> Iterator[Discrepancy]:
    """Validate what was published, not what was derived, as the shapes of the release ask."""
    from testimonia.validation import Severity, check

    def within(folder: str) -> list[Path]:
        names = (path.rpartition("/") for path in sorted(there) if path.endswith(".ttl"))
        return [root / parent / name for parent, _, name in names if parent == folder]

    if not within("shapes"):
        yield Discrepancy(MANIFEST, "lists no shapes")
        return
    try:
        report = check(
            (quad for quad in files.read([root / NQUADS]) if not computed(graph_of(quad))),
            ontology=files.read([*within("ontology"), *within("ontology/codes")]),
            shapes=within("shapes"),
            limit=_AT_MOST,
        )
    except TestimoniaError as error:
        yield Discrepancy("shapes", _told(error))
        return
    grave = [finding for finding in report.findings if finding.severity is Severity.VIOLATION]
    for finding in grave:
        yield Discrepancy(NQUADS, f"{shorten(_text(finding.focus))}: {finding.message}")
    left_out = report.count(Severity.VIOLATION) - len(grave)
    if left_out:
        yield Discrepancy(NQUADS, f"has {left_out} more violations of the shapes")


def _text(term: object) -> str:
    return term.value if isinstance(term, NamedNode) else str(term)


def _is_turtle(path: str) -> bool:
    """Tell whether a file is the Turtle of ontology, code list or shapes."""
    return path.startswith(("ontology/", "shapes/")) and path.endswith(".ttl")


def _twins(turtle: str) -> list[str]:
    """Name the files that say the same in other formats."""
    return [turtle.removesuffix(".ttl") + suffix for suffix in (".jsonld", ".rdf")]


def _is_rdf(path: str) -> bool:
    return files.format_of(path) is not None and not path.endswith((*COMPRESSIONS, ".json", ".xml"))


def _told(error: TestimoniaError) -> str:
    line = f"line {error.place.line}: " if error.place and error.place.line else ""
    return line + error.message
