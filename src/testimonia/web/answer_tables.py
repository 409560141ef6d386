"""Shows results as HTML: a table that narrow screens turn into cards, or a yes or no."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Final

from pyoxigraph import QueryBoolean, QuerySolutions, QueryTriples

from testimonia.query.labelling import Label
from testimonia.query.tabular import AnswerTable, words
from testimonia.values import Term
from testimonia.web.rendering import render

__all__ = ["MOST_ROWS", "fragment"]

MOST_ROWS: Final = 500
"""Most rows that a page shows."""


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
        names = [words(name) for name in names]
    taken = list(islice(rows, MOST_ROWS + 1))
    sheet = AnswerTable.of(names, taken[:MOST_ROWS], label).folded()
    return render(
        "table.html",
        constants=sheet.constants,
        names=sheet.names,
        rows=sheet.rows,
        more=len(taken) > MOST_ROWS,
    )
