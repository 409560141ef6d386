"""A remote store, with the queries of the embedded one, and changes graph by graph."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from io import BytesIO
from itertools import pairwise
from types import TracebackType
from typing import IO, Any, Final, Self
from urllib.parse import urlsplit

from pyoxigraph import (
    Literal,
    NamedNode,
    QueryResultsFormat,
    QuerySolutions,
    parse_query_results,
)

from testimonia.errors import InputError, Place, QueryError, StoreError, TimeLimitExceeded
from testimonia.namespaces import PREFIXES
from testimonia.query.evaluation import Answer
from testimonia.query.query_faults import syntax_fault
from testimonia.query.remote.profiles import Profile
from testimonia.query.remote.requests import N_TRIPLES, RESULTS, Body, Request, Requests
from testimonia.query.remote.transport import Reply, TooSlow, Transport
from testimonia.query.remote.watchdog import LONGEST_EXCHANGE
from testimonia.query.sparql import check, names_dataset, service_call, tokens
from testimonia.rdf.nesting import refuse_deep_lines
from testimonia.rdf.reading_limits import NESTING

__all__ = ["LARGEST_GRAPH", "PROBE_SECONDS", "RemoteStore"]

_TRIPLES: Final = frozenset({N_TRIPLES, "text/plain", "text/ntriples"})
LARGEST_GRAPH: Final = 1 << 40
"""Maximum bytes of a graph if the caller gives no limit."""

PROBE_SECONDS: Final = 120.0
"""Seconds that the answer to a trivial query may take in all."""

_ASKED_AS_ROWS = ["__ASK_RETVAL"]


class RemoteStore:
    """A store over HTTP. Use `connect` to make one.

    Attributes
    ----------
    profile
        The kind of store.
    requests
        Makes the requests to it.
    """

    def __init__(self, profile: Profile, requests: Requests, transport: Transport) -> None:
        self.profile = profile
        self.requests = requests
        self._transport = transport

    @property
    def host(self) -> str:
        """Its host and port."""
        return urlsplit(self.requests.addresses.query).netloc

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self._transport.close()

    def ping(self) -> None:
        """Check that the store answers a query.

        Raises
        ------
        StoreError
            It does not, or something else answers.
        """
        request = self.requests.query("ASK {}", purpose="answer a query")
        answer = self._answer(self._transport.send(request, total=PROBE_SECONDS))
        if answer.kind != "boolean":
            raise self._no_results("rows instead of a boolean")

    def query(self, sparql: str, *, time_limit: float | None = None) -> Answer:
        """Run a query over the union of all graphs, or over the graphs that it names (FROM).

        The prefixes of `testimonia.namespaces` need not be declared.

        Parameters
        ----------
        sparql
            A SPARQL 1.1 SELECT, ASK, CONSTRUCT or DESCRIBE query.
        time_limit
            Seconds that the answer may take; ten minutes of silence when left out. The store may continue
            to work on the query afterwards.

        Returns
        -------
        Answer
            As the embedded store gives it; `testimonia.query.results.of` makes rows of it.

        Raises
        ------
        QueryError
            It is an update, calls another server (SERVICE), or takes too long.
        StoreError
            The store refuses it, or does not answer.
        """
        check(sparql)
        complete = _with_prefixes(sparql)
        try:
            called = service_call(complete)
        except SyntaxError as error:
            raise syntax_fault(error, sparql) from None
        if called is not None:
            raise QueryError(
                "this query calls on another server (SERVICE), and nothing is fetched",
                place=Place("query", called.line),
                hint="Get the data as a file and load it into the store.",
            )
        parameters = self.profile.union if self._can_unite(sparql) else ()
        request = self.requests.query(complete, parameters=parameters, purpose="answer a query")
        try:
            total = LONGEST_EXCHANGE if time_limit is None else time_limit
            return self._answer(self._transport.send(request, seconds=time_limit, total=total))
        except TooSlow as error:
            if time_limit is None:
                raise
            raise TimeLimitExceeded(error.message, hint=error.hint) from None

    def send(self, request: Request) -> None:
        """Send a request that changes something, and is idempotent.

        Raises
        ------
        StoreError
            The store refuses it, or gives no answer.
        """
        self._transport.send(request)

    def update(self, sparql: str, *, purpose: str = "run an update") -> None:
        """Run an idempotent update.

        Parameters
        ----------
        sparql
            SPARQL 1.1 Update. It is sent again if the connection breaks.
        purpose
            What it is for, in words that follow "to"; for messages.

        Raises
        ------
        StoreError
            The store refuses it, or gives no answer.
        """
        self.send(self.requests.update(sparql, purpose=purpose))

    def counts(self, graphs: Sequence[NamedNode]) -> dict[NamedNode, int]:
        """Count the statements of graphs.

        Parameters
        ----------
        graphs
            Their names.

        Returns
        -------
        dict
            Number of statements by graph; 0 for a graph that does not exist.

        Raises
        ------
        StoreError
            The store does not answer with counts.
        """
        found = dict.fromkeys(graphs, 0)
        for request in self.requests.counts(graphs):
            answer = self._answer(self._transport.send(request))
            for name, number in self._pairs(answer):
                found[name] = number
        return found

    def read(self, graph: NamedNode, sink: IO[bytes], *, most: int = LARGEST_GRAPH) -> None:
        """Get a graph as N-Triples.

        Parameters
        ----------
        graph
            Its name; a graph that does not exist is empty.
        sink
            Where the text is written, replacing any content.
        most
            Maximum number of bytes.

        Raises
        ------
        AnswerTooLarge
            It has more.
        StoreError
            The store does not return it.
        """
        reply = self._transport.send(self.requests.read(graph), sink=sink, most=most)
        if not reply.good:
            sink.seek(0)
            sink.truncate()
        elif reply.media_type not in _TRIPLES:
            sink.seek(0)
            raise self._no_results(f"{reply.media_type or 'no media type'} for a graph")

    def read_together(self, graphs: Sequence[NamedNode]) -> dict[NamedNode, bytes]:
        """Get graphs as N-Triples, with one query.

        Parameters
        ----------
        graphs
            Their names; few and small ones, since the answer is held in memory.

        Returns
        -------
        dict
            The statements of each, in no particular order; none for a graph that does not exist.

        Raises
        ------
        StoreError
            The store does not return them.
        """
        answer = self._answer(self._transport.send(self.requests.read_graphs(graphs)))
        lines: dict[NamedNode, list[str]] = {graph: [] for graph in graphs}
        try:
            rows = parse_query_results(answer.content, QueryResultsFormat.JSON)
            if not isinstance(rows, QuerySolutions):
                raise ValueError("a boolean")
            for graph, subject, predicate, object_ in rows:
                lines[graph].append(f"{subject} {predicate} {object_} .\n")
        except (SyntaxError, ValueError, KeyError) as error:
            raise self._no_results(f"invalid statements ({error})") from None
        return {graph: "".join(found).encode() for graph, found in lines.items()}

    def put(self, graph: NamedNode, body: Body) -> None:
        """Replace the statements of a graph.

        Parameters
        ----------
        graph
            Its name.
        body
            N-Triples.

        Raises
        ------
        StoreError
            The store refuses it, or gives no answer.
        """
        self.send(self.requests.put(graph, body))

    def post(self, graph: NamedNode, body: Body) -> None:
        """Add statements to a graph.

        Parameters
        ----------
        graph
            Its name.
        body
            N-Triples; without blank nodes, which would be added twice if the request is sent twice.

        Raises
        ------
        StoreError
            The store refuses it, or gives no answer.
        """
        self.send(self.requests.post(graph, body))

    def delete(self, graph: NamedNode) -> None:
        """Remove a graph, if it exists.

        Raises
        ------
        StoreError
            The store refuses it, or gives no answer.
        """
        self.send(self.requests.delete(graph))

    def _can_unite(self, sparql: str) -> bool:
        if names_dataset(sparql):
            return False
        words = {token.text.upper() for token in tokens(sparql) if token.kind == "word"}
        return not (self.profile.union_hides_graphs and "GRAPH" in words)

    def _answer(self, reply: Reply) -> Answer:
        if reply.media_type in _TRIPLES:
            try:
                refuse_deep_lines(BytesIO(reply.content))
            except InputError as error:
                raise self._no_results(f"triples that cannot be read: {error.message}") from None
            return Answer("triples", reply.content)
        if reply.media_type not in (RESULTS, "application/json"):
            raise self._no_results(f"{reply.media_type or 'no media type'}: {reply.words}")
        try:
            content = json.loads(reply.content)
            if "boolean" in content:
                return Answer("boolean", reply.content)
            names = content["head"]["vars"]
            rows = content["results"]["bindings"]
            if any(_is_deep(term) for row in rows for term in row.values()):
                raise ValueError("nested too deeply")
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise self._no_results(f"invalid query results: {reply.words}") from None
        if self.profile.boolean_rows and names == _ASKED_AS_ROWS:
            return Answer("boolean", json.dumps({"head": {}, "boolean": bool(rows)}).encode())
        return Answer("solutions", reply.content)

    def _pairs(self, answer: Answer) -> Iterator[tuple[NamedNode, int]]:
        try:
            rows = parse_query_results(answer.content, QueryResultsFormat.JSON)
            if not isinstance(rows, QuerySolutions):
                raise ValueError("a boolean")
            for name, number in rows:
                if isinstance(name, NamedNode) and isinstance(number, Literal):
                    yield name, int(number.value)
        except (SyntaxError, ValueError) as error:
            raise self._no_results(f"invalid counts ({error})") from None

    def _no_results(self, what: str) -> StoreError:
        return StoreError(
            f"{self.host} answers with success, but with {what}",
            hint="Check the path of the URL, and whether a login page or a proxy answers instead.",
        )


def _is_deep(term: Any) -> bool:
    """Check whether triple terms are nested too deeply for the parser of results."""
    level = [term]
    for _ in range(NESTING.value):
        inner = (each["value"] for each in level if isinstance(each.get("value"), dict))
        level = [part for triple in inner for part in triple.values() if isinstance(part, dict)]
        if not level:
            return False
    return True


def _with_prefixes(sparql: str) -> str:
    """Declare the prefixes that a query does not declare; RDF4J refuses duplicate declarations."""
    words = list(tokens(sparql))
    declared = {
        name.text.partition(":")[0]
        for keyword, name in pairwise(words)
        if keyword.kind == "word" and keyword.text.upper() == "PREFIX" and name.kind == "name"
    }
    added = (f"PREFIX {p}: <{space}> " for p, space in PREFIXES.items() if p not in declared)
    return "".join(added) + sparql
