"""Requests of the SPARQL 1.1 Protocol and Graph Store Protocol, as values that can be printed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol
from urllib.parse import urlencode

from pyoxigraph import NamedNode

from testimonia.query.remote.profiles import Addresses

__all__ = ["N_TRIPLES", "RESULTS", "Body", "Request", "Requests"]

RESULTS: Final = "application/sparql-results+json"
N_TRIPLES: Final = "application/n-triples"
_TRIG = "application/trig"

_ABSENT = frozenset({404})  # an empty graph
_COUNTED = 100  # graphs counted in one query
_FORM = "application/x-www-form-urlencoded"


class Body(Protocol):
    """A request body that can be iterated again for another attempt.

    Attributes
    ----------
    size
        Its length in bytes.
    """

    @property
    def size(self) -> int:
        """Its length in bytes."""

    def __iter__(self) -> Iterator[bytes]: ...


@dataclass(frozen=True)
class Request:
    """An idempotent HTTP request.

    Attributes
    ----------
    method
        The HTTP method.
    url
        The URL with its query string.
    purpose
        What it is for, in words that follow "to".
    headers
        Headers, without credentials.
    body
        The body, if any.
    text
        The SPARQL in the body, if any.
    answers
        Status codes beside 2xx that are not errors.
    """

    method: str
    url: str
    purpose: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | Body | None = None
    text: str | None = None
    answers: frozenset[int] = frozenset()

    def shown(self) -> str:
        """Format the request like HTTP, without credentials, and with the size of a graph for its statements."""
        lines = [f"{self.method} {self.url}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        if self.text is not None:
            lines += ["", self.text]
        elif isinstance(self.body, bytes):
            lines += ["", f"({len(self.body):,} bytes)"]
        elif self.body is not None:
            lines += ["", f"({self.body.size:,} bytes of statements)"]
        return "\n".join(lines) + "\n"


@dataclass(frozen=True)
class _Block:
    """N-Triples in braces, which is a graph in TriG (RDF 1.1 TriG, section 2.2)."""

    inner: Body

    @property
    def size(self) -> int:
        return len(_OPENING) + self.inner.size + len(_CLOSING)

    def __iter__(self) -> Iterator[bytes]:
        yield _OPENING
        yield from self.inner
        yield _CLOSING


_OPENING, _CLOSING = b"{\n", b"}\n"


@dataclass(frozen=True)
class _Graphs:
    """Several graphs in TriG."""

    parts: Sequence[tuple[NamedNode, Body]]

    @property
    def size(self) -> int:
        return sum(len(str(name).encode()) + 1 + _Block(body).size for name, body in self.parts)

    def __iter__(self) -> Iterator[bytes]:
        for name, body in self.parts:
            yield f"{name} ".encode()
            yield from _Block(body)


@dataclass(frozen=True)
class Requests:
    """Makes the requests to one store.

    Attributes
    ----------
    addresses
        The endpoints of the store.
    enclosed
        Whether statements are sent as a TriG block in braces. A truncated block is not well formed,
        while N-Triples truncated between two lines are.
    """

    addresses: Addresses
    enclosed: bool = False

    def query(
        self, sparql: str, *, parameters: Iterable[tuple[str, str]] = (), purpose: str
    ) -> Request:
        """Run a query (SPARQL 1.1 Protocol, section 2.1.2: POST of a form)."""
        body = urlencode([("query", sparql), *parameters]).encode()
        headers = {
            "Accept": f"{RESULTS}, {N_TRIPLES};q=0.9",
            "Content-Type": _FORM,
        }
        return Request("POST", self.addresses.query, purpose, headers, body, sparql)

    def update(self, sparql: str, *, purpose: str) -> Request:
        """Run an update (SPARQL 1.1 Protocol, section 2.2.1: POST of a form)."""
        body = urlencode([("update", sparql)]).encode()
        return Request(
            "POST", self.addresses.update, purpose, {"Content-Type": _FORM}, body, sparql
        )

    def counts(self, graphs: Sequence[NamedNode]) -> Iterator[Request]:
        """Count the statements of graphs in batches; empty graphs are missing from the answer."""
        for first in range(0, len(graphs), _COUNTED):
            # str() writes IRIs in angle brackets, which IRIs in pyoxigraph cannot contain.
            names = " ".join(map(str, graphs[first : first + _COUNTED]))
            sparql = (
                f"SELECT ?g (COUNT(*) AS ?n) WHERE {{ VALUES ?g {{ {names} }} "
                "GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"
            )
            yield self.query(sparql, purpose="count statements")

    def read(self, graph: NamedNode) -> Request:
        """Get a graph (Graph Store Protocol, section 5.2)."""
        return Request(
            "GET", self._of(graph), f"read {graph}", {"Accept": N_TRIPLES}, answers=_ABSENT
        )

    def put(self, graph: NamedNode, body: Body) -> Request:
        """Replace a graph (Graph Store Protocol, section 5.3)."""
        return self._sent("PUT", graph, body, f"write {graph}")

    def post(self, graph: NamedNode, body: Body) -> Request:
        """Add statements to a graph (Graph Store Protocol, section 5.5)."""
        return self._sent("POST", graph, body, f"add to {graph}")

    def post_graphs(self, graphs: Sequence[tuple[NamedNode, Body]], dataset: str) -> Request:
        """Add statements to several graphs, at the address of the dataset (``Addresses.dataset``)."""
        content = _Graphs(graphs)
        headers = {"Content-Type": _TRIG, "Content-Length": str(content.size)}
        others = f" and {len(graphs) - 1:,} more" if len(graphs) > 1 else ""
        return Request("POST", dataset, f"write {graphs[0][0]}{others}", headers, content)

    def read_graphs(self, graphs: Sequence[NamedNode]) -> Request:
        """Get the statements of several graphs, as rows of ``g``, ``s``, ``p`` and ``o``."""
        # str() writes IRIs in angle brackets, which IRIs in pyoxigraph cannot contain.
        names = " ".join(map(str, graphs))
        sparql = f"SELECT ?g ?s ?p ?o {{ VALUES ?g {{ {names} }} GRAPH ?g {{ ?s ?p ?o }} }}"
        return self.query(sparql, purpose=f"read {len(graphs):,} graphs")

    def delete(self, graph: NamedNode) -> Request:
        """Remove a graph (Graph Store Protocol, section 5.4)."""
        return Request("DELETE", self._of(graph), f"remove {graph}", answers=_ABSENT)

    def _sent(self, method: str, graph: NamedNode, body: Body, purpose: str) -> Request:
        content = _Block(body) if self.enclosed else body
        headers = {
            "Content-Type": _TRIG if self.enclosed else N_TRIPLES,
            "Content-Length": str(content.size),
        }
        return Request(method, self._of(graph), purpose, headers, content)

    def _of(self, graph: NamedNode) -> str:
        return f"{self.addresses.graphs}?{urlencode({'graph': graph.value})}"
