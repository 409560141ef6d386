"""Shows results as HTML tables in a notebook, with all text from outside escaped."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from html import escape

from testimonia.legible import visible
from testimonia.namespaces import shorten
from testimonia.values import IRI, Value

__all__ = ["table"]

_MOST_ROWS = 200


def table(
    columns: Iterable[str],
    rows: Sequence[Sequence[Value | None]],
    label: Callable[[Value | None], str | None],
) -> str:
    """Show rows as a table, a label beside each IRI; only the first rows of many.

    Parameters
    ----------
    columns
        Their names.
    rows
        The values.
    label
        Finds the label of a value.
    """
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
