"""Writes rows as CSV and TSV (W3C SPARQL 1.1 Query Results CSV and TSV Formats; RFC 4180).

Oxigraph's own writer leaves IRIs without quotes even where they hold a comma, as the IRIs of passages
do (RFC 5147). An empty string is written as ``""`` and an unbound variable as nothing, so that
readers that distinguish the two can. Values are never changed, not even those that a spreadsheet
would take for a formula.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode

from testimonia.namespaces import PREFIXES
from testimonia.values import Term

__all__ = ["csv", "tsv"]

_AT_ONCE = 1000  # rows in a piece of text
_QUOTED = re.compile(r"""[",\r\n\t;|'\\\x00]""").search
"""Finds what is quoted: RFC 4180 requires it of quotes, commas and line ends; the other characters
mislead readers that guess separators and quotes, as do blanks and comment signs at either end."""

_XSD: Final = PREFIXES["xsd"]
_BARE: Final = {
    _XSD + "integer": re.compile(r"[+-]?[0-9]+"),
    _XSD + "decimal": re.compile(r"[+-]?[0-9]*\.[0-9]+"),
    _XSD + "boolean": re.compile("true|false"),
}


def csv(variables: Sequence[str], rows: Iterable[Sequence[Term | None]]) -> Iterator[str]:
    """Write rows as CSV, in pieces.

    Parameters
    ----------
    variables
        The names of the columns.
    rows
        Their terms, None where unbound.
    """
    # Many readers skip an empty line: an empty cell in the only column is quoted.
    unbound = '""' if len(variables) == 1 else ""
    return _written(variables, rows, _csv_cell, unbound, ",", "\r\n")


def tsv(variables: Sequence[str], rows: Iterable[Sequence[Term | None]]) -> Iterator[str]:
    """Write rows as TSV, in pieces.

    Parameters
    ----------
    variables
        The names of the columns.
    rows
        Their terms, None where unbound.
    """
    return _written([f"?{name}" for name in variables], rows, _tsv_cell, "", "\t", "\n")


def _written(
    head: Sequence[str],
    rows: Iterable[Sequence[Term | None]],
    cell: Callable[[Term], str],
    unbound: str,
    separator: str,
    end: str,
) -> Iterator[str]:
    yield separator.join(head) + end
    following = iter(rows)
    while some := list(islice(following, _AT_ONCE)):
        lines = [
            separator.join([unbound if term is None else cell(term) for term in row])
            for row in some
        ]
        yield end.join(lines) + end


def _csv_cell(term: Term) -> str:
    text = term.value if isinstance(term, NamedNode | Literal) else _turtle(term)
    if (
        text
        and not _QUOTED(text)
        and text[0] != "#"
        and not text[0].isspace()
        and not text[-1].isspace()
    ):
        return text
    return '"' + text.replace('"', '""') + '"'


def _tsv_cell(term: Term) -> str:
    if isinstance(term, Literal):
        bare = _BARE.get(term.datatype.value)
        if bare is not None and bare.fullmatch(term.value):
            return term.value
    return _turtle(term)


def _turtle(term: Term) -> str:
    if isinstance(term, NamedNode | BlankNode | Literal):
        return str(term)
    parts = " ".join(map(_turtle, (term.subject, term.predicate, term.object)))
    return f"<<( {parts} )>>"
