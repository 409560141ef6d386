"""Statistics of the graphs of a release, by class and by property, in one pass.

A release streams its statements in canonical order, so that those with one subject are together:
counting subjects needs no memory. Objects are counted by 64-bit hashes; the chance that two of ten
million have the same one is about 1 in 370,000.
"""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby
from typing import Final, TypeAlias

from testimonia.namespaces import OWL, PREFIXES, RDF, RDFS, TMN
from testimonia.publish.descriptions.identity import HOME

__all__ = ["Statistics", "Tally", "namespace_of", "take"]

Statement: TypeAlias = tuple[bytes, bytes]
"""Predicate and object, as canonical lines write them."""

_TYPE: Final = str(RDF.type).encode()
_CLAIM: Final = str(TMN.Claim).encode()
_LINKS: Final = frozenset(
    {str(OWL.sameAs).encode(), str(RDFS.seeAlso).encode()}
    | {
        f"<{PREFIXES['skos']}{name}Match>".encode()
        for name in ("exact", "close", "broad", "narrow")
    }
)


@dataclass
class Tally:
    """Statistics of a graph, or of the union of all graphs; equal statements count once."""

    triples: int = 0
    subjects: int = 0
    classes: Counter[str] = field(default_factory=Counter)
    """Instances of each class."""
    uses: Counter[str] = field(default_factory=Counter)
    """Statements with each property."""
    users: Counter[str] = field(default_factory=Counter)
    """Subjects with each property."""

    def add(self, statements: set[Statement]) -> None:
        """Add the statements of one subject."""
        self.triples += len(statements)
        self.subjects += 1
        properties = [_iri(predicate) for predicate, _ in statements]
        self.uses.update(properties)
        self.users.update(set(properties))
        kinds = (value for predicate, value in statements if predicate == _TYPE)
        self.classes.update(_iri(kind) for kind in kinds if kind.startswith(b"<"))


@dataclass
class Statistics:
    """Statistics of a release."""

    whole: Tally = field(default_factory=Tally)
    objects: int = 0
    """Distinct objects of all graphs."""
    graphs: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    """Statistics of single graphs, by name."""
    links: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Links to things in other namespaces, by property and namespace."""
    example: str | None = None
    """The first claim."""


def take(lines: Iterable[bytes], graphs: Iterable[str]) -> Statistics:
    """Compute the statistics of a release.

    Parameters
    ----------
    lines
        Its statements in canonical order, as canonical N-Quads; each in a named graph.
    graphs
        Names of the graphs to count separately as well.
    """
    statistics = Statistics()
    objects = array("q")
    counted = {f"<{name}>".encode(): name for name in graphs}
    for subject, group in groupby(lines, key=lambda line: line.partition(b" ")[0]):
        union: set[Statement] = set()
        by_graph: dict[bytes, set[Statement]] = defaultdict(set)
        for line in group:
            _, predicate, rest = line.split(b" ", 2)
            value, _, graph = rest.removesuffix(b" .\n").rpartition(b" ")
            union.add((predicate, value))
            if graph in counted:
                by_graph[graph].add((predicate, value))
        for graph, statements in by_graph.items():
            statistics.graphs[counted[graph]].add(statements)
        statistics.whole.add(union)
        statistics.links.update(_link(*statement) for statement in union if _leads_away(*statement))
        objects.extend(hash(value) for _, value in union)
        if statistics.example is None and (_TYPE, _CLAIM) in union:
            statistics.example = _iri(subject)
    statistics.objects = _distinct(objects)
    return statistics


def namespace_of(iri: str) -> str:
    """Return an IRI up to and including its last ``#`` or ``/``, or else its first ``:``.

    Parameters
    ----------
    iri
        An absolute IRI.

    Examples
    --------
    >>> namespace_of("http://www.w3.org/ns/prov#used"), namespace_of("urn:isbn:1")
    ('http://www.w3.org/ns/prov#', 'urn:')
    """
    end = max(iri.rfind("#"), iri.rfind("/"))
    return iri[: (end if end >= 0 else iri.index(":")) + 1]


def _leads_away(predicate: bytes, value: bytes) -> bool:
    return predicate in _LINKS and value.startswith(b"<") and not _iri(value).startswith(HOME)


def _link(predicate: bytes, value: bytes) -> tuple[str, str]:
    return _iri(predicate), namespace_of(_iri(value))


@lru_cache(10_000)
def _iri(term: bytes) -> str:
    return term[1:-1].decode()


def _distinct(hashes: array[int]) -> int:
    import polars as pl

    return pl.Series(hashes, dtype=pl.Int64).n_unique() if hashes else 0
