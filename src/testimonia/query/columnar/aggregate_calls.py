"""Aggregates of values that SQL has no equal of, evaluated by Oxigraph over the list of a group."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, cast

import pyarrow as pa
from pyoxigraph import QuerySolutions, Store

from testimonia.query.columnar.calls_to_oxigraph import as_text, in_sparql

__all__ = ["aggregator"]

_EMPTY: Final = Store()
_ORDERED: Final = {"MIN": "ASC(?x)", "MAX": "DESC(?x)"}


def aggregator(name: str) -> Callable[[Any], Any]:
    """Make the function of an aggregate, from a column of lists of texts to one of texts.

    Parameters
    ----------
    name
        SUM, AVG, MIN or MAX.
    """

    def evaluate(column: Any) -> Any:
        return pa.array([_one(name, values or []) for values in column.to_pylist()], pa.string())

    return evaluate


def _one(name: str, values: Sequence[str | None]) -> str | None:
    if None in values:
        return None
    if name in _ORDERED:
        return _extreme(name, list(dict.fromkeys(values)))
    rows = " ".join(in_sparql(value) for value in values)
    solution = _first(f"SELECT ({name}(?x) AS ?r) {{ VALUES ?x {{ {rows} }} }}")
    return None if solution is None or solution["r"] is None else as_text(solution["r"])


def _extreme(name: str, values: Sequence[str | None]) -> str | None:
    """Find the first or the last value, as it is written there."""
    rows = " ".join(f"({number} {in_sparql(value)})" for number, value in enumerate(values))
    query = f"SELECT ?i {{ VALUES (?i ?x) {{ {rows} }} }} ORDER BY {_ORDERED[name]} LIMIT 1"
    solution = _first(query)
    return None if solution is None else values[int(solution["i"].value)]


def _first(query: str) -> Any:
    solutions = cast(QuerySolutions, _EMPTY.query(query))
    return next(iter(solutions), None)
