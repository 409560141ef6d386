"""Takes statements over from rdflib graphs, every literal as rdflib has it.

`testimonia.rdf.files.to_rdflib` is the way back.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, TypeGuard

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad

from testimonia.errors import InputError
from testimonia.legible import one_line

if TYPE_CHECKING:
    import rdflib
    from rdflib.term import Node

__all__ = ["is_graph", "quads"]

_DEFAULT: Final = "urn:x-rdflib:default"
"""What rdflib calls the default graph of a dataset."""


def is_graph(thing: object) -> TypeGuard[rdflib.Graph]:
    """Tell whether something is an rdflib graph or dataset, without importing rdflib."""
    # Whoever has a graph of it has imported it.
    rdflib = sys.modules.get("rdflib")
    return rdflib is not None and isinstance(thing, rdflib.Graph)


def quads(graph: rdflib.Graph) -> Iterator[Quad]:
    """Stream the statements of an rdflib graph or dataset.

    A graph that an IRI names keeps its name; one without a name is the default graph. Blank nodes
    keep their labels, which in rdflib are the same node wherever they occur.

    Parameters
    ----------
    graph
        A graph, or a dataset with all its graphs.

    Raises
    ------
    InputError
        It holds what is no RDF, such as a relative IRI or a formula of Notation3.
    """
    for *parts, name in _statements(graph):
        try:
            # Not told apart by type: what cannot stand in a place is refused by the statement.
            quad = Quad(*map(_term, parts), _graph_name(name))  # type: ignore[arg-type]
        except (TypeError, ValueError) as error:
            shown = " ".join(one_line(repr(part)) for part in parts)
            raise InputError(
                f"this rdflib graph holds what is no statement of RDF: {shown}",
                hint=f"{_reason(error)}Correct it, or take it out of the graph.",
            ) from None
        yield quad


def _statements(graph: rdflib.Graph) -> Iterator[tuple[Node, Node, Node, Node | None]]:
    import rdflib

    if isinstance(graph, rdflib.Dataset):
        yield from graph.quads()
    elif isinstance(graph, rdflib.ConjunctiveGraph):
        # It names its default graph, and each text that it parses, by a blank node of its own.
        for *triple, context in graph.quads():
            yield *triple, None if context is None else _iri(context.identifier)  # type: ignore[misc]
    else:
        for triple in graph:
            yield *triple, _iri(graph.identifier)


def _iri(name: Node) -> Node | None:
    import rdflib

    return name if isinstance(name, rdflib.URIRef) else None


def _graph_name(name: Node | None) -> NamedNode | BlankNode | DefaultGraph:
    if name is None or str(name) == _DEFAULT:
        return DefaultGraph()
    return _term(name)  # type: ignore[return-value]


def _term(term: Node) -> NamedNode | BlankNode | Literal:
    import rdflib

    if isinstance(term, rdflib.URIRef):
        return NamedNode(str(term))
    if isinstance(term, rdflib.BNode):
        return BlankNode(str(term))
    if not isinstance(term, rdflib.Literal):
        raise TypeError
    if term.language:
        return Literal(str(term), language=term.language)
    return Literal(str(term), datatype=term.datatype and NamedNode(str(term.datatype)))


def _reason(error: TypeError | ValueError) -> str:
    # Of a wrong type, the message tells how terms are held here, which helps nobody.
    return f"{error}. " if isinstance(error, ValueError) else ""
