"""Counts what the graphs of a release hold, by class and by property.

Terms are counted by 64-bit hashes in columns, so that millions of statements fit in memory. The
chance that two of ten million terms share a hash is about 1 in 370,000.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode, Quad

from testimonia.namespaces import PREFIXES

if TYPE_CHECKING:
    import polars

__all__ = ["Census", "PropertyCount", "Tally", "namespace_of", "take"]

_CHUNK: Final = 100_000
_TYPE: Final = PREFIXES["rdf"] + "type"
_OWN: Final = "https://w3id.org/testimonia/"
_LINKS: Final = frozenset(
    {PREFIXES["owl"] + "sameAs", PREFIXES["rdfs"] + "seeAlso"}
    | {PREFIXES["skos"] + name + "Match" for name in ("exact", "close", "broad", "narrow")}
)


@dataclass(frozen=True)
class PropertyCount:
    """How often a property occurs."""

    triples: int
    subjects: int
    objects: int


@dataclass(frozen=True)
class Tally:
    """What a graph, or the union of all graphs, holds; equal statements count once."""

    triples: int
    subjects: int
    objects: int
    classes: dict[str, int] = field(default_factory=dict)
    """Instances of each class, in order of IRI."""
    properties: dict[str, PropertyCount] = field(default_factory=dict)
    """In order of IRI."""


@dataclass(frozen=True)
class Census:
    """What a release holds."""

    whole: Tally
    graphs: dict[str, Tally]
    """By name, in order of name."""
    links: dict[tuple[str, str], int]
    """Links to things of others, by property and by the namespace they lead to."""
    example: str | None
    """The first claim in the order of the statements."""


def take(quads: Iterable[Quad]) -> Census:
    """Count in one pass.

    Parameters
    ----------
    quads
        Statements in named graphs.
    """
    import polars as pl

    names = _Names()
    links: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
    claims: list[str] = []
    rows = (_row(quad, names, links, claims) for quad in quads)
    table = pl.concat([_table([]), *map(_table, _chunks(rows))])
    parts = {key[0]: part for key, part in table.partition_by("graph", as_dict=True).items()}
    return Census(
        _tally(table, names),
        {names.of(number): _tally(parts[number], names) for number in names.graphs()},
        {key: len(triples) for key, triples in sorted(links.items())},
        claims[0] if claims else None,
    )


_Row = tuple[int, int, int, int, int, int]


class _Names:
    """Numbers for IRIs."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._iris: list[str] = []
        self._graphs: set[int] = set()

    def number(self, iri: str) -> int:
        found = self._numbers.setdefault(iri, len(self._iris))
        if found == len(self._iris):
            self._iris.append(iri)
        return found

    def graph(self, iri: str) -> int:
        number = self.number(iri)
        self._graphs.add(number)
        return number

    def of(self, number: int) -> str:
        return self._iris[number]

    def graphs(self) -> list[int]:
        return sorted(self._graphs, key=self.of)


def _row(
    quad: Quad, names: _Names, links: defaultdict[tuple[str, str], set[int]], claims: list[str]
) -> _Row:
    subject, predicate, object_ = quad.subject, quad.predicate.value, quad.object
    kind = -1
    if isinstance(object_, NamedNode):
        if predicate == _TYPE:
            kind = names.number(object_.value)
            if not claims and object_.value == PREFIXES["tmn"] + "Claim":
                claims.append(subject.value if isinstance(subject, NamedNode) else str(subject))
        elif predicate in _LINKS and not object_.value.startswith(_OWN):
            links[predicate, namespace_of(object_.value)].add(hash(quad.triple))
    graph = quad.graph_name.value if isinstance(quad.graph_name, NamedNode) else ""
    return (
        names.graph(graph),
        names.number(predicate),
        kind,
        hash(subject),
        hash(object_),
        hash(quad.triple),
    )


def namespace_of(iri: str) -> str:
    """Give an IRI up to and with its last ``#`` or ``/``, or else its first ``:``.

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


def _chunks(rows: Iterator[_Row]) -> Iterator[list[_Row]]:
    while chunk := list(islice(rows, _CHUNK)):
        yield chunk


def _table(rows: list[_Row]) -> polars.DataFrame:
    import polars as pl

    columns = {"graph": pl.Int32, "property": pl.Int32, "class": pl.Int32}
    hashes = {"subject": pl.Int64, "object": pl.Int64, "triple": pl.Int64}
    return pl.DataFrame(rows, schema={**columns, **hashes}, orient="row")


def _tally(table: polars.DataFrame, names: _Names) -> Tally:
    import polars as pl

    once = table.unique("triple")
    classes = once.filter(pl.col("class") >= 0).group_by("class").agg(pl.col("subject").n_unique())
    properties = once.group_by("property").agg(
        pl.len(), pl.col("subject").n_unique(), pl.col("object").n_unique()
    )
    return Tally(
        once.height,
        once["subject"].n_unique(),
        once["object"].n_unique(),
        dict(sorted((names.of(number), count) for number, count in classes.iter_rows())),
        dict(
            sorted(
                (names.of(number), PropertyCount(*counts))
                for number, *counts in properties.iter_rows()
            )
        ),
    )
