"""Serializes the results of a query in a format of SPARQL or RDF."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import IO

from pyoxigraph import (
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    serialize,
)

from testimonia.errors import InputError
from testimonia.namespaces import PREFIXES
from testimonia.pages.answer_fragment import Results
from testimonia.query import delimited, table_files
from testimonia.query.labelling import Label, labelled, with_labels
from testimonia.values import Term
from testimonia.web.http.content_negotiation import Format
from testimonia.web.http.problems import NotAcceptable

__all__ = ["write"]


def write(
    results: Results,
    form: Format,
    stream: IO[bytes],
    label: Label | None = None,
) -> None:
    """Write results in a format of SPARQL results or RDF, or as a file of a table.

    Parameters
    ----------
    results
        The results of a query.
    form
        The format; of SPARQL results for solutions and booleans, of RDF for triples.
    stream
        Where to write.
    label
        Looks up the label of an IRI; None adds no labels.

    Raises
    ------
    NotAcceptable
        The format cannot have labels, or cannot hold the answer.
    """
    syntax = form.syntax
    if isinstance(results, QuerySolutions) and form.is_file:
        _write_file(results, form, stream, label)
    elif isinstance(results, QuerySolutions) and (label or syntax == QueryResultsFormat.CSV):
        # Oxigraph's own writer adds no labels, and leaves IRIs with a comma unquoted in CSV.
        _write_rows(results, syntax, stream, label)
    elif isinstance(results, QueryTriples | list):
        assert isinstance(syntax, RdfFormat)  # noqa: S101
        serialize(results, stream, syntax, prefixes=PREFIXES)
    else:
        assert isinstance(syntax, QueryResultsFormat)  # noqa: S101
        results.serialize(stream, syntax)


def _write_rows(
    results: QuerySolutions,
    syntax: QueryResultsFormat | RdfFormat | None,
    stream: IO[bytes],
    label: Label | None,
) -> None:
    """Write rows as CSV, TSV or JSON.

    Without labels they are streamed. Labels need all rows first, since a label column is added only
    where something in the column has a label.
    """
    if syntax == QueryResultsFormat.JSON and label is not None:
        content = io.BytesIO()
        results.serialize(content, QueryResultsFormat.JSON)
        stream.write(with_labels(content.getvalue(), label))
        return
    writers = {QueryResultsFormat.CSV: delimited.csv, QueryResultsFormat.TSV: delimited.tsv}
    writer = next((w for s, w in writers.items() if s == syntax), None)
    if writer is None:
        raise NotAcceptable(
            "the format has no labels", hint="Leave the parameter labels out, or choose another."
        )
    names: Sequence[str] = [variable.value for variable in results.variables]
    rows: Iterable[Sequence[Term | None]] = results
    if label is not None:
        names, rows = _whole(results, label)
    for chunk in writer(names, rows):
        stream.write(chunk.encode())


def _write_file(
    results: QuerySolutions, form: Format, stream: IO[bytes], label: Label | None
) -> None:
    try:
        table_files.WRITERS[form.name](*_whole(results, label), stream)
    except InputError as error:
        raise NotAcceptable(error.message, hint=error.hint) from None


def _whole(
    results: QuerySolutions, label: Label | None
) -> tuple[Sequence[str], list[tuple[Term | None, ...]]]:
    """Take all rows, with labels beside IRIs if they are wanted."""
    names = [variable.value for variable in results.variables]
    rows = [tuple(solution) for solution in results]
    return (names, rows) if label is None else labelled(names, rows, label)
