"""What claims of notes become, in short words: who says it, through which post, what, and where."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from testimonia.notes import Built
from testimonia.notes.draft import Draft, Page, Row, Text
from testimonia.notes.phrases import Cell, code_words
from testimonia.passages import (
    Document,
    DocumentCheck,
    Passage,
    PassageCheck,
    PassageReport,
    coverage,
)
from testimonia.tables.cell_terms import iri_of
from testimonia.tables.columns import Table
from testimonia.tables.schema import by_name

__all__ = ["covered_sentences", "readings"]

_CLAIMS: Final = by_name("claims")
_PROPOSITIONS: Final = by_name("propositions")
_FIRST: Final = (
    "claimant",
    "in_capacity_of",
    "on_behalf_of",
    "stance",
    "certainty",
)
_LAST: Final = ("voice", "channel", "stated_at", "reports", "corrects")
_WHAT: Final = ("type", "gloss", "harm", "victims", "detainees", "bound_type")
_BOUNDS: Final = ("lower_bound", "upper_bound", "point_estimate")
_CALLED: Final = {
    "claimant": "who",
    "in_capacity_of": "as",
    "on_behalf_of": "for",
    "stated_at": "said",
    "gloss": "says",
    "victims": "group",
    "detainees": "group",
    "type": "kind",
}


def readings(built: Built, page: Page) -> list[dict[str, Any]]:
    """Put each claim of a page into words.

    Parameters
    ----------
    built
        The notes.
    page
        The file whose claims are wanted.

    Returns
    -------
    list of dict
        For each claim: its ``id`` and ``line``, what it is called, its ``spans`` in the text, and
        ``fields``, pairs of a name and words.
    """
    return [
        {
            "id": iri_of(row.id, _CLAIMS.base),
            "line": row.place.line,
            "label": str(row.cells.get("label") or row.id),
            "stance": str(row.cells.get("stance") or ""),
            "spans": list(_spans(built.draft, row)),
            "fields": list(_fields(built.draft, row)),
        }
        for row in _rows_of(built.draft, "claims", page)
    ]


def _rows_of(draft: Draft, table: str, page: Page) -> Iterator[Row]:
    return (row for row in draft.rows[table].values() if str(row.place.path) == str(page.path))


def _fields(draft: Draft, row: Row) -> Iterator[tuple[str, str]]:
    yield from _in_words(draft, _CLAIMS, row.cells, _FIRST)
    what = draft.row("propositions", str(row.cells.get("proposition"))) or {}
    yield from _in_words(draft, _PROPOSITIONS, what, _WHAT)
    bounds = [what.get(name) for name in _BOUNDS]
    if bounds[0] is not None or bounds[1] is not None:
        low, high = ("?" if each is None else f"{each:,}" for each in bounds[:2])
        yield "bounds", f"{low} to {high}" if high != "?" else f"{low} or more"
    if bounds[2] is not None:
        yield "near", f"{bounds[2]:,}"
    shown = {*_WHAT, *_BOUNDS, "id", "label", "about"}
    rest = [column.name for column in _PROPOSITIONS.columns if column.name not in shown]
    yield from _in_words(draft, _PROPOSITIONS, what, rest)
    yield from _in_words(draft, _PROPOSITIONS, what, ["about"])
    yield from _in_words(draft, _CLAIMS, row.cells, _LAST)


def _in_words(
    draft: Draft, table: Table, cells: Mapping[str, Cell], names: Iterable[str]
) -> Iterator[tuple[str, str]]:
    for name in names:
        value = cells.get(name)
        column = table.column(name)
        if value in (None, []) or column is None:
            continue
        every = value if isinstance(value, list) else [value]
        if column.kind == "link":
            words = [draft.label(column.target, str(each)) for each in every]
        elif column.kind == "code":
            words = [code_words(str(each)) for each in every]
        elif column.kind == "type":
            words = [str(each).removesuffix("Proposition") for each in every]
        else:
            words = [str(each) for each in every]
        yield _CALLED.get(name, name.replace("_", " ")), " and ".join(words)


def _spans(draft: Draft, row: Row) -> Iterator[tuple[int, int]]:
    names = row.cells.get("passage")
    for name in names if isinstance(names, list) else ():
        cells = draft.row("passages", name) or {}
        start, end = cells.get("start"), cells.get("end")
        if isinstance(start, int) and isinstance(end, int):
            yield start, end


def covered_sentences(built: Built, page: Page, text: Text) -> list[dict[str, Any]]:
    """Say which sentences of a report the passages of its notes cover.

    Parameters
    ----------
    built
        The notes, which may have faults.
    page
        The notes on the report.
    text
        The report.

    Returns
    -------
    list of dict
        For each sentence: how far it is ``covered`` (wholly, partly, not), the ``claims`` on it, and
        whether it has a ``reason`` for none.
    """
    noted = [
        _noted(span, claims=(str(row.place.line),))
        for row in _rows_of(built.draft, "claims", page)
        for span in _spans(built.draft, row)
    ]
    noted += [
        _noted((row.cells["start"], row.cells["end"]), reasons=("reason",))
        for row in _rows_of(built.draft, "passages", page)
        if row.cells.get("no_claim_reason")
    ]
    document = DocumentCheck(Document("", "", None, None), None, text.text, {})
    report = PassageReport((document,), tuple(noted), ())
    return [
        {
            "covered": sentence.covered.name.lower(),
            "claims": sorted(map(int, sentence.claims)),
            "reason": bool(sentence.reasons),
        }
        for sentence in coverage(report).sentences
    ]


def _noted(
    span: tuple[Cell, Cell], claims: tuple[str, ...] = (), reasons: tuple[str, ...] = ()
) -> PassageCheck:
    start, end = (int(str(each)) for each in span)
    return PassageCheck(Passage("", "", start, end, None, claims, reasons), None, {})
