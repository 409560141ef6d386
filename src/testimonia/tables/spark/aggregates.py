"""Aggregates over more claims than fit into a store: reads Parquet claim tables, writes a table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, Literal

from testimonia.errors import SparkError
from testimonia.namespaces import PREFIXES
from testimonia.tables.spark.filesystem import FileSystem
from testimonia.tables.spark.session import faults, session, why

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from testimonia.tables.spark.facts import Facts
    from testimonia.tables.spark.loading import Loading

__all__ = ["AGGREGATES", "Name", "aggregate", "confirmations", "origins", "totals"]

Name = Literal["confirmations", "origins", "totals"]

_FIGURE: Final = PREFIXES["tmn"] + "CasualtyProposition"


def confirmations(loading: Loading, facts: Facts) -> DataFrame:
    """Find the official bodies that confirm casualty figures (rule 370).

    Returns
    -------
    DataFrame
        ``event``, ``harm``, ``victims``, ``lower``, ``upper``, ``body``, ``proposition``.
    """
    return _figures(loading).join(facts.confirmed_by, "proposition").select(*_FIGURES, "body")


def origins(loading: Loading, facts: Facts) -> DataFrame:
    """Find and count the parties behind each casualty figure (rules 415 to 430).

    Returns
    -------
    DataFrame
        ``event``, ``harm``, ``victims``, ``lower``, ``upper``, ``proposition``, ``origins`` (at
        least), ``origins_at_most``, ``party``.
    """
    behind = facts.counts_origin_party.join(facts.independent_origins, "proposition")
    behind = behind.join(facts.origins_at_most, "proposition")
    columns = (*_FIGURES, "origins", "origins_at_most", "party")
    return _figures(loading).join(behind, "proposition").select(*columns)


def totals(loading: Loading, facts: Facts) -> DataFrame:
    """Add up the figures of each party, by year of the event, like the question ``totals-by-party``.

    Returns
    -------
    DataFrame
        ``party``, ``year``, ``harm``, ``victims``, ``events``, ``at_least``, ``at_most``, ``open``.
    """
    from pyspark.sql import functions as f

    given = _figures(loading).join(facts.counts_origin_party, "proposition")
    groups = given.groupBy("party", "event", "harm", "victims").agg(
        f.min(f.coalesce("lower", "upper", f.lit(0))).alias("least"),
        f.max(f.coalesce("upper", "lower", f.lit(0))).alias("most"),
        f.min(f.col("upper").isNull().cast("int")).alias("open_end"),
    )
    times = loading.table("bounds", ["id", "not_before"]).withColumnRenamed("id", "occurred")
    events = loading.table("events", ["id", "occurred"]).withColumnRenamed("id", "event")
    years = events.join(times, "occurred").select(
        "event", f.substring("not_before", 1, 4).alias("year")
    )
    return (
        groups.join(years.dropna().distinct(), "event", "left")
        .groupBy("party", "year", "harm", "victims")
        .agg(
            f.count("*").alias("events"),
            f.sum("least").alias("at_least"),
            f.sum("most").alias("at_most"),
            f.sum("open_end").alias("open"),
        )
    )


AGGREGATES: Final[dict[Name, Callable[[Loading, Facts], DataFrame]]] = {
    "confirmations": confirmations,
    "origins": origins,
    "totals": totals,
}

_COLUMNS: Final = ("id", "type", "about", "harm", "victims", "lower_bound", "upper_bound")
_FIGURES: Final = ("event", "harm", "victims", "lower", "upper", "proposition")


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
    SparkError
        Spark cannot be started or fails.
    """
    with session(master) as spark:
        from testimonia.tables.spark.facts import Facts
        from testimonia.tables.spark.loading import Loading

        files = FileSystem(spark)
        with files.new_folder(output), _spark_errors():
            loading = Loading(spark, folders)
            rows = AGGREGATES[name](loading, Facts(loading))
            writer = rows.write.option("header", "true").option("escape", '"')
            writer.format(form).save(output)
        return int(spark.read.format(form).option("header", "true").load(output).count())


def _figures(loading: Loading) -> DataFrame:
    """Return the casualty figures with an event, a harm and victims."""
    from pyspark.sql import functions as f

    given = loading.table("propositions", _COLUMNS)
    figures = given.where(f.array_contains("type", _FIGURE)).dropna(subset=["harm", "victims"])
    return figures.select(
        f.col("id").alias("proposition"),
        f.explode("about").alias("event"),
        "harm",
        "victims",
        f.col("lower_bound").alias("lower"),
        f.col("upper_bound").alias("upper"),
    ).distinct()


@contextmanager
def _spark_errors() -> Iterator[None]:
    """Turn exceptions of Spark into errors for the user."""
    try:
        yield
    except faults() as error:
        raise SparkError(
            f"Spark failed ({why(error)})", hint="See the logs of Spark for more."
        ) from error
