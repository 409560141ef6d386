"""Facts derived from claim tables with Spark.

The rules are those of ``rules/*.rq``, with the same names; tests compare their results. Each is a table
of two columns, subject and object, with distinct rows.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

from testimonia.namespaces import CODE, PREFIXES, SKOS
from testimonia.tables.spark.loading import Loading
from testimonia.tables.spark.relations import below, closed, contains_any, kinds_of, pairs
from testimonia.tables.spark.withdrawals import UPHOLDING, Withdrawals

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

__all__ = ["Facts"]

_TMN: Final = PREFIXES["tmn"]
_HEDGES: Final = [CODE + certainty for certainty in ("suspected", "possible", "doubtful")]
_FORECAST: Final = CODE + "forecast"
_NARRATORS: Final = [_TMN + kind for kind in ("DocumentVoice", "MediaOutlet", "Person")]
_OWN_EYES: Final = [
    CODE + way for way in ("counted", "witnessed", "eyewitness", "imagery", "forensic", "survey")
]
_FORMER: Final = CODE + "former-member"
_BROADER: Final = SKOS.broader


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
        """The columns of the claims table that the rules use."""
        names = ["id", "claimant", "on_behalf_of", "stance", "certainty", "figure_status", "basis"]
        names += ["proposition", "stated_at"]
        linked = ["reports", "corrects", "disowns"]
        return self._loading.table("claims", [*names, *linked])

    @cached_property
    def party(self) -> DataFrame:
        """Rule 010-party: ``agent``, ``party``."""
        from pyspark.sql import functions as f

        agents = self._agents
        whole = contains_any(agents.type, kinds_of("Organization"))
        bodies = agents.where(whole).select("id", agents.id.alias("body"))
        posts = self._loading.table("memberships", ["member", "body"])
        posts = posts.select(posts.member.alias("id"), "body")
        # A state that is a member of an alliance remains its own party.
        posts = posts.join(bodies.select("id"), "id", "left_anti")
        near = pairs(agents, "close_to")
        close = near.join(bodies, near.other == bodies.id).select(near.one.alias("id"), "body")
        by_person = near.join(posts, near.other == posts.id).select(near.one.alias("id"), "body")
        voices = self._publishers.select("id", self._publishers.publisher.alias("body"))
        ties = bodies.unionByName(posts).unionByName(close).unionByName(by_person)
        ties = ties.unionByName(voices).dropna()
        above = self._above
        roots = ties.join(above, ties.body == above.one, "left")
        # A body that is not part of another is its own root.
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
        agencies = self._agencies.withColumnRenamed("id", "credited")
        spoken = self.claims.join(voices, self.claims.claimant == voices.voice, "left")
        spoken = spoken.join(agencies, spoken.claimant == agencies.credited, "left")
        return spoken.select(
            self.claims.id.alias("claim"),
            f.coalesce("on_behalf_of", "agency", "publisher", "claimant").alias("speaker"),
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

        # Somebody with posts in two bodies who speaks for neither is still one person.
        single = (
            self.party.groupBy(self.party.agent.alias("speaker"))
            .agg(f.min("party").alias("own"), f.count("*").alias("parties"))
            .where("parties = 1")
        )
        return (
            self._speakers_at_origin.join(single, "speaker", "left")
            .select("claim", f.coalesce("own", "speaker").alias("party"))
            .distinct()
            .persist()
        )

    @cached_property
    def upheld_by(self) -> DataFrame:
        """Rules 050-withdrawn-by and 060-upheld-by: ``proposition``, ``claim``."""
        certain = self.claims.certainty.isNull() | ~self.claims.certainty.isin(_HEDGES)
        happened = self.claims.figure_status.isNull() | (self.claims.figure_status != _FORECAST)
        upholding = self.claims.where(self.claims.stance.isin(UPHOLDING) & certain & happened)
        upholding = upholding.select("proposition", upholding.id.alias("claim"))
        standing = upholding.join(self._withdrawn, "claim", "left_anti")
        return standing.select("proposition", "claim").distinct().persist()

    @cached_property
    def confirms_for(self) -> DataFrame:
        """Rule 365-confirms-for: ``claim``, ``body``."""
        official = self._of_kind(kinds_of("OfficialBody"))
        unnamed = self._of_kind([_TMN + "UnnamedSource"])
        claimants = self.claims.select(self.claims.id.alias("claim"), "claimant")
        hearsay = self._behind.join(
            claimants.join(unnamed.select(unnamed.id.alias("claimant")), "claimant", "left_semi"),
            self._behind.one == claimants.claim,
            "left_semi",
        )
        claims = self.claims.select(
            self.claims.id.alias("claim"), "claimant", self.claims.on_behalf_of.alias("body")
        )
        of_body = self.party.withColumnRenamed("agent", "body")
        return (
            self.upheld_by.select("claim")
            .join(claims, "claim")
            .join(self.origin_party, "claim")
            .join(of_body, ["body", "party"])
            .join(official.select(official.id.alias("body")), "body", "left_semi")
            .join(unnamed.select(unnamed.id.alias("claimant")), "claimant", "left_anti")
            .join(hearsay.select(hearsay.other.alias("claim")), "claim", "left_anti")
            .select("claim", "body")
            .distinct()
        )

    @cached_property
    def confirmed_by(self) -> DataFrame:
        """Rule 370-confirmed-by: ``proposition``, ``body``."""
        return (
            self.upheld_by.join(self.confirms_for, "claim").select("proposition", "body").distinct()
        )

    @cached_property
    def allied_in(self) -> DataFrame:
        """Rule 082-allied-in: ``party``, ``alliance``."""
        from pyspark.sql import functions as f

        bodies = self._of_kind(kinds_of("Organization"))
        joined = self._loading.table("memberships", ["member", "body"]).select("member", "body")
        accounts = self._loading.table(
            "propositions", ["id", "actor", "member_of", "affiliation_kind"]
        )
        kinds = f.coalesce("affiliation_kind", f.array())
        lasting = (f.size(kinds) == 0) | f.exists(kinds, lambda kind: kind != _FORMER)
        said = accounts.where(lasting).join(
            self.upheld_by.select(self.upheld_by.proposition.alias("id")), "id", "left_semi"
        )
        said = said.select(f.explode("actor").alias("member"), "member_of")
        said = said.select("member", f.explode("member_of").alias("body"))
        ties = joined.unionByName(said).dropna().distinct()
        members = self.party.select(self.party.agent.alias("member"), "party")
        wholes = self.party.select(
            self.party.agent.alias("body"), self.party.party.alias("alliance")
        )
        pairs = (
            ties.join(bodies.select(bodies.id.alias("member")), "member", "left_semi")
            .join(members, "member")
            .join(wholes, "body")
        )
        return pairs.where("party != alliance").select("party", "alliance").distinct().persist()

    @cached_property
    def only_narrated_by(self) -> DataFrame:
        """Rule 410-only-narrates: ``claim``, ``speaker``."""
        narrators = self._of_kind(_NARRATORS)
        narrators = narrators.join(self._of_kind([_TMN + "StateMedia"]), "id", "left_anti")
        ways = [code for way in _OWN_EYES for code in below(way, _BROADER)]
        knowing = self.claims.where(self.claims.basis.isin(ways))
        return (
            self._speakers_at_origin.join(
                narrators.select(narrators.id.alias("speaker")), "speaker", "left_semi"
            )
            .join(knowing.select(knowing.id.alias("origin")), "origin", "left_anti")
            .select("claim", "speaker")
            .distinct()
        )

    @cached_property
    def adds_origin(self) -> DataFrame:
        """Rule 412-adds-origin: ``claim``, ``origin``."""
        from pyspark.sql import functions as f

        unnamed = self._of_kind([_TMN + "UnnamedSource"])
        first = self.allied_in.groupBy("party").agg(f.min("alliance").alias("first"))
        return (
            self.origin_party.join(unnamed.select(unnamed.id.alias("party")), "party", "left_anti")
            .join(self.only_narrated_by, "claim", "left_anti")
            .join(first, "party", "left")
            .select("claim", f.coalesce("first", "party").alias("origin"))
            .distinct()
            .persist()
        )

    @cached_property
    def counts_origin_party(self) -> DataFrame:
        """Rule 415-counts-origin-party: ``proposition``, ``party``."""
        behind = self.upheld_by.join(self.origin_party, "claim")
        adding = behind.join(self.adds_origin, "claim", "left_semi")
        known = adding.select("proposition").distinct()
        alone = behind.join(known, "proposition", "left_anti")
        counted = adding.unionByName(alone)
        return counted.select("proposition", "party").distinct().persist()

    @cached_property
    def independent_origins(self) -> DataFrame:
        """Rule 420-independent-origins: ``proposition``, ``origins``."""
        from pyspark.sql import functions as f

        added = self.upheld_by.join(self.adds_origin, "claim", "left")
        grouped = added.groupBy("proposition").agg(f.count_distinct("origin").alias("added"))
        # Narrators and unnamed sources without others may all go back to one origin.
        return grouped.select("proposition", f.greatest("added", f.lit(1)).alias("origins"))

    @cached_property
    def origins_at_most(self) -> DataFrame:
        """Rule 430-origins-at-most: ``proposition``, ``origins_at_most``."""
        from pyspark.sql import functions as f

        behind = self.upheld_by.join(self.origin_party, "claim")
        return behind.groupBy("proposition").agg(f.count_distinct("party").alias("origins_at_most"))

    @cached_property
    def _speakers_at_origin(self) -> DataFrame:
        """The speaker of the origin of each claim: ``claim``, ``origin``, ``speaker``."""
        spoken = self.speaker.withColumnRenamed("claim", "origin")
        return self.origin.join(spoken, "origin").select("claim", "origin", "speaker").persist()

    def _of_kind(self, kinds: list[str]) -> DataFrame:
        agents = self._agents
        return agents.where(contains_any(agents.type, kinds)).select("id").distinct()

    @cached_property
    def _agents(self) -> DataFrame:
        return self._loading.table("agents", ["id", "type", "part_of", "close_to", "voice_of"])

    @cached_property
    def _publishers(self) -> DataFrame:
        """Voices of documents with the publishers of these: ``id``, ``publisher``."""
        return self._of_documents("publisher")

    @cached_property
    def _agencies(self) -> DataFrame:
        """Voices of documents with the agencies credited in these: ``id``, ``agency``."""
        return self._of_documents("agency")

    def _of_documents(self, column: str) -> DataFrame:
        documents = self._loading.table("documents", ["id", column]).dropna()
        documents = documents.withColumnRenamed("id", "voice_of")
        voices = self._agents.select("id", "voice_of").dropna()
        return voices.join(documents, "voice_of").select("id", column).distinct().persist()

    @cached_property
    def _edges(self) -> DataFrame:
        return pairs(self._agents, "part_of").persist()

    @cached_property
    def _above(self) -> DataFrame:
        return closed(self._edges).persist()

    @cached_property
    def _passed_on(self) -> DataFrame:
        return pairs(self.claims, "reports").persist()

    @cached_property
    def _behind(self) -> DataFrame:
        return closed(self._passed_on).persist()

    @cached_property
    def _withdrawn(self) -> DataFrame:
        """Claims that were withdrawn: ``claim``."""
        found = Withdrawals(
            self._loading, self.claims, self.speaker, above=self._above, behind=self._behind
        )
        return found.claims.persist()
