"""The data behind a SPARQL endpoint, read as those of the embedded store are."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

from pyoxigraph import (
    Literal,
    NamedNode,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    Triple,
    parse,
    parse_query_results,
)

from testimonia.errors import StoreError
from testimonia.namespaces import RDF, RDFS, SKOS
from testimonia.query.evaluation import Answer
from testimonia.query.remote.remote_store import RemoteStore
from testimonia.values import Term

__all__ = ["RemoteData"]

_TYPE: Final = RDF.type
_LABELS: Final = (SKOS.prefLabel, RDFS.label)
_AT_ONCE: Final = 200
"""IRIs whose labels one query asks for."""

_KEPT: Final = 4
"""Answers that are kept until a label is needed."""

_MOST_SUBJECTS: Final = 100_000
"""IRIs that are looked through for one that resembles a misspelt name."""


class RemoteData:
    """What a SPARQL endpoint holds, read by queries.

    Labels are asked for in batches: the first time that one is needed, those of everything in the
    answers so far are asked for with it. They are kept, and so is which terms are in use.

    Parameters
    ----------
    remote
        The connection.
    """

    def __init__(self, remote: RemoteStore) -> None:
        self._remote = remote
        self._labels: dict[NamedNode, list[Triple]] = {}
        self._answers: deque[Answer] = deque(maxlen=_KEPT)
        self._met: dict[NamedNode, None] = {}
        self._used: dict[NamedNode, bool] = {}

    def __repr__(self) -> str:
        return f"<RemoteData at {self._remote.host}>"

    def __len__(self) -> int:
        ((count,),) = self._rows("SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }")
        return _number(count)

    def query(self, sparql: str, *, time_limit: float | None = None) -> Answer:
        """Run a query, as `RemoteStore.query` does."""
        answer = self._remote.query(sparql, time_limit=time_limit)
        if answer.kind != "boolean":
            self._answers.append(answer)
        return answer

    def outgoing(self, subject: NamedNode, predicate: NamedNode | None = None) -> Iterator[Triple]:
        """Find the statements that have a subject."""
        if predicate in _LABELS:
            self._fetch_labels(subject)
            yield from (t for t in self._labels[subject] if t.predicate == predicate)
            return
        about = "?p" if predicate is None else str(predicate)
        yield from self._triples(
            f"CONSTRUCT {{ {subject} {about} ?o }} WHERE {{ {subject} {about} ?o }}"
        )

    def incoming(self, object_: NamedNode) -> Iterator[Triple]:
        """Find the statements that have an object."""
        yield from self._triples(f"CONSTRUCT {{ ?s ?p {object_} }} WHERE {{ ?s ?p {object_} }}")

    def uses(self, term: NamedNode) -> bool:
        """Check whether data use a term as a predicate, or as the class of something."""
        if term not in self._used:
            answer = self._remote.query(
                f"ASK {{ {{ ?s {term} ?o }} UNION {{ ?s {_TYPE} {term} }} }}"
            )
            self._used[term] = bool(parse_query_results(answer.content, QueryResultsFormat.JSON))
        return self._used[term]

    def subjects(self, namespace: str) -> set[str]:
        """Find the IRIs in a namespace that something is stated about; not more than 100,000."""
        within = f"FILTER(isIRI(?s) && STRSTARTS(STR(?s), {Literal(namespace)}))"
        query = f"SELECT DISTINCT ?s WHERE {{ ?s ?p ?o {within} }} LIMIT {_MOST_SUBJECTS}"
        return {term.value for (term,) in self._rows(query) if isinstance(term, NamedNode)}

    def sizes(self) -> dict[str, int]:
        """Count the statements of each graph that an IRI names, by name and in order of name."""
        query = "SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"
        rows = [(g, n) for g, n in self._rows(query) if isinstance(g, NamedNode)]
        return {graph.value: _number(count) for graph, count in sorted(rows, key=str)}

    def _fetch_labels(self, subject: NamedNode) -> None:
        if subject in self._labels:
            return
        self._meet([subject])
        while self._answers:
            self._meet(_iris(self._answers.pop()))
        waiting = iter(list(self._met))
        self._met.clear()
        while some := list(islice(waiting, _AT_ONCE)):
            self._labels |= {iri: [] for iri in some}
            names, predicates = " ".join(map(str, some)), " ".join(map(str, _LABELS))
            for triple in self._constructed(
                f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ VALUES ?s {{ {names} }} "
                f"VALUES ?p {{ {predicates} }} ?s ?p ?o }}"
            ):
                if isinstance(triple.subject, NamedNode) and triple.subject in self._labels:
                    self._labels[triple.subject].append(triple)

    def _meet(self, terms: Iterable[Term | None]) -> None:
        """Note IRIs whose labels may be wanted."""
        found = (term for term in terms if isinstance(term, NamedNode))
        self._met |= dict.fromkeys(iri for iri in found if iri not in self._labels)

    def _triples(self, construct: str) -> Iterator[Triple]:
        for triple in self._constructed(construct):
            self._meet((triple.subject, triple.predicate, triple.object))
            yield triple

    def _constructed(self, construct: str) -> list[Triple]:
        answer = self._remote.query(construct)
        if answer.kind != "triples":
            raise self._unexpected("no statements")
        return _parsed(answer)

    def _rows(self, select: str) -> list[tuple[Term | None, ...]]:
        answer = self._remote.query(select)
        found = parse_query_results(answer.content, QueryResultsFormat.JSON)
        if not isinstance(found, QuerySolutions):
            raise self._unexpected("no rows")
        return [tuple(row) for row in found]

    def _unexpected(self, what: str) -> StoreError:
        return StoreError(
            f"{self._remote.host} answers a query with {what}",
            hint="Check that the URL is that of a SPARQL endpoint.",
        )


def _iris(answer: Answer) -> Iterator[Term | None]:
    if answer.kind == "triples":
        for triple in _parsed(answer):
            yield from (triple.subject, triple.predicate, triple.object)
        return
    found = parse_query_results(answer.content, QueryResultsFormat.JSON)
    if isinstance(found, QuerySolutions):
        for row in found:
            yield from row


def _parsed(answer: Answer) -> list[Triple]:
    return [quad.triple for quad in parse(answer.content, RdfFormat.N_TRIPLES)]


def _number(term: Term | None) -> int:
    return int(term.value) if isinstance(term, Literal) else 0
