"""What terminal, notebook and page share of a table of answers: its cells, and what it folds."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Generic, TypeVar

from pyoxigraph import Literal

from testimonia.languages import Label
from testimonia.namespaces import shorten
from testimonia.values import IRI, Term, value_of

__all__ = ["Cell", "Folded", "Others", "cell", "constant", "folded", "with_curies", "words"]

T = TypeVar("T")

Others = Callable[[int], Iterable[object]]
"""Gives what a column holds in rows that are not shown."""

_WORD_START = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|_")


@dataclass(frozen=True, slots=True)
class Cell:
    """A term as it is shown.

    Attributes
    ----------
    text
        The value; of an IRI its CURIE, where it has one.
    label
        What an IRI is called.
    iri
        The IRI.
    language
        The language of a text.
    number
        Whether it is a number.
    label_language
        The language of the label, where it is another than English.
    """

    text: str
    label: str | None = None
    iri: str | None = None
    language: str | None = None
    number: bool = False
    label_language: str | None = None


@dataclass(frozen=True, slots=True)
class Folded(Generic[T]):
    """A table without the columns that say the same in every row.

    Attributes
    ----------
    constants
        The names of these columns, and what they say, where they say anything.
    names
        The names of the other columns.
    rows
        Their cells.
    """

    constants: list[tuple[str, T]]
    names: list[str]
    rows: list[list[T | None]]


def cell(term: Term | None, label: Callable[[str], str | None]) -> Cell | None:
    """Show a term; an unbound variable is shown as nothing.

    Parameters
    ----------
    term
        The term.
    label
        Finds the label of an IRI.
    """
    if term is None:
        return None
    value = value_of(term)
    if isinstance(value, IRI):
        name = label(value)
        return Cell(shorten(value), name, value, label_language=_foreign(name))
    if isinstance(value, bool):
        return Cell("true" if value else "false")
    number = isinstance(value, int | float | Decimal)
    language = term.language if isinstance(term, Literal) else None
    text = str(value) if language else with_curies(str(value))
    return Cell(text, language=language, number=number)


def with_curies(text: str) -> str:
    """Write IRIs that a query has joined with spaces as CURIEs, where they all have one."""
    iris = text.split(" ")
    curies = [shorten(iri) for iri in iris]
    return text if any(map(str.__eq__, iris, curies)) else " ".join(curies)


def _foreign(label: str | None) -> str | None:
    language = label.language if isinstance(label, Label) else ""
    return language if language and language.lower().partition("-")[0] != "en" else None


def _none(_: int) -> Iterable[object]:
    return ()


def constant(
    rows: Sequence[Sequence[object]], *, nothing: object = None, others: Others = _none
) -> set[int]:
    """Find the columns that hold the same in all of several rows, or nothing in the only one.

    Parameters
    ----------
    rows
        The cells.
    nothing
        What a cell without a value is.
    others
        Gives what a column holds in rows that are not shown.
    """
    if len(rows) == 1:
        return {index for index, one in enumerate(rows[0]) if one == nothing}
    return {
        index
        for index, column in enumerate(zip(*rows, strict=True))
        if len(set(column)) == 1 and all(other == column[0] for other in others(index))
    }


def folded(
    names: Sequence[str], rows: Sequence[Sequence[T | None]], others: Others = _none
) -> Folded[T]:
    """Take out the columns that say the same in every row.

    Parameters
    ----------
    names
        The names of the columns.
    rows
        The cells, None where there is nothing.
    others
        Gives what a column holds in rows that are not shown.
    """
    same = constant(rows, others=others)
    first = rows[0] if rows else []
    said = [(names[i], one) for i in sorted(same) if (one := first[i]) is not None]
    kept = [index for index in range(len(names)) if index not in same]
    return Folded(said, [names[i] for i in kept], [[row[i] for i in kept] for row in rows])


def words(name: str) -> str:
    """Write the name of a variable, such as ``boundType``, as words."""
    return _WORD_START.sub(" ", name).lower()
