"""Expressions that SQL has no equal of are evaluated by Oxigraph, on many rows at a time."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from inspect import Parameter, Signature
from typing import Any, Final, cast

import pyarrow as pa
from pyoxigraph import BlankNode, NamedNode, QuerySolutions, Store

from testimonia.namespaces import PREFIXES
from testimonia.query.columnar.operands import term_of_text, text_of

__all__ = ["ORDERING", "as_text", "evaluator", "function_name", "in_sparql", "results_of"]

ORDERING: Final = ("?a0 < ?a1", "?a0 <= ?a1")
"""Comparisons that SPARQL 1.1 has for fewer types than Oxigraph: not for literals with language tags."""

_EMPTY: Final = Store()
_BLANK: Final = "urn:testimonia:blank:"
_XSD: Final = PREFIXES["xsd"]


def function_name(expression: str) -> str:
    """Name the SQL function of an expression.

    Parameters
    ----------
    expression
        A SPARQL expression of the variables ``?a0``, ``?a1`` and so on.
    """
    return f"call_{hashlib.sha256(expression.encode()).hexdigest()[:16]}"


def evaluator(expression: str, arguments: int) -> Callable[..., Any]:
    """Make the function of an expression, from columns of texts to one.

    Parameters
    ----------
    expression
        As for `function_name`. Its arguments, and what it gives, are in the notation of
        `testimonia.query.columnar.operands.text_of`; None is unbound or an error.
    arguments
        How many arguments it has.
    """

    def evaluate(*columns: Any) -> Any:
        rows = list(zip(*(column.to_pylist() for column in columns), strict=True))
        known = results_of(expression, list(dict.fromkeys(rows)))
        return pa.array([known.get(row) for row in rows], pa.string())

    # DuckDB counts the parameters of the function.
    names = [f"a{number}" for number in range(arguments)]
    parameters = [Parameter(name, Parameter.POSITIONAL_ONLY) for name in names]
    evaluate.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
    return evaluate


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
    if expression in ORDERING:
        rows = [row for row in rows if not any(text and text[0] == "G" for text in row)]
    if not rows:
        return {}
    names = " ".join(f"?a{number}" for number in range(len(rows[0])))
    values = "\n".join(f"({i} {' '.join(map(in_sparql, row))})" for i, row in enumerate(rows))
    query = f"PREFIX xsd: <{_XSD}> SELECT ?i ({expression} AS ?r) {{ VALUES (?i {names}) {{ {values} }} }}"
    solutions = cast(QuerySolutions, _EMPTY.query(query))
    found = {}
    for solution in solutions:
        result = solution["r"]
        if result is not None:
            found[rows[int(solution["i"].value)]] = as_text(result)
    return found


def in_sparql(text: str | None) -> str:
    if text is None:
        return "UNDEF"
    term = term_of_text(text)
    if isinstance(term, BlankNode):
        return str(NamedNode(_BLANK + term.value))
    return str(term)


def as_text(term: Any) -> str:
    if isinstance(term, NamedNode) and term.value.startswith(_BLANK):
        return "B" + term.value.removeprefix(_BLANK)
    return text_of(term)
