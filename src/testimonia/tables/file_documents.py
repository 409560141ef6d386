"""Describes a file of a dataset as a document, and names the graphs of its statements."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from pathlib import Path
from typing import Final

import polars as pl

from testimonia import dates
from testimonia.namespaces import IDENTIFIER
from testimonia.tables.batch_reader import ROW
from testimonia.tables.schema import TABLES
from testimonia.tables.source import Mapped, Source

__all__ = ["AGENTS_GRAPH", "document_name", "document_of", "graphs_of", "last_day_of"]

AGENTS_GRAPH: Final = IDENTIFIER + "graph/agents"
"""The graph of agents, which all documents share."""


def document_name(source: Source, digest: str) -> str:
    """Name the document that a file of a dataset is, in the documents table.

    Parameters
    ----------
    source
        The dataset.
    digest
        SHA-256 of the file, in hexadecimal digits.
    """
    return f"{source.name}-{digest[:16]}"


def document_of(
    source: Source, path: Path, taken: str, last_day: str, published: str | None
) -> dict[str, pl.DataFrame]:
    """Describe a file of a dataset as a document.

    Parameters
    ----------
    source
        The dataset.
    path
        The file; only its name is used.
    taken
        Its SHA-256.
    last_day
        The last day that its rows report, as ``2026-03-03``; empty if they report none.
    published
        When it was published, as EDTF; None if unknown.

    Returns
    -------
    dict
        Rows of the tables ``documents`` and ``bounds``.

    Raises
    ------
    InputError
        ``published`` is not EDTF.
    """
    name = document_name(source, taken)
    document = pl.DataFrame(
        {
            "id": [name],
            "label": [f"{source.title}, file {path.name}"],
            "sha256": [taken],
            "publisher": [source.compiler],
            "published": [f"{name}-published"],
            "key_column": [source.key_column],
        }
    )
    return {"bounds": _publication(name, last_day, published), "documents": document}


def _publication(name: str, last_day: str, published: str | None) -> pl.DataFrame:
    if published:
        given = dates.bounds(published, UTC)
        bounds = {
            "edtf": published,
            "not_before": given.not_before and given.not_before.isoformat(),
            "not_after": given.not_after and given.not_after.isoformat(),
            "resolution": "As given when the file was mapped; taken as UTC.",
        }
    elif last_day:
        bounds = {
            "not_before": f"{last_day}T00:00:00+14:00",
            "resolution": "Not before the last day that it tells of.",
        }
    else:
        bounds = {"edtf": "", "resolution": "It tells of no day."}
    bounds["label"] = "When the file was published"
    return pl.DataFrame({"id": [f"{name}-published"]} | {k: [v] for k, v in bounds.items()})


def graphs_of(document: str) -> Mapping[str, str]:
    """Map each table to its graph: agents to the one they share, the rest to that of the document."""
    own = f"{IDENTIFIER}graph/document/{document}"
    return {table.name: own for table in TABLES} | {"agents": AGENTS_GRAPH}


def last_day_of(source: Source, batch: pl.DataFrame, mapped: Mapped) -> str:
    """Find the last day that a batch reports, as ``2026-03-03``; empty if it reports none.

    Parameters
    ----------
    source
        The dataset.
    batch
        Some of its rows.
    mapped
        The result of mapping them; rejected rows do not count.
    """
    if mapped.last_day or source.day_column not in batch.columns:
        return mapped.last_day
    kept = batch.filter(~pl.col(ROW).is_in(mapped.rejects["row"].implode()))
    days = kept[source.day_column].str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
    return str(days.max() or "")
