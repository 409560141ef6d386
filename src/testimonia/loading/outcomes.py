"""The report of a load, graph by graph."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass
from typing import Literal

from testimonia.loading.reading_back import Comparison
from testimonia.loading.spool import SpooledGraph

__all__ = ["GraphOutcome", "LoadReport", "State"]

State = Literal["loaded", "unchanged"]


@dataclass(frozen=True)
class GraphOutcome:
    """The outcome of loading a graph.

    Attributes
    ----------
    name
        Its IRI.
    state
        Loaded, or found unchanged in the store and left alone.
    triples
        Number of statements in the source.
    sha256
        Digest of the source's canonical form (RDFC-1.0).
    comparison
        How the graph that was read back differs from the source.
    """

    name: str
    state: State
    triples: int
    sha256: str
    comparison: Comparison

    @classmethod
    def of(cls, graph: SpooledGraph, state: State, comparison: Comparison) -> GraphOutcome:
        """Make the outcome for a graph."""
        return cls(graph.name.value, state, graph.triples, graph.sha256, comparison)


@dataclass(frozen=True)
class LoadReport:
    """What a load did.

    Attributes
    ----------
    target
        What was loaded into.
    graphs
        In order of name.
    whole_updates
        Whether the store replaces graphs atomically.
    """

    target: str
    graphs: tuple[GraphOutcome, ...]
    whole_updates: bool = True

    @property
    def passes(self) -> bool:
        """Whether every graph in the store equals its source, apart from known rewrites."""
        return all(graph.comparison.same for graph in self.graphs)

    @property
    def triples(self) -> int:
        """Number of statements in the source."""
        return sum(graph.triples for graph in self.graphs)

    @property
    def loaded(self) -> int:
        """How many graphs were loaded."""
        return sum(graph.state == "loaded" for graph in self.graphs)

    @property
    def rewritten(self) -> dict[str, int]:
        """How many statements each known rewrite changed, by its name."""
        total: Counter[str] = Counter()
        for graph in self.graphs:
            total.update(graph.comparison.rewritten)
        return dict(sorted(total.items()))

    @property
    def differing(self) -> list[GraphOutcome]:
        """The graphs that differ from their source."""
        return [graph for graph in self.graphs if not graph.comparison.same]

    def to_json(self) -> str:
        """Write the report as JSON."""
        content = {
            "target": self.target,
            "passes": self.passes,
            "triples": self.triples,
            "rewritten": self.rewritten,
            "graphs": [asdict(graph) for graph in self.graphs],
        }
        return json.dumps(content, indent=2, ensure_ascii=False) + "\n"
