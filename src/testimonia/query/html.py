"""Shows results as HTML tables in a notebook, with all text from outside escaped."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape

from testimonia.printing import visible
from testimonia.query.labelling import Label
from testimonia.query.tabular import AnswerTable, Cell
from testimonia.values import Term

__all__ = ["UNTYPESET", "safe", "table"]

UNTYPESET = 'class="tex2jax_ignore mathjax_ignore"'
"""Keeps MathJax 2 and 3 off an element."""

_MOST_ROWS = 200
_TYPESET = re.compile(r"[$\\]")


def safe(text: str) -> str:
    r"""Escape text from outside, so that it is neither markup nor a formula.

    Notebooks set ``$…$``, ``\(…\)`` and the like as formulas, and not all of them heed classes. They
    never look for a formula across elements, so each such sign is put in an element of its own.

    Parameters
    ----------
    text
        Any text.

    Examples
    --------
    >>> safe("from $5 to $6 <million>")
    'from <span>$</span>5 to <span>$</span>6 &lt;million&gt;'
    """
    return _TYPESET.sub(r"<span>\g<0></span>", escape(visible(text)))


def table(
    columns: Sequence[str],
    rows: Sequence[Sequence[Term | None]],
    label: Label,
    notes: Iterable[str] = (),
) -> str:
    """Show rows as a table, with a label beside each IRI; of many rows only the first.

    What all rows have in common is shown once, above them.

    Parameters
    ----------
    columns
        Their names.
    rows
        The terms, None where unbound.
    label
        Finds the label of an IRI.
    notes
        What the answer lacks.
    """
    sheet = AnswerTable.of(columns, rows, label, most=_MOST_ROWS).folded()
    sides = [_side(sheet.column(index)) for index in range(len(sheet.names))]
    head = _row("th", [safe(name) for name in sheet.names], sides)
    body = "".join(_row("td", map(_cell, row), sides) for row in sheet.rows)
    parts = [f"<p>{safe(note)}</p>" for note in notes]
    parts.append(_constants(sheet.constants))
    if sheet.names:
        parts.append(f"<table {UNTYPESET}><thead>{head}</thead><tbody>{body}</tbody></table>")
    more = len(rows) - _MOST_ROWS
    parts.append(f"<p>{len(rows):,} row{'' if len(rows) == 1 else 's'}{_not_shown(more)}</p>")
    return f'<div style="overflow-x: auto">{"".join(parts)}</div>'


def _not_shown(more: int) -> str:
    return f", of which the last {more:,} are not shown" if more > 0 else ""


def _constants(said: Sequence[tuple[str, Cell]]) -> str:
    if not said:
        return ""
    rows = "".join(
        _row("td", [f"<b>{safe(name)}</b>", _cell(one)], ["left", "left"]) for name, one in said
    )
    return f"<p>In every row:</p><table {UNTYPESET}><tbody>{rows}</tbody></table>"


def _side(column: Sequence[Cell | None]) -> str:
    """Align a column of numbers right and all else left, since notebooks align everything right."""
    known = [one.number for one in column if one is not None]
    return "right" if known and all(known) else "left"


def _row(tag: str, contents: Iterable[str], sides: Sequence[str]) -> str:
    pairs = zip(contents, sides, strict=True)
    cells = (f'<{tag} style="text-align: {side}">{content}</{tag}>' for content, side in pairs)
    return f"<tr>{''.join(cells)}</tr>"


def _cell(one: Cell | None) -> str:
    if one is None:
        return ""
    if one.iri is None:
        return safe(one.text)
    curie = f'<code title="{escape(visible(one.iri))}">{safe(one.text)}</code>'
    return f"{_named(one)} {curie}" if one.label else curie


def _named(one: Cell) -> str:
    """Mark a label in another language, so that its direction does not affect what is beside it."""
    label = safe(one.label or "")
    if not one.label_language:
        return label
    direction = f' dir="{one.label_direction}"' if one.label_direction else ""
    return f'<bdi lang="{escape(visible(one.label_language))}"{direction}>{label}</bdi>'
