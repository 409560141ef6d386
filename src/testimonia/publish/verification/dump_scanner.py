"""Reads the dumps of an untrusted release: whether they are canonical, and their statistics."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from operator import lt
from pathlib import Path
from typing import Final

from pyoxigraph import DefaultGraph, Quad, RdfFormat, parse

from testimonia.errors import InputError
from testimonia.progress import Progress
from testimonia.publish.data.arranging import computed
from testimonia.publish.folder.release import PublishedGraph
from testimonia.rdf import files
from testimonia.rdf.canonical import canonical_nquads
from testimonia.rdf.canonical.nquads import nquads, placed, split
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
        self._triples = {False: sha256(), True: sha256()}  # by whether they are derived
        self._last = {False: b"", True: b""}
        last = b""
        for lines in _blocks(path):
            quads, fault = _checked(lines, last)
            if fault:
                number, reason = fault
                self.faults.append(f"line {self.quads + number + 1}: {reason}")
                return
            last = lines[-1]
            self._count(quads)
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
        """Give the digest of all triples, without the names of graphs.

        Parameters
        ----------
        derived
            Whether of derived and accepted triples, or of all others.
        """
        return self._triples[derived].hexdigest()

    def _count(self, quads: list[Quad]) -> None:
        contents: dict[bytes, list[bytes]] = {}
        statements = list(placed(quads))
        for text, graph in statements:
            contents.setdefault(graph, []).append(text)
        kinds = {graph: computed(graph) for graph in contents}
        for graph, texts in contents.items():
            count, digest = self._graphs.get(graph) or (0, sha256())
            digest.update(_ended(texts))
            self._graphs[graph] = count + len(texts), digest
        united: dict[bool, list[bytes]] = {False: [], True: []}
        for text, graph in statements:
            kind = kinds[graph]
            # They are sorted, so equal triples of different graphs are next to each other.
            if text != self._last[kind]:
                self._last[kind] = text
                united[kind].append(text)
        for kind, texts in united.items():
            self._triples[kind].update(_ended(texts))


def _ended(texts: list[bytes]) -> bytes:
    return b"".join([text + b" .\n" for text in texts])


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
        quad
        if isinstance(quad.graph_name, DefaultGraph)
        else Quad(quad.subject, quad.predicate, quad.object)
        for quad in files.read([path], _COMPARED)
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


def _checked(lines: list[bytes], before: bytes) -> tuple[list[Quad], tuple[int, str] | None]:
    """Parse lines, and find the first that is not canonical N-Quads, and the reason."""
    text = b"".join(lines)
    try:
        quads = list(parse(text, RdfFormat.N_QUADS))
        written = nquads(quads)
    except SyntaxError as error:
        return [], ((error.lineno or 1) - 1, f"not well formed: {error.msg}")
    except InputError as error:
        return [], (0, f"or one after it: {error.message}")
    in_order = before < lines[0] and all(map(lt, lines, islice(lines, 1, None)))
    if written == lines and in_order and b"_:" not in text:
        return quads, None
    return quads, _fault(lines, written, before)


def _fault(lines: list[bytes], written: list[bytes], before: bytes) -> tuple[int, str] | None:
    for number, line in enumerate(lines):
        if number >= len(written) or line != written[number]:
            return number, "not in canonical form"
        if line <= before:
            return number, "not in canonical order"
        if b"_:" in line and any(term.startswith(b"_:") for term in split(line)):
            return number, "has a blank node"
        before = line
    return None
