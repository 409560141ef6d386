"""Invented rows in the shape of UCDP GED: its columns, the forms of its values, none of its text.

Write a table of 350,000 rows::

    python benchmarks/event_rows.py 350000 rows.csv

The same seed and version of Polars give the same rows. Of a longer table the first rows are those of
a shorter one.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import polars as pl

PIECE = 50_000

ADJECTIVES = [
    "Northern",
    "Southern",
    "Eastern",
    "Western",
    "Upper",
    "Lower",
    "Inner",
    "Outer",
    "New",
    "Old",
    "Free",
    "United",
]
LANDS = [
    "Varnia",
    "Alderland",
    "Ostrava",
    "Merrow",
    "Tessaly",
    "Quillon",
    "Brask",
    "Ondria",
    "Sorrel",
    "Lumeria",
]
BODIES = [
    "Front",
    "Army",
    "Movement",
    "Council",
    "Brigade",
    "Union",
    "Guard",
    "Resistance",
    "League",
    "Command",
]
PLACES = [
    "Bria",
    "Talo",
    "Mersin",
    "Kefr",
    "Dour",
    "Anza",
    "Welk",
    "Sarn",
    "Ibor",
    "Quay",
    "Málaga",
    "Örlo",
    "Tanaf",
    "Rhôn",
    "Zeita",
]
KINDS = [
    "village",
    "town",
    "city",
    "area",
    "crossroads",
    "quarter",
    "camp",
    "bridge",
    "valley",
    "port",
]
VERBS = [
    "kills",
    "attacks",
    "strikes",
    "ambushes",
    "shells",
    "raids",
    "enters",
    "leaves",
    "holds",
    "retakes",
]
THINGS = [
    "convoy",
    "checkpoint",
    "market",
    "base",
    "patrol",
    "column",
    "hospital",
    '"safe',
    'zone"',
    "school",
    "depot",
]
OFFICES = [
    "Gazette",
    "Courier",
    "Tribune",
    "Herald",
    "Monitor",
    "Wire",
    "Bulletin",
    "Observer",
    "Post",
    "Agency",
]
TOLD = (
    "army spokesman",
    "police",
    "witnesses",
    "Varnia Rights Watch, Merrow Monitor",
    "Merrow Monitor",
    "anonymous colonel of the army",
    "a resident of the quarter, 25, and his brother",
    "Ministry of Defence; rebels",
    "hospital source",
    "local officials and witnesses",
)


def picked(words: Sequence[str], salt: int) -> pl.Expr:
    """Choose a word for each row."""
    return pl.lit(pl.Series(list(words))).gather(number(len(words), salt))


def number(below: int, salt: int) -> pl.Expr:
    """Choose a number for each row."""
    return (pl.col("n").hash(salt) % below).cast(pl.Int64)


def words(parts: Sequence[Sequence[str]], salt: int) -> pl.Expr:
    """Put words together, one of each list."""
    chosen = [picked(part, salt + place) for place, part in enumerate(parts)]
    return pl.concat_str(chosen, separator=" ")


def as_float(value: pl.Expr) -> pl.Expr:
    """Write whole numbers the way that the files have them: 12.0."""
    return pl.concat_str([value.cast(pl.String), pl.lit(".0")])


def rows(first: int, count: int, seed: int = 1) -> pl.DataFrame:
    """Make rows.

    Parameters
    ----------
    first
        The number of the first.
    count
        How many.
    seed
        Another one gives other rows.
    """
    salt = seed * 1000
    frame = pl.DataFrame({"n": pl.int_range(first, first + count, dtype=pl.Int64, eager=True)})
    dyad, kind = number(400, salt + 1), number(20, salt + 2)
    frame = frame.with_columns(
        dyad=dyad,
        type=pl.when(kind < 13).then(1).when(kind < 17).then(2).otherwise(3).cast(pl.Int64),
        day=pl.date(1989, 1, 1) + pl.duration(days=number(12_000, salt + 3)),
        length=pl.when(number(5, salt + 4) == 0).then(number(20, salt + 5)).otherwise(0),
        a=number(12, salt + 6) // 4,
        b=number(30, salt + 7) // 6,
        c=number(40, salt + 8) // 9,
        u=number(30, salt + 9) // 12,
        country=number(60, salt + 10),
        province=number(15, salt + 11),
        district=number(80, salt + 12),
        place=number(2_000, salt + 13),
        headline=words([LANDS, BODIES, VERBS, THINGS, KINDS, PLACES, KINDS], salt + 20),
        headline_two=words([BODIES, VERBS, PLACES, THINGS], salt + 40),
        office=words([LANDS, OFFICES], salt + 50),
        office_two=words([PLACES, OFFICES], salt + 60),
        two=number(5, salt + 14) == 0,
        loose=number(10, salt + 15) < 2,
    )
    state = pl.format("Government of {}", pl.lit(pl.Series(LANDS)).gather(pl.col("dyad") % 10))
    group = pl.format("{} {} {}", *_group(pl.col("dyad")))
    other = pl.format("{} {} {}", *_group(pl.col("dyad") + 731))
    side_a = pl.when(pl.col("type") == 2).then(other).otherwise(state)
    side_b = pl.when(pl.col("type") == 3).then(pl.lit("Civilians")).otherwise(group)
    day = pl.col("day").dt.to_string("%Y-%m-%d")
    frame = frame.with_columns(side_a=side_a, side_b=side_b, date=day)
    best = pl.col("a") + pl.col("b") + pl.col("c") + pl.col("u")
    wide = number(10, salt + 16)
    town = pl.format("{} {}", pl.lit(pl.Series(PLACES)).gather(pl.col("place") % 15), "place")
    latitude = pl.col("place") * 0.0371 - 30 + pl.col("country") * 0.01
    longitude = pl.col("place") * 0.0519 - 20 + pl.col("country") * 0.01
    one = pl.format('"{},{},{}"', "office", "date", "headline")
    both = pl.format('{};"{},{},{}"', one, "office_two", "date", "headline_two")
    dyad_name = pl.format("{} - {}", "side_a", "side_b")
    joined = {
        name: pl.when("loose")
        .then(None)
        .when("two")
        .then(pl.format("{};{}", first_one, second))
        .otherwise(first_one)
        for name, (first_one, second) in {
            "source_office": (pl.col("office"), pl.col("office_two")),
            "source_date": (pl.col("date"), pl.col("date")),
            "source_headline": (
                pl.col("headline").str.replace_all(";", ","),
                pl.col("headline_two"),
            ),
        }.items()
    }
    return frame.select(
        id=as_float(pl.col("n") + 1),
        relid=pl.format("INV-{}-{}-{}", pl.col("day").dt.year(), "type", "n"),
        year=as_float(pl.col("day").dt.year()),
        active_year=pl.lit("1.0"),
        code_status=pl.lit("Clear"),
        type_of_violence=as_float(pl.col("type")),
        conflict_new_id=as_float(pl.col("dyad") // 2 + 200),
        conflict_name=pl.format(
            "{}: {}", pl.lit(pl.Series(LANDS)).gather(pl.col("dyad") % 10), "dyad"
        ),
        dyad_new_id=as_float(pl.col("dyad") * 3 + pl.col("type") + 500),
        dyad_name=dyad_name,
        side_a_new_id=as_float(
            pl.when(pl.col("type") == 2).then(pl.col("dyad") + 5_000).otherwise(pl.col("dyad") % 10)
        ),
        side_a=pl.col("side_a"),
        side_b_new_id=as_float(
            pl.when(pl.col("type") == 3).then(9_999).otherwise(pl.col("dyad") + 1_000)
        ),
        side_b=pl.col("side_b"),
        number_of_sources=as_float(pl.col("two").cast(pl.Int64) + 1),
        source_article=pl.when("loose")
        .then(pl.format("{} {} {}", "office", "date", "headline"))
        .when("two")
        .then(both)
        .otherwise(one),
        **joined,
        source_original=pl.when(number(3, salt + 17) == 0).then(picked(TOLD, salt + 18)),
        where_prec=as_float(number(5, salt + 19) + 1),
        where_coordinates=town,
        where_description=pl.format("near {}, on the road to {}", town, "province"),
        adm_1=pl.format("Province {} of land {}", "province", "country"),
        adm_2=pl.when(number(7, salt + 70) > 0).then(pl.format("District {}", "district")),
        latitude=latitude.round(6).cast(pl.String),
        longitude=longitude.round(6).cast(pl.String),
        geom_wkt=pl.format("POINT ({} {})", longitude.round(6), latitude.round(6)),
        priogrid_gid=as_float(pl.col("place") + 100_000),
        country=pl.format(
            "{} {}", pl.lit(pl.Series(LANDS)).gather(pl.col("country") % 10), "country"
        ),
        country_id=as_float(pl.col("country") + 1),
        region=picked(["Africa", "Asia", "Europe", "Middle East", "Americas"], salt + 71),
        event_clarity=as_float(number(2, salt + 72) + 1),
        date_prec=as_float(number(5, salt + 73) + 1),
        date_start=pl.col("date"),
        date_end=(pl.col("day") + pl.duration(days="length")).dt.to_string("%Y-%m-%d"),
        deaths_a=as_float(pl.col("a")),
        deaths_b=as_float(pl.when(pl.col("type") == 3).then(0).otherwise(pl.col("b"))),
        deaths_civilians=as_float(pl.col("c")),
        deaths_unknown=as_float(pl.col("u")),
        best=as_float(best),
        high=as_float(best + pl.when(wide == 0).then(number(20, salt + 74)).otherwise(0)),
        low=as_float(best - pl.when(wide == 1).then(best // 2).otherwise(0)),
        gwnoa=as_float(pl.col("dyad") % 10 + 2),
        gwnob=pl.lit(None, pl.String),
    )


def _group(dyad: pl.Expr) -> list[pl.Expr]:
    lists = (ADJECTIVES, LANDS, BODIES)
    return [
        pl.lit(pl.Series(part)).gather(dyad // step % len(part))
        for part, step in zip(lists, (1, 12, 120), strict=True)
    ]


def write_rows(path: Path, count: int, seed: int = 1) -> None:
    """Write rows as CSV, a piece at a time."""
    with path.open("wb") as stream:
        for first in range(0, count, PIECE):
            piece = rows(first, min(PIECE, count - first), seed)
            piece.write_csv(stream, include_header=first == 0)


def main() -> None:
    """Write the table that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("rows", type=int)
    parser.add_argument("path", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    write_rows(chosen.path, chosen.rows, chosen.seed)


if __name__ == "__main__":
    main()
