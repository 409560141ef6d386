"""A small dataset of our own, with its mapping: what the tests of running a mapping map."""

from __future__ import annotations

import hashlib
from pathlib import Path

import polars as pl

from testimonia.errors import TableError
from testimonia.tables.batch_reader import ROW
from testimonia.tables.cell_checks import FAULTS
from testimonia.tables.day_bounds import anywhere, anywhere_name
from testimonia.tables.source import Mapped, Source

HEADER = "id,day,town,paper,told_by,dead,remark\n"

ROWS = """\
1,2026-03-03,Port Alder,Harbour Gazette,harbour police,2,"two lines
of ""remark"", with a comma"
2,2026-03-04,Port Alder,Harbour Gazette,harbour police,0,
3,2026-03-04,Bria <north>,Strait Courier,,,""
4,2026-03-05,Port Alder,Strait Courier,a resident,five,not a number
5,2026-03-05,Málaga \\ 東京,Strait Courier,"a resident, 25",7,"back\\slash, ""quotes"" and \ttab"
,2026-03-06,Port Alder,Harbour Gazette,harbour police,1,no key
7,2026-02-01,Port Alder,Harbour Gazette,harbour police,3,last
"""


def map_ledger(batch: pl.DataFrame, document: str) -> Mapped:
    """Map rows of the ledger."""
    if "dead" not in batch.columns:
        raise TableError("this ledger has no column 'dead'", hint="Is it whole?")
    odd_key = pl.col("id").fill_null("") == ""
    odd_number = ~pl.col("dead").str.contains(r"^\d+$").fill_null(True)
    rejects = pl.concat(
        batch.filter(test).select(
            row=pl.col(ROW), column=pl.lit(column), value=pl.col(column), expected=pl.lit(expected)
        )
        for test, column, expected in (
            (odd_key, "id", "a key"),
            (odd_number & ~odd_key, "dead", "a whole number"),
        )
    ).cast(FAULTS)
    rows = batch.filter(~odd_key & ~odd_number)
    document_name = pl.lit(document)
    key = pl.col("id")
    paper = pl.concat_str([pl.lit("paper-"), pl.col("paper").map_elements(_digest, pl.String)])
    record = pl.concat_str([document_name, pl.lit("#record="), key])
    event = pl.concat_str([pl.lit("ledger/"), key])
    counted = rows.filter(pl.col("dead").is_not_null())
    claim = counted.select(
        id=pl.concat_str([document_name, pl.lit("-"), key]),
        claimant=pl.lit("harbour-ledger"),
        on_behalf_of=pl.lit("harbour-ledger"),
        stance=pl.lit("asserts"),
        proposition=pl.concat_str([document_name, pl.lit("-"), key]),
        stated_in=document_name,
        record=pl.concat_list(record),
        voice=pl.lit("tabulated"),
    )
    proposition = counted.select(
        id=pl.concat_str([document_name, pl.lit("-"), key]),
        type=pl.concat_list(pl.lit("CasualtyProposition")),
        about=pl.concat_list(event),
        gloss=pl.format("The ledger counts {} dead: {}", "dead", pl.col("remark").fill_null("-")),
        harm=pl.lit("killed"),
        victims=pl.concat_str([pl.lit("ledger/"), key]),
        lower_bound=pl.col("dead").cast(pl.Int64),
        upper_bound=pl.col("dead").cast(pl.Int64),
        bound_type=pl.lit("exact"),
    )
    informant = pl.when(pl.col("told_by").fill_null("") != "").then(
        pl.concat_str([document_name, pl.lit("-"), key])
    )
    told = rows.filter(pl.col("told_by").fill_null("") != "")
    day = pl.col("day").str.slice(0, 10)
    return Mapped(
        {
            "bounds": anywhere(rows.select(first=day, last=day)),
            "places": rows.select(
                id=pl.concat_str([pl.lit("ledger/"), "town"]), label=pl.col("town")
            ).unique(maintain_order=True),
            "agents": told.select(
                pl.concat_str([document_name, pl.lit("-"), key]).alias("id"),
                pl.concat_list(pl.lit("UnnamedSource")).alias("type"),
                pl.col("told_by").alias("label"),
                pl.when(pl.col("told_by") == "a resident, 25")
                .then(pl.lit("un résident"))
                .alias("label@fr"),
            ),
            "documents": rows.select(
                id=paper, label=pl.col("paper"), headline_digest=pl.lit("0" * 64)
            ).unique(maintain_order=True),
            "records": rows.select(
                id=record,
                document=document_name,
                key=key,
                cites=pl.concat_list(paper),
                informants=pl.concat_list(informant),
                flags=pl.when(pl.col("dead") == "7").then(pl.concat_list(pl.lit("odd-day"))),
            ),
            "groups": rows.select(
                id=pl.concat_str([pl.lit("ledger/"), key]),
                type=pl.concat_list(pl.lit("VictimGroup")),
                label=pl.format("The dead of {}", key),
                category=pl.concat_list(pl.lit("unknown")),
            ),
            "events": rows.select(
                id=event,
                type=pl.concat_list(pl.lit("Incident")),
                label=pl.format("Entry {}", key),
                event_type=pl.concat_list(pl.lit("bombing")),
                occurred=anywhere_name(day, day),
                place=pl.concat_str([pl.lit("ledger/"), "town"]),
            ),
            "propositions": proposition,
            "claims": claim,
        },
        rejects,
    )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


LEDGER = Source(
    name="harbour-ledger",
    title="The harbour ledger",
    compiler="harbour-ledger",
    key_column="id",
    day_column="day",
    map=map_ledger,
    shared={
        "agents": pl.DataFrame(
            {"id": ["harbour-ledger"], "type": [["Monitor"]], "label": ["The harbour ledger"]}
        )
    },
    mapped=frozenset({"id", "day", "town", "paper", "told_by", "dead"}),
    left_out={"remark": "is a remark"},
)


def write_ledger(path: Path, rows: str = ROWS) -> Path:
    """Write a ledger as it would be published."""
    path.write_bytes((HEADER + rows).encode())
    return path
