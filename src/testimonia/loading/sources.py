"""Sources of a load: a release folder, or RDF files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from itertools import chain
from pathlib import Path

from pyoxigraph import NamedNode, Quad

from testimonia.catalogue import vocabulary
from testimonia.errors import InputError, Place
from testimonia.loading.spool import Spool
from testimonia.printing import one_line
from testimonia.progress import Progress
from testimonia.publish.folder import manifest
from testimonia.publish.pipeline import NQUADS
from testimonia.rdf import files
from testimonia.rdf.files import PLAIN, Reading, Source

__all__ = ["changed", "graph_name", "release_among", "spooled", "vocabulary_of"]


def spooled(
    sources: Sequence[Source],
    *,
    graph: NamedNode | None = None,
    progress: Progress | None = None,
    reading: Reading = PLAIN,
) -> Spool:
    """Read the sources of a load, graph by graph, into a temporary file.

    Parameters
    ----------
    sources
        A release folder; or RDF files and directories.
    graph
        The graph for statements that are in no named graph.
    progress
        Called with what is counted, how many are done, and the total if it is known.
    reading
        Options for reading RDF files; not used for a release.

    Raises
    ------
    InputError
        No source is given, or a release together with something else; a file cannot be read; a
        release differs from its manifest; or a statement is in no named graph and none is given.
    """
    paths = [Path(source) for source in sources]
    release = release_among(paths, graph)
    if release is None:
        return Spool(files.read(paths, reading), graph=graph, progress=progress)
    return _of_release(release, progress)


def release_among(paths: Sequence[Path], graph: object) -> Path | None:
    """Find the release among the sources of a load, if there is one.

    Parameters
    ----------
    paths
        The sources.
    graph
        The graph that is given for statements in no named graph, or None.

    Raises
    ------
    InputError
        There is no source; or a release together with another source, or with a graph.
    """
    releases = [path for path in paths if manifest.looks_like_one(path / manifest.MANIFEST)]
    if not paths:
        raise InputError(
            "there is nothing to load", hint="Name a release folder, or RDF files and directories."
        )
    if releases and (len(paths) > 1 or graph is not None):
        raise InputError(
            "a release must be loaded alone, and keeps its graphs",
            place=Place(releases[0]),
            hint="Load one release at a time, without --graph.",
        )
    return releases[0] if releases else None


def vocabulary_of(folder: Path, promised: manifest.Manifest) -> Iterator[Quad]:
    """Read ontology and code lists of a release, after checking the digests of their files.

    Parameters
    ----------
    folder
        The release.
    promised
        Its manifest.

    Raises
    ------
    InputError
        A file differs from the manifest.
    """
    parts = [
        _unchanged(folder, promised, part)
        for part in ("ontology", "ontology/codes", "ontology/labels")
    ]
    return vocabulary.in_graphs(*parts)


def graph_name(iri: str) -> NamedNode:
    """Make the name of a graph.

    Raises
    ------
    InputError
        It is not an IRI.
    """
    try:
        return NamedNode(iri)
    except ValueError as error:
        raise InputError(
            f"{one_line(iri)!r} is not an IRI ({error})",
            hint="Name the graph by an IRI such as https://example.org/g.",
        ) from None


def changed(what: str, folder: Path) -> InputError:
    """Make the error for a release that is not as its manifest says."""
    return InputError(
        f"{what} differs from the manifest",
        place=Place(folder),
        hint="See what differs with testimonia verify, and download the release again.",
    )


def _of_release(folder: Path, progress: Progress | None) -> Spool:
    promised = manifest.read(folder / manifest.MANIFEST)
    graphs = {graph.name: graph for graph in promised.graphs}
    quads = chain(files.read([folder / NQUADS]), vocabulary_of(folder, promised))
    spool = Spool(quads, progress=progress)
    found = {g.name.value: g.sha256 for g in spool.graphs if g.name not in vocabulary.GRAPHS}
    for name in sorted(graphs.keys() | found.keys()):
        if name not in graphs or graphs[name].sha256 != found.get(name):
            spool.close()
            raise changed(f"the graph {one_line(name)}", folder)
    return spool


def _unchanged(folder: Path, promised: manifest.Manifest, part: str) -> list[Path]:
    """List the Turtle files in a folder of a release, after checking their digests."""
    paths = []
    for file in promised.files:
        parent, _, name = file.path.rpartition("/")
        if parent == part and name.endswith(".ttl"):
            path = folder / file.path
            if not path.is_file() or sha256(path.read_bytes()).hexdigest() != file.sha256:
                raise changed(f"the file {file.path}", folder)
            paths.append(path)
    return paths
