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

__all__ = ["MAX_ROWS", "PART", "Href", "Parts", "Results", "html_fragment"]

MAX_ROWS: Final = 500
"""Most rows that a page shows."""
PART: Final = "page"
"""The parameter that says which part of a long answer to show, from 1."""

Href = Callable[[str], str]
"""Finds the address of the page of an IRI; an empty text if it has none."""
Parts = Callable[[int], str]
"""Gives the address of a part of the answer, by its number from 1."""
Results = QuerySolutions | QueryBoolean | QueryTriples | list[Triple]


def html_fragment(
    results: Results,
    label: Label,
    *,
    spaced: bool = False,
    href: Href = lambda _: "",
    part: int = 1,
    parts: Parts | None = None,
) -> str:
    """Return results as a fragment of HTML: a table, or yes or no.

    Values that are the same in all rows shown are shown once above the table, and empty columns are left out.

    Parameters
    ----------
    results
        The results of a query. No row is consumed after the one that follows the last one shown.
    label
        Looks up the label of an IRI.
    spaced
        Whether to show a column name such as ``boundType`` as separate words.
    href
        Finds the address of the page of an IRI; an empty text if it has none.
    part
        Which part of a long answer to show: the first `MAX_ROWS` rows, the next, and so on.
    parts
        Gives the addresses of the other parts; None if they have none.
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
    start = (part - 1) * MAX_ROWS
    taken = list(islice(rows, start, start + MAX_ROWS + 1))
    more = len(taken) > MAX_ROWS
    sheet = AnswerTable.of(names, taken[:MAX_ROWS], label).folded()
    return render(
        "table.html",
        constants=sheet.constants,
        names=sheet.names,
        rows=sheet.rows,
        start=start,
        more=more,
        beginning=parts(1) if parts and part > 1 else "",
        before=parts(part - 1) if parts and part > 1 else "",
        after=parts(part + 1) if parts and more else "",
        hrefs={iri: href(iri) for iri in _iris(sheet)},
    )


def _iris(sheet: AnswerTable) -> set[str]:
    cells = (cell for row in sheet.rows for cell in row)
    found = [*cells, *(cell for _, cell in sheet.constants)]
    return {cell.iri for cell in found if cell is not None and cell.iri is not None}
