"""The downloadable dumps: the files as published, and all data as N-Quads."""

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
"""Name of the dump of all data as published."""
ALL = "all.nq"
"""Name of the dump of everything that is queried, graph by graph."""
GRAPH = "graph.nq"
"""Name of the dump of one graph, which the parameter ``graph`` names."""
N_QUADS = "application/n-quads"
"""The media type of these dumps."""


@dataclass(frozen=True, slots=True)
class Dump:
    """A file to download.

    Attributes
    ----------
    name
        Its name in URLs, before escaping.
    path
        Path of the file.
    media_type
        Its media type.
    """

    name: str
    path: Path
    media_type: str

    @property
    def url(self) -> str:
        """Its URL, relative to the page that lists the dumps."""
        return quote(self.name, errors="surrogateescape")

    @property
    def size(self) -> int:
        """Its size in bytes, or 0 if the file no longer exists."""
        return self.path.stat().st_size if self.path.exists() else 0


def dumps(files: Iterable[str], folder: Path) -> dict[str, Dump]:
    """List the dumps by name. No other file is served.

    Parameters
    ----------
    files
        The files that the data were loaded from.
    folder
        Folder of the dumps that were made from the data.
    """
    # A URL cannot contain "..": clients resolve it before they send a request.
    paths = {Path(os.path.normpath(file)): Path(file) for file in files}
    generated = [folder / name for name in (ALL, WHOLE)]
    found = [Dump(file.name, file, N_QUADS) for file in generated if file.exists()]
    parent = os.path.commonpath([path.parent for path in paths]) if paths else ""
    for normalized, path in paths.items():
        form = format_of(path)
        plain = "application/octet-stream" if form is None else form.media_type
        media_type = MEDIA_TYPES.get(path.suffix.lower(), plain)
        found.append(Dump(f"files/{normalized.relative_to(parent).as_posix()}", path, media_type))
    return {dump.name: dump for dump in found}


def write_whole(quads: Iterable[Quad], path: Path) -> int:
    """Write quads as sorted N-Quads without duplicates, and return their number.

    Parameters
    ----------
    quads
        The quads as read from the files, in any order.
    path
        The file; larger data are sorted on disk in the same folder.
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
    """Write everything in a store as N-Quads, graph by graph.

    Parameters
    ----------
    store
        The store. It has normalized some literals.
    path
        The file.

    Returns
    -------
    dict
        For each graph named by an IRI, its byte range in the file: the first byte, and the one after the last.
    """
    offsets = {}
    with path.open("wb") as stream:
        for name in store.sizes():
            start, graph = stream.tell(), NamedNode(name)
            quads = (Quad(t.subject, t.predicate, t.object, graph) for t in store.statements(graph))
            serialize(quads, stream, RdfFormat.N_QUADS)
            offsets[name] = start, stream.tell()
        others = (quad for quad in store if not isinstance(quad.graph_name, NamedNode))
        serialize(others, stream, RdfFormat.N_QUADS)
    return offsets
