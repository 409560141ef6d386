"""Serializes the results of a query: as an HTML fragment, or in a format of SPARQL or RDF."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import IO, Final

from pyoxigraph import (
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Triple,
    serialize,
)

from testimonia.namespaces import PREFIXES
from testimonia.pages.rendering import render
from testimonia.query import delimited
from testimonia.query.labelling import Label, labelled, with_labels
from testimonia.query.tabular import AnswerTable, words
from testimonia.values import Term
from testimonia.web.http.problems import NotAcceptable

__all__ = ["MAX_ROWS", "Label", "Results", "html_fragment", "write"]

Href = Callable[[str], str]

MAX_ROWS: Final = 500
"""Most rows that a page shows."""

Results = QuerySolutions | QueryBoolean | QueryTriples | list[Triple]


def html_fragment(
    results: Results, label: Label, *, spaced: bool = False, href: Href = lambda _: ""
) -> str:
    """Return results as a fragment of HTML: a table, or yes or no.

    Values that are the same in all rows are shown once above the table, and empty columns are left out.

    Parameters
    ----------
    results
        The results of a query. At most ``MAX_ROWS + 1`` rows are consumed.
    label
        Looks up the label of an IRI.
    spaced
        Whether to show a column name such as ``boundType`` as separate words.
    href
        Finds the address of the page of an IRI; an empty text if it has none.
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
    taken = list(islice(rows, MAX_ROWS + 1))
    sheet = AnswerTable.of(names, taken[:MAX_ROWS], label).folded()
    return render(
        "table.html",
        constants=sheet.constants,
        names=sheet.names,
        rows=sheet.rows,
        more=len(taken) > MAX_ROWS,
        hrefs={iri: href(iri) for iri in _iris(sheet)},
    )


def _iris(sheet: AnswerTable) -> set[str]:
    cells = (cell for row in sheet.rows for cell in row)
    found = [*cells, *(cell for _, cell in sheet.constants)]
    return {cell.iri for cell in found if cell is not None and cell.iri is not None}


def write(
    results: Results,
    syntax: QueryResultsFormat | RdfFormat | None,
    stream: IO[bytes],
    label: Label | None = None,
) -> None:
    """Write results in a format of SPARQL results or RDF.

    Parameters
    ----------
    results
        The results of a query.
    syntax
        The format; of SPARQL results for solutions and booleans, of RDF for triples.
    stream
        Where to write.
    label
        Looks up the label of an IRI; None adds no labels.

    Raises
    ------
    NotAcceptable
        The format cannot have labels.
    """
    if isinstance(results, QuerySolutions) and (label or syntax == QueryResultsFormat.CSV):
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
            "labels are available in CSV, TSV and JSON only", hint="Leave the parameter labels out."
        )
    names: Sequence[str] = [variable.value for variable in results.variables]
    rows: Iterable[Sequence[Term | None]] = results
    if label is not None:
        names, rows = labelled(names, [tuple(solution) for solution in results], label)
    for chunk in writer(names, rows):
        stream.write(chunk.encode())
