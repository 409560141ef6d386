"""Takes statements over from rdflib graphs, every literal as rdflib has it.

`testimonia.rdf.files.to_rdflib` is the way back.
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
"""What rdflib calls the default graph of a dataset."""


def is_graph(thing: object) -> TypeIs[rdflib.Graph]:
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
    for subject, predicate, object_, name in _statements(graph):
        try:
            # What cannot stand in its place is refused by the statement itself.
            quad = Quad(_term(subject), _term(predicate), _term(object_), _graph_name(name))
        except (TypeError, ValueError) as error:
            shown = " ".join(one_line(repr(part)) for part in (subject, predicate, object_))
            raise InputError(
                f"this rdflib graph holds what is no statement of RDF: {shown}",
                hint=f"{_reason(error)}Correct it, or take it out of the graph.",
            ) from None
        yield quad


def merged(graphs: Sequence[rdflib.Graph]) -> Iterator[Quad]:
    """Stream the statements of several rdflib graphs, each as `quads` does.

    Blank nodes of one label are one node within a store of rdflib, and kept apart between stores:
    some parsers of rdflib take labels from files, where another file has the same for another node.

    Parameters
    ----------
    graphs
        Graphs and datasets.

    Raises
    ------
    InputError
        One holds what is no RDF.
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
        # It names its default graph, and each text that it parses, by a blank node of its own.
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
    # Of a wrong type, the message tells how terms are held here, which helps nobody.
    return f"{error}. " if isinstance(error, ValueError) else ""
