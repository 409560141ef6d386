"""Compares two editions of a table: what its compiler changed corrects what the earlier edition claimed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import polars as pl

from testimonia.outputs import replacing
from testimonia.tables.file_documents import document_name
from testimonia.tables.inputs.manner import Manner
from testimonia.tables.mapped_batches import mapped_batches
from testimonia.tables.skipped_rows import SkippedRows
from testimonia.tables.source import Mapped, Source

__all__ = ["CHANGES", "Edition", "read_edition"]

CHANGES: Final = ".changes.csv"
"""The suffix of files that list what was changed since an earlier edition."""

_BOUNDS: Final = ("bound_type", "lower_bound", "upper_bound", "point_estimate")
_ACCOUNTS: Final = ("perpetrator", "alternative_perpetrator", "actor", "against", "alongside")
_EVENT: Final = ("occurred", "place", "event_type")
_SAID: Final = {"what": pl.String(), "said": pl.String(), "id": pl.String()}
_CHANGE: Final = {
    "what": pl.String(),
    "change": pl.String(),
    "before": pl.String(),
    "after": pl.String(),
}


@dataclass
class Edition:
    """An earlier edition of a table.

    Attributes
    ----------
    document
        The name of its document.
    claims
        Its claims: ``what`` (the name within the document), ``said`` (the content) and ``id``.
    events
        Its events, in the same columns.
    changes
        What is different in the later edition.
    """

    document: str
    claims: pl.DataFrame
    events: pl.DataFrame
    changes: list[pl.DataFrame] = field(default_factory=list)

    def revised(self, mapped: Mapped, document: str) -> Mapped:
        """Point what a batch of the later edition claims at what it changes in this one.

        Parameters
        ----------
        mapped
            The result of mapping the batch.
        document
            The name of the later document.
        """
        tables = dict(mapped.tables)
        claims = _claims(tables, document)
        both = claims.join(
            self.claims, on="what", how="left", suffix=" before", maintain_order="left"
        )
        differs = pl.col("said") != pl.col("said before")
        self.changes.append(_changes(both))
        if "claims" in tables:
            corrected = both.select(
                "id", corrects=pl.when(differs).then(pl.concat_list("id before"))
            )
            tables["claims"] = tables["claims"].join(
                corrected, on="id", how="left", maintain_order="left"
            )
        events = _events(tables, document)
        both = events.join(
            self.events, on="what", how="left", suffix=" before", maintain_order="left"
        )
        self.changes.append(_changes(both))
        known = both.filter(pl.col("id before").is_not_null())
        if "events" in tables:
            gone = tables["events"]["id"].is_in(known["id"].implode())
            tables["events"] = tables["events"].filter(~gone)
        if "propositions" in tables:
            old, new = known["id"].to_list(), known["id before"].to_list()
            tables["propositions"] = tables["propositions"].with_columns(
                pl.col("about").list.eval(pl.element().replace(old, new))
            )
        return replace(mapped, tables=tables)

    def write_changes(self, path: Path) -> dict[str, int]:
        """Write the list of changes, and return how many there are of each kind.

        Parameters
        ----------
        path
            The CSV file to write: ``what``, ``change``, ``before``, ``after``.
        """
        found = pl.concat([pl.DataFrame(schema=_CHANGE), *self.changes])
        before = pl.concat([self.claims, self.events])
        removed = before.join(found, on="what", how="anti", maintain_order="left").select(
            "what", change=pl.lit("removed"), before="said", after=pl.lit(None, pl.String)
        )
        found = pl.concat([found, removed])
        counts = dict(found["change"].value_counts().sort("change").iter_rows())
        with replacing(path) as target:
            found.filter(pl.col("change") != "same").write_csv(target)
        return {str(kind): int(count) for kind, count in counts.items()}


def read_edition(source: Source, path: Path, taken: str, manner: Manner) -> Edition:
    """Read an earlier edition of a table.

    Parameters
    ----------
    source
        The dataset.
    path
        The file.
    taken
        Its SHA-256.
    manner
        How to read it.

    Raises
    ------
    InputError
        It cannot be read, is not a table of this dataset, or has no rows.
    """
    name = document_name(source, taken)
    claims, events = [pl.DataFrame(schema=_SAID)], [pl.DataFrame(schema=_SAID)]
    skipped = SkippedRows()
    for batch in mapped_batches(source, path, name, manner, skipped):
        claims.append(_claims(batch.mapped.tables, name))
        events.append(_events(batch.mapped.tables, name))
    skipped.refuse_empty(path)
    return Edition(name, pl.concat(claims), pl.concat(events))


def _changes(both: pl.DataFrame) -> pl.DataFrame:
    """Say of each claim or event of the later edition whether it is new, different or the same."""
    return both.select(
        "what",
        change=pl.when(pl.col("id before").is_null())
        .then(pl.lit("added"))
        .when(pl.col("said") != pl.col("said before"))
        .then(pl.lit("changed"))
        .otherwise(pl.lit("same")),
        before="said before",
        after="said",
    )


def _claims(tables: Mapping[str, pl.DataFrame], document: str) -> pl.DataFrame:
    """List claims with what they say: stance, and bounds or those who are named."""
    if "claims" not in tables:
        return pl.DataFrame(schema=_SAID)
    propositions = tables["propositions"]
    content = propositions.select(
        pl.col("id").alias("proposition"),
        _said(propositions, (*_BOUNDS, *_ACCOUNTS)).alias("content"),
    )
    claims = tables["claims"].join(
        content.unique("proposition"), on="proposition", how="left", maintain_order="left"
    )
    # Names of documents are in the names of what they claim; they differ between editions.
    return claims.select(
        what=pl.lit("claim ") + pl.col("id").str.strip_prefix(f"{document}/"),
        said=pl.concat_str("stance", "content", separator=" ").str.replace_all(
            document, "", literal=True
        ),
        id="id",
    )


def _events(tables: Mapping[str, pl.DataFrame], document: str) -> pl.DataFrame:
    """List the events that are those of a record, with when and where they were, and of what kind."""
    if "events" not in tables:
        return pl.DataFrame(schema=_SAID)
    events = tables["events"].filter(pl.col("id").str.starts_with(f"{document}/"))
    return events.select(
        what=pl.lit("event ") + pl.col("id").str.strip_prefix(f"{document}/"),
        said=_said(events, _EVENT),
        id="id",
    )


def _said(frame: pl.DataFrame, columns: Iterable[str]) -> pl.Expr:
    """Write the cells of some columns as one text."""
    parts = []
    for name in columns:
        if name in frame.columns:
            cells = pl.col(name)
            if isinstance(frame.schema[name], pl.List):
                cells = cells.list.sort().list.join(", ")
            parts.append(cells.cast(pl.String))
    return pl.concat_str(parts, separator=" ", ignore_nulls=True) if parts else pl.lit("")
