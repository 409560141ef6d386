"""Compares a graph with what a store returns for it.

The digests of the canonical forms are compared first. If they differ, both sides are normalised by the
known rewrites of the store and compared again: what is equal then was rewritten, the rest was changed.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import IO, BinaryIO, Final, Literal, Self, cast

from pyoxigraph import Quad, RdfFormat, parse

from testimonia.errors import InputError, StoreError
from testimonia.loading.spool import SpooledGraph
from testimonia.query.remote.rewrites import Rewrite, normal_quad
from testimonia.rdf.canonical import Sorter, canonical_nquads
from testimonia.rdf.canonical.nquads import triples
from testimonia.rdf.nesting import refuse_deep_terms

__all__ = ["Comparison", "compare", "normal_count"]

LISTED: Final = 20
"""How many differing statements are listed, on either side."""

_BATCH: Final = 10_000


@dataclass(frozen=True)
class Comparison:
    """How a graph in a store differs from its source.

    Attributes
    ----------
    triples
        Number of statements in the store.
    sha256
        Digest of their canonical form (RDFC-1.0), as they are in the store.
    rewritten
        How many statements each known rewrite changed, by its name.
    missing, unexpected
        The first statements that only the source has, and that only the store has, after
        normalisation; N-Triples.
    missing_count, unexpected_count
        How many there are.
    """

    triples: int
    sha256: str
    rewritten: dict[str, int] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    unexpected: tuple[str, ...] = ()
    missing_count: int = 0
    unexpected_count: int = 0

    @property
    def same(self) -> bool:
        """Whether nothing differs apart from known rewrites."""
        return not self.missing_count and not self.unexpected_count


def compare(
    graph: SpooledGraph, stored: IO[bytes], rewrites: Iterable[Rewrite], folder: Path | None = None
) -> Comparison:
    """Compare a graph with the N-Triples that a store returned for it.

    Parameters
    ----------
    graph
        The expected graph.
    stored
        What the store returned; read from the beginning, as often as needed.
    rewrites
        The known rewrites of the store.
    folder
        Folder for temporary files.

    Raises
    ------
    StoreError
        The store returned something that is not N-Triples.
    """
    rewrites = tuple(rewrites)
    folder = folder or Path(tempfile.gettempdir())
    with tempfile.TemporaryFile(dir=folder) as lines:
        digest, count = hashlib.sha256(), 0
        for line in canonical_nquads(_read(stored), folder=folder):
            digest.update(line)
            lines.write(line)
            count += 1
        if digest.hexdigest() == graph.sha256:
            return Comparison(count, graph.sha256)
        lines.seek(0)
        with _Side(rewrites, folder) as source, _Side(rewrites, folder) as store:
            for side, line in _differences(graph.body.lines(), lines):
                (store if side else source).take(line)
            only = _Only.of(source.normal(), store.normal())
            changed = {r.name: max(source.tally[r.name], store.tally[r.name]) for r in rewrites}
            if only.any and rewrites:
                # A statement may be left over because its counterpart is the same on both sides, or
                # because of blank node labels: then all statements must be compared.
                only = _Only.of(
                    canonical_nquads(_normal(_parsed(graph.body.lines()), rewrites), folder=folder),
                    canonical_nquads(_normal(_read(stored), rewrites), folder=folder),
                )
    return Comparison(
        count,
        digest.hexdigest(),
        {name: number for name, number in changed.items() if number},
        tuple(only.listed[0]),
        tuple(only.listed[1]),
        *only.counts,
    )


def normal_count(graph: SpooledGraph, rewrites: Iterable[Rewrite], folder: Path) -> int:
    """Count the statements of a graph after normalisation, when some literals become equal."""
    rewrites = tuple(rewrites)
    quads = _normal(_parsed(graph.body.lines()), rewrites)
    return sum(1 for _ in canonical_nquads(quads, folder=folder))


class _Side:
    """The statements that only one side of a comparison has, normalised."""

    def __init__(self, rewrites: tuple[Rewrite, ...], folder: Path) -> None:
        self.tally: Counter[str] = Counter()
        self._rewrites = rewrites
        self._sorter = Sorter(folder)
        self._waiting: list[bytes] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._sorter.close()

    def take(self, line: bytes) -> None:
        self._waiting.append(line)
        if len(self._waiting) == _BATCH:
            self._sort()

    def normal(self) -> Iterator[bytes]:
        self._sort()
        return chain.from_iterable(self._sorter.batches())

    def _sort(self) -> None:
        quads = list(parse(b"".join(self._waiting), RdfFormat.N_TRIPLES))
        for rewrite in self._rewrites:
            self.tally[rewrite.name] += sum(normal_quad(q, (rewrite,)) != q for q in quads)
        self._sorter.add(triples([normal_quad(quad, self._rewrites) for quad in quads]))
        self._waiting = []


@dataclass(frozen=True)
class _Only:
    """The statements that only one of two sorted streams has."""

    counts: tuple[int, int]
    listed: tuple[list[str], list[str]]

    @classmethod
    def of(cls, source: Iterable[bytes], store: Iterable[bytes]) -> _Only:
        counts = [0, 0]
        listed: tuple[list[str], list[str]] = ([], [])
        for side, line in _differences(source, store):
            counts[side] += 1
            if len(listed[side]) < LISTED:
                listed[side].append(line.decode().rstrip("\n"))
        return cls((counts[0], counts[1]), listed)

    @property
    def any(self) -> bool:
        return any(self.counts)


def _differences(
    source: Iterable[bytes], store: Iterable[bytes]
) -> Iterator[tuple[Literal[0, 1], bytes]]:
    """Merge two sorted streams, and yield what only the first (0) or only the second (1) has."""
    lefts, rights = iter(source), iter(store)
    left, right = next(lefts, None), next(rights, None)
    while left is not None or right is not None:
        if left == right:
            left, right = next(lefts, None), next(rights, None)
        elif left is not None and (right is None or left < right):
            yield 0, left
            left = next(lefts, None)
        elif right is not None:
            yield 1, right
            right = next(rights, None)


def _normal(quads: Iterable[Quad], rewrites: tuple[Rewrite, ...]) -> Iterator[Quad]:
    return (normal_quad(quad, rewrites) for quad in quads)


def _parsed(lines: Iterable[bytes]) -> Iterator[Quad]:
    batch: list[bytes] = []
    for line in lines:
        batch.append(line)
        if len(batch) == _BATCH:
            yield from parse(b"".join(batch), RdfFormat.N_TRIPLES)
            batch = []
    yield from parse(b"".join(batch), RdfFormat.N_TRIPLES)


def _read(stored: IO[bytes]) -> Iterator[Quad]:
    stored.seek(0)
    try:
        refuse_deep_terms(cast(BinaryIO, stored))
        yield from parse(stored, RdfFormat.N_TRIPLES)
    except InputError as error:
        raise StoreError(
            f"the store's answer cannot be read: {error.message}", hint=error.hint
        ) from None
    except (SyntaxError, MemoryError) as error:
        raise StoreError(
            f"the store's answer for a graph is not N-Triples ({error})",
            hint="See the store's log: the answer may be incomplete.",
        ) from None
