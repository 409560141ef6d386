r"""Canonical lines: quads to N-Triples and N-Quads, and lines back into the text of their terms.

Source: RDF Dataset Canonicalization 1.0 (RDFC-1.0), appendix on the canonical form of N-Quads:
single spaces, no comments, the short escapes for seven characters, ``\u`` for other controls and
for what XML 1.1 takes for no character, ``xsd:string`` left out.
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
    "nquads",
    "refuse_rdf12",
    "split",
    "triples",
]

CHUNK: Final = 50_000
DEFAULT: Final = b""
"""What stands for the default graph where the name of a graph is asked for."""

_OBJECT: Final = re.compile(
    rb'(?:<[^<>"]*>|_:\S+|"(?:[^"\\]|\\.)*"(?:@[A-Za-z0-9-]+|\^\^<[^<>"]*>)?)'
)
_MAY_BE_RDF12: Final = (b"<<(", b"--ltr", b"--rtl")


def chunks(quads: Iterable[Quad]) -> Iterator[list[Quad]]:
    """Cut a stream of quads into lists, so that each step can be done for many at once."""
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
        A quad is none of RDF 1.1.
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
        A quad is none of RDF 1.1.
    """
    return _lines([quad.triple for quad in quads], RdfFormat.N_TRIPLES)


def graph_of(quad: Quad) -> bytes:
    """Write the name of the graph of a quad as N-Quads does; `DEFAULT` for the default graph."""
    name = quad.graph_name
    return DEFAULT if isinstance(name, DefaultGraph) else str(name).encode()


def split(line: bytes) -> tuple[bytes, bytes, bytes, bytes]:
    r"""Cut a canonical line into subject, predicate, object and graph, each as it is written.

    Parameters
    ----------
    line
        A canonical line of N-Triples or N-Quads; others are not told apart from it.

    Returns
    -------
    tuple of bytes
        The graph is `DEFAULT` where the line names none.

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
    """Tell whether subject, object or graph name of a quad is a blank node."""
    return any(isinstance(t, BlankNode) for t in (quad.subject, quad.object, quad.graph_name))


def refuse_rdf12(statement: Quad | Triple) -> None:
    """Refuse what RDF 1.1, and with it RDFC-1.0, has no form for.

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
        f"{term} has no form in RDF 1.1, and so no canonical one",
        hint="Write it as ordinary statements.",
    )


def _lines(statements: Sequence[Quad] | Sequence[Triple], form: RdfFormat) -> list[bytes]:
    text = serialize(statements, format=form)
    assert text is not None  # noqa: S101 - bytes are returned when no output is named
    if any(mark in text for mark in _MAY_BE_RDF12):  # or it is only words in a literal
        for statement in statements:
            refuse_rdf12(statement)
    return text.splitlines(keepends=True)
