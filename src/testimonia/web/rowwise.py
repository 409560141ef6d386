"""Writes rows where Oxigraph's own writer does not do: as CSV, and with labels beside IRIs."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence
from typing import IO

from pyoxigraph import QueryResultsFormat, QuerySolutions, RdfFormat

from testimonia.query import delimited
from testimonia.query.labelling import labelled, with_labels
from testimonia.values import Term
from testimonia.web.problems import NotAcceptable

__all__ = ["write"]


def write(
    results: QuerySolutions,
    syntax: QueryResultsFormat | RdfFormat | None,
    stream: IO[bytes],
    label: Callable[[str], str | None] | None,
) -> None:
    """Write rows.

    Without labels they are written as they are found. Labels need all rows first, since a column of
    labels stands only where something has one.

    Parameters
    ----------
    results
        The rows.
    syntax
        CSV, TSV or JSON.
    stream
        Where to write.
    label
        Finds the label of an IRI; None leaves labels out.

    Raises
    ------
    NotAcceptable
        Labels have no place in the format.
    """
    if syntax == QueryResultsFormat.JSON and label is not None:
        content = io.BytesIO()
        results.serialize(content, QueryResultsFormat.JSON)
        stream.write(with_labels(content.getvalue(), label))
        return
    writers = {QueryResultsFormat.CSV: delimited.csv, QueryResultsFormat.TSV: delimited.tsv}
    writer = next((w for s, w in writers.items() if s == syntax), None)
    if writer is None:
        raise NotAcceptable("labels come in CSV, TSV and JSON", hint="Leave labels out.")
    names: Sequence[str] = [variable.value for variable in results.variables]
    rows: Iterable[Sequence[Term | None]] = results
    if label is not None:
        names, rows = labelled(names, [tuple(solution) for solution in results], label)
    for piece in writer(names, rows):
        stream.write(piece.encode())
