"""Evaluates property paths over the columns of a graph, for all focus nodes at once.

Source: SHACL, section 2.3.1 (property paths), and SPARQL 1.1, section 9.
"""

from __future__ import annotations

import polars as pl
from pyoxigraph import NamedNode

from testimonia.shacl.data.graph import PAIRS, Graph
from testimonia.shacl.paths import Path

__all__ = ["value_pairs"]

_JOINS = 64  # steps of a repeated path that are joins; further ones are followed pair by pair


def value_pairs(graph: Graph, path: Path, focus: pl.Series) -> pl.DataFrame:
    """Return the value nodes of a path for all focus nodes.

    Parameters
    ----------
    graph
        The data graph.
    path
        A property path.
    focus
        Term ids without duplicates.

    Returns
    -------
    polars.DataFrame
        Columns ``focus`` and ``value``, without duplicates: value nodes are a set.
    """
    start = pl.DataFrame({"focus": focus}, schema={"focus": pl.UInt32})
    return _walk(graph, path, start, forward=True)


def _walk(graph: Graph, path: Path, start: pl.DataFrame, *, forward: bool) -> pl.DataFrame:
    match path.operator:
        case "":
            pairs = graph.pairs(NamedNode(path.property))
            if not forward:
                pairs = pairs.select(focus="value", value="focus")
            return pairs.join(start, on="focus", how="semi")
        case "^":
            return _walk(graph, path.steps[0], start, forward=not forward)
        case "|":
            walks = [_walk(graph, step, start, forward=forward) for step in path.steps]
            return pl.concat(walks).unique()
        case "/":
            reached = start.with_columns(value="focus")
            for step in path.steps if forward else reversed(path.steps):
                reached = _extend(graph, step, reached, forward=forward)
            return reached
        case "?":
            once = _walk(graph, path.steps[0], start, forward=forward)
            return pl.concat([start.with_columns(value="focus"), once]).unique()
    reflexive = path.operator == "*"
    return _closure(graph, path.steps[0], start, forward=forward, reflexive=reflexive)


def _extend(graph: Graph, path: Path, reached: pl.DataFrame, *, forward: bool) -> pl.DataFrame:
    ends = reached.select(focus="value").unique()
    steps = _walk(graph, path, ends, forward=forward).rename({"focus": "value", "value": "next"})
    return reached.join(steps, on="value").select("focus", value="next").unique()


def _closure(
    graph: Graph, path: Path, start: pl.DataFrame, *, forward: bool, reflexive: bool
) -> pl.DataFrame:
    frontier = start.with_columns(value="focus")
    seen = frontier if reflexive else pl.DataFrame(schema=PAIRS)
    for _ in range(_JOINS):
        found = _extend(graph, path, frontier, forward=forward)
        frontier = found.join(seen, on=["focus", "value"], how="anti")
        if frontier.is_empty():
            return seen
        seen = pl.concat([seen, frontier])
    steps = _walk(graph, path, pl.DataFrame({"focus": graph.nodes()}), forward=forward)
    return pl.concat([seen, _followed(steps, frontier, seen)])


def _followed(steps: pl.DataFrame, frontier: pl.DataFrame, seen: pl.DataFrame) -> pl.DataFrame:
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
    return pl.DataFrame(found, schema=PAIRS, orient="row")
