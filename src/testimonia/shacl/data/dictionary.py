"""Dictionary encoding: terms as 32-bit ids, and canonical N-Triples text for each id."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse

__all__ = ["Term", "Terms", "parsed", "text_of"]

Term = NamedNode | BlankNode | Literal | Triple


def text_of(term: Term) -> str:
    """Write a term as canonical N-Triples; ``str`` omits the brackets of a triple term."""
    return f"<<( {term} )>>" if isinstance(term, Triple) else str(term)


def parsed(texts: Iterable[str]) -> list[Term]:
    """Parse the canonical N-Triples texts of terms, in their order."""
    lines = "\n".join(f"<x:> <x:> {text} ." for text in texts)
    return [quad.object for quad in parse(lines, RdfFormat.N_TRIPLES)]


class Terms:
    """A dictionary of terms that grows as terms are added.

    Terms are identified by their canonical N-Triples text, so two literals are the same term only if
    their lexical forms are the same. Ids are assigned in order of arrival, which may vary between
    runs; anything shown to a person must therefore be sorted by text.
    """

    def __init__(self) -> None:
        self._type = pl.Categorical(pl.Categories.random())
        # Polars drops the mapping once no column uses it.
        self._keep = pl.Series([""], dtype=pl.String).cast(self._type)

    def encode(self, texts: pl.DataFrame) -> pl.DataFrame:
        """Replace every text in a frame with its id (``UInt32``), adding new ones."""
        return texts.select(pl.all().cast(self._type).to_physical())

    def decode(self, ids: pl.Series) -> pl.Series:
        """Return the text of each id; null stays null."""
        return ids.cast(pl.UInt32).cat.to(self._type).cast(pl.String)

    def ids(self, terms: Iterable[Term]) -> pl.Series:
        """Return the id of each term, adding new ones."""
        texts = pl.Series([text_of(term) for term in terms], dtype=pl.String)
        return texts.cast(self._type).to_physical()

    def objects(self, ids: pl.Series) -> list[Term]:
        """Return the term of each id, none of which may be null."""
        return parsed(self.decode(ids))

    def optional_objects(self, ids: pl.Series) -> list[Term | None]:
        """Return the term of each id, None for null."""
        known = iter(self.objects(ids.drop_nulls()))
        return [next(known) if present else None for present in ids.is_not_null()]

    def id(self, term: Term) -> int:
        """Return the id of one term, adding it if new."""
        return int(self.ids([term])[0])
