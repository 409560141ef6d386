"""Adds labels beside the IRIs of rows."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence

from pyoxigraph import Literal, NamedNode, QueryResultsFormat, QuerySolutions, parse_query_results

from testimonia.values import Term

__all__ = ["Label", "labelled", "labels_of", "with_labels"]

Label = Callable[[str], str | None]
"""Finds the label of an IRI, where it has one."""

Row = Sequence[Term | None]


def labelled(
    variables: Sequence[str], rows: Sequence[Row], label: Label
) -> tuple[tuple[str, ...], list[tuple[Term | None, ...]]]:
    """Add a column of labels after each column of IRIs, named after it with ``_label``.

    No column is added if none of the IRIs has a label, or if the rows already have a column of that
    name.

    Parameters
    ----------
    variables
        The names of the columns.
    rows
        Their terms, None where unbound.
    label
        Finds the label of an IRI, where it has one.

    Returns
    -------
    tuple
        The names and the rows.
    """
    names: list[str] = []
    columns: list[Sequence[Term | None]] = []
    for index, name in enumerate(variables):
        column = [row[index] for row in rows]
        names.append(name)
        columns.append(column)
        beside = f"{name}_label"
        if beside in variables:
            continue
        iris = dict.fromkeys(term for term in column if isinstance(term, NamedNode))
        found = labels_of((iri.value for iri in iris), label)
        if found:
            named = {iri: Literal(text) for iri, text in found.items()}
            names.append(beside)
            columns.append(
                [named.get(t.value) if isinstance(t, NamedNode) else None for t in column]
            )
    if len(names) == len(variables):
        return tuple(names), [tuple(row) for row in rows]
    return tuple(names), list(zip(*columns, strict=True))


def labels_of(iris: Iterable[str], label: Label) -> dict[str, str]:
    """Find the labels of IRIs; those without one are left out.

    Parameters
    ----------
    iris
        The IRIs, each once.
    label
        Finds the label of an IRI, where it has one.
    """
    found = ((iri, label(iri)) for iri in iris)
    return {iri: text for iri, text in found if text is not None}


def with_labels(content: bytes, label: Label) -> bytes:
    """Add labels to rows in JSON (W3C SPARQL 1.1 Query Results JSON Format), as `labelled` does.

    Parameters
    ----------
    content
        The rows.
    label
        Finds the label of an IRI, where it has one.
    """
    solutions = parse_query_results(content, QueryResultsFormat.JSON)
    assert isinstance(solutions, QuerySolutions)  # noqa: S101
    variables = [variable.value for variable in solutions.variables]
    names, rows = labelled(variables, [tuple(solution) for solution in solutions], label)
    added = [(index, name) for index, name in enumerate(names) if name not in variables]
    results = json.loads(content)
    results["head"]["vars"] = list(names)
    for binding, row in zip(results["results"]["bindings"], rows, strict=True):
        for index, name in added:
            text = row[index]
            if isinstance(text, Literal):
                binding[name] = {"type": "literal", "value": text.value}
    return json.dumps(results, ensure_ascii=False).encode()
