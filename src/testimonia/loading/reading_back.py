"""Compares a graph with what a store gives back for it.

First as it is, by the digest of its canonical form. Where that differs, both sides are brought into
the form that the known rewrites of the store lead to, and compared again: what is equal then was
rewritten, what is not has changed.
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
"""Most statements that are listed of those that differ, on either side."""

_BATCH: Final = 10_000


@dataclass(frozen=True)
class Comparison:
    """How a graph in a store relates to its source.

    Attributes
    ----------
    triples
        Statements that the store gave.
    sha256
        Of their canonical form by RDFC-1.0, as they are in the store.
    rewritten
        How many statements each known rewrite changed, by its name.
    missing, unexpected
        The first statements that only the source has, and that only the store has, after known
        rewrites are undone; N-Triples.
    missing_count, unexpected_count
        How many there are of them.
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
        """Whether nothing differs but by known rewrites."""
        return not self.missing_count and not self.unexpected_count


def compare(
    graph: SpooledGraph, stored: IO[bytes], rewrites: Iterable[Rewrite], folder: Path | None = None
) -> Comparison:
    """Compare a graph with the N-Triples that a store gave for it.

    Parameters
    ----------
    graph
        What it should hold.
    stored
        What the store gave; read from its beginning, as often as needed.
    rewrites
        What the store is known to rewrite.
    folder
        Where to keep what does not fit memory.

    Raises
    ------
    StoreError
        The store gave something that is no N-Triples.
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
                # One may be left over because its twin is alike on both sides, or because of how
                # blank nodes are named: then all statements must be compared, not these alone.
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
    """Count the statements that are left of a graph when literals that become alike are one."""
    rewrites = tuple(rewrites)
    quads = _normal(_parsed(graph.body.lines()), rewrites)
    return sum(1 for _ in canonical_nquads(quads, folder=folder))


class _Side:
    """What only one side of a comparison has, with known rewrites undone."""

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
    """Statements that only one of two sorted streams has."""

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
    """Walk two sorted streams, and give what only the first (0) or only the second (1) has."""
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
            f"what the store gives is not read: {error.message}", hint=error.hint
        ) from None
    except (SyntaxError, MemoryError) as error:
        raise StoreError(
            f"what the store gives for a graph is no N-Triples ({error})",
            hint="See the store's log: it may have broken off.",
        ) from None
