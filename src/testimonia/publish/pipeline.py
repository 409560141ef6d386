"""Makes a release: data, vocabulary, then their descriptions, then the manifest."""

from __future__ import annotations

import datetime
import json
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any, Final

from pyoxigraph import Quad

from testimonia.errors import InputError, Place
from testimonia.extras import require
from testimonia.progress import Progress
from testimonia.publish.artefacts import ARTEFACTS, PROJECTIONS
from testimonia.publish.data import ontology_files
from testimonia.publish.data.arranging import Arrangement, computed
from testimonia.publish.descriptions import ontology_page
from testimonia.publish.descriptions.ontology_page import PageFailed
from testimonia.publish.folder import manifest
from testimonia.publish.folder.folders import staged
from testimonia.publish.folder.release import Artefact, ArtefactFunction, Release
from testimonia.publish.folder.writer import Writer
from testimonia.publish.projections import nanopublications
from testimonia.publish.release_options import ReleaseOptions
from testimonia.rdf import files
from testimonia.rdf.canonical.jsonld import Context, context

__all__ = [
    "CONTEXT",
    "DERIVED",
    "JSONLD",
    "NQUADS",
    "TRIG",
    "TURTLE",
    "Published",
    "publish",
]

NQUADS: Final = "data/testimonia.nq"
TRIG: Final = "data/testimonia.trig"
JSONLD: Final = "data/testimonia.jsonld"
TURTLE: Final = "data/testimonia.ttl"
DERIVED: Final = "data/derived.ttl"
CONTEXT: Final = "context.jsonld"

_COMPARED: Final = frozenset({NQUADS, f"{NQUADS}.gz", nanopublications.PATH})
"""What a release reads from the previous one."""


@dataclass(frozen=True)
class Published:
    """A release that has been made.

    Attributes
    ----------
    folder
        Where it is.
    manifest
        Its manifest.
    sha256
        SHA-256 of its manifest, which identifies the whole release.
    notes
        What it lacks that other releases have, and why; a sentence each.
    """

    folder: Path
    manifest: manifest.Manifest
    sha256: str
    notes: tuple[str, ...] = ()


def publish(
    quads: Iterable[Quad],
    output: Path,
    options: ReleaseOptions | None = None,
    *,
    check: Callable[[], int] | None = None,
    progress: Progress | None = None,
    **given: Any,
) -> Published:
    """Make a release folder, or replace an existing one as a whole.

    The same quads give the same bytes, in whatever order they come: nothing in a release depends on
    the clock, the machine or Python's hash seed. Only the gzip files may differ, with another version of
    zlib.

    Parameters
    ----------
    quads
        What to publish. Quads of the default graph are put into a named graph (decision 9).
    output
        The folder: a new or empty one, or a release, which is replaced.
    options
        Options of the release; the defaults when left out. `derived`, `policies`, `shapes` and
        `allow_violations` have no effect here: they say what a dataset gives as `quads` and `check`.
    check
        Counts the violations of the shapes, which the manifest then gives; called before anything is
        written. What it raises ends the run.
    progress
        Called with what is counted, how many are done, and the total if it is known.
    given
        Fields of `ReleaseOptions`, by name, in place of those of `options`.

    Returns
    -------
    Published
        What was made.

    Raises
    ------
    ExtraMissing
        The extra ``publish`` is not installed.
    InputError
        An option is not valid; the folder holds something else or cannot be written; a file cannot be
        read; a statement has a blank node or is not RDF 1.1; or the previous release is damaged.
    """
    options = ReleaseOptions.of(**given) if options is None else replace(options, **given)
    if options.previous is not None:
        _check_data(options.previous)
    require("publish", "pylode", *(["pyarrow"] if options.projections else []))
    with staged(output) as folder:
        violations = check() if check else None
        release = Release(
            version=options.version,
            date=options.date or _date_of_environment(),
            title=options.title,
            licence=options.licence,
            base=f"{options.base}{options.version}/",
            graphs=(),
            files=(),
            resources=ontology_files.found(),
            quads=partial(files.read, [folder / NQUADS]),
            lines=partial(_lines, folder / NQUADS),
            folder=folder,
            previous=options.previous,
        )
        writer = Writer(folder)
        try:
            made, notes = _filled(release, quads, writer, options, progress)
            made = replace(made, violations=violations)
            digest = _sealed(made, folder)
        except OSError as error:
            raise InputError(
                f"the release cannot be written ({error.strerror or error})",
                place=Place(output),
                hint="Free some disk space, or write it elsewhere. The previous content is unchanged.",
            ) from None
        finally:
            writer.close()
    return Published(output, made, digest, notes)


