"""Statistics of the graphs of a release, by class and by property, in one pass.

A release streams its statements in canonical order, so that those with one subject are together:
counting subjects needs no memory. Objects are counted by 64-bit hashes; the chance that two of ten
million have the same one is about 1 in 370,000.
"""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Container, Iterable
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final

from pyoxigraph import NamedNode, Quad

from testimonia.namespaces import OWL, PREFIXES, RDF, RDFS
from testimonia.publish.descriptions.identity import HOME

__all__ = ["Statistics", "Tally", "namespace_of", "take"]

_TYPE: Final = RDF.type
_CLAIM: Final = NamedNode(PREFIXES["tmn"] + "Claim")
_LINKS: Final = frozenset(
    {OWL.sameAs, RDFS.seeAlso}
    | {
        NamedNode(f"{PREFIXES['skos']}{name}Match")
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

    def add(self, statements: set[tuple[NamedNode, object]]) -> None:
        """Add the statements of one subject."""
        self.triples += len(statements)
        self.subjects += 1
        self.uses.update(predicate.value for predicate, _ in statements)
        self.users.update({predicate.value for predicate, _ in statements})
        kinds = (value for predicate, value in statements if predicate == _TYPE)
        self.classes.update(kind.value for kind in kinds if isinstance(kind, NamedNode))


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


def take(quads: Iterable[Quad], graphs: Container[str]) -> Statistics:
    """Compute the statistics of a release.

    Parameters
    ----------
    quads
        Its statements in canonical order: those of one subject together.
    graphs
        Names of the graphs to count separately as well.
    """
    statistics = Statistics()
    objects = array("q")
    for subject, group in groupby(quads, key=lambda quad: quad.subject):
        union: set[tuple[NamedNode, object]] = set()
        by_graph: dict[str, set[tuple[NamedNode, object]]] = defaultdict(set)
        for quad in group:
            statement = (quad.predicate, quad.object)
            graph = quad.graph_name
            by_graph[graph.value if isinstance(graph, NamedNode) else ""].add(statement)
            union.add(statement)
        for name, statements in by_graph.items():
            if name in graphs:
                statistics.graphs[name].add(statements)
        statistics.whole.add(union)
        statistics.links.update(_link(*statement) for statement in union if _leads_away(*statement))
        objects.extend(hash(value) for _, value in union)
        if statistics.example is None and (_TYPE, _CLAIM) in union:
            statistics.example = str(subject)[1:-1]
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


def _leads_away(predicate: NamedNode, value: object) -> bool:
    return predicate in _LINKS and isinstance(value, NamedNode) and not value.value.startswith(HOME)


def _link(predicate: NamedNode, value: object) -> tuple[str, str]:
    return predicate.value, namespace_of(str(value)[1:-1])


def _distinct(hashes: array[int]) -> int:
    import polars as pl

    return pl.Series(hashes, dtype=pl.Int64).n_unique() if hashes else 0
