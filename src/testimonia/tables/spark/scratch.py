"""Keeps intermediate tables as Parquet, so that plans do not grow and lost executors cost nothing twice."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

__all__ = ["Scratch"]


class Scratch:
    """A folder for intermediate tables.

    Parameters
    ----------
    spark
        The session.
    folder
        The folder, wherever Spark can write; nothing in it is removed here.
    """

    def __init__(self, spark: SparkSession, folder: str) -> None:
        self._spark = spark
        self._folder = folder
        self._numbers = itertools.count()

    def keep(self, rows: DataFrame, *by: str) -> DataFrame:
        """Write rows, and give the table that was written.

        Parameters
        ----------
        rows
            The rows.
        by
            Columns whose values become folders.
        """
        place = f"{self._folder}/{next(self._numbers):04}"
        rows.write.partitionBy(*by).option("compression", "zstd").parquet(place)
        return self._spark.read.schema(rows.schema).parquet(place).select(*rows.columns)
