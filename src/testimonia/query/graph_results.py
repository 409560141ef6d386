"""The graph that a CONSTRUCT or DESCRIBE query answers with, always written in the same order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, overload

from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    Literal,
    NamedNode,
    Quad,
    RdfFormat,
    Triple,
    serialize,
)
from pyoxigraph import Dataset as QuadSet

from testimonia.namespaces import PREFIXES
from testimonia.query.labelling import Label
from testimonia.values import IRI, Value

__all__ = ["MOST_CANONICAL", "GraphResult"]

MOST_CANONICAL: Final = 6
"""The most blank nodes of a graph that are named by RDFC-1.0."""


class GraphResult(Sequence[Triple]):
    """The triples of a CONSTRUCT or DESCRIBE query, without duplicates and always in the same order.

    Up to `MOST_CANONICAL` blank nodes are named by W3C RDF Dataset Canonicalization (RDFC-1.0), so
    that equal graphs are written equally. The time for this can grow with the factorial of their
    number, so that more of them keep their names.

    Attributes
    ----------
    about
        For a description, the IRI of the thing described.
    """

    notes: tuple[str, ...] = ()

    def __init__(
        self,
        triples: Sequence[Triple],
        label: Label = lambda _: None,
        about: str | None = None,
    ) -> None:
        self.about = about
        self._triples = sorted(_canonical(triples), key=_order)
        self._label = label

    @overload
    def __getitem__(self, index: int) -> Triple: ...
    @overload
    def __getitem__(self, index: slice) -> list[Triple]: ...
    def __getitem__(self, index: int | slice) -> Triple | list[Triple]:
        return self._triples[index]

    def __len__(self) -> int:
        return len(self._triples)

    def __repr__(self) -> str:
        return f"<GraphResult: {len(self)} triples>"

    def label(self, value: Value | None) -> str | None:
        """Find the label of an IRI, if it has one."""
        return self._label(value) if isinstance(value, IRI) else None

    def to_turtle(self) -> str:
        """Write the graph as Turtle."""
        return self._written(RdfFormat.TURTLE)

    def to_ntriples(self) -> str:
        """Write the graph as N-Triples."""
        return self._written(RdfFormat.N_TRIPLES)

    def to_jsonld(self) -> str:
        """Write the graph as JSON-LD."""
        return self._written(RdfFormat.JSON_LD)

    def _written(self, syntax: RdfFormat) -> str:
        content = serialize(self._triples, format=syntax, prefixes=self._prefixes())
        return content.decode() if content else ""

    def _prefixes(self) -> dict[str, str]:
        iris = [iri for triple in self._triples for iri in _iris(triple)]
        return {
            prefix: namespace
            for prefix, namespace in PREFIXES.items()
            if any(iri.startswith(namespace) for iri in iris)
        }

    def _repr_html_(self) -> str:
        from testimonia.query.html import table

        rows = [(triple.subject, triple.predicate, triple.object) for triple in self]
        return table(("subject", "predicate", "object"), rows, self._label)


def _canonical(triples: Sequence[Triple]) -> list[Triple]:
    if not 0 < len({node for triple in triples for node in _blank_nodes(triple)}) <= MOST_CANONICAL:
        return list(dict.fromkeys(triples))
    quads = QuadSet(Quad(t.subject, t.predicate, t.object) for t in triples)
    quads.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return [quad.triple for quad in quads]


def _blank_nodes(triple: Triple) -> Iterator[BlankNode]:
    for term in (triple.subject, triple.object):
        if isinstance(term, BlankNode):
            yield term
        elif isinstance(term, Triple):
            yield from _blank_nodes(term)


def _order(triple: Triple) -> tuple[str, ...]:
    return tuple(str(term) for term in (triple.subject, triple.predicate, triple.object))


def _iris(triple: Triple) -> Iterator[str]:
    for term in (triple.subject, triple.predicate, triple.object):
        if isinstance(term, NamedNode):
            yield term.value
        elif isinstance(term, Literal):
            yield term.datatype.value
        elif isinstance(term, Triple):
            yield from _iris(term)
