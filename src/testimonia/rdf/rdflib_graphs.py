"""Converts rdflib graphs to quads, keeping literals as rdflib has them.

`testimonia.rdf.files.to_rdflib` converts in the other direction.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad

from testimonia.errors import InputError
from testimonia.printing import one_line

if TYPE_CHECKING:
    import rdflib
    from rdflib.term import Node
    from typing_extensions import TypeIs

__all__ = ["is_graph", "merged", "quads"]

_DEFAULT: Final = "urn:x-rdflib:default"
"""The name of the default graph of a dataset in rdflib."""


def is_graph(thing: object) -> TypeIs[rdflib.Graph]:
    """Check whether an object is an rdflib graph or dataset, without importing rdflib."""
    # If there is such an object, rdflib has been imported.
    rdflib = sys.modules.get("rdflib")
    return rdflib is not None and isinstance(thing, rdflib.Graph)


def quads(graph: rdflib.Graph) -> Iterator[Quad]:
    """Stream the statements of an rdflib graph or dataset.

    A graph named by an IRI keeps its name; any other becomes the default graph. Blank nodes keep their
    labels, which identify the same node everywhere in rdflib.

    Parameters
    ----------
    graph
        A graph, or a dataset with all its graphs.

    Raises
    ------
    InputError
        It contains something that is not RDF, such as a relative IRI or a Notation3 formula.
    """
    for subject, predicate, object_, name in _statements(graph):
        try:
            # The constructor refuses terms that are not allowed in their position.
            quad = Quad(_term(subject), _term(predicate), _term(object_), _graph_name(name))
        except (TypeError, ValueError) as error:
            shown = " ".join(one_line(repr(part)) for part in (subject, predicate, object_))
            raise InputError(
                f"this rdflib graph contains something that is not an RDF statement: {shown}",
                hint=f"{_reason(error)}Correct it, or remove it from the graph.",
            ) from None
        yield quad


def merged(graphs: Sequence[rdflib.Graph]) -> Iterator[Quad]:
    """Stream the statements of several rdflib graphs, each as `quads` does.

    Blank nodes with the same label are the same node within an rdflib store, but distinct between
    stores: some rdflib parsers keep the labels of files, which may occur in several files.

    Parameters
    ----------
    graphs
        Graphs and datasets.

    Raises
    ------
    InputError
        One contains something that is not RDF.
    """
    others: dict[int, defaultdict[BlankNode, BlankNode]] = {}
    for graph in graphs:
        if graph.store is graphs[0].store:
            yield from quads(graph)
            continue
        nodes = others.setdefault(id(graph.store), defaultdict(BlankNode))
        yield from (_renamed(quad, nodes) for quad in quads(graph))


def _renamed(quad: Quad, nodes: defaultdict[BlankNode, BlankNode]) -> Quad:
    def fresh(part: Any) -> Any:
        return nodes[part] if isinstance(part, BlankNode) else part

    return Quad(fresh(quad.subject), quad.predicate, fresh(quad.object), fresh(quad.graph_name))


def _statements(graph: rdflib.Graph) -> Iterator[tuple[Node, Node, Node, Node | None]]:
    import rdflib

    if isinstance(graph, rdflib.Dataset):
        yield from graph.quads()
    elif isinstance(graph, rdflib.ConjunctiveGraph):
        # It names its default graph, and each source that it parses, by a new blank node.
        for subject, predicate, object_, context in graph.quads():
            name = None if context is None else _iri(context.identifier)
            yield subject, predicate, object_, name
    else:
        name = _iri(graph.identifier)
        for subject, predicate, object_ in graph:
            yield subject, predicate, object_, name


def _iri(name: Node) -> Node | None:
    import rdflib

    return name if isinstance(name, rdflib.URIRef) else None


def _graph_name(name: Node | None) -> Any:
    if name is None or str(name) == _DEFAULT:
        return DefaultGraph()
    return _term(name)


def _term(term: Node) -> Any:
    import rdflib

    if isinstance(term, rdflib.URIRef):
        return NamedNode(str(term))
    if isinstance(term, rdflib.BNode):
        return BlankNode(str(term))
    if not isinstance(term, rdflib.Literal):
        raise TypeError
    if term.language:
        return Literal(str(term), language=term.language)
    if term.datatype is None:
        return Literal(str(term))
    return Literal(str(term), datatype=NamedNode(str(term.datatype)))


def _reason(error: TypeError | ValueError) -> str:
    # The message of a TypeError is about pyoxigraph's types, which helps no user.
    return f"{error}. " if isinstance(error, ValueError) else ""
