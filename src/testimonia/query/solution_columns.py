"""The columns of solutions: terms as texts in the notation of Turtle, each different one read once.

In one thread and without Polars: forks of the server read answers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar, overload

from pyoxigraph import QueryResultsFormat, QuerySolutions, parse_query_results

from testimonia.values import Term

__all__ = ["columns_of", "distinct_terms", "terms_of_column"]

T = TypeVar("T")


def columns_of(tsv: bytes, number: int) -> list[Sequence[str]]:
    """Split rows into columns of terms; empty where unbound.

    Parameters
    ----------
    tsv
        The rows (W3C SPARQL 1.1 Query Results TSV Format).
    number
        How many columns they have.
    """
    if not number:
        return []
    lines = tsv.decode().split("\n")[1:-1]
    return list(zip(*[line.split("\t") for line in lines], strict=True)) or [()] * number


@overload
def terms_of_column(texts: Iterable[str | None]) -> list[Term | None]: ...
@overload
def terms_of_column(
    texts: Iterable[str | None], convert: Callable[[Term], T]
) -> list[T | None]: ...
def terms_of_column(
    texts: Iterable[str | None], convert: Callable[[Term], Any] | None = None
) -> list[Any]:
    """Read the terms of a column.

    Parameters
    ----------
    texts
        Terms, None or empty where unbound.
    convert
        Makes something else of each different term.
    """
    listed = list(texts)
    distinct = [text for text in set(listed) if text]
    terms = distinct_terms(distinct)
    made: Iterable[Any] = terms if convert is None else map(convert, terms)
    known: dict[str | None, Any] = dict(zip(distinct, made, strict=True))
    known[None] = known[""] = None
    return [known[text] for text in listed]


def distinct_terms(texts: Sequence[str]) -> list[Term]:
    """Read terms.

    Parameters
    ----------
    texts
        Terms in the notation of Turtle, without tabs and line ends.
    """
    rows = parse_query_results("\n".join(["?term", *texts, ""]).encode(), QueryResultsFormat.TSV)
    assert isinstance(rows, QuerySolutions)  # noqa: S101 - there is a row for each text
    return [row[0] for row in rows]