def _check_data(previous: Path) -> None:
    """Refuse a previous release with damaged data: whatever is missing there would count as new."""
    for file in manifest.read(previous / manifest.MANIFEST).files:
        path = previous / file.path
        if file.path in _COMPARED and path.is_file():
            with path.open("rb") as stream:
                if file_digest(stream, "sha256").hexdigest() != file.sha256:
                    raise InputError(
                        "this file of the previous release does not match its manifest",
                        place=Place(path),
                        hint="Check that release with testimonia verify, then download it again.",
                    )


def _filled(
    release: Release,
    quads: Iterable[Quad],
    writer: Writer,
    options: ReleaseOptions,
    progress: Progress | None,
) -> tuple[manifest.Manifest, tuple[str, ...]]:
    """Write all files of a release but its manifest; return it, and notes on what could not be made."""
    given = release.resources
    ontology = list(files.read([*given.ontology, *given.codes]))
    names = context(ontology)
    with (
        tempfile.TemporaryDirectory(dir=release.folder, prefix="sorting-") as scratch,
        Arrangement(
            ontology=ontology, scratch=Path(scratch), context=names, progress=progress
        ) as arrangement,
    ):
        arrangement.take(quads)
        for dump in _dumps(arrangement):
            file = writer.write(dump)
            if options.compress:
                writer.compress(file)
        release = replace(release, graphs=tuple(arrangement.graphs()))
    for artefact in (
        *ontology_files.copied(given),
        *ontology_files.in_other_formats(given, names),
        Artefact(CONTEXT, _context_file(names), "application/ld+json"),
    ):
        writer.write(artefact)
    notes: list[str] = []
    for describe in (*PROJECTIONS, *ARTEFACTS) if options.projections else ARTEFACTS:
        release = replace(release, files=writer.files())
        for artefact in _made(describe, release, notes):
            file = writer.write(artefact)
            # As large as the data; Parquet is compressed already.
            if (
                options.compress
                and describe in PROJECTIONS
                and not artefact.path.endswith(".parquet")
            ):
                writer.compress(file)
    made = manifest.Manifest(
        version=release.version,
        date=release.date,
        title=release.title,
        licence=release.licence,
        base=release.base,
        quads=sum(graph.triples for graph in release.graphs),
        graphs=release.graphs,
        files=writer.files(),
    )
    return made, tuple(notes)


def _made(describe: ArtefactFunction, release: Release, notes: list[str]) -> Iterator[Artefact]:
    """Run a function that adds files; only the page of the ontology may fail (decision 16)."""
    try:
        yield from describe(release)
    except PageFailed as error:
        notes.append(f"The release has no {ontology_page.PATH}: {error.message}. {error.hint}")


def _dumps(arrangement: Arrangement) -> Iterator[Artefact]:
    """Write the data in each format; the canonical one first, since that sorts them."""
    yield Artefact(NQUADS, arrangement.nquads(), "application/n-quads")
    yield Artefact(TRIG, arrangement.trig(), "application/trig")
    yield Artefact(JSONLD, arrangement.jsonld(), "application/ld+json")
    yield Artefact(TURTLE, arrangement.turtle(), "text/turtle")
    if any(computed(f"<{graph.name}>".encode()) for graph in arrangement.graphs()):
        yield Artefact(DERIVED, arrangement.derived(), "text/turtle")


def _lines(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        yield from stream


def _context_file(names: Context) -> bytes:
    definition = {"@context": names.definition()}
    return (json.dumps(definition, ensure_ascii=False, indent=1) + "\n").encode()


def _sealed(made: manifest.Manifest, folder: Path) -> str:
    """Write manifest and digests, and return the digest of the manifest."""
    content = manifest.written(made)
    (folder / manifest.MANIFEST).write_bytes(content)
    (folder / manifest.SUMS).write_bytes(manifest.sums(made.files, content))
    return sha256(content).hexdigest()


def _date_of_environment() -> datetime.date | None:
    """Read SOURCE_DATE_EPOCH (reproducible-builds.org), in UTC."""
    seconds = os.environ.get("SOURCE_DATE_EPOCH")
    if not seconds:
        return None
    try:
        return datetime.datetime.fromtimestamp(int(seconds), datetime.UTC).date()
    except (ValueError, OverflowError, OSError):
        raise InputError(
            f"SOURCE_DATE_EPOCH is {seconds!r}, which is not a number of seconds since 1970",
            hint="Set it to such a number, or unset it.",
        ) from None
