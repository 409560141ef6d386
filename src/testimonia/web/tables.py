"""Shows results as HTML: a table that narrow screens turn into cards, or a yes or no."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import Final

from pyoxigraph import Literal, QueryBoolean, QuerySolutions, QueryTriples

from testimonia.namespaces import shorten
from testimonia.values import IRI, Term, value_of
from testimonia.web.rendering import render

__all__ = ["MOST_ROWS", "fragment"]

MOST_ROWS: Final = 500
"""Most rows that a page shows."""

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")

Label = Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class _Cell:
    text: str
    label: str | None = None
    iri: str | None = None
    language: str | None = None
    number: bool = False


def fragment(
    results: QuerySolutions | QueryBoolean | QueryTriples, label: Label, *, spaced: bool = False
) -> str:
    """Show results as a piece of HTML.

    What is the same in all rows is shown once above them, and columns without a value not at all.

    Parameters
    ----------
    results
        What a query gave. No more than `MOST_ROWS` and one rows of it are taken.
    label
        Finds the label of an IRI.
    spaced
        Whether to write the name ``boundType`` as words.
    """
    if isinstance(results, QueryBoolean):
        return render("boolean.html", yes=bool(results))
    rows: Iterable[Sequence[Term | None]]
    if isinstance(results, QueryTriples):
        names = ["subject", "predicate", "object"]
        rows = ((t.subject, t.predicate, t.object) for t in results)
    else:
        names = [variable.value for variable in results.variables]
        rows = (tuple(solution) for solution in results)
    if spaced:
        names = [_HUMP.sub(" ", name).lower() for name in names]
    taken = list(islice(rows, MOST_ROWS + 1))
    cells = [[_cell(term, label) for term in row] for row in taken[:MOST_ROWS]]
    columns = list(zip(*cells, strict=True)) if cells else []
    same = [len(cells) > 1 and len(set(column)) == 1 for column in columns]
    shown = [index for index, alike in enumerate(same) if not alike]
    return render(
        "table.html",
        constants=[
            (names[index], column[0])
            for index, column in enumerate(columns)
            if same[index] and column[0] is not None
        ],
        names=[names[index] for index in shown],
        rows=[[row[index] for index in shown] for row in cells],
        more=len(taken) > MOST_ROWS,
    )


def _cell(term: Term | None, label: Label) -> _Cell | None:
    if term is None:
        return None
    value = value_of(term)
    if isinstance(value, IRI):
        return _Cell(shorten(value), label(value), value)
    if isinstance(value, bool):
        return _Cell("true" if value else "false")
    number = isinstance(value, int | float | Decimal)
    language = term.language if isinstance(term, Literal) else None
    return _Cell(str(value), language=language, number=number)
