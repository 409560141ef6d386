"""What the data are written in: ontology, code lists and their labels, each statement in its graph."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from pyoxigraph import NamedNode, Quad

from testimonia.catalogue import resources
from testimonia.namespaces import CODE
from testimonia.query.graph_names import CODES_GRAPH, ONTOLOGY_GRAPH, is_computed
from testimonia.rdf import files

__all__ = ["GRAPHS", "in_graphs", "is_data", "shipped"]

GRAPHS: Final = (ONTOLOGY_GRAPH, CODES_GRAPH)
"""Where ontology and code lists are in a store."""


def is_data(graph: object) -> bool:
    """Tell whether a graph of a store is of the data: no vocabulary, and nothing that was derived.

    Parameters
    ----------
    graph
        The name of a graph.
    """
    return graph not in GRAPHS and not is_computed(graph)


def shipped() -> Iterator[Quad]:
    """Read what comes with the library."""
    paths = resources.ontology()
    codes = [path for path in paths if path.parent.name == "codes"]
    return in_graphs([path for path in paths if path not in codes], codes, resources.labels())


def in_graphs(
    ontology: Sequence[Path], codes: Sequence[Path], labels: Sequence[Path]
) -> Iterator[Quad]:
    """Read a vocabulary.

    Parameters
    ----------
    ontology
        The files of the core ontology.
    codes
        Those of the code lists.
    labels
        Those that hold labels of terms and of codes, a language in each.
    """
    yield from _placed(ontology, ONTOLOGY_GRAPH)
    yield from _placed(codes, CODES_GRAPH)
    for quad in files.read(labels) if labels else ():
        of_code = isinstance(quad.subject, NamedNode) and quad.subject.value.startswith(CODE)
        graph = CODES_GRAPH if of_code else ONTOLOGY_GRAPH
        yield Quad(quad.subject, quad.predicate, quad.object, graph)


def _placed(paths: Iterable[Path], graph: NamedNode) -> Iterator[Quad]:
    for quad in files.read(paths) if paths else ():
        yield Quad(quad.subject, quad.predicate, quad.object, graph)
