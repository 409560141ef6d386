"""The data to take away: the files as published, and all of them as one file of N-Quads."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from pyoxigraph import NamedNode, Quad, RdfFormat, serialize

from testimonia.query.store import Store
from testimonia.rdf.canonical import Sorter
from testimonia.rdf.canonical.nquads import chunks
from testimonia.rdf.files import format_of
from testimonia.rdf.opening import MEDIA_TYPES

__all__ = ["ALL", "GRAPH", "N_QUADS", "WHOLE", "Dump", "dumps", "write_graphs", "write_whole"]

WHOLE = "dump.nq"
"""Name of the file that holds all data as published."""
ALL = "all.nq"
"""Name of the file that holds all that is queried, graph by graph."""
GRAPH = "graph.nq"
"""Name under which a graph is given, with the parameter ``graph`` for its own."""
N_QUADS = "application/n-quads"
"""The media type of those."""


@dataclass(frozen=True, slots=True)
class Dump:
    """A file to take away.

    Attributes
    ----------
    name
        How it is called here.
    path
        Where it lies.
    media_type
        What it is.
    """

    name: str
    path: Path
    media_type: str

    @property
    def address(self) -> str:
        """Its address, relative to the page that lists the dumps."""
        return quote(self.name, errors="surrogateescape")

    @property
    def size(self) -> int:
        """Its size in bytes, or 0 once it has been taken away."""
        return self.path.stat().st_size if self.path.exists() else 0


def dumps(files: Iterable[str], folder: Path) -> dict[str, Dump]:
    """List the dumps by name; whatever else is asked for is not there.

    Parameters
    ----------
    files
        The files that the data come from.
    folder
        Where those dumps lie that were made of the data.
    """
    # No address holds "..": clients resolve it before they ask.
    paths = {Path(os.path.normpath(file)): Path(file) for file in files}
    made = [folder / name for name in (ALL, WHOLE)]
    found = [Dump(file.name, file, N_QUADS) for file in made if file.exists()]
    parent = os.path.commonpath([place.parent for place in paths]) if paths else ""
    for place, path in paths.items():
        form = format_of(path)
        plain = "application/octet-stream" if form is None else form.media_type
        media_type = MEDIA_TYPES.get(path.suffix.lower(), plain)
        found.append(Dump(f"files/{place.relative_to(parent).as_posix()}", path, media_type))
    return {dump.name: dump for dump in found}


def write_whole(quads: Iterable[Quad], path: Path) -> int:
    """Write data as sorted lines of N-Quads, each once, and count them.

    Parameters
    ----------
    quads
        As the files have them, in any order.
    path
        The file; what does not fit memory is sorted beside it.
    """
    count = 0
    with Sorter(path.parent) as sorter, path.open("wb") as stream:
        for chunk in chunks(quads):
            lines = serialize(chunk, format=RdfFormat.N_QUADS) or b""
            sorter.add(lines.splitlines(keepends=True))
        for batch in sorter.batches():
            stream.writelines(batch)
            count += len(batch)
    return count


def write_graphs(store: Store, path: Path) -> dict[str, tuple[int, int]]:
    """Write all that a store holds as N-Quads, graph by graph.

    Parameters
    ----------
    store
        The store. It has written some literals anew.
    path
        The file.

    Returns
    -------
    dict
        Where in the file each graph lies that an IRI names: its first byte, and the one after its last.
    """
    places = {}
    with path.open("wb") as stream:
        for name in store.sizes():
            start, graph = stream.tell(), NamedNode(name)
            quads = (Quad(t.subject, t.predicate, t.object, graph) for t in store.statements(graph))
            serialize(quads, stream, RdfFormat.N_QUADS)
            places[name] = start, stream.tell()
        others = (quad for quad in store if not isinstance(quad.graph_name, NamedNode))
        serialize(others, stream, RdfFormat.N_QUADS)
    return places
