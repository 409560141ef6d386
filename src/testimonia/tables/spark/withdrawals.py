"""Rule 050-withdrawn-by in Spark: which claims were corrected, retracted or disowned."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

from testimonia.namespaces import CODE
from testimonia.tables.spark.loading import Loading
from testimonia.tables.spark.relations import pairs

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

__all__ = ["UPHOLDING", "Withdrawals"]

UPHOLDING: Final = [CODE + stance for stance in ("asserts", "confirms", "concedes")]
"""The stances of claims that uphold their proposition."""


class Withdrawals:
    """Withdrawn claims.

    Parameters
    ----------
    loading
        The claim tables.
    claims
        Claims, with the columns of `testimonia.tables.spark.facts.Facts.claims`.
    speaker
        ``claim``, ``speaker``.
    above
        Bodies with those that they are part of, directly or not: ``one``, ``other``.
    behind
        Claims with those that they pass on, directly or not: ``one``, ``other``.
    """

    def __init__(
        self,
        loading: Loading,
        claims: DataFrame,
        speaker: DataFrame,
        *,
        above: DataFrame,
        behind: DataFrame,
    ) -> None:
        self._loading = loading
        self._claims = claims
        self._speaker = speaker
        self._above = above
        self._behind = behind

    @cached_property
    def claims(self) -> DataFrame:
        """Claims that were withdrawn, or that pass on such claims: ``claim``."""
        gone = self._corrected.unionByName(self._retracted)
        gone = gone.unionByName(pairs(self._claims, "disowns").select("other")).distinct()
        gone = gone.withColumnRenamed("other", "claim")
        passing = self._behind.withColumnRenamed("other", "claim").join(gone, "claim")
        return gone.unionByName(passing.select(passing.one.alias("claim"))).distinct()

    @cached_property
    def _corrected(self) -> DataFrame:
        """Claims that their speaker, or a body above it, corrects: ``other``."""
        from pyspark.sql import functions as f

        by, named = self._spoken.alias("by"), self._spoken.alias("named")
        links = pairs(self._claims, "corrects").alias("link")
        found = (
            links.join(by, f.col("link.one") == f.col("by.id"))
            .join(named, f.col("link.other") == f.col("named.id"))
            .join(
                self._answers.alias("answers"),
                (f.col("answers.organ") == f.col("named.speaker"))
                & (f.col("answers.body") == f.col("by.speaker")),
                "left_semi",
            )
        )
        itself = found.select(f.col("named.id").alias("other"))
        # Claims of the same proposition elsewhere, unless repeated afterwards, are corrected with it.
        elsewhere = (
            found.where(f.col("named.stance").isin(UPHOLDING))
            .where(f.col("by.proposition") != f.col("named.proposition"))
            .select(
                f.col("named.proposition").alias("proposition"),
                f.col("named.speaker").alias("speaker"),
                f.col("by.until").alias("withdrawn"),
            )
        )
        return itself.unionByName(self._said_before(elsewhere)).distinct()

    @cached_property
    def _retracted(self) -> DataFrame:
        """Claims whose speaker, or a body above it, retracts what they uphold: ``other``."""
        from pyspark.sql import functions as f

        by = self._spoken.where(f.col("stance") == CODE + "retracts")
        by = by.withColumnRenamed("speaker", "body").join(self._answers, "body")
        return self._said_before(
            by.select(
                "proposition", f.col("organ").alias("speaker"), f.col("until").alias("withdrawn")
            )
        )

    def _said_before(self, withdrawals: DataFrame) -> DataFrame:
        """Find claims that uphold what was withdrawn, unless certainly made after it: ``other``."""
        from pyspark.sql import functions as f

        said = self._spoken.where(f.col("stance").isin(UPHOLDING))
        found = said.join(withdrawals, ["proposition", "speaker"])
        standing = f.coalesce(f.col("from") > f.col("withdrawn"), f.lit(False))
        return found.where(~standing).select(found.id.alias("other")).distinct()

    @cached_property
    def _spoken(self) -> DataFrame:
        """Claims with their speakers and the bounds of when they were made."""
        from pyspark.sql import functions as f

        times = self._loading.table("bounds", ["id", "not_before", "not_after"])
        times = times.select(
            times.id.alias("stated_at"),
            f.try_to_timestamp("not_before").alias("from"),
            f.try_to_timestamp("not_after").alias("until"),
        )
        speakers = self._speaker.withColumnRenamed("claim", "id")
        claims = self._claims.select("id", "proposition", "stance", "stated_at")
        return claims.join(speakers, "id").join(times, "stated_at", "left").persist()

    @cached_property
    def _answers(self) -> DataFrame:
        """Speakers with themselves and the bodies above them: ``organ``, ``body``."""
        speakers = self._speaker.select("speaker").distinct()
        itself = speakers.select(speakers.speaker.alias("organ"), speakers.speaker.alias("body"))
        above = self._above.select(self._above.one.alias("organ"), self._above.other.alias("body"))
        return itself.unionByName(above).distinct().persist()
