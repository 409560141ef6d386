"""Terms as numbers: the dictionary that turns canonical N-Triples text into 32-bit ids and back."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse

__all__ = ["Term", "Terms", "text_of"]

Term = NamedNode | BlankNode | Literal | Triple


def text_of(term: Term) -> str:
    """Write a term as canonical N-Triples does; pyoxigraph leaves the marks of a triple term out."""
    return f"<<( {term} )>>" if isinstance(term, Triple) else str(term)


class Terms:
    """A growing dictionary of terms.

    The text of a term is what canonical N-Triples writes for it, so that two literals are the same
    term only if they are written the same. Ids follow the order of arrival, which may differ from
    run to run: whatever is shown to a person is ordered by text.
    """

    def __init__(self) -> None:
        self._type = pl.Categorical(pl.Categories.random())
        # Polars forgets the mapping once no column uses it.
        self._keep = pl.Series([""], dtype=pl.String).cast(self._type)

    def encode(self, texts: pl.DataFrame) -> pl.DataFrame:
        """Replace every text of a frame by its id (``UInt32``), adding those not yet known."""
        return texts.select(pl.all().cast(self._type).to_physical())

    def decode(self, ids: pl.Series) -> pl.Series:
        """Return the texts of ids; null stays null."""
        return ids.cast(pl.UInt32).cat.to(self._type).cast(pl.String)

    def ids(self, terms: Iterable[Term]) -> pl.Series:
        """Return the ids of terms, adding those not yet known."""
        texts = pl.Series([text_of(term) for term in terms], dtype=pl.String)
        return texts.cast(self._type).to_physical()

    def objects(self, ids: pl.Series) -> list[Term]:
        """Return the terms of ids as pyoxigraph's objects, in their order."""
        lines = "\n".join("<x:> <x:> " + self.decode(ids) + " .")
        return [quad.object for quad in parse(lines, RdfFormat.N_TRIPLES)]

    def id(self, term: Term) -> int:
        """Return the id of one term, adding it if not yet known."""
        return int(self.ids([term])[0])
