"""Sorts the statements of a dataset by graph into one temporary file, without duplicates.

A dataset may be larger than memory, and may have as many graphs as documents. Lines are sorted by
graph on disk; then each graph is a slice of one file, which can be sent in chunks and compared.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final, Self

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad

from testimonia.errors import InputError, Place
from testimonia.progress import Progress
from testimonia.rdf.canonical import Sorter
from testimonia.rdf.canonical.nquads import chunks, has_blank_node, triples
from testimonia.rdf.canonical.rdfc import labelled

__all__ = ["Slice", "Spool", "SpooledGraph", "no_room"]

_PIECE: Final = 1 << 18
_BETWEEN = b"\t"  # does not occur in IRIs


def no_room(error: OSError) -> tuple[str, str]:
    """Give message and hint for temporary files that cannot be written.

    Parameters
    ----------
    error
        The error of the system.
    """
    return (
        f"temporary files cannot be written ({error.strerror or error})",
        "Free space there, or name another folder in the environment variable TMPDIR.",
    )


@dataclass(frozen=True)
class SpooledGraph:
    """A graph that is ready to be sent.

    Attributes
    ----------
    name
        Its IRI.
    triples
        Number of its statements.
    sha256
        Digest of its canonical form (RDFC-1.0), as in the manifest of a release.
    body
        Its canonical N-Triples.
    """

    name: NamedNode
    triples: int
    sha256: str
    body: Slice


@dataclass(frozen=True)
class Slice:
    """A slice of a file, which can be read in chunks any number of times.

    Attributes
    ----------
    descriptor
        The file descriptor.
    start, size
        In bytes.
    progress
        Called with the number of bytes read so far, after each chunk.
    """

    descriptor: int
    start: int
    size: int
    progress: Callable[[int], None] | None = None

    def __iter__(self) -> Iterator[bytes]:
        done = 0
        while done < self.size:
            piece = os.pread(self.descriptor, min(_PIECE, self.size - done), self.start + done)
            done += len(piece)
            if self.progress is not None:
                self.progress(done)
            yield piece

    def lines(self) -> Iterator[bytes]:
        """Stream its lines, each with its line feed."""
        rest = b""
        for piece in self:
            *whole, rest = (rest + piece).splitlines(keepends=True)
            if rest.endswith(b"\n"):
                whole.append(rest)
                rest = b""
            yield from whole


class Spool:
    """The graphs of a dataset in one unnamed temporary file.

    Parameters
    ----------
    quads
        The dataset; each quad in a named graph.
    folder
        Folder of the file; the system's folder for temporary files when left out.
    progress
        Called with ``"reading statements"`` and how many were read.

    Raises
    ------
    InputError
        A quad is in no named graph, or in one without an IRI; or it is not RDF 1.1.
    """

    def __init__(
        self, quads: Iterable[Quad], *, folder: Path | None = None, progress: Progress | None = None
    ) -> None:
        folder = folder or Path(tempfile.gettempdir())
        self._file: IO[bytes] = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - lives as long
        sorter = Sorter(folder)
        try:
            _sort(quads, sorter, progress)
            self.graphs = list(_written(sorter, self._file))
        except OSError as error:
            self._abandon()
            message, hint = no_room(error)
            raise InputError(message, place=Place(folder), hint=hint) from None
        except BaseException:
            self._abandon()
            raise
        finally:
            sorter.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Free the space on disk."""
        self._file.close()

    def _abandon(self) -> None:
        with contextlib.suppress(OSError):  # closing flushes buffers, and may fail as well
            self._file.close()

    @property
    def size(self) -> int:
        """Size of all graphs in bytes."""
        return sum(graph.body.size for graph in self.graphs)


def _sort(quads: Iterable[Quad], sorter: Sorter, progress: Progress | None) -> None:
    blank: dict[bytes, list[Quad]] = {}
    read = 0
    for chunk in chunks(quads):
        read += len(chunk)
        names = [_name(quad) for quad in chunk]
        lines = triples(chunk)
        keyed = [name + _BETWEEN + line for name, line in zip(names, lines, strict=True)]
        if any(b"_:" in line for line in lines):
            nodes = [has_blank_node(quad) for quad in chunk]
            for name, quad, has_node in zip(names, chunk, nodes, strict=True):
                if has_node:
                    unnamed = Quad(quad.subject, quad.predicate, quad.object)
                    blank.setdefault(name, []).append(unnamed)
            keyed = [line for line, has_node in zip(keyed, nodes, strict=True) if not has_node]
        sorter.add(keyed)
        if progress is not None:
            progress("reading statements", read, None)
    for name, some in blank.items():
        sorter.add([name + _BETWEEN + line for line in labelled(some)])


def _name(quad: Quad) -> bytes:
    name = quad.graph_name
    if isinstance(name, NamedNode):
        return str(name).encode()
    if isinstance(name, BlankNode | DefaultGraph):
        raise InputError(
            "a statement is in no named graph"
            if isinstance(name, DefaultGraph)
            else "a graph is named by a blank node, which stores do not preserve",
            hint="Name the graph for such statements with --graph, or load a release: "
            "testimonia publish puts each statement into a graph.",
        )
    raise AssertionError("a graph is named by an IRI, by a blank node, or not at all")


def _written(sorter: Sorter, file: IO[bytes]) -> Iterator[SpooledGraph]:
    name, start, count, end = b"", 0, 0, 0
    digest = hashlib.sha256()
    for batch in sorter.batches():
        for line in batch:
            graph, _, text = line.partition(_BETWEEN)
            if graph != name:
                if count:
                    yield _spooled(file, name, count, digest.hexdigest(), start, end)
                name, start, count, digest = graph, end, 0, hashlib.sha256()
            digest.update(text)
            file.write(text)
            count += 1
            end += len(text)
    file.flush()
    if count:
        yield _spooled(file, name, count, digest.hexdigest(), start, end)


def _spooled(
    file: IO[bytes], name: bytes, count: int, digest: str, start: int, end: int
) -> SpooledGraph:
    body = Slice(file.fileno(), start, end - start)
    return SpooledGraph(NamedNode(name[1:-1].decode()), count, digest, body)
