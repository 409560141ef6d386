"""The embedded store: Oxigraph, in memory or in a directory, queried over the union of its graphs."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from pyoxigraph import DefaultGraph, NamedNode, Quad
from pyoxigraph import Store as Oxigraph

from testimonia.errors import InputError, Place
from testimonia.files import Source

__all__ = ["CODES_GRAPH", "ONTOLOGY_GRAPH", "Store"]

ONTOLOGY_GRAPH: Final = NamedNode("https://w3id.org/testimonia/ontology")
CODES_GRAPH: Final = NamedNode("https://w3id.org/testimonia/code/")


class Store:
    """Quads that can be queried.

    Parameters
    ----------
    directory
        Where to keep them; in memory when left out.

    Raises
    ------
    InputError
        The directory cannot be opened as a store.
    """

    def __init__(self, directory: Source | None = None) -> None:
        self.directory = None if directory is None else Path(directory)
        try:
            self._oxigraph = Oxigraph(self.directory)
        except (OSError, ValueError) as error:
            raise InputError(
                f"the store cannot be opened ({error})",
                place=Place(str(directory)),
                hint="Give a new or empty directory, or one that holds a store not open elsewhere.",
            ) from None

    def __len__(self) -> int:
        return len(self._oxigraph)

    def __iter__(self) -> Iterable[Quad]:
        return iter(self._oxigraph)

    def load(self, quads: Iterable[Quad], graph: NamedNode | None = None) -> None:
        """Add quads.

        Parameters
        ----------
        quads
            What to add.
        graph
            The graph for those that are in none.
        """
        if graph is not None:
            quads = (_placed(quad, graph) for quad in quads)
        self._oxigraph.bulk_extend(quads)

    def clear(self, graph: NamedNode) -> None:
        """Remove a graph."""
        self._oxigraph.remove_graph(graph)


def _placed(quad: Quad, graph: NamedNode) -> Quad:
    if not isinstance(quad.graph_name, DefaultGraph):
        return quad
    return Quad(quad.subject, quad.predicate, quad.object, graph)
