"""Expressions that SQL has no equal of are evaluated by Oxigraph, on many rows at a time."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from inspect import Parameter, Signature
from typing import Any, Final, cast

import pyarrow as pa
from pyoxigraph import BlankNode, Literal, NamedNode, QuerySolutions, Store

from testimonia.namespaces import PREFIXES
from testimonia.query.columnar.literal_values import values_of
from testimonia.query.columnar.operands import term_of_text, text_of

__all__ = [
    "ORDERING",
    "arguments_of",
    "as_text",
    "evaluator",
    "function_name",
    "in_sparql",
    "results_of",
    "with_base",
]

ORDERING: Final = ("?a0 < ?a1", "?a0 <= ?a1")
"""Comparisons that SPARQL 1.1 has for fewer types than Oxigraph: not for literals with language tags."""

EQUALITY: Final = "?a0 = ?a1"
_MOST_KEPT: Final = 100_000
"""Of so many rows of arguments a function keeps the results: DuckDB asks for 2,048 at a time, often the same ones."""
_UNASKED: Final = object()
_FOURTEEN_HOURS: Final = 14 * 3600 * 1_000_000

_EMPTY: Final = Store()
_BLANK: Final = "urn:testimonia:blank:"
_XSD: Final = PREFIXES["xsd"]
_TIMES: Final = (f"T{_XSD}date ", f"T{_XSD}dateTime")


def function_name(expression: str, owner: int) -> str:
    """Name the SQL function of an expression.

    Parameters
    ----------
    expression
        A SPARQL expression of the variables ``?a0``, ``?a1`` and so on.
    owner
        The number of the store that defines it: connections to one database share names, but a function is gone
        with the connection that made it.
    """
    return f"call_{owner}_{hashlib.sha256(expression.encode()).hexdigest()[:16]}"


def arguments_of(expression: str) -> int:
    """Count the arguments of an expression."""
    return 1 + max(number for number in range(10) if f"?a{number}" in expression)


def evaluator(expression: str, arguments: int) -> Callable[..., Any]:
    """Make the function of an expression, from columns of texts to one.

    Parameters
    ----------
    expression
        As for `function_name`, or `with_base`. Its arguments, and what it gives, are in the notation of
        `testimonia.query.columnar.operands.text_of`; None is unbound or an error.
    arguments
        How many arguments it has.
    """
    kept: dict[tuple[str | None, ...], Any] = {}

    def evaluate(*columns: Any) -> Any:
        rows = list(zip(*(column.to_pylist() for column in columns), strict=True))
        known = {row: kept.get(row, _UNASKED) for row in rows}
        new = [row for row, result in known.items() if result is _UNASKED]
        found = results_of(expression, new)
        results = {row: found.get(row) for row in new}
        known.update(results)
        if len(kept) > _MOST_KEPT:
            kept.clear()
        kept.update(results)
        return pa.array([known[row] for row in rows], pa.string())

    # DuckDB counts the parameters of the function.
    names = [f"a{number}" for number in range(arguments)]
    parameters = [Parameter(name, Parameter.POSITIONAL_ONLY) for name in names]
    evaluate.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
    return evaluate


def with_base(expression: str, base: str | None) -> str:
    """Say what relative IRIs are relative to in an expression."""
    return expression if base is None else f"{base}\n{expression}"


def results_of(
    expression: str, rows: Sequence[tuple[str | None, ...]]
) -> dict[tuple[str | None, ...], str]:
    """Evaluate an expression for rows of arguments; rows for which it is an error are left out.

    Parameters
    ----------
    expression
        As for `function_name`.
    rows
        Different rows of arguments.
    """
    base, _, expression = expression.rpartition("\n")
    if expression in ORDERING:
        rows = [row for row in rows if not any(text and text[0] == "G" for text in row)]
    if expression in (*ORDERING, EQUALITY):
        rows = [row for row in rows if not _undecided(*row)]
    if not rows:
        return {}
    names = " ".join(f"?a{number}" for number in range(len(rows[0])))
    values = "\n".join(f"({i} {' '.join(map(in_sparql, row))})" for i, row in enumerate(rows))
    query = f"PREFIX xsd: <{_XSD}> SELECT ?i ({expression} AS ?r) {{ VALUES (?i {names}) {{ {values} }} }}"
    solutions = cast(QuerySolutions, _EMPTY.query(query, base_iri=base or None))
    found = {}
    for solution in solutions:
        result = solution["r"]
        if result is not None:
            found[rows[int(solution["i"].value)]] = as_text(result)
    return found


def _undecided(one: str | None, other: str | None) -> bool:
    """Check whether two dates, or two times, are less than 14 hours apart, and only one of them has a time zone."""
    if one is None or other is None:
        return False
    if not any(one.startswith(kind) and other.startswith(kind) for kind in _TIMES):
        return False
    times = [values_of(cast(Literal, term_of_text(text))) for text in (one, other)]
    instants = [time.instant for time in times]
    if None in instants or (times[0].offset_minutes is None) == (times[1].offset_minutes is None):
        return False
    return abs(cast(int, instants[0]) - cast(int, instants[1])) <= _FOURTEEN_HOURS


def in_sparql(text: str | None) -> str:
    """Write a term of `testimonia.query.columnar.operands.text_of` as in a VALUES clause."""
    if text is None:
        return "UNDEF"
    term = term_of_text(text)
    if isinstance(term, BlankNode):
        return str(NamedNode(_BLANK + term.value))
    return str(term)


def as_text(term: Any) -> str:
    """Write a term that Oxigraph gave as `testimonia.query.columnar.operands.text_of` does."""
    if isinstance(term, NamedNode) and term.value.startswith(_BLANK):
        return "B" + term.value.removeprefix(_BLANK)
    return text_of(term)
