"""The vocabulary of the data: ontology, code lists and their labels, in named graphs."""

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
"""The graphs of ontology and code lists in a store."""


def is_data(graph: object) -> bool:
    """Check whether a graph of a store holds data: neither vocabulary nor derived facts.

    Parameters
    ----------
    graph
        The name of a graph.
    """
    return graph not in GRAPHS and not is_computed(graph)


def shipped() -> Iterator[Quad]:
    """Read the vocabulary that comes with the library."""
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
        The files of the code lists.
    labels
        The files with labels of terms and codes, one a language.
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
