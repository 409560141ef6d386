"""What an endpoint holds, as far as its descriptions and forms tell it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from pyoxigraph import NamedNode

from testimonia.dataset import Dataset
from testimonia.namespaces import shorten
from testimonia.store import ACCEPTED, CODES_GRAPH, DERIVED, ONTOLOGY_GRAPH, is_under

__all__ = ["Contents", "survey"]

_MOST_INCIDENTS = 500
_INCIDENTS = f"""
SELECT DISTINCT ?incident WHERE {{
  ?incident a tmn:Incident . FILTER(isIRI(?incident))
}} ORDER BY ?incident LIMIT {_MOST_INCIDENTS}"""


@dataclass(frozen=True, slots=True)
class Contents:
    """What an endpoint holds.

    Attributes
    ----------
    graphs
        Triples of each named graph, by name.
    default
        Triples of the default graph.
    incidents
        CURIEs of the incidents, or of the first of very many, with a label where there is one.
    files
        Paths of the files that the data come from.
    """

    graphs: dict[str, int]
    default: int
    incidents: list[tuple[str, str]]
    files: list[str]

    @property
    def triples(self) -> int:
        """Triples of all graphs."""
        return self.default + sum(self.graphs.values())

    @property
    def stated(self) -> int:
        """Triples of the data: without ontology and code lists, and without what was derived."""
        return self.default + sum(n for name, n in self.graphs.items() if not _is_ours(name))

    def as_object(self) -> dict[str, Any]:
        """Give its attributes, as plain data."""
        return asdict(self)


def _is_ours(name: str) -> bool:
    graph = NamedNode(name)
    computed = is_under(graph, DERIVED) or is_under(graph, ACCEPTED)
    return computed or graph in (ONTOLOGY_GRAPH, CODES_GRAPH)


def survey(dataset: Dataset) -> Contents:
    """Count and list what a dataset holds.

    Parameters
    ----------
    dataset
        The data.
    """
    graphs = dataset.store.sizes()
    incidents = [
        (shorten(row["incident"].value), dataset.label(row["incident"]) or "")
        for row in dataset.store.solutions(_INCIDENTS, {})
        if isinstance(row["incident"], NamedNode)
    ]
    return Contents(
        graphs,
        len(dataset.store) - sum(graphs.values()),
        incidents,
        [str(path.absolute()) for path in dataset.files],
    )
