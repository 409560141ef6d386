"""Gathers quads in temporary tables: each distinct text of a batch once, and quads as numbers of texts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

import polars as pl

from testimonia.query.columnar.single_rows import first_row

if TYPE_CHECKING:
    import duckdb

__all__ = ["Staging"]

_TABLES: Final = """
CREATE TEMP TABLE staged_terms(code BIGINT NOT NULL, text VARCHAR NOT NULL);
CREATE TEMP TABLE staged_quads(s BIGINT NOT NULL, p BIGINT NOT NULL, o BIGINT NOT NULL, g BIGINT NOT NULL);
"""
_BATCH_BITS: Final = 32
_COLUMNS: Final = ("s", "p", "o", "g")


class Staging:
    """Quads that are not yet encoded, on disk where they do not fit into memory.

    Parameters
    ----------
    connection
        Where the tables ``staged_terms`` (``code``, ``text``) and ``staged_quads`` (``s``, ``p``, ``o``, ``g``: codes,
        or 0 for the default graph) are made.

    Attributes
    ----------
    count
        How many quads were added, equal ones counted again.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._batches = 0
        self.count = 0
        connection.execute(_TABLES)

    def add(self, frames: Iterable[pl.DataFrame], scope: str, graph: str | None = None) -> int:
        """Add quads; if reading them fails, none of them stays.

        Parameters
        ----------
        frames
            Columns ``s``, ``p``, ``o`` and ``g`` of canonical N-Triples.
        scope
            What the labels of blank nodes are prefixed with, since equal labels of two files are two nodes.
        graph
            The graph of statements that are in no named graph, in canonical N-Triples.

        Returns
        -------
        int
            How many statements are in no named graph nevertheless.
        """
        first, count, unnamed = self._batches, self.count, 0
        try:
            for frame in frames:
                if graph is not None:
                    frame = frame.with_columns(pl.col("g").fill_null(graph))
                self._add_batch(frame, scope)
                unnamed += frame["g"].null_count()
        except BaseException:
            self._remove_from(first)
            self.count = count
            raise
        return unnamed

    def has_graph(self, names: Sequence[str]) -> bool:
        """Check whether a quad is in one of some graphs, whose names are canonical N-Triples."""
        found = first_row(
            self._connection,
            "SELECT 1 FROM staged_quads WHERE g IN (SELECT code FROM staged_terms WHERE text IN "
            "(SELECT unnest($1))) LIMIT 1",
            [list(names)],
        )
        return found is not None

    def _add_batch(self, frame: pl.DataFrame, scope: str) -> None:
        self._batches += 1
        self.count += frame.height
        categories = pl.Categorical(pl.Categories.random())
        encoded = frame.select(pl.col(_COLUMNS).cast(categories))
        numbers = encoded.select(pl.all().to_physical())
        known = pl.concat([numbers[name] for name in _COLUMNS]).drop_nulls().unique()
        texts = known.cast(pl.UInt32).cat.to(categories).cast(pl.String)
        first = self._batches << _BATCH_BITS
        quads = numbers.select((pl.all().cast(pl.Int64) + first).fill_null(0))
        terms = [known.cast(pl.Int64).alias("code") + first, _scoped(texts, scope).alias("text")]
        self._insert("staged_terms", pl.DataFrame(terms))
        self._insert("staged_quads", quads)

    def _insert(self, table: str, frame: pl.DataFrame) -> None:
        self._connection.register("new_rows", frame.to_arrow())
        self._connection.execute(f"INSERT INTO {table} SELECT * FROM new_rows")
        self._connection.unregister("new_rows")

    def _remove_from(self, batches: int) -> None:
        least = (batches + 1) << _BATCH_BITS
        self._connection.execute("DELETE FROM staged_terms WHERE code >= ?", [least])
        self._connection.execute("DELETE FROM staged_quads WHERE s >= ?", [least])
        self._batches = batches


def _scoped(texts: pl.Series, scope: str) -> pl.Series:
    """Prefix the labels of blank nodes."""
    blank = texts.str.starts_with("_:")
    if not blank.any():
        return texts
    frame = pl.DataFrame({"text": texts})
    renamed = pl.lit(f"_:{scope}") + pl.col("text").str.slice(2)
    return frame.select(
        pl.when(pl.col("text").str.starts_with("_:")).then(renamed).otherwise("text")
    ).to_series()
