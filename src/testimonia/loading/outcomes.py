"""What a load did, graph by graph."""

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
    """What became of a graph.

    Attributes
    ----------
    name
        Its IRI.
    state
        Loaded anew, or found in the store as it should be and left alone.
    triples
        Statements of the source.
    sha256
        Of the source's canonical form by RDFC-1.0.
    comparison
        How the graph that was read back relates to the source.
    """

    name: str
    state: State
    triples: int
    sha256: str
    comparison: Comparison

    @classmethod
    def of(cls, graph: SpooledGraph, state: State, comparison: Comparison) -> GraphOutcome:
        """Tell what became of a graph that was read from its source."""
        return cls(graph.name.value, state, graph.triples, graph.sha256, comparison)


@dataclass(frozen=True)
class LoadReport:
    """What a load did.

    Attributes
    ----------
    target
        Where to.
    graphs
        In order of name.
    whole_updates
        Whether the store shows each graph whole or not at all while it is replaced.
    """

    target: str
    graphs: tuple[GraphOutcome, ...]
    whole_updates: bool = True

    @property
    def passes(self) -> bool:
        """Whether every graph in the store is as in the source, but for known rewrites."""
        return all(graph.comparison.same for graph in self.graphs)

    @property
    def triples(self) -> int:
        """Statements of the source."""
        return sum(graph.triples for graph in self.graphs)

    @property
    def loaded(self) -> int:
        """How many graphs were loaded anew."""
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
        """The graphs that are not as in the source."""
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
