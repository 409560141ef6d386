"""Which named graph each statement is published in, and where it is written there.

The rule is docs/decisions/0009-graphs-of-a-release.md. It needs one subject at a time, with all its
statements and what refers to it; so it works on any number of sorted lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Final, NamedTuple
from urllib.parse import quote

from pyoxigraph import NamedNode, Quad

from testimonia.namespaces import IDENTIFIER, OA, ONTOLOGY, PREFIXES, RDF, RDFS
from testimonia.rdf.canonical.nquads import DEFAULT

__all__ = [
    "GRAPHS",
    "LINKING",
    "Kinds",
    "Link",
    "Neighbours",
    "Row",
    "Subject",
    "document_graph",
    "is_of_document",
    "links",
]

GRAPHS: Final = IDENTIFIER + "graph/"

_DOCUMENT: Final = IDENTIFIER + "document/"
_OF_DOCUMENT: Final = f"<{GRAPHS}document/".encode()
_OF_FOREIGN_DOCUMENT: Final = f"<{GRAPHS}foreign-document/".encode()

# The kind of a thing by its class, subclasses included; the first match counts.
_ROOTS: Final = {
    ONTOLOGY + "Document": "document",
    ONTOLOGY + "Claim": "claim",
    ONTOLOGY + "Passage": "passage",
    OA.TextPositionSelector.value: "selectors",
    ONTOLOGY + "TimeBounds": "times",
    ONTOLOGY + "Agent": "agents",
    ONTOLOGY + "Post": "agents",
    PREFIXES["org"] + "Membership": "agents",
    ONTOLOGY + "Event": "events",
    ONTOLOGY + "Place": "places",
    ONTOLOGY + "Proposition": "propositions",
    ONTOLOGY + "PersonGroup": "groups",
    ONTOLOGY + "Assessment": "assessments",
    ONTOLOGY + "Exclusion": "assessments",
    ONTOLOGY + "Policy": "assessments",
}
_ORDER: Final = {kind: rank for rank, kind in enumerate(dict.fromkeys(_ROOTS.values()))}
_OTHER: Final = "other"


_REMEMBERED: Final = 10_000


def _term(iri: str) -> bytes:
    return f"<{iri}>".encode()


_TYPE: Final = _term(RDF.type.value)
_STATED_IN: Final = _term(ONTOLOGY + "statedIn")
_SOURCE: Final = _term(OA.hasSource.value)
_SELECTOR: Final = _term(OA.hasSelector.value)
_TIMES: Final = frozenset(
    _term(ONTOLOGY + name)
    for name in ("statedAt", "published", "occurred", "since", "during", "claimedTime")
)
_OF_CLAIMS: Final = frozenset(_term(ONTOLOGY + name) for name in ("passage", "proposition"))
LINKING: Final = _TIMES | _OF_CLAIMS | {_TYPE, _STATED_IN, _SOURCE, _SELECTOR}
"""The predicates that `links` looks at."""


class Row(NamedTuple):
    """A statement: its text, predicate and object, and the graph that it is in already."""

    text: bytes
    """Subject, predicate and object as in canonical N-Quads, with one space between."""

    predicate: bytes
    object: bytes
    graph: bytes
    """`DEFAULT` if it is in none."""


class Kinds:
    """Finds the kinds of things from their classes.

    Parameters
    ----------
    ontology
        The ontology, for its class hierarchy.
    """

    def __init__(self, ontology: Iterable[Quad]) -> None:
        below: dict[str, set[str]] = {}
        for quad in ontology:
            if (
                quad.predicate.value == RDFS.subClassOf.value
                and isinstance(quad.subject, NamedNode)
                and isinstance(quad.object, NamedNode)
            ):
                below.setdefault(quad.object.value, set()).add(quad.subject.value)
        self._kinds: dict[bytes, str] = {}
        for root, kind in reversed(_ROOTS.items()):
            self._spread(root, kind, below)

    def _spread(self, cls: str, kind: str, below: dict[str, set[str]]) -> None:
        self._kinds[_term(cls)] = kind
        for narrower in below.get(cls, ()):
            if self._kinds.get(_term(narrower)) != kind:
                self._spread(narrower, kind, below)

    def of(self, rows: Iterable[Row]) -> str:
        """Find the kind of a thing from all statements about it."""
        types = [row.object for row in rows if row.predicate == _TYPE]
        found = [self._kinds[object_] for object_ in types if object_ in self._kinds]
        return min(found, key=_ORDER.__getitem__, default=_OTHER)


class Link(NamedTuple):
    """A reference to a thing from another, and its graph."""

    target: bytes
    graph: bytes
    """The graph of the reference."""

    claim: bytes = b""
    """The referring claim, if it is one."""

    passage: bytes = b""
    """The referring passage, if it is one."""

    def line(self) -> bytes:
        """Write it as a line; lines sort by target, graph, claim and passage."""
        return b"\t".join((self.target, self.graph, self.claim, self.passage)) + b"\n"

    @classmethod
    def read(cls, line: bytes) -> Link:
        """Parse a line that `line` has written."""
        return cls(*line[:-1].split(b"\t"))


class Neighbours(NamedTuple):
    """The references to a thing, in the order of `Link.line`."""

    links: Sequence[Link] = ()

    def document_graph(self) -> bytes | None:
        """Return the document graph of all references, if they are in one and the same."""
        graphs = {link.graph for link in self.links}
        if len(graphs) == 1:
            (only,) = graphs
            if is_of_document(only[1:-1].decode()):
                return only
        return None

    def first(self, graph: bytes | None = None) -> Link | None:
        """Find the first referring claim, or else passage, in one graph or in any."""
        passage = None
        for link in self.links:
            if graph is None or link.graph == graph:
                if link.claim:
                    return link
                if passage is None and link.passage:
                    passage = link
        return passage


class Subject(NamedTuple):
    """A thing with all statements of which it is the subject."""

    term: bytes
    kind: str
    rows: Sequence[Row]

    def home(self, neighbours: Neighbours | None) -> bytes:
        """Choose the graph for those of its statements that are in none.

        Parameters
        ----------
        neighbours
            The references to it. None while these are not known yet: then `DEFAULT` is returned for times
            and selectors, which go where they are referred to.
        """
        if self.kind == "document":
            return document_graph(self.term)
        if self.kind in ("claim", "passage"):
            via = _STATED_IN if self.kind == "claim" else _SOURCE
            documents = sorted(r.object for r in self.rows if r.predicate == via)
            named = [term for term in documents if term.startswith(b"<")]
            return document_graph(named[0]) if named else _shared(_OTHER)
        if self.kind in ("times", "selectors"):
            if neighbours is None:
                return DEFAULT
            return neighbours.document_graph() or _shared(self.kind)
        return _shared(self.kind)

    def position(self, graph: bytes, neighbours: Neighbours, *, anywhere: bool = False) -> bytes:
        """Return its position in a graph: a claim, then its passages, times and propositions.

        Parameters
        ----------
        graph
            The graph.
        neighbours
            The references to it.
        anywhere
            Whether a proposition may follow a claim of another graph.

        Returns
        -------
        bytes
            A key to sort by.
        """
        if self.kind == "document":
            return b"0"
        if self.kind == "claim":
            return b"2\t" + self.term
        near = neighbours.first(None if anywhere else graph)
        if self.kind == "passage":
            if near is None or not near.claim:
                return b"3\t" + self.term
            return b"2\t" + near.claim + b"\t1\t" + self.term
        if near is None:
            links = any(link.graph == graph for link in neighbours.links)
            return (b"1\t" if links and self.kind == "times" else b"4\t") + self.term
        if self.kind == "selectors":
            beside = b"2\t" + near.claim + b"\t1\t" if near.claim else b"3\t"
            return beside + near.passage + b"\t" + self.term
        return b"2\t" + near.claim + (b"\t2\t" if self.kind == "times" else b"\t3\t") + self.term


@lru_cache(_REMEMBERED)
def document_graph(document: bytes) -> bytes:
    """Return the graph of a document.

    Parameters
    ----------
    document
        Its IRI in angle brackets.

    Examples
    --------
    >>> document_graph(b"<https://w3id.org/testimonia/id/document/a>")
    b'<https://w3id.org/testimonia/id/graph/document/a>'
    >>> document_graph(b"<http://example.org/a>")
    b'<https://w3id.org/testimonia/id/graph/foreign-document/http%3A%2F%2Fexample.org%2Fa>'
    """
    iri = document[1:-1].decode()
    if iri.startswith(_DOCUMENT):
        return _OF_DOCUMENT + iri.removeprefix(_DOCUMENT).encode() + b">"
    return _OF_FOREIGN_DOCUMENT + quote(iri, safe="").encode() + b">"


def is_of_document(graph: str) -> bool:
    """Return whether a graph is that of a single document, judging by its IRI."""
    return graph.startswith((f"{GRAPHS}document/", f"{GRAPHS}foreign-document/"))


def links(subject: Subject) -> Iterator[Link]:
    """List the references of a thing that matter for placing what it refers to.

    Parameters
    ----------
    subject
        The thing.
    """
    home = subject.home(None)
    claim = subject.term if subject.kind == "claim" else b""
    for row in subject.rows:
        if row.predicate in _TIMES or (claim and row.predicate in _OF_CLAIMS):
            yield Link(row.object, row.graph or home, claim)
        elif row.predicate == _SELECTOR:
            yield Link(row.object, row.graph or home, passage=subject.term)


def _shared(kind: str) -> bytes:
    return f"<{GRAPHS}{kind}>".encode()
