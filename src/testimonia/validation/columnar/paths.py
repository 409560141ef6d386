"""Property paths: read from a shapes graph, evaluated by column, written as SPARQL and as RDF.

Source: SHACL, section 2.3.1 (property paths), and SPARQL 1.1, section 9.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl
from pyoxigraph import BlankNode, NamedNode, Triple

from testimonia.validation.columnar.graph import PAIRS, Graph
from testimonia.validation.columnar.vocabulary import FIRST, NIL, REST, sh

__all__ = [
    "Alternative",
    "Inverse",
    "Path",
    "Predicate",
    "Repeated",
    "Sequence",
    "path_predicates",
    "sparql_path",
    "path_triples",
    "value_pairs",
]


@dataclass(frozen=True)
class Predicate:
    """One step along a predicate."""

    iri: NamedNode


@dataclass(frozen=True)
class Inverse:
    """A path walked backwards."""

    path: Path


@dataclass(frozen=True)
class Sequence:
    """One path after another."""

    paths: tuple[Path, ...]


@dataclass(frozen=True)
class Alternative:
    """Any one of several paths."""

    paths: tuple[Path, ...]


@dataclass(frozen=True)
class Repeated:
    """A path walked again: ``*`` (zero or more), ``+`` (one or more) or ``?`` (zero or one)."""

    path: Path
    sign: str


Path = Predicate | Inverse | Sequence | Alternative | Repeated

_REPEATED = {"*": "zeroOrMorePath", "+": "oneOrMorePath", "?": "zeroOrOnePath"}


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
    match path:
        case Predicate(iri):
            pairs = graph.pairs(iri)
            if not forward:
                pairs = pairs.select(focus="value", value="focus")
            return pairs.join(start, on="focus", how="semi")
        case Inverse(inner):
            return _walk(graph, inner, start, forward=not forward)
        case Alternative(paths):
            walks = [_walk(graph, each, start, forward=forward) for each in paths]
            return pl.concat(walks).unique()
        case Sequence(paths):
            reached = start.with_columns(value="focus")
            for each in paths if forward else reversed(paths):
                reached = _extend(graph, each, reached, forward=forward)
            return reached
        case Repeated(inner, "?"):
            once = _walk(graph, inner, start, forward=forward)
            return pl.concat([start.with_columns(value="focus"), once]).unique()
        case Repeated(inner, sign):
            return _closure(graph, inner, start, forward=forward, reflexive=sign == "*")


def _extend(graph: Graph, path: Path, reached: pl.DataFrame, *, forward: bool) -> pl.DataFrame:
    ends = reached.select(focus="value").unique()
    steps = _walk(graph, path, ends, forward=forward).rename({"focus": "value", "value": "next"})
    return reached.join(steps, on="value").select("focus", value="next").unique()


def _closure(
    graph: Graph, path: Path, start: pl.DataFrame, *, forward: bool, reflexive: bool
) -> pl.DataFrame:
    frontier = start.with_columns(value="focus")
    seen = frontier if reflexive else pl.DataFrame(schema=PAIRS)
    while frontier.height:
        found = _extend(graph, path, frontier, forward=forward)
        frontier = found.join(seen, on=["focus", "value"], how="anti")
        seen = pl.concat([seen, frontier])
    return seen


def path_predicates(path: Path) -> Iterator[NamedNode]:
    """Yield the predicates that a path walks along."""
    match path:
        case Predicate(iri):
            yield iri
        case Inverse(inner) | Repeated(inner, _):
            yield from path_predicates(inner)
        case Sequence(paths) | Alternative(paths):
            for each in paths:
                yield from path_predicates(each)


def sparql_path(path: Path) -> str:
    """Write a path in SPARQL 1.1 syntax."""
    match path:
        case Predicate(iri):
            return str(iri)
        case Inverse(inner):
            return f"^{_group(inner)}"
        case Sequence(paths):
            return "/".join(_group(each) for each in paths)
        case Alternative(paths):
            return "|".join(_group(each) for each in paths)
        case Repeated(inner, sign):
            return f"{_group(inner)}{sign}"


def _group(path: Path) -> str:
    return sparql_path(path) if isinstance(path, Predicate) else f"({sparql_path(path)})"


def path_triples(path: Path) -> tuple[NamedNode | BlankNode, list[Triple]]:
    """Write a path as RDF: its node, and the triples that describe it with new blank nodes."""
    if isinstance(path, Predicate):
        return path.iri, []
    if isinstance(path, Sequence):
        return _list_triples(path.paths)
    node = BlankNode()
    if isinstance(path, Alternative):
        inner, described = _list_triples(path.paths)
        link = sh("alternativePath")
    else:
        inner, described = path_triples(path.path)
        link = sh("inversePath" if isinstance(path, Inverse) else _REPEATED[path.sign])
    return node, [Triple(node, link, inner), *described]


def _list_triples(paths: tuple[Path, ...]) -> tuple[NamedNode | BlankNode, list[Triple]]:
    cells: list[BlankNode] = [BlankNode() for _ in paths]
    written: list[Triple] = []
    for cell, following, path in zip(cells, [*cells[1:], NIL], paths, strict=True):
        node, described = path_triples(path)
        written += [Triple(cell, FIRST, node), Triple(cell, REST, following), *described]
    return cells[0], written
