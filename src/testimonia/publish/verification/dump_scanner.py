"""Reads the dumps of an untrusted release: whether they are canonical, and their statistics."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from pyoxigraph import Quad, RdfFormat, parse

from testimonia.errors import InputError
from testimonia.progress import Progress
from testimonia.publish.data.arranging import computed
from testimonia.publish.folder.release import PublishedGraph
from testimonia.rdf import files
from testimonia.rdf.canonical import canonical_nquads
from testimonia.rdf.canonical.nquads import nquads, split
from testimonia.rdf.files import Reading

__all__ = ["Discrepancy", "Scan", "dataset_digest", "statements", "triples_digest"]

_BLOCK: Final = 4 << 20
_ENTITY: Final = b"<!ENTITY"
_COMPARED: Final = Reading(checked=False)  # anything that is left out in reading changes the digest


@dataclass(frozen=True)
class Discrepancy:
    """A difference between a release and its manifest, or between its files."""

    path: str
    """The file, relative to the release."""

    message: str
    """What differs, to be read after the path: ``is missing``."""


class Scan:
    """Statistics of N-Quads, and whether they are canonical.

    Parameters
    ----------
    path
        The file.
    progress
        Called with the number of quads read.

    Attributes
    ----------
    faults
        Why it is not canonical N-Quads: the first reason found. With any, the other attributes are not
        valid.
    quads
        How many lines it has.
    sha256
        Of its bytes.
    """

    def __init__(self, path: Path, progress: Progress | None = None) -> None:
        self.faults: list[str] = []
        self.quads = 0
        self._path = path
        self._digest = sha256()
        self._graphs: dict[bytes, tuple[int, hashlib._Hash]] = {}
        last = b""
        for lines in _blocks(path):
            fault = _fault(lines, last)
            if fault:
                number, reason = fault
                self.faults.append(f"line {self.quads + number + 1}: {reason}")
                return
            last = lines[-1]
            for line in lines:
                self._count(line)
            self.quads += len(lines)
            self._digest.update(b"".join(lines))
            if progress:
                progress("quads checked", self.quads, None)

    @property
    def sha256(self) -> str:
        """The digest of the whole, in hexadecimal digits."""
        return self._digest.hexdigest()

    def graphs(self) -> list[PublishedGraph]:
        """List the graphs; the default graph has no name."""
        return [
            PublishedGraph(name[1:-1].decode(), count, digest.hexdigest())
            for name, (count, digest) in self._graphs.items()
        ]

    def without_names(self, *, derived: bool) -> str:
        """Compute the digest of all triples, without the names of graphs.

        Parameters
        ----------
        derived
            Whether of derived and accepted triples, or of all others.
        """
        wanted = {name for name in self._graphs if computed(name) == derived}
        digest, last = sha256(), b""
        for lines in _blocks(self._path):
            for line in lines:
                subject, predicate, object_, graph = split(line)
                triple = b" ".join((subject, predicate, object_)) + b" .\n"
                # They are sorted, so equal triples of different graphs are next to each other.
                if graph in wanted and triple != last:
                    digest.update(triple)
                    last = triple
        return digest.hexdigest()

    def _count(self, line: bytes) -> None:
        subject, predicate, object_, graph = split(line)
        count, digest = self._graphs.get(graph) or (0, sha256())
        digest.update(b" ".join((subject, predicate, object_)) + b" .\n")
        self._graphs[graph] = count + 1, digest


def statements(path: Path) -> Iterator[Quad]:
    """Stream the statements of an RDF file, unless it declares XML entities.

    Raises
    ------
    InputError
        It cannot be read, is not well formed, or declares XML entities, a few lines of which can expand
        to more text than fits into memory. No release needs them.
    """
    if files.format_of(path) == RdfFormat.RDF_XML:
        rest = b""
        for lines in _blocks(path):
            block = rest + b"".join(lines)
            if _ENTITY in block:
                raise InputError("declares XML entities, and was not read")
            rest = block[-len(_ENTITY) :]
    yield from files.read([path])


def dataset_digest(path: Path) -> str:
    """Compute the digest of the canonical N-Quads of a file.

    Raises
    ------
    InputError
        It cannot be read or is not well formed.
    """
    return _digest(files.read([path], _COMPARED), path)


def triples_digest(path: Path) -> str:
    """Compute the digest of the canonical N-Triples of a file.

    Raises
    ------
    InputError
        It cannot be read or is not well formed.
    """
    quads = (
        Quad(quad.subject, quad.predicate, quad.object) for quad in files.read([path], _COMPARED)
    )
    return _digest(quads, path)


def _digest(quads: Iterator[Quad], path: Path) -> str:
    digest = sha256()
    with tempfile.TemporaryDirectory(prefix=path.name) as folder:
        for line in canonical_nquads(quads, folder=Path(folder)):
            digest.update(line)
    return digest.hexdigest()


def _blocks(path: Path) -> Iterator[list[bytes]]:
    try:
        with path.open("rb") as stream:
            while lines := stream.readlines(_BLOCK):
                yield lines
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror or error})") from None


def _fault(lines: list[bytes], before: bytes) -> tuple[int, str] | None:
    """Find the first line that is not canonical N-Quads, and the reason."""
    try:
        written = nquads(list(parse(b"".join(lines), RdfFormat.N_QUADS)))
    except SyntaxError as error:
        return (error.lineno or 1) - 1, f"not well formed: {error.msg}"
    except InputError as error:
        return 0, f"or one after it: {error.message}"
    for number, line in enumerate(lines):
        if number >= len(written) or line != written[number]:
            return number, "not in canonical form"
        if line <= before:
            return number, "not in canonical order"
        if b"_:" in line and any(term.startswith(b"_:") for term in split(line)):
            return number, "has a blank node"
        before = line
    return None
