"""Aggregates over more claims than fit into a store: reads Parquet claim tables, writes a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from testimonia.catalogue import resources
from testimonia.catalogue.questions import find
from testimonia.catalogue.rules import read_rules
from testimonia.derivation.needed_rules import needed_rules
from testimonia.tables.spark.filesystem import BUILDING, FileSystem, refuse_local
from testimonia.tables.spark.scratch import Scratch
from testimonia.tables.spark.session import apart, session
from testimonia.tables.spark.spark_faults import spark_errors

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

__all__ = ["AGGREGATES", "Aggregate", "Name", "aggregate", "computed"]

Name = Literal["confirmations", "origins", "totals"]

_FIGURE: Final = """
  ?proposition a tmn:CasualtyProposition ;
      tmn:about ?event ; tmn:harm ?harm ; tmn:victims ?victims .
  OPTIONAL { ?proposition tmn:lowerBound ?lower }
  OPTIONAL { ?proposition tmn:upperBound ?upper }
"""


@dataclass(frozen=True)
class Aggregate:
    """A query whose rows are computed on Spark.

    Attributes
    ----------
    query
        SPARQL, or the name of a question.
    columns
        The columns of the table, in order, with the type of Spark of each.
    """

    query: str
    columns: dict[str, str]

    @property
    def sparql(self) -> str:
        """The query."""
        is_name = " " not in self.query
        return find(self.query, resources.queries()).sparql if is_name else self.query


def _figures(columns: str, condition: str) -> str:
    return f"SELECT DISTINCT ?event ?harm ?victims ?lower ?upper {columns} WHERE {{{_FIGURE}{condition}}}"


_OF_FIGURE: Final = {
    "event": "string",
    "harm": "string",
    "victims": "string",
    "lower": "bigint",
    "upper": "bigint",
}

AGGREGATES: Final[dict[Name, Aggregate]] = {
    "confirmations": Aggregate(
        _figures("?body ?proposition", "?proposition tmn:confirmedBy ?body"),
        {**_OF_FIGURE, "body": "string", "proposition": "string"},
    ),
    "origins": Aggregate(
        _figures(
            "?proposition ?origins ?origins_at_most ?party",
            "?proposition tmn:independentOrigins ?origins ; tmn:countsOriginParty ?party ; "
            "tmn:independentOriginsAtMost ?origins_at_most",
        ),
        {
            **_OF_FIGURE,
            "proposition": "string",
            "origins": "bigint",
            "origins_at_most": "bigint",
            "party": "string",
        },
    ),
    "totals": Aggregate(
        "totals-by-party",
        {
            "party": "string",
            "year": "string",
            "harm": "string",
            "victims": "string",
            "events": "bigint",
            "at_least": "bigint",
            "at_most": "bigint",
            "open": "bigint",
        },
    ),
}
"""``confirmations``: the official bodies that confirm casualty figures (rule 370). ``origins``: the parties behind
each figure, and how many of them are independent, at least and at most (rules 415 to 430). ``totals``: the question
``totals-by-party``."""


def aggregate(
    name: Name,
    folders: Sequence[str],
    output: str,
    *,
    form: Literal["csv", "parquet"] = "parquet",
    master: str | None = None,
) -> int:
    """Compute an aggregate on Spark and write it.

    Parameters
    ----------
    name
        The aggregate: ``confirmations``, ``origins`` or ``totals``.
    folders
        Folders of Parquet claim tables, wherever Spark can read; their union is used.
    output
        A new folder, wherever Spark can write.
    form
        The format of the output.
    master
        Where Spark runs, such as ``local[2]``; as configured for Spark when left out.

    Returns
    -------
    int
        How many rows were written.

    Raises
    ------
    ExtraMissing
        pyspark is not installed.
    InputError
        A folder holds no claim tables, or the output exists.
    TableError
        A file is not Parquet, or a cell in it cannot be read.
    SparkError
        Spark cannot be started or fails.
    """
    refuse_local(output, master)
    with session(master) as spark:
        files = FileSystem(spark)
        building = f"{output}/{BUILDING}"
        with files.new_folder(output), computed(name, spark, folders, building) as rows:
            writer = rows.write.mode("append")
            if form == "csv":
                writer = writer.options(header="true", escape='"')
            else:
                writer = writer.option("compression", "zstd")
            writer.format(form).save(output)
        return int(spark.read.format(form).option("header", "true").load(output).count())


@contextmanager
def computed(
    name: Name, spark: SparkSession, folders: Sequence[str], scratch: str
) -> Iterator[DataFrame]:
    """Compute an aggregate: run the rules that its query needs, then the query.

    Parameters
    ----------
    name
        The aggregate.
    spark
        A session, which is not changed.
    folders
        Folders of Parquet claim tables, wherever Spark can read; their union is used.
    scratch
        A new folder for intermediate tables, wherever Spark can write; it is removed after the block.

    Yields
    ------
    DataFrame
        Its rows, which can be read within the block.

    Raises
    ------
    InputError
        A folder holds no claim tables, or that for intermediate tables exists.
    TableError
        A file is not Parquet, or a cell in it cannot be read.
    SparkError
        Spark fails.
    """
    from testimonia.tables.spark.claim_triples import ClaimTriples
    from testimonia.tables.spark.spark_quads import SparkQuads

    wanted = AGGREGATES[name]
    rules = needed_rules(wanted.sparql, read_rules(resources.rules()))
    texts = [wanted.sparql, *(rule.sparql for rule in rules)]
    files = FileSystem(spark)
    with files.new_folder(scratch), spark_errors(), apart(spark) as own:
        kept = Scratch(own, scratch)
        quads = SparkQuads(own, ClaimTriples(own, folders, texts, kept), kept)
        quads.derive(rules)
        rows = quads.query(wanted.sparql)
        columns = zip(rows.columns, wanted.columns.items(), strict=True)
        yield rows.selectExpr(*(f"CAST(`{n}` AS {kind}) AS {new}" for n, (new, kind) in columns))
    files.remove(scratch)
