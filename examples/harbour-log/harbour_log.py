"""The log of the harbour authority of Port Alder, an invented dataset: one row for each incident."""

import polars as pl

from testimonia.tables import FAULTS, ROW, Mapped, Source, anywhere, anywhere_name

AUTHORITY = "harbour-log/authority"
ENTRY = "harbour-log/" + pl.col("entry")
DAY = anywhere_name(pl.col("day"), pl.col("day"))
HARMS = pl.DataFrame({"column": ["dead", "injured"], "harm": ["killed", "injured"]})


def map_rows(rows: pl.DataFrame, document: str) -> Mapped:
    """Turn rows of the log into claim tables."""
    rows, rejects = _checked(rows)
    record = pl.format("{}#record={}", pl.lit(document), "entry")
    named = pl.col("told by") == "Harbour Police"
    informant = pl.when(named).then(pl.lit("harbour-log/police")).otherwise(ENTRY + "/informant")
    # One row for each figure: an empty cell gives none, a zero does.
    figures = rows.unpivot(["dead", "injured"], index=["entry", "day"], variable_name="column")
    figures = (
        figures.drop_nulls("value")
        .join(HARMS, on="column")
        .with_columns(figure=ENTRY + "/" + pl.col("harm"), number=pl.col("value").cast(pl.Int64))
    )
    return Mapped(
        {
            "bounds": anywhere(rows.select(first="day", last="day")),
            "places": rows.select(id="harbour-log/" + pl.col("quay"), label="quay").unique(),
            "agents": rows.filter(~named).select(
                id=informant,
                type=pl.lit(["UnnamedSource"]),
                label=pl.format("{} in entry {}", "told by", "entry"),
                described_as="told by",
            ),
            "records": rows.select(
                id=record,
                document=pl.lit(document),
                key="entry",
                informants=pl.concat_list(informant),
            ),
            "events": rows.select(
                id=ENTRY,
                type=pl.lit(["Incident"]),
                label=pl.format("Entry {} of the harbour log", "entry"),
                event_type=pl.lit(["violent-act"]),
                occurred=DAY,
                place="harbour-log/" + pl.col("quay"),
            ),
            "propositions": figures.select(
                id="figure",
                type=pl.lit(["CasualtyProposition"]),
                about=pl.concat_list(ENTRY),
                gloss=pl.format("{} persons were {} in entry {}", "number", "harm", "entry"),
                harm="harm",
                victims=pl.lit("harbour-log/persons"),
                lower_bound="number",
                upper_bound="number",
                bound_type=pl.lit("exact"),
            ),
            "claims": figures.select(
                id="figure",
                claimant=pl.lit(AUTHORITY),
                on_behalf_of=pl.lit(AUTHORITY),
                stance=pl.lit("asserts"),
                proposition="figure",
                stated_in=pl.lit(document),
                record=pl.concat_list(record),
                voice=pl.lit("tabulated"),
                basis=pl.lit("compiled"),
                stated_at=pl.lit(f"{document}-published"),
            ),
        },
        rejects,
    )


def _checked(rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Part the rows that can be mapped from what is wrong with the others."""
    looks = {
        "entry": (pl.col("entry").is_null(), "a number of the log"),
        "day": (pl.col("day").str.to_date(strict=False).is_null(), "a date such as 2026-03-03"),
        "dead": (~pl.col("dead").str.contains(r"^\d{1,9}$"), "a count, or nothing"),
        "injured": (~pl.col("injured").str.contains(r"^\d{1,9}$"), "a count, or nothing"),
    }
    faults = [
        rows.filter(odd).select(
            pl.col(ROW).alias("row"),
            pl.lit(name).alias("column"),
            pl.col(name).alias("value"),
            pl.lit(expected).alias("expected"),
        )
        for name, (odd, expected) in looks.items()
    ]
    rejects = pl.concat([pl.DataFrame(schema=FAULTS), *faults])
    return rows.filter(~pl.col(ROW).is_in(rejects["row"].implode())), rejects


SOURCE = Source(
    name="harbour-log",
    title="Log of the harbour authority of Port Alder",
    compiler=AUTHORITY,
    key_column="entry",
    day_column="day",
    map=map_rows,
    shared={
        "agents": pl.DataFrame(
            {
                "id": [AUTHORITY, "harbour-log/police"],
                "type": [["Organization"], ["OfficialBody"]],
                "label": ["Harbour authority of Port Alder", "Harbour police of Port Alder"],
            }
        ),
        "groups": pl.DataFrame(
            {
                "id": ["harbour-log/persons"],
                "type": [["VictimGroup"]],
                "label": ["Anybody in the harbour"],
                "category": [["person"]],
            }
        ),
    },
    mapped=frozenset({"entry", "day", "quay", "dead", "injured", "told by"}),
)
