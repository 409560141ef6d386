"""The data behind a SPARQL endpoint, read as those of the embedded store are."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Final

from pyoxigraph import (
    BlankNode,
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
from testimonia.printing import one_line
from testimonia.query.evaluation import Answer
from testimonia.query.remote.remote_store import RemoteStore
from testimonia.query.sparql import form
from testimonia.values import Term

__all__ = ["RemoteData"]

_TYPE: Final = RDF.type
_LABELS: Final = (SKOS.prefLabel, RDFS.label)
_AT_ONCE: Final = 200
"""IRIs whose labels one query asks for."""

_KINDS: Final = {
    "SELECT": ("solutions",),
    "ASK": ("boolean",),
    "CONSTRUCT": ("triples", "solutions"),  # Virtuoso answers with rows
    "DESCRIBE": ("triples", "solutions"),
}
_NUMBER: Final = re.compile("[0-9]{1,18}")
_KEPT: Final = 4
"""Answers whose IRIs are kept until a label is needed."""

_MOST_SUBJECTS: Final = 100_000
"""IRIs that are looked through for one that resembles a misspelt name."""


class RemoteData:
    """What a SPARQL endpoint holds, read by queries.

    Labels are fetched in batches: when one is needed, those of all IRIs in the last answers are fetched
    with it. They are kept, and so is which terms are in use.

    Parameters
    ----------
    remote
        The connection.
    """

    def __init__(self, remote: RemoteStore) -> None:
        self._remote = remote
        self._labels: dict[NamedNode, list[Triple]] = {}
        self._met: deque[list[NamedNode]] = deque(maxlen=_KEPT)
        self._used: dict[NamedNode, bool] = {}

    def __repr__(self) -> str:
        return f"<RemoteData at {self._remote.host}>"

    def __len__(self) -> int:
        return self.count("SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }")

    def count(self, select: str) -> int:
        """Run a query that counts, as ``?n``.

        Raises
        ------
        StoreError
            The answer is not a number.
        """
        numbers = [self._number(count) for (count,) in self._rows(select, "n")]
        if len(numbers) != 1:
            raise self._unexpected(f"{len(numbers)} rows instead of one number")
        return numbers[0]

    def query(self, sparql: str, *, time_limit: float | None = None) -> Answer:
        """Run a query, as `RemoteStore.query` does; an answer of another kind than the query is an error."""
        answer = self._remote.query(sparql, time_limit=time_limit)
        if answer.kind not in _KINDS.get(form(sparql) or "", (answer.kind,)):
            raise self._unexpected(f"{answer.kind}, which it does not ask for")
        if answer.kind == "solutions":
            self._meet(term for row in self._solutions(answer) for term in row)
        elif answer.kind == "triples":
            self._meet(term for triple in self._statements(answer) for term in _terms(triple))
        return answer

    def outgoing(self, subject: NamedNode, predicate: NamedNode | None = None) -> Iterator[Triple]:
        """Find the statements that have a subject."""
        if predicate in _LABELS:
            self._fetch_labels(subject)
            yield from (t for t in self._labels[subject] if t.predicate == predicate)
            return
        # By SELECT throughout: asked for rows or statements, Virtuoso answers CONSTRUCT with rows.
        which = "" if predicate is None else f"VALUES ?p {{ {predicate} }} "
        yield from self._triples(f"VALUES ?s {{ {subject} }} {which}?s ?p ?o")

    def incoming(self, object_: NamedNode, predicate: NamedNode | None = None) -> Iterator[Triple]:
        """Find the statements that have an object."""
        which = "" if predicate is None else f"VALUES ?p {{ {predicate} }} "
        yield from self._triples(f"VALUES ?o {{ {object_} }} {which}?s ?p ?o")

    def uses(self, term: NamedNode) -> bool:
        """Check whether data use a term as a predicate, or as the class of something."""
        if term not in self._used:
            answer = self._remote.query(
                f"ASK {{ {{ ?s {term} ?o }} UNION {{ ?s {_TYPE} {term} }} }}"
            )
            if answer.kind != "boolean":
                raise self._unexpected(f"{answer.kind} instead of yes or no")
            self._used[term] = bool(parse_query_results(answer.content, QueryResultsFormat.JSON))
        return self._used[term]

    def subjects(self, namespace: str) -> set[str]:
        """Find the IRIs in a namespace that something is stated about; not more than 100,000."""
        within = f"FILTER(isIRI(?s) && STRSTARTS(STR(?s), {Literal(namespace)}))"
        query = f"SELECT DISTINCT ?s WHERE {{ ?s ?p ?o {within} }} LIMIT {_MOST_SUBJECTS}"
        return {term.value for (term,) in self._rows(query, "s") if isinstance(term, NamedNode)}

    def sizes(self) -> dict[str, int]:
        """Count the statements of each graph that an IRI names, by name and in order of name."""
        query = "SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"
        rows = [(g, n) for g, n in self._rows(query, "gn") if isinstance(g, NamedNode)]
        return {graph.value: self._number(count) for graph, count in sorted(rows, key=str)}

    def _fetch_labels(self, subject: NamedNode) -> None:
        if subject in self._labels:
            return
        met = dict.fromkeys([subject, *chain.from_iterable(self._met)])
        waiting = iter([iri for iri in met if iri not in self._labels])
        while some := list(islice(waiting, _AT_ONCE)):
            found: dict[NamedNode, list[Triple]] = {iri: [] for iri in some}
            names, predicates = " ".join(map(str, some)), " ".join(map(str, _LABELS))
            pattern = f"VALUES ?s {{ {names} }} VALUES ?p {{ {predicates} }} ?s ?p ?o"
            for triple in self._matching(pattern):
                if isinstance(triple.subject, NamedNode) and triple.subject in found:
                    found[triple.subject].append(triple)
            self._labels |= found
        self._met.clear()

    def _meet(self, terms: Iterable[Term | None]) -> None:
        """Note IRIs whose labels may be needed."""
        self._met.append(list(dict.fromkeys(t for t in terms if isinstance(t, NamedNode))))

    def _triples(self, pattern: str) -> Iterator[Triple]:
        triples = list(self._matching(pattern))
        self._meet(term for triple in triples for term in _terms(triple))
        return iter(triples)

    def _matching(self, pattern: str) -> Iterator[Triple]:
        for s, p, o in self._rows(f"SELECT DISTINCT ?s ?p ?o WHERE {{ {pattern} }}", "spo"):
            if isinstance(s, NamedNode | BlankNode) and isinstance(p, NamedNode) and o is not None:
                yield Triple(s, p, o)

    def _rows(self, select: str, names: Iterable[str]) -> list[tuple[Term | None, ...]]:
        """Run a query that selects variables with these names."""
        return self._solutions(self._remote.query(select), list(names))

    def _solutions(
        self, answer: Answer, names: list[str] | None = None
    ) -> list[tuple[Term | None, ...]]:
        try:
            found = parse_query_results(answer.content, QueryResultsFormat.JSON)
            if not isinstance(found, QuerySolutions):
                raise self._unexpected("a yes or no for rows")
            rows = [tuple(row) for row in found]
        except (SyntaxError, ValueError) as error:
            raise self._unexpected(
                f"results that are not well formed ({one_line(str(error))})"
            ) from None
        if names not in (None, [variable.value for variable in found.variables]):
            raise self._unexpected("columns that it does not ask for")
        return rows

    def _statements(self, answer: Answer) -> list[Triple]:
        try:
            return [quad.triple for quad in parse(answer.content, RdfFormat.N_TRIPLES)]
        except (SyntaxError, ValueError) as error:
            raise self._unexpected(
                f"N-Triples that are not well formed ({one_line(str(error))})"
            ) from None

    def _number(self, term: Term | None) -> int:
        if isinstance(term, Literal) and _NUMBER.fullmatch(term.value):
            return int(term.value)
        raise self._unexpected("something else than a number")

    def _unexpected(self, what: str) -> StoreError:
        return StoreError(
            f"{self._remote.host} answers a query with {what}",
            hint="Check that the URL is that of a SPARQL endpoint.",
        )


def _terms(triple: Triple) -> tuple[Term, ...]:
    return triple.subject, triple.predicate, triple.object
