"""Shows results as HTML tables in a notebook, with all text from outside escaped."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
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
    names = list(columns)
    sides = [_side([row[index] for row in rows]) for index in range(len(names))]
    head = "".join(
        f"<th {side}>{_safe(name)}</th>" for name, side in zip(names, sides, strict=True)
    )
    body = "".join(f"<tr>{_cells(row, sides, label)}</tr>" for row in rows[:_MOST_ROWS])
    more = len(rows) - _MOST_ROWS
    note = f"<p>{more:,} more rows</p>" if more > 0 else ""
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{note}"


def _side(values: Sequence[Value | None]) -> str:
    """Align a column of numbers right and all else left, since notebooks align everything right."""
    known = [value for value in values if value is not None]
    numbers = [isinstance(v, int | float | Decimal) and not isinstance(v, bool) for v in known]
    return f'style="text-align: {"right" if known and all(numbers) else "left"}"'


def _cells(
    row: Sequence[Value | None], sides: Sequence[str], label: Callable[[Value | None], str | None]
) -> str:
    pairs = zip(row, sides, strict=True)
    return "".join(f"<td {side}>{_cell(value, label(value))}</td>" for value, side in pairs)


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
