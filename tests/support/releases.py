"""Releases for the tests of what describes them: real files, real digests, one graph per source file."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import palmyra
from pyoxigraph import NamedNode, Quad, RdfFormat, Store, parse, serialize

from testimonia.catalogue import resources
from testimonia.publish.folder.release import (
    Artefact,
    ArtefactFunction,
    PublishedFile,
    PublishedGraph,
    Release,
    Resources,
)
from testimonia.rdf import files

BASE = "https://w3id.org/testimonia/release/0.2.0/"
GRAPHS = "https://w3id.org/testimonia/id/graph/"
DUMPS = {
    "nq": (RdfFormat.N_QUADS, "application/n-quads"),
    "trig": (RdfFormat.TRIG, "application/trig"),
}


def shipped() -> list[Quad]:
    """Read the incident near Palmyra, each file into a graph of its own."""
    return [
        Quad(quad.subject, quad.predicate, quad.object, NamedNode(GRAPHS + path.stem))
        for path in palmyra.FILES
        for quad in files.read([path])
    ]


def in_graph(path: Path, name: str = "all") -> list[Quad]:
    """Read the statements of a file into one graph."""
    graph = NamedNode(GRAPHS + name)
    return [Quad(q.subject, q.predicate, q.object, graph) for q in files.read([path])]


def make(
    folder: Path,
    quads: Iterable[Quad],
    *,
    base: str = BASE,
    date: datetime.date | None = datetime.date(2026, 11, 30),
    previous: Path | None = None,
    version: str = "0.2.0",
) -> Release:
    """Write the dumps of some quads into a folder and say what it holds."""
    ordered = sorted(set(quads), key=str)
    (folder / "data").mkdir(parents=True, exist_ok=True)
    for suffix, (form, _) in DUMPS.items():
        (folder / f"data/testimonia.{suffix}").write_bytes(serialize(ordered, format=form))
    names = sorted({quad.graph_name.value for quad in ordered})
    dump = folder / "data/testimonia.nq"

    def stream() -> Iterator[Quad]:
        yield from parse(path=dump, format=RdfFormat.N_QUADS)

    return Release(
        version=version,
        date=date,
        title="Testimonia, attributed claims about security incidents",
        licence="https://creativecommons.org/licenses/by/4.0/",
        base=base,
        graphs=tuple(
            PublishedGraph(name, sum(q.graph_name.value == name for q in ordered), "0" * 64)
            for name in names
        ),
        files=tuple(_file(folder, f"data/testimonia.{suffix}") for suffix in sorted(DUMPS)),
        resources=Resources(
            (resources.folder("ontology") / "testimonia.ttl",),
            tuple(path for path in resources.ontology() if path.parent.name == "codes"),
            tuple(resources.shapes()),
            tuple(resources.queries()),
            tuple(resources.labels()),
        ),
        quads=stream,
        lines=lambda: iter(dump.read_bytes().splitlines(keepends=True)),
        folder=folder,
        previous=previous,
    )


def _file(folder: Path, path: str) -> PublishedFile:
    content = (folder / path).read_bytes()
    media_type = DUMPS[path.rpartition(".")[2]][1]
    return PublishedFile(path, len(content), hashlib.sha256(content).hexdigest(), media_type)


def artefacts(function: ArtefactFunction, release: Release) -> dict[str, bytes]:
    """Run a function over a release: what it adds, by path."""
    return {made.path: content(made) for made in function(release)}


def content(made: Artefact) -> bytes:
    """Join the content of an artefact."""
    return made.content if isinstance(made.content, bytes) else b"".join(made.content)


def stored(release: Release) -> Store:
    """Load the release into a store, to be asked independently of the library."""
    store = Store()
    store.extend(release.quads())
    return store
