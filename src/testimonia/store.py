"""The embedded store: Oxigraph, in memory or in a directory, queried over the union of its graphs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from pyoxigraph import DefaultGraph, NamedNode, Quad, Triple
from pyoxigraph import Store as Oxigraph

from testimonia.errors import InputError, Place
from testimonia.evaluation import Answer, evaluate, evaluate_within
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
        if self.directory is not None:
            _refuse_other_contents(self.directory)
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

    def __iter__(self) -> Iterator[Quad]:
        yield from self._oxigraph

    def query(self, sparql: str, *, time_limit: float | None = None) -> Answer:
        """Run a query over the union of all graphs, or over those that it names itself (FROM).

        Oxigraph does not merge equal triples of different graphs: a query meets each once for every
        graph it is in.

        Parameters
        ----------
        sparql
            A SPARQL 1.1 SELECT, ASK, CONSTRUCT or DESCRIBE query.
        time_limit
            Seconds after which it is stopped; no limit when left out.

        Raises
        ------
        QueryError
            It is not well formed, is an update, calls on another server, fails, or takes too long.
        """
        if time_limit is None:
            return evaluate(self._oxigraph, sparql)
        return evaluate_within(time_limit, self._oxigraph, self.directory, sparql)

    def outgoing(self, subject: NamedNode, predicate: NamedNode | None = None) -> Iterator[Triple]:
        """Find the statements that have a subject, in any graph."""
        quads = self._oxigraph.quads_for_pattern(subject, predicate, None)
        return (quad.triple for quad in quads)

    def incoming(self, object_: NamedNode) -> Iterator[Triple]:
        """Find the statements that have an object, in any graph."""
        return (quad.triple for quad in self._oxigraph.quads_for_pattern(None, None, object_))

    def holds(self, quad: Quad, graph: NamedNode) -> bool:
        """Tell whether a graph holds the triple of a quad."""
        return Quad(quad.subject, quad.predicate, quad.object, graph) in self._oxigraph

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


def _refuse_other_contents(directory: Path) -> None:
    """Refuse a directory that holds something else: opening it would litter it with a database."""
    if not directory.is_dir() or (directory / "CURRENT").exists():
        return
    other = next(directory.iterdir(), None)
    if other is not None:
        raise InputError(
            f"this directory is no store, and holds other files ({other.name})",
            place=Place(directory),
            hint="Give a new or empty directory; data files are named with --data.",
        )


def _placed(quad: Quad, graph: NamedNode) -> Quad:
    if not isinstance(quad.graph_name, DefaultGraph):
        return quad
    return Quad(quad.subject, quad.predicate, quad.object, graph)
