"""Shows the answer to a query as a fragment of a page: a table with links, or yes or no."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import Final

from pyoxigraph import QueryBoolean, QuerySolutions, QueryTriples, Triple

from testimonia.pages.rendering import render
from testimonia.query.labelling import Label
from testimonia.query.tabular import AnswerTable, words
from testimonia.values import Term

__all__ = ["MAX_ROWS", "Href", "Results", "html_fragment"]

MAX_ROWS: Final = 500
"""Most rows that a page shows."""

Href = Callable[[str], str]
"""Finds the address of the page of an IRI; an empty text if it has none."""
Results = QuerySolutions | QueryBoolean | QueryTriples | list[Triple]


def html_fragment(
    results: Results, label: Label, *, spaced: bool = False, href: Href = lambda _: ""
) -> str:
    """Return results as a fragment of HTML: a table, or yes or no.

    Values that are the same in all rows are shown once above the table, and empty columns are left out.

    Parameters
    ----------
    results
        The results of a query. At most ``MAX_ROWS + 1`` rows are consumed.
    label
        Looks up the label of an IRI.
    spaced
        Whether to show a column name such as ``boundType`` as separate words.
    href
        Finds the address of the page of an IRI; an empty text if it has none.
    """
    if isinstance(results, QueryBoolean):
        return render("boolean.html", yes=bool(results))
    rows: Iterable[Sequence[Term | None]]
    if isinstance(results, QueryTriples | list):
        names = ["subject", "predicate", "object"]
        rows = ((t.subject, t.predicate, t.object) for t in results)
    else:
        names = [variable.value for variable in results.variables]
        rows = (tuple(solution) for solution in results)
    if spaced:
        names = [words(name) for name in names]
    taken = list(islice(rows, MAX_ROWS + 1))
    sheet = AnswerTable.of(names, taken[:MAX_ROWS], label).folded()
    return render(
        "table.html",
        constants=sheet.constants,
        names=sheet.names,
        rows=sheet.rows,
        more=len(taken) > MAX_ROWS,
        hrefs={iri: href(iri) for iri in _iris(sheet)},
    )


def _iris(sheet: AnswerTable) -> set[str]:
    cells = (cell for row in sheet.rows for cell in row)
    found = [*cells, *(cell for _, cell in sheet.constants)]
    return {cell.iri for cell in found if cell is not None and cell.iri is not None}
