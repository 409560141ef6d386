"""Loads RDF files, releases and Oxigraph stores into a folder that keeps quads by column."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

import polars as pl

from testimonia.catalogue import vocabulary
from testimonia.errors import InputError, Place
from testimonia.loading.sources import changed, graph_name, release_among, vocabulary_of
from testimonia.outputs.store_files import is_store
from testimonia.progress import Progress
from testimonia.publish.folder import manifest
from testimonia.publish.pipeline import NQUADS
from testimonia.query.columnar.column_folders import add_to_folder
from testimonia.query.columnar.quad_reading import (
    LINE_BASED,
    file_statements,
    lines_of_file,
    statements,
    store_columns,
)
from testimonia.query.columnar.quad_writing import fact, set_fact
from testimonia.rdf import files
from testimonia.rdf.files import Reading, Source
from testimonia.rdf.opening import uncompressed_name

if TYPE_CHECKING:
    import duckdb

    from testimonia.query.columnar.term_staging import Staging

__all__ = ["ColumnLoad", "load_by_column", "suits_columns"]

_SCOPES: Final = "files_read"
"""The fact that counts the sources read so far, by which blank nodes of each have their own names."""
_DIGESTED: Final = 1 << 20
_LARGE: Final = 200_000_000
_COMPRESSED: Final = 10
"""How much larger than its compressed form an RDF file usually is, at least."""


@dataclass(frozen=True)
class ColumnLoad:
    """What was loaded.

    Attributes
    ----------
    target
        The folder.
    read
        How many statements the sources have; one that is written twice counts twice.
    """

    target: Path
    read: int

    def to_json(self) -> str:
        """Write it as JSON."""
        return json.dumps({"target": str(self.target), "read": self.read}, indent=2) + "\n"


def load_by_column(
    source: Source | Sequence[Source],
    target: Source,
    *,
    graph: str | None = None,
    progress: Progress | None = None,
    base: str | None = None,
    contexts: Mapping[str, str | Path] | None = None,
) -> ColumnLoad:
    """Load quads into a folder that DuckDB queries, completely or not at all.

    A graph replaces the one of the same name; other graphs of the folder are not changed. The ontology and the
    code lists are added, if the sources do not have them.

    Parameters
    ----------
    source
        A release; or RDF files, directories of them, and directories of Oxigraph stores, one or more. A store
        keeps its default graph.
    target
        A folder of quads by column, an empty folder, or a path that does not exist yet.
    graph
        IRI of the graph for statements that are in no named graph.
    progress
        Called with what is being done, and how many statements were read.
    base, contexts
        The base of relative IRIs, and local copies of JSON-LD contexts, as for `testimonia.open`.

    Returns
    -------
    ColumnLoad
        What was loaded.

    Raises
    ------
    InputError
        A source or the folder cannot be used. The folder is as it was.
    ExtraMissing
        DuckDB is not installed.

    Examples
    --------
    >>> import tempfile, testimonia
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "a.ttl").write_text("<x:s> <x:p> 007 .")
    >>> load_by_column(folder / "a.ttl", folder / "columns", graph="x:graph").read
    1
    >>> dataset = testimonia.open(store=folder / "columns", engine="duckdb")
    >>> dataset.query("SELECT ?o { <x:s> <x:p> ?o }").to_csv().split()
    ['o', '007']
    """
    given = [source] if isinstance(source, str) or not isinstance(source, Sequence) else source
    paths = [Path(each) for each in given]
    into = None if graph is None else str(graph_name(graph))
    release = release_among(paths, graph)
    reading = Reading(base, contexts=contexts or {})
    count = 0

    def stage(staging: Staging, connection: duckdb.DuckDBPyConnection) -> None:
        nonlocal count
        sources = _Sources(staging, connection, reading, progress)
        if release is not None:
            sources.add_release(release)
        else:
            for path in paths:
                sources.add(path, into)
        count = staging.count
        sources.add_vocabulary()
        sources.finish()

    add_to_folder(Path(target), stage)
    return ColumnLoad(Path(target), count)


def suits_columns(sources: Sequence[Source], target: Source) -> bool:
    """Check whether a directory should keep quads by column, since there are many and it holds nothing yet.

    Parameters
    ----------
    sources
        RDF files, directories of them, releases or directories of Oxigraph stores.
    target
        The directory.

    Returns
    -------
    bool
        True if the directory is empty or not there, the sources have 200 MB or more (some million statements; a
        compressed file counts ten times), and DuckDB is installed.
    """
    folder = Path(target)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        return False
    if not all(find_spec(name) for name in ("duckdb", "pyarrow")):
        return False
    return sum(map(_size, map(Path, sources))) >= _LARGE


def _size(path: Path) -> int:
    """Estimate how large files are when they are not compressed; 0 for what cannot be read."""
    try:
        if path.is_dir():
            return sum(map(_size, path.iterdir()))
        times = 1 if uncompressed_name(path) == path.name.lower() else _COMPRESSED
        return times * path.stat().st_size
    except OSError:
        return 0


class _Sources:
    """Adds one source after another."""

    def __init__(
        self,
        staging: Staging,
        connection: duckdb.DuckDBPyConnection,
        reading: Reading,
        progress: Progress | None,
    ) -> None:
        self._staging = staging
        self._connection = connection
        self._reading = reading
        self._progress = progress
        self._read = fact(connection, _SCOPES)

    def add(self, path: Path, graph: str | None) -> None:
        """Add files or a store."""
        if is_store(path):
            self._staging.add(store_columns(path), self._scope())
            self._report()
            return
        for file in files.expand([path]):
            if self._add_file(file, graph):
                raise InputError(
                    "this file has statements that are in no named graph",
                    place=Place(file),
                    hint="Name the graph that they belong to with --graph IRI.",
                )
            self._report()

    def _add_file(self, file: Path, graph: str | None) -> int:
        """Add a file; return how many of its statements are in no named graph."""
        scope = self._scope()
        if files.format_of(file) in LINE_BASED:
            # The parser of files says where a line is not well formed, or accepts more.
            with contextlib.suppress(SyntaxError, pl.exceptions.ComputeError, OSError):
                return self._staging.add(lines_of_file(file), scope, graph)
        return self._staging.add(file_statements(file, self._reading), scope, graph)

    def add_release(self, folder: Path) -> None:
        """Add the data of a release, and its ontology, which must be as its manifest says."""
        promised = manifest.read(folder / manifest.MANIFEST)
        digests = {file.path: file.sha256 for file in promised.files}
        if _digest(folder / NQUADS) != digests.get(NQUADS):
            raise changed(f"the file {NQUADS}", folder)
        self._add_file(folder / NQUADS, None)
        self._report()
        self._staging.add(statements(vocabulary_of(folder, promised)), self._scope())

    def add_vocabulary(self) -> None:
        """Add the ontology and the code lists, if the sources have none of their graphs."""
        names = [str(graph) for graph in vocabulary.GRAPHS]
        if not self._staging.has_graph(names):
            self._staging.add(statements(vocabulary.shipped()), self._scope())

    def finish(self) -> None:
        """Note how many sources were read."""
        set_fact(self._connection, _SCOPES, self._read)

    def _scope(self) -> str:
        self._read += 1
        return f"f{self._read}x"

    def _report(self) -> None:
        if self._progress is not None:
            self._progress("reading statements", self._staging.count, None)


def _digest(path: Path) -> str:
    digest = sha256()
    with path.open("rb") as stream:
        while block := stream.read(_DIGESTED):
            digest.update(block)
    return digest.hexdigest()
