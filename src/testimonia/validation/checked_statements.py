"""The statements to check, in columns: what each check needs of them is selected for all at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import polars as pl
from pyoxigraph import NamedNode, Quad, RdfFormat, Triple, parse

from testimonia.progress import Progress
from testimonia.rdf.files import PLAIN, Reading
from testimonia.shacl.data.dictionary import Term, Terms
from testimonia.shacl.data.graph import ROWS, Graph, distinct, nodes
from testimonia.shacl.data.inputs import Source, encoded

__all__ = ["Statements"]

_STEP = 100_000  # statements between two calls of the progress function


class Statements:
    """The statements of some data, and the graph that they make with an ontology.

    Parameters
    ----------
    terms
        The dictionary of the terms.
    rows
        The statements of the data in their order, each as often as it occurs, as frames of term ids
        with the columns ``s``, ``p``, ``o``.
    ontology
        The statements of the ontology and code lists, likewise.
    """

    def __init__(
        self, terms: Terms, rows: Iterable[pl.DataFrame], ontology: Iterable[pl.DataFrame] = ()
    ) -> None:
        self.terms = terms
        self.rows = pl.concat([pl.DataFrame(schema=ROWS), *rows])
        self.graph = Graph(terms, [self.rows, *ontology])

    @classmethod
    def read(
        cls,
        data: Source,
        ontology: Iterable[Quad] = (),
        reading: Reading = PLAIN,
        *,
        without: Sequence[NamedNode] = (),
        progress: Progress | None = None,
    ) -> Statements:
        """Read data and an ontology.

        Parameters
        ----------
        data
            Files, quads or a graph.
        ontology
            The ontology and code lists.
        reading
            How files are read.
        without
            Graphs of the data to leave out, with those whose names continue theirs after a slash.
        progress
            Called with ``"statements"`` and the number read so far.

        Raises
        ------
        InputError
            A file cannot be read.
        """
        terms = Terms()
        rows = list(_counted(encoded(data, terms, reading, without=without), progress))
        return cls(terms, rows, encoded(ontology, terms))

    def with_predicates(self, predicates: Iterable[NamedNode]) -> pl.DataFrame:
        """Return the rows with some predicates, in order."""
        return self._among("p", self.terms.ids(predicates))

    def with_subjects(self, subjects: pl.Series) -> pl.DataFrame:
        """Return the rows with some subjects (ids), in order."""
        return self._among("s", subjects)

    def with_any(self, ids: pl.Series) -> pl.DataFrame:
        """Return the rows in which some ids occur, in order."""
        wanted = ids.implode()
        return self.rows.filter(pl.any_horizontal(pl.col("s", "p", "o").is_in(wanted)))

    def about(self, subjects: pl.Series, predicates: Iterable[NamedNode]) -> Iterator[Triple]:
        """Return the statements of some subjects (ids) with some predicates, in order."""
        rows = self.with_predicates(predicates)
        yield from self.triples(rows.filter(pl.col("s").is_in(subjects.implode())))

    def subjects(self, predicate: NamedNode) -> pl.Series:
        """Return the ids of the subjects that have a predicate."""
        return distinct(self.with_predicates([predicate])["s"])

    def values(self, subjects: pl.Series, predicate: NamedNode) -> pl.Series:
        """Return the ids of the values that some subjects (ids) have for a predicate."""
        rows = self.with_predicates([predicate])
        return distinct(rows.filter(pl.col("s").is_in(subjects.implode()))["o"])

    def iris(self, ids: pl.Series) -> pl.DataFrame:
        """Return those of some ids that are of IRIs, once each, as columns ``node`` and ``iri``."""
        texts = self.graph.texts(distinct(pl.concat([nodes(), ids.alias("node")])))
        text = pl.col("text")
        iris = texts.filter(text.str.starts_with("<") & ~text.str.starts_with("<<"))
        return iris.select("node", iri=text.str.strip_prefix("<").str.strip_suffix(">"))

    def triples(self, rows: pl.DataFrame) -> Iterator[Triple]:
        """Return the statements of rows."""
        columns = [self.terms.decode(rows[name]) for name in ("s", "p", "o")]
        lines = pl.select(pl.format("{} {} {} .", *columns)).to_series()
        for quad in parse("\n".join(lines), RdfFormat.N_TRIPLES):
            yield quad.triple

    def count(self, predicate: NamedNode, value: Term) -> int:
        """Count the statements of the data with a predicate and an object."""
        return self.rows.filter(p=self.terms.id(predicate), o=self.terms.id(value)).height

    def _among(self, column: str, ids: pl.Series) -> pl.DataFrame:
        return self.rows.filter(pl.col(column).is_in(ids.implode()))


def _counted(frames: Iterable[pl.DataFrame], progress: Progress | None) -> Iterator[pl.DataFrame]:
    """Pass frames on, and report progress from time to time."""
    number = reported = 0
    if progress:
        progress("statements", number, None)
    for frame in frames:
        yield frame
        number += frame.height
        if progress and number - reported >= _STEP:
            progress("statements", number, None)
            reported = number
