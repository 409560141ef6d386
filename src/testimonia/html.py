"""Shows results as HTML tables in a notebook, with all text from outside escaped."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING

from testimonia.legible import visible
from testimonia.namespaces import shorten
from testimonia.values import IRI, Value, value_of

if TYPE_CHECKING:
    from testimonia.results import GraphResult, Results

__all__ = ["graph_table", "results_table"]

_MOST_ROWS = 200


def results_table(results: Results) -> str:
    """Show rows as a table, a label beside each IRI; only the first rows of many."""
    return _table(results.variables, results, results.label)


def graph_table(graph: GraphResult) -> str:
    """Show a graph as a table of its triples."""
    rows = [[value_of(term) for term in (t.subject, t.predicate, t.object)] for t in graph]
    return _table(("subject", "predicate", "object"), rows, graph.label)


def _table(
    columns: Iterable[str],
    rows: Sequence[Sequence[Value | None]],
    label: Callable[[Value | None], str | None],
) -> str:
    head = "".join(f"<th>{_safe(column)}</th>" for column in columns)
    body = "".join(
        "<tr>" + "".join(f"<td>{_cell(value, label(value))}</td>" for value in row) + "</tr>"
        for row in rows[:_MOST_ROWS]
    )
    more = len(rows) - _MOST_ROWS
    note = f"<p>{more:,} more rows</p>" if more > 0 else ""
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{note}"


def _cell(value: Value | None, label: str | None) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, IRI):
        return _safe(str(value))
    curie = f'<code title="{_safe(value)}">{_safe(shorten(value))}</code>'
    return f"{_safe(label)} {curie}" if label else curie


def _safe(text: str) -> str:
    return escape(visible(text))
