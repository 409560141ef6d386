"""The table of an answer, as terminal, notebook and page all show it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal as OneOf

from pyoxigraph import Literal

from testimonia.languages import Label as LabelText
from testimonia.languages import is_right_to_left
from testimonia.namespaces import IDENTIFIER, shorten
from testimonia.query.labelling import Label
from testimonia.values import IRI, Term, Value, value_of

__all__ = ["AnswerTable", "Cell", "Row", "cell", "words"]

_WORD_START = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|_")


@dataclass(frozen=True, slots=True)
class Cell:
    """A term as it is shown. Cells are equal if they look the same.

    Attributes
    ----------
    text
        The value; for an IRI its CURIE, where it has one. IRIs that a query has joined with spaces,
        such as those of passages, are CURIEs too if all of them can be.
    label
        The label of an IRI.
    iri
        The IRI.
    language
        The language of a text.
    number
        Whether it is a number.
    label_language
        The language of the label, if it is not English.
    value
        The value in Python.
    datatype
        The IRI of the datatype of a literal.
    """

    text: str
    label: str | None = None
    iri: str | None = None
    language: str | None = None
    number: bool = False
    label_language: str | None = None
    value: Value | None = field(default=None, compare=False, repr=False)
    datatype: str | None = field(default=None, compare=False, repr=False)

    @property
    def label_direction(self) -> OneOf["rtl"] | None:
        """The direction of the label, if it is written from right to left."""
        return "rtl" if self.label_language and is_right_to_left(self.label_language) else None

    @property
    def of_vocabulary(self) -> bool:
        """Whether it is a code or a term, which its label identifies, and not a thing in the data."""
        return (
            self.iri is not None and self.text != self.iri and not self.iri.startswith(IDENTIFIER)
        )


Row = Sequence[Cell | None]
"""The cells of a row; None where a variable is unbound."""


def _none(_: int) -> Iterable[Cell | None]:
    return ()


@dataclass(frozen=True, slots=True)
class AnswerTable:
    """The rows of an answer.

    Attributes
    ----------
    names
        The names of the columns.
    rows
        Their cells, as far as they are shown.
    constants
        The columns folded out of the table: the name and the cell of each.
    hidden
        Gives the cells of a column, by its index, in the rows that are not shown.
    """

    names: Sequence[str]
    rows: Sequence[Row]
    constants: Sequence[tuple[str, Cell]] = ()
    hidden: Callable[[int], Iterable[Cell | None]] = _none

    @classmethod
    def of(
        cls,
        names: Sequence[str],
        rows: Sequence[Sequence[Term | None]],
        label: Label,
        *,
        most: int | None = None,
    ) -> AnswerTable:
        """Make the table of an answer.

        Parameters
        ----------
        names
            The names of the columns.
        rows
            The terms, None where unbound.
        label
            Finds the label of an IRI.
        most
            The most rows to show; the others only decide which columns are constant.
        """
        shown = [[cell(term, label) for term in row] for row in rows[:most]]
        others = [] if most is None else rows[most:]

        def hidden(index: int) -> Iterator[Cell | None]:
            return (cell(term, label) for term in {row[index] for row in others})

        return cls(names, shown, hidden=hidden)

    def folded(self) -> AnswerTable:
        """Move the columns that say the same in every row out of the table, into `constants`.

        In a table of one row, these are the columns without a value. They are dropped.
        """
        same = self._constant()
        first: Row = self.rows[0] if self.rows else ()
        said = [(self.names[i], one) for i in sorted(same) if (one := first[i]) is not None]
        kept = self.without(same)
        return AnswerTable(kept.names, kept.rows, [*self.constants, *said])

    def without(self, dropped: set[int]) -> AnswerTable:
        """Leave out columns, by index."""
        kept = [index for index in range(len(self.names)) if index not in dropped]
        rows = [[row[index] for index in kept] for row in self.rows]
        return AnswerTable([self.names[index] for index in kept], rows, self.constants)

    def numbered(self) -> AnswerTable:
        """Add a column without a name, in front, that numbers the rows."""
        rows = [[Cell(str(n), number=True), *row] for n, row in enumerate(self.rows, 1)]
        return AnswerTable(["", *self.names], rows, self.constants)

    def column(self, index: int) -> list[Cell | None]:
        """Give the cells of a column."""
        return [row[index] for row in self.rows]

    def _constant(self) -> set[int]:
        if len(self.rows) == 1:
            return {index for index, one in enumerate(self.rows[0]) if one is None}
        return {
            index
            for index, column in enumerate(zip(*self.rows, strict=True))
            if len(set(column)) == 1 and all(one == column[0] for one in self.hidden(index))
        }


def cell(term: Term | None, label: Label) -> Cell | None:
    """Make the cell of a term, or None for an unbound variable.

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
        return Cell(shorten(value), name, value, label_language=_foreign(name), value=value)
    language = term.language if isinstance(term, Literal) else None
    datatype = term.datatype.value if isinstance(term, Literal) else None
    if isinstance(value, bool):
        return Cell("true" if value else "false", value=value, datatype=datatype)
    number = isinstance(value, int | float | Decimal)
    text = str(value) if language else _with_curies(str(value))
    return Cell(text, language=language, number=number, value=value, datatype=datatype)


def _with_curies(text: str) -> str:
    """Write IRIs that a query has joined with spaces as CURIEs, where they all have one."""
    iris = text.split(" ")
    curies = [shorten(iri) for iri in iris]
    return text if any(map(str.__eq__, iris, curies)) else " ".join(curies)


def _foreign(label: str | None) -> str | None:
    language = label.language if isinstance(label, LabelText) else ""
    return language if language and language.lower().partition("-")[0] != "en" else None


def words(name: str) -> str:
    """Write the name of a variable, such as ``boundType``, as words."""
    return _WORD_START.sub(" ", name).lower()
