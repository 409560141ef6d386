"""Groups statements by subject, as the readable formats write them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple

from testimonia.rdf.canonical.nquads import split

__all__ = ["Block", "GraphBlocks", "blocks"]


class Block(NamedTuple):
    """What is stated about one subject in one graph; all terms as canonical lines write them."""

    subject: bytes
    statements: list[tuple[bytes, bytes]]
    """Predicate and object of each, in canonical order."""


class GraphBlocks(NamedTuple):
    """A graph, subject by subject."""

    name: bytes
    """As canonical lines write it; `testimonia.rdf.canonical.nquads.DEFAULT` for the default graph."""

    blocks: Iterable[Block]


def blocks(lines: Iterable[bytes]) -> Iterator[Block]:
    """Group canonical lines of one graph by subject.

    Parameters
    ----------
    lines
        Canonical lines of N-Triples or N-Quads, in order.
    """
    rows = (split(line) for line in lines)
    for subject, group in groupby(rows, key=lambda row: row[0]):
        yield Block(subject, [(predicate, object_) for _, predicate, object_, _ in group])
