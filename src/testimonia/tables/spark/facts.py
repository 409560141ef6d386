"""What follows from claims, worked out by Spark over claim tables.

The rules are those of ``rules/*.rq``, by the same names; tests hold the two equal. Each is a table of
two columns, subject and object, without repetitions.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode

from testimonia import files, resources
from testimonia.namespaces import CODE, PREFIXES
from testimonia.tables.spark.loading import Loading

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

__all__ = ["Facts", "kinds_of"]

_TMN: Final = PREFIXES["tmn"]
_NARROWER: Final = NamedNode(PREFIXES["rdfs"] + "subClassOf")
_UPHOLD: Final = [CODE + stance for stance in ("asserts", "confirms", "concedes")]
_UNKNOWN: Final = [_TMN + "UnnamedSource", _TMN + "DocumentVoice"]


def kinds_of(name: str) -> list[str]:
    """List a class of the ontology and all below it, as whole IRIs."""
    below: dict[str, list[str]] = {}
    for quad in files.read(resources.ontology()):
        one, other = quad.subject, quad.object
        named = isinstance(one, NamedNode) and isinstance(other, NamedNode)
        if quad.predicate == _NARROWER and named:
            below.setdefault(str(other)[1:-1], []).append(str(one)[1:-1])
    found = [_TMN + name]
    for each in found:
        found += [kind for kind in below.get(each, []) if kind not in found]
    return found


class Facts:
    """Facts derived from claim tables.

    Parameters
    ----------
    loading
        The tables.
    """

    def __init__(self, loading: Loading) -> None:
        self._loading = loading

    @cached_property
    def claims(self) -> DataFrame:
        """Claims, as far as they matter to the rules."""
        names = ["id", "claimant", "on_behalf_of", "stance", "proposition", "stated_at"]
        linked = ["reports", "corrects", "disowns"]
        return self._loading.table("claims", [*names, *linked])

    @cached_property
    def party(self) -> DataFrame:
        """Rule 010-party: ``agent``, ``party``."""
        from pyspark.sql import functions as f

        agents = self._agents
        whole = _contains_any(agents.type, kinds_of("Organization"))
        bodies = agents.where(whole).select("id", agents.id.alias("body"))
        posts = self._loading.table("memberships", ["member", "body"])
        posts = posts.select(posts.member.alias("id"), "body")
        close = agents.select("id", agents.close_to.alias("body"))
        voices = self._publishers.select("id", self._publishers.publisher.alias("body"))
        ties = bodies.unionByName(posts).unionByName(close).unionByName(voices).dropna()
        above = self._above
        roots = ties.join(above, ties.body == above.one, "left")
        # A body that is part of nothing is its own root.
        edges = self._edges.select(self._edges.one.alias("inner")).distinct()
        reached = roots.select("id", f.coalesce("other", "body").alias("party"))
        return (
            reached.join(edges, reached.party == edges.inner, "left_anti")
            .select(reached.id.alias("agent"), "party")
            .distinct()
            .persist()
        )

    @cached_property
    def speaker(self) -> DataFrame:
        """Rule 020-speaker: ``claim``, ``speaker``."""
        from pyspark.sql import functions as f

        voices = self._publishers.withColumnRenamed("id", "voice")
        spoken = self.claims.join(voices, self.claims.claimant == voices.voice, "left")
        return spoken.select(
            self.claims.id.alias("claim"), f.coalesce("publisher", "claimant").alias("speaker")
        ).distinct()

    @cached_property
    def origin(self) -> DataFrame:
        """Rule 030-origin: ``claim``, ``origin``."""
        passing = self._passed_on.select("one").distinct()
        itself = self.claims.select(self.claims.id.alias("claim"), self.claims.id.alias("origin"))
        behind = self._behind.select(
            self._behind.one.alias("claim"), self._behind.other.alias("origin")
        )
        chains = itself.unionByName(behind)
        return chains.join(passing, chains.origin == passing.one, "left_anti").distinct()

    @cached_property
    def origin_party(self) -> DataFrame:
        """Rule 040-origin-party: ``claim``, ``party``."""
        from pyspark.sql import functions as f

        spoken = self.speaker.withColumnRenamed("claim", "origin")
        bodies = self.claims.select(self.claims.id.alias("origin"), "on_behalf_of")
        of_body = self.party.select(
            self.party.agent.alias("on_behalf_of"), self.party.party.alias("spoken_for")
        )
        own = self.party.select(self.party.agent.alias("speaker"), self.party.party.alias("own"))
        return (
            self.origin.join(spoken, "origin")
            .join(bodies, "origin")
            .join(of_body, "on_behalf_of", "left")
            .join(own, "speaker", "left")
            .select("claim", f.coalesce("spoken_for", "own", "speaker").alias("party"))
            .distinct()
            .persist()
        )

    @cached_property
    def upheld_by(self) -> DataFrame:
        """Rules 050-withdrawn-by and 060-upheld-by: ``proposition``, ``claim``."""
        upholding = self.claims.where(self.claims.stance.isin(_UPHOLD))
        upholding = upholding.select("proposition", upholding.id.alias("claim"))
        standing = upholding.join(self._withdrawn, "claim", "left_anti")
        return standing.select("proposition", "claim").distinct().persist()

    @cached_property
    def confirmed_by(self) -> DataFrame:
        """Rule 370-confirmed-by: ``proposition``, ``body``."""
        agents = self._agents
        official = agents.where(_contains_any(agents.type, kinds_of("OfficialBody")))
        unnamed = agents.where(_contains_any(agents.type, [_TMN + "UnnamedSource"]))
        claims = self.claims.select(
            self.claims.id.alias("claim"), "claimant", self.claims.on_behalf_of.alias("body")
        )
        of_body = self.party.withColumnRenamed("agent", "body")
        return (
            self.upheld_by.join(claims, "claim")
            .join(self.origin_party, "claim")
            .join(of_body, ["body", "party"])
            .join(official.select(official.id.alias("body")), "body", "left_semi")
            .join(unnamed.select(unnamed.id.alias("claimant")), "claimant", "left_anti")
            .select("proposition", "body")
            .distinct()
        )

    @cached_property
    def counts_origin_party(self) -> DataFrame:
        """Rule 410-counts-origin-party: ``proposition``, ``party``."""
        from pyspark.sql import functions as f

        agents = self._agents
        nobody = agents.where(_contains_any(agents.type, _UNKNOWN))
        nobody = nobody.select(nobody.id.alias("party"), f.lit(True).alias("unknown"))
        behind = self.upheld_by.join(self.origin_party, "claim").select("proposition", "party")
        behind = behind.distinct().join(nobody, "party", "left")
        known = behind.where(behind.unknown.isNull()).select("proposition").distinct()
        alone = behind.where(behind.unknown).join(known, "proposition", "left_anti")
        counted = behind.where(behind.unknown.isNull()).unionByName(alone)
        return counted.select("proposition", "party").distinct().persist()

    @cached_property
    def independent_origins(self) -> DataFrame:
        """Rule 420-independent-origins: ``proposition``, ``origins``."""
        from pyspark.sql import functions as f

        grouped = self.counts_origin_party.groupBy("proposition")
        return grouped.agg(f.count_distinct("party").alias("origins"))

    @cached_property
    def _agents(self) -> DataFrame:
        return self._loading.table("agents", ["id", "type", "part_of", "close_to", "voice_of"])

    @cached_property
    def _publishers(self) -> DataFrame:
        """Give voices of documents with whoever published these: ``id``, ``publisher``."""
        documents = self._loading.table("documents", ["id", "publisher"]).dropna()
        documents = documents.withColumnRenamed("id", "voice_of")
        voices = self._agents.select("id", "voice_of").dropna()
        return voices.join(documents, "voice_of").select("id", "publisher").distinct().persist()

    @cached_property
    def _edges(self) -> DataFrame:
        return _pairs(self._agents, "part_of").persist()

    @cached_property
    def _above(self) -> DataFrame:
        return _closed(self._edges).persist()

    @cached_property
    def _passed_on(self) -> DataFrame:
        return _pairs(self.claims, "reports").persist()

    @cached_property
    def _behind(self) -> DataFrame:
        return _closed(self._passed_on).persist()

    @cached_property
    def _withdrawn(self) -> DataFrame:
        """Give claims that were withdrawn, or that pass on such claims: ``claim``."""
        corrected = _pairs(self.claims, "corrects").select("other")
        disowned = _pairs(self.claims, "disowns").select("other")
        gone = corrected.unionByName(disowned).unionByName(self._retracted).distinct()
        gone = gone.withColumnRenamed("other", "claim")
        passing = self._behind.withColumnRenamed("other", "claim").join(gone, "claim")
        return gone.unionByName(passing.select(passing.one.alias("claim"))).distinct().persist()

    @cached_property
    def _retracted(self) -> DataFrame:
        """Give claims whose speaker takes back what they uphold, and does not say it anew: ``other``."""
        from pyspark.sql import functions as f

        times = self._loading.table("bounds", ["id", "not_before", "not_after"])
        times = times.withColumnRenamed("id", "stated_at")
        claims = self.claims.join(self.speaker.withColumnRenamed("claim", "id"), "id").join(
            times, "stated_at", "left"
        )
        by = claims.where(claims.stance == CODE + "retracts").select(
            "proposition", "speaker", f.try_to_timestamp("not_after").alias("retracted")
        )
        said = claims.where(claims.stance.isin(_UPHOLD)).select(
            "id", "proposition", "speaker", f.try_to_timestamp("not_before").alias("said")
        )
        pairs = said.join(by, ["proposition", "speaker"])
        standing = f.coalesce(f.col("said") > f.col("retracted"), f.lit(False))
        return pairs.where(~standing).select(pairs.id.alias("other")).distinct()


def _pairs(frame: DataFrame, column: str) -> DataFrame:
    """Put each link of a list on a row of its own: ``one``, ``other``."""
    from pyspark.sql import functions as f

    return frame.select(frame.id.alias("one"), f.explode(column).alias("other")).distinct()


def _closed(pairs: DataFrame) -> DataFrame:
    """Follow links to the end: every pair that one or more of them join."""
    from pyspark.sql import functions as f

    steps = pairs.select(f.col("one").alias("other"), f.col("other").alias("next"))
    found, newest = pairs, pairs
    # As many rounds as the longest chain has links: chains of speech and of command are short.
    while not newest.isEmpty():
        reached = newest.join(steps, "other").select("one", f.col("next").alias("other"))
        newest = reached.distinct().join(found, ["one", "other"], "left_anti").localCheckpoint()
        found = found.unionByName(newest).localCheckpoint()
    return found


def _contains_any(kinds: Column, names: list[str]) -> Column:
    from pyspark.sql import functions as f

    return f.arrays_overlap(kinds, f.array(*map(f.lit, names)))
