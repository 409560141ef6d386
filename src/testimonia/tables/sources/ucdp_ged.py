"""The Georeferenced Event Dataset of the Uppsala Conflict Data Program (UCDP GED).

Each row is an event with the dead of either side, of civilians and of unknown people, the best
estimate of all, and a low and a high one. Columns as in the UCDP GED codebook; those that an edition
lacks are taken as empty.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from testimonia.tables import citations
from testimonia.tables.day_bounds import anywhere, anywhere_name
from testimonia.tables.source import Mapped, Source
from testimonia.tables.ucdp.events import DEATHS, MAPPED, one_form, read
from testimonia.tables.ucdp.figures import actor, figures
from testimonia.tables.ucdp.places import place_of, places

__all__ = ["SOURCE"]

_COMPILER: Final = "uppsala-conflict-data-program"
_CLARITY: Final = {1: "clear", 2: "summarised"}
_PLACED: Final = {
    1: "exact-place",
    2: "near-place",
    3: "second-division",
    4: "first-division",
    5: "estimated-point",
    6: "whole-country",
    7: "sea-or-air",
}
_DATED: Final = {
    1: "exact-day",
    2: "few-days",
    3: "within-week",
    4: "within-month",
    5: "within-year",
}
_GROUPS: Final = pl.DataFrame(
    [
        ("ucdp/anybody", "Anybody", ["person"]),
        ("ucdp/civilians", "Civilians", ["civilian"]),
        ("ucdp/unknown", "People of unknown status", ["unknown-status"]),
    ],
    schema=["id", "label", "category"],
    orient="row",
).with_columns(type=pl.lit(["VictimGroup"]))
_SHARED: Final = {
    "agents": pl.DataFrame(
        {"id": [_COMPILER], "type": [["Monitor"]], "label": ["Uppsala Conflict Data Program"]}
    ),
    "groups": _GROUPS,
}
_LEFT_OUT: Final = {
    **dict.fromkeys(
        ["conflict_dset_id", "dyad_dset_id", "side_a_dset_id", "side_b_dset_id"],
        "an older number of what the new one names",
    ),
    **dict.fromkeys(["gwnoa", "gwnob"], "the number of a state that is named"),
    **dict.fromkeys(["priogrid_gid", "geom_wkt"], "follows from latitude and longitude"),
    "relid": "an older number of the event",
    "year": "follows from the dates",
    "active_year": "tells of the year, not of the event",
    "code_status": "tells of the state of coding, which is over",
    "number_of_sources": "the cited publications can be counted",
    "where_description": "words of the compiler that repeat the place",
    "region": "follows from the country",
}


def _map(batch: pl.DataFrame, document: str) -> Mapped:
    rows, rejects = read(batch)
    rows = rows.with_columns(
        event=pl.format("{}/{}", pl.lit(document), "id"),
        record=pl.format("{}#record={}", pl.lit(document), "id"),
    )
    found, behind = citations.documents(rows)
    informants, stated = citations.informants(rows)
    rows = rows.join(behind, on="id", how="left").join(stated, on="id", how="left")
    counted = figures(rows)
    return Mapped(
        {
            "bounds": anywhere(
                pl.concat([rows.select("first", "last"), found.select("first", "last")])
            ),
            "places": places(rows),
            "agents": pl.concat(
                [_actors(rows), citations.publishers(found), informants], how="diagonal"
            ),
            "groups": _groups(rows),
            "events": _events(rows),
            "documents": found.drop("first", "last", "office"),
            "records": _records(rows, document),
            "propositions": _propositions(counted),
            "claims": _claims(counted, document),
        },
        rejects,
    )


def _sides(rows: pl.DataFrame) -> pl.DataFrame:
    """List the parties; civilians are not a party to the violence against them."""
    both = [
        rows.select(id="side_a_new_id", name="side_a"),
        rows.filter(~pl.col("one_sided")).select(id="side_b_new_id", name="side_b"),
    ]
    state = pl.col("name").str.starts_with("Government of ")
    return pl.concat(both).unique(maintain_order=True).with_columns(state=state)


def _actors(rows: pl.DataFrame) -> pl.DataFrame:
    kind = pl.when("state").then(pl.lit("OfficialBody")).otherwise(pl.lit("ArmedGroup"))
    return _sides(rows).select(
        id=actor("id"), type=pl.concat_list(kind), label="name", identifier=pl.concat_list("id")
    )


def _groups(rows: pl.DataFrame) -> pl.DataFrame:
    kind = pl.when("state").then(pl.lit("security-forces")).otherwise(pl.lit("non-state-armed"))
    return _sides(rows).select(
        id=actor("id"),
        type=pl.lit(["VictimGroup"]),
        label=pl.format("Members of {}", "name"),
        category=pl.concat_list(kind),
        affiliation=pl.concat_list(actor("id")),
    )


def _events(rows: pl.DataFrame) -> pl.DataFrame:
    """Make the events, each part of its dyad, and dyads part of their conflict."""
    conflict = pl.format("ucdp/conflict/{}", "conflict_new_id")
    dyad = pl.format("ucdp/dyad/{}", "dyad_new_id")
    larger = [
        rows.select(
            id=conflict,
            type=pl.lit(["Event"]),
            label="conflict_name",
            event_type=pl.concat_list("type"),
            identifier=pl.concat_list("conflict_new_id"),
        ),
        rows.select(
            id=dyad,
            type=pl.lit(["Event"]),
            label="dyad_name",
            event_type=pl.concat_list("type"),
            part_of=pl.concat_list(conflict),
            identifier=pl.concat_list("dyad_new_id"),
        ),
    ]
    events = rows.select(
        id="event",
        type=pl.lit(["Incident"]),
        label=pl.format("UCDP event {}, {}", "id", "dyad_name"),
        event_type=pl.concat_list("type"),
        occurred=anywhere_name(pl.col("first"), pl.col("last")),
        place=place_of(),
        part_of=pl.concat_list(dyad),
        identifier=pl.concat_list("id"),
    )
    return pl.concat(
        [*(each.unique(maintain_order=True) for each in larger), events], how="diagonal"
    )


def _records(rows: pl.DataFrame, document: str) -> pl.DataFrame:
    best, low, high = pl.col("best"), pl.col("low"), pl.col("high")
    parts = pl.sum_horizontal(DEATHS)
    flags = {
        "best-outside-range": (best < low) | (best > high),
        "low-above-high": low > high,
        "parts-differ-from-best": parts != best,
        "second-side-deaths-in-one-sided-violence": pl.col("one_sided") & (pl.col("deaths_b") > 0),
        "sources-not-told-apart": pl.col("indistinct"),
        "source-date-unreadable": pl.col("undated"),
        "informants-partly-read": pl.col("partly_read"),
        "informants-not-read": pl.col("not_read"),
    }
    return rows.select(
        id="record",
        document=pl.lit(document),
        key="id",
        cites="cites",
        informants="informants",
        informants_as_stated="as_stated",
        clarity=pl.col("event_clarity").replace_strict(_CLARITY, return_dtype=pl.String),
        place_precision=pl.col("where_prec").replace_strict(_PLACED, return_dtype=pl.String),
        time_precision=pl.col("date_prec").replace_strict(_DATED, return_dtype=pl.String),
        flags=pl.concat_list(
            pl.when(odd.fill_null(False)).then(pl.lit(flag)) for flag, odd in flags.items()
        ).list.drop_nulls(),
    )


def _propositions(counted: pl.DataFrame) -> pl.DataFrame:
    return counted.select(
        id="figure",
        type=pl.lit(["CasualtyProposition"]),
        about=pl.concat_list("event"),
        gloss="gloss",
        harm=pl.lit("killed"),
        victims="victims",
        lower_bound="lower",
        upper_bound="upper",
        bound_type="bound_type",
        aggregates="aggregates",
    )


def _claims(counted: pl.DataFrame, document: str) -> pl.DataFrame:
    return counted.select(
        id="figure",
        claimant=pl.lit(_COMPILER),
        on_behalf_of=pl.lit(_COMPILER),
        stance=pl.lit("asserts"),
        proposition="figure",
        stated_in=pl.lit(document),
        record=pl.concat_list("record"),
        voice=pl.lit("tabulated"),
        basis="basis",
        stated_at=pl.lit(f"{document}-published"),
    )


SOURCE: Final = Source(
    name="ucdp-ged",
    title="UCDP Georeferenced Event Dataset",
    compiler=_COMPILER,
    key_column="id",
    day_column="date_end",
    map=_map,
    shared=_SHARED,
    mapped=MAPPED,
    left_out=_LEFT_OUT,
    one_form=one_form,
)
