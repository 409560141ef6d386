"""Loads Parquet claim tables into Spark as statements of ids, with dictionaries: what compiled queries read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce
from typing import TYPE_CHECKING, Final

import polars as pl
from pyoxigraph import NamedNode

from testimonia.catalogue import resources
from testimonia.errors import InputError, Place, SparkError, TableError
from testimonia.namespaces import RDF
from testimonia.query.named_terms import named_terms
from testimonia.rdf import files
from testimonia.tables.columns import Table
from testimonia.tables.schema import TABLES
from testimonia.tables.spark.filesystem import FileSystem
from testimonia.tables.spark.hashed_ids import hashed_id
from testimonia.tables.spark.numbered_claims import (
    NUMBERED,
    TRIPLE,
    entries_of,
    number_statements,
    numberer,
)
from testimonia.tables.spark.scratch import Scratch
from testimonia.tables.spark.session import faults, why
from testimonia.tables.spark.staging import ddl

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

__all__ = ["ClaimTriples", "dictionaries_of", "has_twins"]

_SALTS: Final = range(8)
_TEXT: Final = ("a AS id", "lexical")
_DICTIONARIES: Final = {
    "iris": _TEXT,
    "blanks": _TEXT,
    "strings": _TEXT,
    "tagged": (*_TEXT, "language"),
    "literals": (
        *_TEXT,
        "b AS datatype",
        "number",
        "CAST(exact AS DECIMAL(38, 18)) AS exact",
        "instant",
        "CAST(offset_minutes AS INT) AS offset_minutes",
    ),
}


class ClaimTriples:
    """The union of the claim tables in some folders and of the vocabulary, as far as some queries read them.

    Parameters
    ----------
    spark
        The session.
    folders
        Wherever Spark can read: in each, a file ``TABLE.parquet`` or a folder ``TABLE`` of Parquet
        files for each table with rows.
    queries
        The queries. Of the tables, only properties that they name are read.
    scratch
        Keeps intermediate tables.

    Attributes
    ----------
    salt
        That of the ids (`testimonia.tables.spark.hashed_ids`).
    predicates
        The IRIs of the properties, by id.
    wanted
        The IRIs of the properties that were read.
    terms
        Terms that the dictionaries have in any case.
    triples
        ``s``, ``p``, ``o``: the statements, each once.
    dictionaries
        The tables of `testimonia.query.columnar.quad_tables.DICTIONARIES`, by name.

    Raises
    ------
    InputError
        A folder holds no claim table.
    TableError
        A file is not Parquet, or a cell cannot be read.
    """

    def __init__(
        self, spark: SparkSession, folders: Sequence[str], queries: Sequence[str], scratch: Scratch
    ) -> None:
        self._spark = spark
        self._files = FileSystem(spark)
        self._folders = [folder.rstrip("/") for folder in folders]
        for folder in self._folders:
            if self._place(folder, "claims") is None:
                raise InputError(
                    "there is no claim table here",
                    place=Place(folder),
                    hint="testimonia tables --format parquet, and map --engine spark --format "
                    "parquet, write such folders.",
                )
        self.terms = {RDF.type}.union(*(named_terms(query, ("",)) for query in queries))
        self.wanted = frozenset(term.value for term in self.terms)
        for self.salt in _SALTS:
            numbered = scratch.keep(self._numbered(), "part")
            if not has_twins(numbered):
                break
        else:
            raise SparkError(
                "there are too many different terms for ids of 55 bits",
                hint="Aggregate fewer folders at once.",
            )
        self.predicates = {hashed_id(NamedNode(iri), self.salt): iri for iri in self.wanted}
        triples = numbered.where(numbered.part == TRIPLE).selectExpr("a AS s", "b AS p", "c AS o")
        # Each part of a file knows its smallest and largest predicate, so that most are passed over.
        self.triples = scratch.keep(triples.distinct().sortWithinPartitions("p", "s"))
        self.dictionaries = {
            name: scratch.keep(table) for name, table in dictionaries_of(numbered).items()
        }

    def _numbered(self) -> DataFrame:
        """Give numbers to the terms of all tables, and to those of the vocabulary."""
        frames = [frame for table in TABLES for frame in self._of_table(table)]
        frames.append(self._known())
        return reduce(lambda one, other: one.unionByName(other), frames)

    def _of_table(self, table: Table) -> Iterator[DataFrame]:
        for folder in self._folders:
            place = self._place(folder, table.name)
            if place is None:
                continue
            rows = self._read(place)
            kept = [name for name in rows.columns if self._is_read(table, name)]
            numbering = numberer(table, self.wanted, self.salt, place)
            yield rows.select(*kept).mapInArrow(numbering, ddl(NUMBERED))

    def _is_read(self, table: Table, name: str) -> bool:
        column = table.column(name)
        if column is None:
            return False
        return column.required or not column.predicate or column.property_iri in self.wanted

    def _place(self, folder: str, name: str) -> str | None:
        places = (f"{folder}/{name}", f"{folder}/{name}.parquet")
        return next((place for place in places if self._files.exists(place)), None)

    def _read(self, place: str) -> DataFrame:
        try:
            return self._spark.read.parquet(place)
        except faults() as error:
            raise TableError(f"this is not Parquet ({why(error)})", place=Place(place)) from None

    def _known(self) -> DataFrame:
        """Give numbers to the terms of the ontology and code lists, and of the queries."""
        found = (quad.triple for quad in files.read([*resources.ontology(), *resources.labels()]))
        rows = [
            (str(t.subject), str(t.predicate), str(t.object))
            for t in found
            if t.predicate.value in self.wanted
        ]
        frame = pl.DataFrame(rows, ["s", "p", "o"], orient="row")
        numbered = [
            number_statements(frame, self.salt),
            entries_of(sorted(self.terms, key=str), self.salt),
        ]
        return self._spark.createDataFrame(pl.concat(numbered).rows(), ddl(NUMBERED))


def dictionaries_of(numbered: DataFrame) -> dict[str, DataFrame]:
    """Take the dictionaries out of rows of `NUMBERED`, each term once."""
    return {
        name: numbered.where(numbered.part == name).dropDuplicates(["a"]).selectExpr(*columns)
        for name, columns in _DICTIONARIES.items()
    }


def has_twins(numbered: DataFrame) -> bool:
    """Check whether two terms in rows of `NUMBERED` have the same id."""
    from pyspark.sql import functions as f

    terms = numbered.where(numbered.part != TRIPLE)
    text = f.struct("lexical", f.coalesce("language", f.lit("")), f.coalesce("b", f.lit(0)))
    texts = terms.groupBy("a").agg(f.min(text).alias("first"), f.max(text).alias("last"))
    return not texts.where("first != last").isEmpty()
