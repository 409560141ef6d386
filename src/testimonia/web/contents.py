"""What an endpoint holds, as far as its descriptions and forms tell it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from pyoxigraph import Literal, NamedNode

from testimonia.catalogue.vocabulary import is_data
from testimonia.dataset import Dataset
from testimonia.namespaces import shorten
from testimonia.values import Term

__all__ = ["MOST_COUNTED", "Contents", "Statistics", "survey"]

_MOST_INCIDENTS = 500
MOST_COUNTED = 5_000_000
"""Statements beyond which they are neither counted in parts nor dumped as they are queried."""
_CLASSES = "SELECT ?key (COUNT(DISTINCT ?s) AS ?n) WHERE { ?s a ?key } GROUP BY ?key"
_PROPERTIES = "SELECT ?key (COUNT(*) AS ?n) WHERE { ?s ?key ?o } GROUP BY ?key"
_ENDS = """
SELECT (COUNT(DISTINCT ?s) AS ?subjects) (COUNT(DISTINCT ?o) AS ?objects) WHERE { ?s ?p ?o }"""
_ABOUT = """
SELECT ?dataset ?key ?value WHERE {
  ?dataset a <http://www.w3.org/ns/dcat#Dataset> ; ?key ?value .
  FILTER(?key IN (dcterms:title, dcterms:description, dcterms:license, dcterms:publisher))
}"""
_INCIDENTS = f"""
SELECT DISTINCT ?incident WHERE {{
  ?incident a tmn:Incident . FILTER(isIRI(?incident))
}} ORDER BY ?incident LIMIT {_MOST_INCIDENTS}"""


@dataclass(frozen=True, slots=True)
class Statistics:
    """How the statements of all graphs divide.

    Attributes
    ----------
    classes
        Things of each class, most first.
    properties
        Statements with each property, most first.
    subjects, objects
        Different ones.
    """

    classes: dict[str, int]
    properties: dict[str, int]
    subjects: int
    objects: int


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
    places
        Where each graph lies in the dump of all that is queried; empty where there is no such dump.
    published
        Statements in the dump of the data as published; 0 where there is none.
    statistics
        How the statements divide, where there are not too many to count.
    about
        Title, licence and the like, by the name of the property in Dublin Core, each as written in
        N-Triples: of the dataset that the data describe, where they describe one.
    """

    graphs: dict[str, int]
    default: int
    incidents: list[tuple[str, str]]
    files: list[str]
    places: dict[str, tuple[int, int]] = field(default_factory=dict)
    published: int = 0
    statistics: Statistics | None = None
    about: dict[str, str] = field(default_factory=dict)

    @property
    def triples(self) -> int:
        """Triples of all graphs."""
        return self.default + sum(self.graphs.values())

    @property
    def stated(self) -> int:
        """Triples of the data: without ontology and code lists, and without what was derived."""
        return self.default + sum(n for name, n in self.graphs.items() if is_data(NamedNode(name)))

    def as_object(self) -> dict[str, Any]:
        """Give its attributes, as plain data."""
        return asdict(self)

    @classmethod
    def of_object(cls, entries: dict[str, Any]) -> Contents:
        """Read what `as_object` gave."""
        counted = entries.pop("statistics", None)
        return cls(**entries, statistics=counted and Statistics(**counted))


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
    total = len(dataset.store)
    return Contents(
        graphs,
        total - sum(graphs.values()),
        incidents,
        [str(path.absolute()) for path in dataset.files],
        statistics=_counted(dataset) if total <= MOST_COUNTED else None,
        about=_about(dataset),
    )


def _counted(dataset: Dataset) -> Statistics:
    (ends,) = dataset.store.solutions(_ENDS, {})
    return Statistics(
        _by_size(dataset, _CLASSES),
        _by_size(dataset, _PROPERTIES),
        _number(ends["subjects"]),
        _number(ends["objects"]),
    )


def _by_size(dataset: Dataset, query: str) -> dict[str, int]:
    rows = dataset.store.solutions(query, {})
    found = {
        key.value: _number(row["n"]) for row in rows if isinstance(key := row["key"], NamedNode)
    }
    return dict(sorted(found.items(), key=lambda entry: (-entry[1], entry[0])))


def _number(term: Term) -> int:
    assert isinstance(term, Literal)  # noqa: S101 - a count
    return int(term.value)


def _about(dataset: Dataset) -> dict[str, str]:
    rows = dataset.store.solutions(_ABOUT, {})
    if len({row["dataset"] for row in rows}) != 1:  # of several, none is the whole
        return {}
    return {
        key.value.rpartition("/")[2]: str(row["value"])
        for row in rows
        if isinstance(key := row["key"], NamedNode)
    }
