"""Compares a graph with what a store returns for it.

The digests of the canonical forms are compared first. If they differ, both sides are normalised by the
known rewrites of the store and compared again: what is equal then was rewritten, the rest was changed.
"""

from __future__ import annotations

import hashlib
import tempfile
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import IO, BinaryIO, Final, Literal, Self, cast

from pyoxigraph import Quad, RdfFormat, parse

from testimonia.errors import InputError, StoreError
from testimonia.loading.spool import SpooledGraph
from testimonia.query.remote.rewrites import Rewrite, normal_quad
from testimonia.rdf.canonical import Sorter, sort_canonically
from testimonia.rdf.canonical.nquads import has_blank_node, split, triples
from testimonia.rdf.canonical.rdfc import labelled
from testimonia.rdf.nesting import refuse_deep_terms

__all__ = ["Comparison", "compare", "normal_count"]

LISTED: Final = 20
"""How many differing statements are listed, on either side."""

_BLOCK: Final = 4 << 20
_REMEMBERED: Final = 100_000


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
    graph: SpooledGraph,
    stored: IO[bytes],
    rewrites: Iterable[Rewrite],
    folder: Path | None = None,
    *,
    canonical: bool = False,
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
    canonical
        Whether the store writes canonical lines, apart from their order and the labels of blank nodes,
        so that most need not be parsed.

    Raises
    ------
    StoreError
        The store returned something that is not N-Triples.
    """
    rewrites = tuple(rewrites)
    folder = folder or Path(tempfile.gettempdir())
    with Sorter(folder) as sorter:
        if canonical:
            _sort_lines(stored, sorter)
        else:
            sort_canonically(_read(stored), sorter)
        digest, count = hashlib.sha256(), 0
        for batch in sorter.batches():
            digest.update(b"".join(batch))
            count += len(batch)
        if digest.hexdigest() == graph.sha256:
            return Comparison(count, graph.sha256)
        with _Side(rewrites, folder) as source, _Side(rewrites, folder) as store:
            for side, lines in _differences(graph.body.lines(), sorter.batches()):
                (store if side else source).take(lines)
            only = _Only.of(source.normal(), store.normal())
            changed = {r.name: max(source.tally[r.name], store.tally[r.name]) for r in rewrites}
            if only.any and rewrites:
                # A statement may be left over because its counterpart is the same on both sides, or
                # because of blank node labels: then all statements must be compared.
                only = _of_all(graph, stored, rewrites, folder)
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
    with Sorter(folder) as sorter:
        sort_canonically(_normal(_parsed(graph.body.lines()), tuple(rewrites)), sorter)
        return sum(map(len, sorter.batches()))


class _Side:
    """The statements that only one side of a comparison has, normalised."""

    def __init__(self, rewrites: tuple[Rewrite, ...], folder: Path) -> None:
        self.tally: Counter[str] = Counter()
        self._normal = lru_cache(_REMEMBERED)(_normal_by(rewrites))
        self._sorter = Sorter(folder)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._sorter.close()

    def take(self, lines: list[bytes]) -> None:
        normal = []
        for line in lines:
            if not line.endswith(b"> .\n"):  # no literal with a datatype, which alone are rewritten
                normal.append(line)
                continue
            subject, predicate, object_, _ = split(line)
            written, names = self._normal(object_)
            if names:
                self.tally.update(names)
            normal.append(b"%b %b %b .\n" % (subject, predicate, written))
        self._sorter.add(normal)

    def normal(self) -> Iterator[list[bytes]]:
        return self._sorter.batches()


def _normal_by(rewrites: tuple[Rewrite, ...]) -> Callable[[bytes], tuple[bytes, tuple[str, ...]]]:
    """Make a function that gives the normal form of an object, and the rewrites that change it."""

    def normal(written: bytes) -> tuple[bytes, tuple[str, ...]]:
        if not written.startswith(b'"'):
            return written, ()
        [quad] = parse(b"<x:s> <x:p> " + written + b" .", RdfFormat.N_TRIPLES)
        names = tuple(r.name for r in rewrites if normal_quad(quad, (r,)) != quad)
        [line] = triples([normal_quad(quad, rewrites)])
        return split(line)[2], names

    return normal


@dataclass(frozen=True)
class _Only:
    """The statements that only one of two sorted streams has."""

    counts: tuple[int, int]
    listed: tuple[list[str], list[str]]

    @classmethod
    def of(cls, source: Iterable[list[bytes]], store: Iterable[list[bytes]]) -> _Only:
        counts = [0, 0]
        listed: tuple[list[str], list[str]] = ([], [])
        for side, lines in _differences(source, store):
            counts[side] += len(lines)
            left = islice(lines, LISTED - len(listed[side]))
            listed[side].extend(line.decode().rstrip("\n") for line in left)
        return cls((counts[0], counts[1]), listed)

    @property
    def any(self) -> bool:
        return any(self.counts)


def _of_all(
    graph: SpooledGraph, stored: IO[bytes], rewrites: tuple[Rewrite, ...], folder: Path
) -> _Only:
    """Compare all statements, normalised."""
    with Sorter(folder) as source, Sorter(folder) as store:
        sort_canonically(_normal(_parsed(graph.body.lines()), rewrites), source)
        sort_canonically(_normal(_read(stored), rewrites), store)
        return _Only.of(source.batches(), store.batches())


def _differences(
    source: Iterable[list[bytes]], store: Iterable[list[bytes]]
) -> Iterator[tuple[Literal[0, 1], list[bytes]]]:
    """Merge two sorted streams, and yield what only the first (0) or only the second (1) has.

    Parameters
    ----------
    source, store
        Lines in order, each once, in lists that are not empty.
    """
    lefts, rights = iter(source), iter(store)
    left, right = next(lefts, []), next(rights, [])
    while left and right:
        last = min(left[-1], right[-1])
        lines, others = left[: bisect_right(left, last)], right[: bisect_right(right, last)]
        if lines != others:
            here, there = set(lines), set(others)
            yield 0, [line for line in lines if line not in there]
            yield 1, [line for line in others if line not in here]
        left = left[len(lines) :] or next(lefts, [])
        right = right[len(others) :] or next(rights, [])
    while left:
        yield 0, left
        left = next(lefts, [])
    while right:
        yield 1, right
        right = next(rights, [])


def _normal(quads: Iterable[Quad], rewrites: tuple[Rewrite, ...]) -> Iterator[Quad]:
    return (normal_quad(quad, rewrites) for quad in quads)


def _parsed(blocks: Iterable[list[bytes]]) -> Iterator[Quad]:
    for lines in blocks:
        yield from parse(b"".join(lines), RdfFormat.N_TRIPLES)


def _sort_lines(stored: IO[bytes], sorter: Sorter) -> None:
    """Sort canonical lines, and parse only those that may have blank nodes."""
    blank: list[Quad] = []
    stored.seek(0)
    while lines := stored.readlines(_BLOCK):
        if b"_:" in b"".join(lines):
            some = list(_parsed([[line for line in lines if b"_:" in line]]))
            blank += filter(has_blank_node, some)
            lines = [line for line in lines if b"_:" not in line]
            lines += triples([quad for quad in some if not has_blank_node(quad)])
        sorter.add(lines)
    if blank:
        sorter.add(labelled(blank))


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
