"""Compares a graph with what a store gives back for it.

First as it is, by the digest of its canonical form. Where that differs, both sides are brought into
the form that the known rewrites of the store lead to, and compared again: what is equal then was
rewritten, what is not has changed.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final

from pyoxigraph import Quad, RdfFormat, parse

from testimonia.canonical import canonical_nquads
from testimonia.errors import StoreError
from testimonia.loading.spool import SpooledGraph
from testimonia.remote.rewrites import Rewrite, normal_quad

__all__ = ["Comparison", "compare", "normal_count"]

LISTED: Final = 20
"""Most statements that are listed of those that differ, on either side."""


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
    digest, count = hashlib.sha256(), 0
    for line in canonical_nquads(_read(stored), folder=folder):
        digest.update(line)
        count += 1
    if digest.hexdigest() == graph.sha256:
        return Comparison(count, graph.sha256)
    exact = _Differences(graph.body.lines(), canonical_nquads(_read(stored), folder=folder))
    tally: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
    only: tuple[list[str], list[str]] = ([], [])
    for side, line in exact:
        _note(line, side, rewrites, tally, only)
    if not rewrites:
        return _outcome(count, digest.hexdigest(), {}, exact, only)
    normal = _Differences(
        canonical_nquads(_normal(_parsed(graph.body.lines()), rewrites), folder=folder),
        canonical_nquads(_normal(_read(stored), rewrites), folder=folder),
    )
    only = ([], [])
    for side, line in normal:
        if len(only[side]) < LISTED:
            only[side].append(line.decode().rstrip("\n"))
    changed = {r.name: max(tally[0][r.name], tally[1][r.name]) for r in rewrites}
    rewritten = {name: number for name, number in changed.items() if number}
    return _outcome(count, digest.hexdigest(), rewritten, normal, only)


def normal_count(graph: SpooledGraph, rewrites: Iterable[Rewrite], folder: Path) -> int:
    """Count the statements that are left of a graph when literals that become alike are one."""
    rewrites = tuple(rewrites)
    quads = _normal(_parsed(graph.body.lines()), rewrites)
    return sum(1 for _ in canonical_nquads(quads, folder=folder))


class _Differences:
    """Walks two sorted streams of lines, and gives what only one of them has, with 0 or 1."""

    def __init__(self, source: Iterable[bytes], stored: Iterable[bytes]) -> None:
        self.counts = [0, 0]
        self._source, self._stored = iter(source), iter(stored)

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        left, right = next(self._source, None), next(self._stored, None)
        while left is not None or right is not None:
            if left == right:
                left, right = next(self._source, None), next(self._stored, None)
            elif right is None or (left is not None and left < right):
                assert left is not None  # noqa: S101
                self.counts[0] += 1
                yield 0, left
                left = next(self._source, None)
            else:
                self.counts[1] += 1
                yield 1, right
                right = next(self._stored, None)


def _note(
    line: bytes,
    side: int,
    rewrites: tuple[Rewrite, ...],
    tally: tuple[Counter[str], Counter[str]],
    only: tuple[list[str], list[str]],
) -> None:
    if len(only[side]) < LISTED:
        only[side].append(line.decode().rstrip("\n"))
    for quad in parse(line, RdfFormat.N_TRIPLES) if rewrites else ():
        tally[side].update(r.name for r in rewrites if normal_quad(quad, (r,)) != quad)


def _outcome(
    count: int,
    sha256: str,
    rewritten: dict[str, int],
    differences: _Differences,
    only: tuple[list[str], list[str]],
) -> Comparison:
    return Comparison(count, sha256, rewritten, tuple(only[0]), tuple(only[1]), *differences.counts)


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
        yield from parse(stored, RdfFormat.N_TRIPLES)
    except SyntaxError as error:
        raise StoreError(
            f"what the store gives for a graph is no N-Triples ({error})",
            hint="See the store's log: it may have broken off.",
        ) from None


_BATCH = 10_000
