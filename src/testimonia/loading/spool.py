"""Sorts the statements of a dataset by graph into one temporary file, without duplicates.

A dataset may be larger than memory, and may have as many graphs as documents. Lines are sorted by
graph on disk; then each graph is a slice of one file, which can be sent in chunks and compared.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final, Self

from pyoxigraph import NamedNode, Quad

from testimonia.errors import InputError, Place
from testimonia.progress import Progress
from testimonia.rdf.canonical import Sorter
from testimonia.rdf.canonical.nquads import DEFAULT, chunks, has_blank_node, placed
from testimonia.rdf.canonical.rdfc import labelled

__all__ = ["Slice", "Spool", "SpooledGraph", "no_room"]

_PIECE: Final = 1 << 18
_BETWEEN: Final = b"\t"  # does not occur in IRIs
_AFTER: Final = b"\n"  # the next byte, so what follows all lines of a graph


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
    blank
        Whether it has blank nodes. Their labels are those of other graphs as well, so that such a graph
        must not be parsed together with others.
    """

    name: NamedNode
    triples: int
    sha256: str
    body: Slice
    blank: bool


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

    def lines(self) -> Iterator[list[bytes]]:
        """Stream its lines, many at a time, each with its line feed."""
        rest = b""
        for piece in self:
            whole, end, rest = (rest + piece).rpartition(b"\n")
            if end:
                yield (whole + end).splitlines(keepends=True)


class Spool:
    """The graphs of a dataset in one unnamed temporary file.

    Parameters
    ----------
    quads
        The dataset.
    graph
        The graph for quads that are in no named graph, which are refused when it is left out.
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
        self,
        quads: Iterable[Quad],
        *,
        graph: NamedNode | None = None,
        folder: Path | None = None,
        progress: Progress | None = None,
    ) -> None:
        folder = folder or Path(tempfile.gettempdir())
        self._file: IO[bytes] = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - lives as long
        sorter = Sorter(folder)
        try:
            blank = _sort(quads, graph, sorter, progress)
            self.graphs = list(_written(sorter, self._file, blank))
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


def _sort(
    quads: Iterable[Quad], into: NamedNode | None, sorter: Sorter, progress: Progress | None
) -> set[bytes]:
    """Sort statements by graph, and return the names of graphs that have blank nodes."""
    default = DEFAULT if into is None else str(into).encode()
    blank: dict[bytes, list[Quad]] = {}
    read = 0
    for chunk in chunks(quads):
        read += len(chunk)
        sorter.add(_keyed(chunk, default, blank))
        if progress is not None:
            progress("reading statements", read, None)
    for name, some in blank.items():
        sorter.add([name + _BETWEEN + line for line in labelled(some)])
    return set(blank)


def _keyed(chunk: list[Quad], default: bytes, blank: dict[bytes, list[Quad]]) -> list[bytes]:
    """Write statements as lines that begin with their graph; those with blank nodes are put aside."""
    statements = list(placed(chunk))
    names = {graph: _name(graph or default) for graph in {graph for _, graph in statements}}
    lines = []
    for quad, (text, graph) in zip(chunk, statements, strict=True):
        if b"_:" in text and has_blank_node(quad):  # it may also be in a literal
            unnamed = Quad(quad.subject, quad.predicate, quad.object)
            blank.setdefault(names[graph], []).append(unnamed)
        else:
            lines.append(names[graph] + _BETWEEN + text + b" .\n")
    return lines


def _name(graph: bytes) -> bytes:
    if graph.startswith(b"<"):
        return graph
    raise InputError(
        "a statement is in no named graph"
        if graph == DEFAULT
        else "a graph is named by a blank node, which stores do not preserve",
        hint="Name the graph for such statements with --graph, or load a release: "
        "testimonia publish puts each statement into a graph.",
    )


def _written(sorter: Sorter, file: IO[bytes], blank: set[bytes]) -> Iterator[SpooledGraph]:
    name, start, count, end = b"", 0, 0, 0
    digest = hashlib.sha256()
    for batch in sorter.batches():
        for graph, lines in _by_graph(batch):
            if graph != name:
                if count:
                    body = Slice(file.fileno(), start, end - start)
                    yield SpooledGraph(_named(name), count, digest.hexdigest(), body, name in blank)
                name, start, count, digest = graph, end, 0, hashlib.sha256()
            key = graph + _BETWEEN
            # Canonical literals have no line feed, so each is followed by a key.
            text = b"".join(lines)[len(key) :].replace(b"\n" + key, b"\n")
            digest.update(text)
            file.write(text)
            count += len(lines)
            end += len(text)
    file.flush()
    if count:
        body = Slice(file.fileno(), start, end - start)
        yield SpooledGraph(_named(name), count, digest.hexdigest(), body, name in blank)


def _by_graph(batch: list[bytes]) -> Iterator[tuple[bytes, list[bytes]]]:
    """Split sorted lines by their graph."""
    done = 0
    while done < len(batch):
        graph = batch[done].partition(_BETWEEN)[0]
        after = bisect_left(batch, graph + _AFTER, done)
        yield graph, batch[done:after]
        done = after


def _named(name: bytes) -> NamedNode:
    return NamedNode(name[1:-1].decode())
