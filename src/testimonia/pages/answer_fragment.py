"""Shows the answer to a query as a fragment of a page: a table with links, or yes or no."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from itertools import islice, pairwise
from typing import Final

from pyoxigraph import QueryBoolean, QuerySolutions, QueryTriples, Triple

from testimonia.pages.rendering import render
from testimonia.query.labelling import Label
from testimonia.query.tabular import AnswerTable, Cell, Row, words
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
_END_OF_DAY: Final = time(23, 59, 59)
_FIRST_ZONE: Final = timedelta(hours=14)
_LAST_ZONE: Final = timedelta(hours=-12)
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
    Of bounds that are those of whole days, only the days are shown.

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
    constants = _in_days([cell for _, cell in sheet.constants])
    return render(
        "table.html",
        constants=list(zip([name for name, _ in sheet.constants], constants, strict=True)),
        names=sheet.names,
        rows=[_in_days(row) for row in sheet.rows],
        start=start,
        more=more,
        beginning=parts(1) if parts and part > 1 else "",
        before=parts(part - 1) if parts and part > 1 else "",
        after=parts(part + 1) if parts and more else "",
        hrefs={iri: href(iri) for iri in _iris(sheet)},
    )


def _in_days(row: Row) -> list[Cell | None]:
    """Show bounds of whole days as days: two side by side in one zone, or those of a day anywhere on Earth."""
    whole = {index for index, one in enumerate(row) if _anywhere(_moment(one))}
    for index, (first, last) in enumerate(pairwise(map(_moment, row))):
        if first and last and first.time() == time() and last.time() == _END_OF_DAY:
            whole |= {index, index + 1} if first.utcoffset() == last.utcoffset() else set()
    return [
        replace(one, text=one.text[:10]) if one is not None and index in whole else one
        for index, one in enumerate(row)
    ]


def _moment(one: Cell | None) -> datetime | None:
    value = one.value if one is not None else None
    return value if isinstance(value, datetime) else None


def _anywhere(at: datetime | None) -> bool:
    """Check whether a day begins in the first time zone, or ends in the last, at a moment."""
    return at is not None and (at.time(), at.utcoffset()) in (
        (time(), _FIRST_ZONE),
        (_END_OF_DAY, _LAST_ZONE),
    )


def _iris(sheet: AnswerTable) -> set[str]:
    cells = (cell for row in sheet.rows for cell in row)
    found = [*cells, *(cell for _, cell in sheet.constants)]
    return {cell.iri for cell in found if cell is not None and cell.iri is not None}
