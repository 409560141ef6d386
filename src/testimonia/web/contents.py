"""What an endpoint serves, summarized for its descriptions and forms."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from pyoxigraph import Literal, NamedNode

from testimonia.catalogue.vocabulary import is_data
from testimonia.dataset import Dataset
from testimonia.namespaces import shorten
from testimonia.pages.home_incidents import HomeIncident, described_incidents
from testimonia.pages.licence_notice import described_dataset
from testimonia.values import Term

__all__ = ["MAX_COUNTED_TRIPLES", "Contents", "Statistics", "contents_of"]

_MAX_INCIDENTS = 500
MAX_COUNTED_TRIPLES = 5_000_000
"""Number of triples above which there are no detailed statistics and no dump of what is queried."""
_CLASSES = "SELECT ?key (COUNT(DISTINCT ?s) AS ?n) WHERE { ?s a ?key } GROUP BY ?key"
_PROPERTIES = "SELECT ?key (COUNT(*) AS ?n) WHERE { ?s ?key ?o } GROUP BY ?key"
_DISTINCT = """
SELECT (COUNT(DISTINCT ?s) AS ?subjects) (COUNT(DISTINCT ?o) AS ?objects) WHERE { ?s ?p ?o }"""
_INCIDENTS = f"""
SELECT ?incident (COUNT(?claim) AS ?claims) WHERE {{
  ?incident a tmn:Incident . FILTER(isIRI(?incident))
  OPTIONAL {{ ?claim tmn:proposition/tmn:about ?incident }}
}} GROUP BY ?incident ORDER BY DESC(?claims) ?incident LIMIT {_MAX_INCIDENTS}"""


@dataclass(frozen=True, slots=True)
class Statistics:
    """Statistics of the triples in all graphs.

    Attributes
    ----------
    classes
        Number of instances of each class, largest first.
    properties
        Number of triples with each property, largest first.
    subjects, objects
        Number of distinct subjects and objects.
    """

    classes: dict[str, int]
    properties: dict[str, int]
    subjects: int
    objects: int


@dataclass(frozen=True, slots=True)
class Contents:
    """What an endpoint serves.

    Attributes
    ----------
    graphs
        Number of triples in each named graph, by name.
    default
        Number of triples in the default graph.
    incidents
        CURIEs of the incidents (of the 500 with most claims), with their labels or empty strings.
    described
        The incidents that several reports are mainly about; empty if there are too many triples.
    files
        Paths of the files that the data were loaded from.
    graph_offsets
        Byte range of each graph in the dump of what is queried; empty if there is no such dump.
    published
        Number of triples in the dump of the data as published; 0 if there is no such dump.
    statistics
        Detailed statistics; None if there are too many triples.
    metadata
        Title, licence, etc. of the dataset, if the data describe exactly one: terms in N-Triples syntax
        by the local name of the Dublin Core property.
    version
        Version of the shipped data; empty for other data.
    """

    graphs: dict[str, int]
    default: int
    incidents: list[tuple[str, str]]
    files: list[str]
    graph_offsets: dict[str, tuple[int, int]] = field(default_factory=dict)
    published: int = 0
    statistics: Statistics | None = None
    metadata: dict[str, str] = field(default_factory=dict)
    version: str = ""
    described: list[HomeIncident] = field(default_factory=list)

    @property
    def triples(self) -> int:
        """Number of triples in all graphs."""
        return self.default + sum(self.graphs.values())

    @property
    def data_triples(self) -> int:
        """Number of triples in the data, without the ontology, code lists and derived statements."""
        return self.default + sum(n for name, n in self.graphs.items() if is_data(NamedNode(name)))

    def to_dict(self) -> dict[str, Any]:
        """Return the attributes as plain data."""
        return asdict(self)

    @classmethod
    def from_dict(cls, entries: dict[str, Any]) -> Contents:
        """Make an object from what `to_dict` returned."""
        statistics = entries.pop("statistics", None)
        described = [HomeIncident(**entry) for entry in entries.pop("described", ())]
        return cls(
            **entries, statistics=statistics and Statistics(**statistics), described=described
        )


def contents_of(dataset: Dataset) -> Contents:
    """Summarize a dataset.

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
    total = len(dataset.store)
    return Contents(
        graphs,
        total - sum(graphs.values()),
        incidents,
        [str(path.absolute()) for path in dataset.files],
        statistics=_statistics(dataset) if total <= MAX_COUNTED_TRIPLES else None,
        metadata=described_dataset(dataset.store),
        described=described_incidents(dataset.store) if total <= MAX_COUNTED_TRIPLES else [],
    )


def _statistics(dataset: Dataset) -> Statistics:
    (distinct,) = dataset.store.solutions(_DISTINCT, {})
    return Statistics(
        _counts(dataset, _CLASSES),
        _counts(dataset, _PROPERTIES),
        _number(distinct["subjects"]),
        _number(distinct["objects"]),
    )


def _counts(dataset: Dataset, query: str) -> dict[str, int]:
    rows = dataset.store.solutions(query, {})
    found = {
        key.value: _number(row["n"]) for row in rows if isinstance(key := row["key"], NamedNode)
    }
    return dict(sorted(found.items(), key=lambda entry: (-entry[1], entry[0])))


def _number(term: Term) -> int:
    assert isinstance(term, Literal)  # noqa: S101 - a count
    return int(term.value)
