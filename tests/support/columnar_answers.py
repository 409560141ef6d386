"""Answers of compiled queries beside those of Oxigraph, in one form."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import duckdb
from pyoxigraph import Quad, QueryBoolean, QuerySolutions, Store

from testimonia.namespaces import PREFIXES
from testimonia.query.columnar.columnar_store import ColumnarStore
from testimonia.query.columnar.decoding import ColumnarAnswer
from testimonia.query.columnar.tables_from_quads import fill

Rows = list[tuple[str | None, ...]]


def columns_of(quads: Iterable[Quad], *, union: bool = True) -> ColumnarStore:
    """Make the tables of quads in memory."""
    connection = duckdb.connect()
    fill(connection, quads)
    return ColumnarStore(connection, union=union)


def merged(quads: Iterable[Quad]) -> Store:
    """Load triples without their graphs, since Oxigraph finds a triple once for each of its graphs."""
    store = Store()
    store.extend(Quad(quad.subject, quad.predicate, quad.object) for quad in quads)
    return store


def of_columns(answer: ColumnarAnswer) -> bool | Rows:
    """Write an answer as rows of terms, or as the boolean that it is."""
    if answer.compiled.kind == "boolean":
        return answer.boolean
    if answer.compiled.kind == "triples":
        return [(str(t.subject), str(t.predicate), str(t.object)) for t in answer.triples()]
    order = sorted(range(len(answer.variables)), key=answer.variables.__getitem__)
    return [_written(row, order) for row in answer.rows()]


def of_oxigraph(store: Store, query: str) -> bool | Rows:
    """Ask Oxigraph, and write the answer likewise; triples of a CONSTRUCT once each."""
    results = store.query(query, prefixes=PREFIXES)
    if isinstance(results, QueryBoolean):
        return bool(results)
    if isinstance(results, QuerySolutions):
        names = [variable.value for variable in results.variables]
        order = sorted(range(len(names)), key=names.__getitem__)
        return [_written(tuple(row), order) for row in results]
    found = [(str(t.subject), str(t.predicate), str(t.object)) for t in results]
    return list(dict.fromkeys(found))


def _written(row: tuple[Any, ...], order: Sequence[int]) -> tuple[str | None, ...]:
    return tuple(None if row[place] is None else str(row[place]) for place in order)


def counted(answer: bool | Rows) -> Any:
    """Forget the order of rows."""
    return answer if isinstance(answer, bool) else Counter(answer)
