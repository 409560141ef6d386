"""Evaluates property paths over the columns of a graph, for all focus nodes at once.

Source: SHACL, section 2.3.1 (property paths), and SPARQL 1.1, section 9.
"""

from __future__ import annotations

import time

import polars as pl
from pyoxigraph import NamedNode

from testimonia.shacl.data.graph import PAIRS, Graph
from testimonia.shacl.faults import NotEvaluated
from testimonia.shacl.paths import Path

__all__ = ["value_pairs"]

_JOINS = 64  # steps of a repeated path that are joins; further ones are followed pair by pair
_PAIRS = 1 << 14  # pairs that are followed between two looks at the clock


def value_pairs(
    graph: Graph, path: Path, focus: pl.Series, seconds: float | None = None
) -> pl.DataFrame:
    """Return the value nodes of a path for all focus nodes.

    Parameters
    ----------
    graph
        The data graph.
    path
        A property path.
    focus
        Term ids without duplicates.
    seconds
        Time limit for paths that repeat, looked at after each step; None for no limit.

    Returns
    -------
    polars.DataFrame
        Columns ``focus`` and ``value``, without duplicates: value nodes are a set.

    Raises
    ------
    NotEvaluated
        It takes longer.
    """
    start = pl.DataFrame({"focus": focus}, schema={"focus": pl.UInt32})
    return _Walks(graph, seconds).walk(path, start, forward=True)


class _Walks:
    """Walks along paths in a graph, all within one time limit."""

    def __init__(self, graph: Graph, seconds: float | None) -> None:
        self._graph = graph
        self._seconds = seconds
        self._began = time.monotonic()

    def walk(self, path: Path, start: pl.DataFrame, *, forward: bool) -> pl.DataFrame:
        """Return the pairs of a node in ``start`` and a node that its walk reaches."""
        match path.operator:
            case "":
                pairs = self._graph.pairs(NamedNode(path.property))
                if not forward:
                    pairs = pairs.select(focus="value", value="focus")
                return pairs.join(start, on="focus", how="semi")
            case "^":
                return self.walk(path.steps[0], start, forward=not forward)
            case "|":
                walks = [self.walk(step, start, forward=forward) for step in path.steps]
                return pl.concat(walks).unique()
            case "/":
                reached = start.with_columns(value="focus")
                for step in path.steps if forward else reversed(path.steps):
                    reached = self._extend(step, reached, forward=forward)
                return reached
            case "?":
                once = self.walk(path.steps[0], start, forward=forward)
                return pl.concat([start.with_columns(value="focus"), once]).unique()
        reflexive = path.operator == "*"
        return self._closure(path.steps[0], start, forward=forward, reflexive=reflexive)

    def _extend(self, path: Path, reached: pl.DataFrame, *, forward: bool) -> pl.DataFrame:
        ends = reached.select(focus="value").unique()
        steps = self.walk(path, ends, forward=forward).rename({"focus": "value", "value": "next"})
        return reached.join(steps, on="value").select("focus", value="next").unique()

    def _closure(
        self, path: Path, start: pl.DataFrame, *, forward: bool, reflexive: bool
    ) -> pl.DataFrame:
        frontier = start.with_columns(value="focus")
        seen = frontier if reflexive else pl.DataFrame(schema=PAIRS)
        for _ in range(_JOINS):
            found = self._extend(path, frontier, forward=forward)
            frontier = found.join(seen, on=["focus", "value"], how="anti")
            if frontier.is_empty():
                return seen
            seen = pl.concat([seen, frontier])
            self._look_at_clock()
        steps = self.walk(path, pl.DataFrame({"focus": self._graph.nodes()}), forward=forward)
        return pl.concat([seen, self._followed(steps, frontier, seen)])

    def _followed(
        self, steps: pl.DataFrame, frontier: pl.DataFrame, seen: pl.DataFrame
    ) -> pl.DataFrame:
        """Follow steps pair by pair: on a chain of thousands of nodes, one join per step is slower."""
        after: dict[int, list[int]] = dict(steps.group_by("focus").agg("value").iter_rows())
        known = set(seen.iter_rows())
        pending, found = list(frontier.iter_rows()), []
        while pending:
            focus, node = pending.pop()
            for following in after.get(node, ()):
                pair = (focus, following)
                if pair not in known:
                    known.add(pair)
                    found.append(pair)
                    pending.append(pair)
                    if len(found) % _PAIRS == 0:
                        self._look_at_clock()
        return pl.DataFrame(found, schema=PAIRS, orient="row")

    def _look_at_clock(self) -> None:
        if self._seconds is not None and time.monotonic() - self._began > self._seconds:
            raise NotEvaluated(f"following its path took longer than {self._seconds:g} seconds")
