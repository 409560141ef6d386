r"""Canonical lines: writes quads as N-Triples and N-Quads, and splits lines into the text of their terms.

Source: RDF Dataset Canonicalization 1.0 (RDFC-1.0), appendix on the canonical form of N-Quads:
single spaces, no comments, short escapes for seven characters, ``\u`` for other controls and for
code points that are not characters in XML 1.1, no ``xsd:string``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Final

from pyoxigraph import (
    BlankNode,
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    RdfFormat,
    Triple,
    serialize,
)

from testimonia.errors import InputError

__all__ = [
    "DEFAULT",
    "chunks",
    "graph_of",
    "has_blank_node",
    "in_graph",
    "nquads",
    "placed",
    "refuse_rdf12",
    "split",
    "triples",
]

CHUNK: Final = 50_000
DEFAULT: Final = b""
"""The name of the default graph."""

_OBJECT: Final = re.compile(
    rb'(?:<[^<>"]*>|_:\S+|"(?:[^"\\]|\\.)*"(?:@[A-Za-z0-9-]+|\^\^<[^<>"]*>)?)'
)
_MAY_BE_RDF12: Final = (b"<<(", b"--ltr", b"--rtl")


def chunks(quads: Iterable[Quad]) -> Iterator[list[Quad]]:
    """Split a stream of quads into lists, to process many at a time."""
    iterator = iter(quads)
    while chunk := list(islice(iterator, CHUNK)):
        yield chunk


def nquads(quads: Sequence[Quad]) -> list[bytes]:
    """Write quads as canonical lines of N-Quads, in the order given.

    Parameters
    ----------
    quads
        A chunk of them; blank nodes keep their labels.

    Raises
    ------
    InputError
        A quad is not RDF 1.1.
    """
    return _lines(quads, RdfFormat.N_QUADS)


def triples(quads: Sequence[Quad]) -> list[bytes]:
    """Write quads as canonical lines of N-Triples, without the names of their graphs.

    Parameters
    ----------
    quads
        A chunk of them; blank nodes keep their labels.

    Raises
    ------
    InputError
        A quad is not RDF 1.1.
    """
    return _lines([quad.triple for quad in quads], RdfFormat.N_TRIPLES)


def placed(quads: Sequence[Quad]) -> Iterator[tuple[bytes, bytes]]:
    r"""Write quads as triples, each with the name of its graph, in the order given.

    Parameters
    ----------
    quads
        A chunk of them; blank nodes keep their labels.

    Yields
    ------
    tuple of bytes
        Subject, predicate and object as in a canonical line, without its end; and the name of the graph
        as in N-Quads, `DEFAULT` for the default graph.

    Raises
    ------
    InputError
        A quad is not RDF 1.1.

    Examples
    --------
    >>> from pyoxigraph import parse
    >>> list(placed(list(parse(b'<x:s> <x:p> "o" <x:g> .', RdfFormat.N_QUADS))))
    [(b'<x:s> <x:p> "o"', b'<x:g>')]
    """
    # Cutting the graph off the text is cheaper than making a triple of each quad.
    names: dict[object, bytes] = {}
    for line, quad in zip(nquads(quads), quads, strict=True):
        graph = names.get(quad.graph_name)
        if graph is None:
            graph = names[quad.graph_name] = graph_of(quad)
        yield line[: -(len(graph) + 4 if graph else 3)], graph


def in_graph(ntriples: Iterable[bytes], name: NamedNode) -> Iterator[bytes]:
    r"""Make canonical N-Triples N-Quads of a graph.

    Parameters
    ----------
    ntriples
        Canonical lines, in pieces of any length.
    name
        The graph.

    Yields
    ------
    bytes
        Lines, many at a time.

    Examples
    --------
    >>> list(in_graph([b"<x:s> <x:p> <x:a> .\n<x:s> <x:p", b"> <x:b> .\n"], NamedNode("x:g")))
    [b'<x:s> <x:p> <x:a> <x:g> .\n', b'<x:s> <x:p> <x:b> <x:g> .\n']
    """
    end = f" {name} .\n".encode()
    rest = b""
    for piece in ntriples:
        lines, feed, rest = (rest + piece).rpartition(b"\n")
        # Canonical literals have no line feed, so each ends a statement.
        yield (lines + feed).replace(b" .\n", end)


def graph_of(quad: Quad) -> bytes:
    """Write the graph name of a quad as in N-Quads; `DEFAULT` for the default graph."""
    name = quad.graph_name
    return DEFAULT if isinstance(name, DefaultGraph) else str(name).encode()


def split(line: bytes) -> tuple[bytes, bytes, bytes, bytes]:
    r"""Split a canonical line into subject, predicate, object and graph, each as written.

    Parameters
    ----------
    line
        A canonical line of N-Triples or N-Quads; this is not checked.

    Returns
    -------
    tuple of bytes
        The graph is `DEFAULT` if the line has none.

    Examples
    --------
    >>> split(b'<x:s> <x:p> "a <b> ."@en <x:g> .\n')
    (b'<x:s>', b'<x:p>', b'"a <b> ."@en', b'<x:g>')
    """
    subject, predicate, rest = line.rstrip(b"\n").removesuffix(b" .").split(b" ", 2)
    found = _OBJECT.match(rest)
    if found is None:
        raise ValueError(f"not a canonical line: {line!r}")
    return subject, predicate, found.group(), rest[found.end() + 1 :]


def has_blank_node(quad: Quad) -> bool:
    """Check whether subject, object or graph name of a quad is a blank node."""
    return any(isinstance(t, BlankNode) for t in (quad.subject, quad.object, quad.graph_name))


def refuse_rdf12(statement: Quad | Triple) -> None:
    """Refuse what RDF 1.1, and so RDFC-1.0, cannot express.

    Raises
    ------
    InputError
        The object is a triple term, or a literal with a base direction.
    """
    term = statement.object
    if isinstance(term, NamedNode | BlankNode) or (
        isinstance(term, Literal) and term.direction is None
    ):
        return
    raise InputError(
        f"{term} cannot be expressed in RDF 1.1, and so has no canonical form",
        hint="Write it as ordinary statements.",
    )


def _lines(statements: Sequence[Quad] | Sequence[Triple], form: RdfFormat) -> list[bytes]:
    text = serialize(statements, format=form)
    assert text is not None  # noqa: S101 - bytes are returned when no output is named
    if any(mark in text for mark in _MAY_BE_RDF12):  # or it is only the text of a literal
        for statement in statements:
            refuse_rdf12(statement)
    return text.splitlines(keepends=True)
