"""Canonical N-Quads of whole datasets, and the digests of graphs."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from pyoxigraph import Quad

from testimonia.rdf.canonical.nquads import chunks, has_blank_node, nquads
from testimonia.rdf.canonical.rdfc import TIME_LIMIT, Hash, labelled
from testimonia.rdf.canonical.sorting import Sorter

__all__ = ["canonical_nquads", "graph_digest", "sort_canonically"]


def canonical_nquads(
    quads: Iterable[Quad],
    *,
    folder: Path | None = None,
    hashed_by: Hash = "sha256",
    time_limit: float = TIME_LIMIT,
) -> Iterator[bytes]:
    r"""Write quads as canonical N-Quads (RDFC-1.0): the same dataset gives the same bytes.

    Quads without blank nodes are sorted on disk, so the dataset may be larger than memory. Those with
    blank nodes are kept in memory.

    Parameters
    ----------
    quads
        The dataset, in any order; duplicates are allowed.
    folder
        Folder for temporary files; the system's by default.
    hashed_by
        The hash algorithm for the labels of blank nodes.
    time_limit
        Seconds that labelling similar blank nodes may take.

    Yields
    ------
    bytes
        Lines, each with its line feed.

    Raises
    ------
    InputError
        Labelling the blank nodes takes too long; or a quad is not RDF 1.1.

    Examples
    --------
    >>> from pyoxigraph import RdfFormat, parse
    >>> text = b'_:x <x:p> "b", "a" .'
    >>> for line in canonical_nquads(parse(text, RdfFormat.TURTLE)):
    ...     print(line.decode(), end="")
    _:c14n0 <x:p> "a" .
    _:c14n0 <x:p> "b" .
    """
    with Sorter(folder or Path(tempfile.gettempdir())) as sorter:
        sort_canonically(quads, sorter, hashed_by=hashed_by, time_limit=time_limit)
        for batch in sorter.batches():
            yield from batch


def sort_canonically(
    quads: Iterable[Quad],
    sorter: Sorter,
    *,
    hashed_by: Hash = "sha256",
    time_limit: float = TIME_LIMIT,
) -> None:
    """Add all quads of a dataset to a sorter, as lines of canonical N-Quads.

    Parameters
    ----------
    quads, hashed_by, time_limit
        As for `canonical_nquads`.
    sorter
        Takes the lines.

    Raises
    ------
    InputError
        As for `canonical_nquads`.
    """
    blank: list[Quad] = []
    for chunk in chunks(quads):
        lines = nquads(chunk)
        if any(b"_:" in line for line in lines):
            blank += filter(has_blank_node, chunk)
            lines = nquads([quad for quad in chunk if not has_blank_node(quad)])
        sorter.add(lines)
    if blank:
        sorter.add(labelled(blank, hashed_by=hashed_by, time_limit=time_limit))


def graph_digest(quads: Iterable[Quad], *, folder: Path | None = None) -> str:
    """Compute the digest of a graph: SHA-256 of its canonical form by RDFC-1.0.

    Parameters
    ----------
    quads
        Its statements; graph names are ignored.
    folder
        Folder for temporary files; the system's by default.

    Returns
    -------
    str
        64 hexadecimal digits, as in the manifest of a release.

    Raises
    ------
    InputError
        Labelling the blank nodes takes too long; or a quad is not RDF 1.1.

    Examples
    --------
    >>> from pyoxigraph import RdfFormat, parse
    >>> one, other = b"<x:s> <x:p> 1, [] .", b"<x:s> <x:p> [], 1 ."
    >>> digests = {graph_digest(parse(text, RdfFormat.TURTLE)) for text in (one, other)}
    >>> len(digests)
    1
    """
    digest = hashlib.sha256()
    unnamed = (Quad(quad.subject, quad.predicate, quad.object) for quad in quads)
    for line in canonical_nquads(unnamed, folder=folder):
        digest.update(line)
    return digest.hexdigest()
