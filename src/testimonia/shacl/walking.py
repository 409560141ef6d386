"""Property paths, walked by column, and written as SPARQL 1.1.

Source: SHACL, section 2.3.1 (property paths), and SPARQL 1.1, section 9.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl
from pyoxigraph import NamedNode

from testimonia.shacl.data.graph import PAIRS, Graph
from testimonia.shacl.paths import Path

__all__ = ["Path", "path_predicates", "sparql_path", "value_pairs"]

_ROUNDS = 64


def value_pairs(graph: Graph, path: Path, focus: pl.Series) -> pl.DataFrame:
    """Return the value nodes of a path for every focus node at once.

    Parameters
    ----------
    graph
        The data graph.
    path
        A property path.
    focus
        Different term ids.

    Returns
    -------
    polars.DataFrame
        Columns ``focus`` and ``value``, each pair once: value nodes are a set.
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
    for _ in range(_ROUNDS):
        found = _extend(graph, path, frontier, forward=forward)
        frontier = found.join(seen, on=["focus", "value"], how="anti")
        if frontier.is_empty():
            return seen
        seen = pl.concat([seen, frontier])
    steps = _walk(graph, path, pl.DataFrame({"focus": graph.nodes()}), forward=forward)
    return pl.concat([seen, _followed(steps, frontier, seen)])


def _followed(steps: pl.DataFrame, frontier: pl.DataFrame, seen: pl.DataFrame) -> pl.DataFrame:
    """Follow steps pair by pair: along a chain of thousands, a join for each step costs more."""
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


def path_predicates(path: Path) -> Iterator[NamedNode]:
    """Yield the predicates that a path walks along."""
    for iri in sorted(path.properties()):
        yield NamedNode(iri)


def sparql_path(path: Path) -> str:
    """Write a path in SPARQL 1.1 syntax, its IRIs in full."""
    if not path.operator:
        return str(NamedNode(path.property))
    steps = [
        sparql_path(step) if not step.operator else f"({sparql_path(step)})" for step in path.steps
    ]
    if path.operator == "^":
        return "^" + steps[0]
    return path.operator.join(steps) if path.operator in "/|" else steps[0] + path.operator
