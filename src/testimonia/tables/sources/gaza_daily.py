"""The daily casualty series for Gaza and the West Bank of Tech for Palestine (two JSON files).

What a body reported is a claim of that body; what the compiler filled in (``ext_…``, West Bank figures
marked ``fill``, zeros and totals of days that no report covers) is a claim of the compiler. Equal
figures of both are one proposition, which shows their agreement. Fields as in the documentation of the
series.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import polars as pl

from testimonia.errors import Place, TableError
from testimonia.tables.batch_reader import ROW
from testimonia.tables.day_bounds import anywhere, anywhere_name, expected_years, of_odd_year
from testimonia.tables.inputs.as_tables import text_of
from testimonia.tables.inputs.manner import Manner
from testimonia.tables.rows import checked
from testimonia.tables.source import Mapped, Source

__all__ = ["SOURCE"]

_FIRST_DAY: Final = "2023-10-07"
_OWN: Final = "gaza-daily"
_COMPILER: Final = f"{_OWN}/tech-for-palestine"
_OCHA: Final = "un-ocha"

# Field, without prefix and suffix: the harm, and the group that was counted.
_COUNTED: Final = {
    "killed": ("killed", "persons"),
    "injured": ("injured", "persons"),
    "killed_children": ("killed", "children"),
    "killed_women": ("killed", "women"),
    "injured_children": ("injured", "children"),
    "civdef_killed": ("killed", "civil-defence"),
    "med_killed": ("killed", "medical-workers"),
    "press_killed": ("killed", "journalists"),
    "aid_seeker_killed": ("killed", "aid-seekers"),
    "aid_seeker_injured": ("injured", "aid-seekers"),
    "famine": ("killed", "starved"),
    "child_famine": ("killed", "starved-children"),
    "killed_recovered": ("killed", "recovered"),
    "killed_succumbed": ("killed", "succumbed"),
    "killed_committee": ("killed", "added-by-committee"),
    "killed_truce_new": ("killed", "killed-in-truce"),
    "displaced_persons": ("displaced", "persons"),
    "displaced_children": ("displaced", "children"),
}
_PREFIXES: Final = {"": "reported", "ext_": "extrapolated", "verified.": "verified"}
_ENDS: Final = ("", "_cum")
_LEFT_OUT: Final = {
    "massacres_cum": "counts attacks, not persons",
    "ext_massacres_cum": "counts attacks, not persons",
    "settler_attacks_cum": "counts attacks, not persons",
    "displaced_households_cum": "counts households, not persons",
}
_GROUPS: Final = pl.DataFrame(
    [
        ("persons", "Anybody", ["person"], None),
        ("children", "Children", ["child"], None),
        ("women", "Women", ["woman"], None),
        ("civil-defence", "Members of the civil defence", ["rescue-worker"], None),
        ("medical-workers", "Medical workers", ["medical-worker"], None),
        ("journalists", "Journalists", ["journalist"], None),
        ("aid-seekers", "People seeking aid", ["person"], "Seeking aid"),
        ("starved", "People who died of hunger", ["person"], "Died of hunger"),
        ("starved-children", "Children who died of hunger", ["child"], "Died of hunger"),
        ("recovered", "People whose bodies were recovered later", ["person"], "Recovered later"),
        ("succumbed", "People who died of earlier wounds", ["person"], "Died of earlier wounds"),
        (
            "added-by-committee",
            "People added after review by a committee",
            ["person"],
            "Added after review",
        ),
        ("killed-in-truce", "People killed since the truce", ["person"], "Killed since the truce"),
    ],
    schema=["id", "label", "category", "role"],
    orient="row",
).with_columns(id=f"{_OWN}/" + pl.col("id"), type=pl.lit(["VictimGroup"]))

_AGENTS: Final = pl.DataFrame(
    [
        (_COMPILER, "Tech for Palestine", ["Monitor"]),
        ("gaza-ministry-of-health", "Ministry of Health in Gaza", ["OfficialBody"]),
        ("gaza-government-media-office", "Government Media Office in Gaza", ["OfficialBody"]),
        (
            _OCHA,
            "United Nations Office for the Coordination of Humanitarian Affairs",
            ["OfficialBody"],
        ),
    ],
    schema=["id", "label", "type"],
    orient="row",
)
_EVENTS: Final = pl.DataFrame(
    {
        "id": [f"{_OWN}/gaza", f"{_OWN}/west-bank"],
        "type": [["Event"], ["Event"]],
        "label": [
            "Hostilities in Gaza from 7 October 2023",
            "Violence in the West Bank from 7 October 2023",
        ],
        "event_type": [["armed-conflict"], ["violent-act"]],
    }
)
_BODIES: Final = {
    "mohtel": ("gaza-ministry-of-health", "telegram-post"),
    "gmotel": ("gaza-government-media-office", "telegram-post"),
    "unocha": (_OCHA, None),
    "un": (_OCHA, None),
}


def _read(path: Path, manner: Manner) -> Iterator[pl.DataFrame]:
    """Read a series; keys of nested objects are joined by dots, and every value is text."""
    try:
        rows = [_flat(day) for day in _days(path, manner)]
    except RecursionError:
        raise TableError(
            "this is not a series of days: its values are nested too deeply", place=Place(path)
        ) from None
    except _TwiceError as error:
        raise TableError(
            f"a value of this series is there twice: {error}",
            place=Place(path),
            hint="It is unknown which of the two is right; keep one.",
        ) from None
    names = dict.fromkeys(name for row in rows for name in row)
    if ROW in names:
        raise TableError(
            f"a value of this series has the name {ROW!r}, which is not allowed",
            place=Place(path),
            hint="Give a v2 series, as published.",
        )
    numbers = pl.Series(ROW, range(1, len(rows) + 1), dtype=pl.Int64)
    cells = {name: pl.Series([row.get(name) for row in rows], dtype=pl.String) for name in names}
    yield pl.DataFrame({ROW: numbers} | cells)


def _days(path: Path, manner: Manner) -> list[dict[str, Any]]:
    text = text_of(path, manner)
    try:
        # Numbers are kept as text.
        days = json.loads(
            text,
            parse_int=str,
            parse_float=str,
            parse_constant=str,
            object_pairs_hook=_once,
        )
    except json.JSONDecodeError as error:
        raise TableError(
            f"this is not JSON ({error.msg})",
            place=Place(path, error.lineno, error.colno),
            hint="Give a v2 series, as published. Check that the file is complete.",
        ) from None
    if not (isinstance(days, list) and all(isinstance(day, dict) for day in days)):
        raise TableError("this is not a list of days", place=Place(path), hint="Give a v2 series.")
    if not days:
        raise TableError(
            "this series has no days", place=Place(path), hint="Check that the file is complete."
        )
    return days


class _TwiceError(Exception):
    """A key is given twice, so that one value would be lost."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise _TwiceError(next(_whole(name) for name in names if names.count(name) > 1))
    return found


def _flat(day: dict[str, Any]) -> dict[str, str]:
    """Flatten a day to text values; lone surrogates are escaped."""
    flat: list[tuple[str, str]] = []
    for name, value in day.items():
        if isinstance(value, dict):
            flat += [(f"{_whole(name)}.{inner}", text) for inner, text in _flat(value).items()]
        elif value is not None:
            flat.append(
                (_whole(name), _whole(value if isinstance(value, str) else json.dumps(value)))
            )
    return _once(flat)


def _whole(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _map(batch: pl.DataFrame, document: str) -> Mapped:
    reporters = {"report_source": "gaza", "flash_source": "west-bank"}
    territory = next((reporters[name] for name in reporters if name in batch.columns), None)
    if territory is None:
        raise TableError(f"there is no column of reporters: {' or '.join(reporters)}")
    good, rejects = _checked(batch)
    figures = _figures(good, territory, document)
    keys = good.select(key="report_date").unique(maintain_order=True)
    return Mapped(
        {
            "records": keys.select(
                id=_record(pl.col("key"), document), document=pl.lit(document), key="key"
            ),
            "bounds": pl.concat(
                [
                    anywhere(figures.select("first", "last")),
                    anywhere(figures.select(first="report_date", last="report_date")),
                ]
            ).unique(maintain_order=True),
            "agents": figures.filter(pl.col("unnamed"))
            .select(
                id="claimant",
                type=pl.lit(["UnnamedSource"]),
                label=pl.format("Body that reported on {}, not named", "report_date"),
                described_as=pl.lit("A reporting body that the series does not name"),
            )
            .unique(maintain_order=True),
            "propositions": figures.select(
                id="proposition",
                type=pl.lit(["CasualtyProposition"]),
                about=pl.lit([f"{_OWN}/{territory}"]),
                gloss="gloss",
                harm="harm",
                victims=f"{_OWN}/" + pl.col("group"),
                lower_bound="number",
                upper_bound="number",
                bound_type=pl.lit("exact"),
                during=anywhere_name(pl.col("first"), pl.col("last")),
            ).unique("id", maintain_order=True),
            "claims": figures.select(
                id=pl.format("{}/{}/{}", pl.lit(document), "report_date", "field"),
                claimant="claimant",
                on_behalf_of=pl.when(~pl.col("unnamed")).then("claimant"),
                stance=pl.lit("asserts"),
                proposition="proposition",
                stated_in=pl.lit(document),
                record=pl.concat_list(_record(pl.col("report_date"), document)),
                voice=pl.lit("tabulated"),
                channel="channel",
                certainty=pl.lit("unhedged"),
                basis="basis",
                stated_at="stated_at",
            ),
        },
        rejects,
    )


def _checked(batch: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Split off the days that cannot be mapped, and list their faults."""
    figures = _fields(batch.columns)["field"].to_list()
    day = pl.col("report_date")
    looks = [("report_date", ~_is_day(day).fill_null(False), "a date such as 2023-10-07")]
    looks.append(("report_date", of_odd_year(day), expected_years()))
    looks += [(name, ~pl.col(name).str.contains(r"^[0-9]{1,15}$"), "a count") for name in figures]
    if "report_period" in batch.columns:
        odd = ~pl.col("report_period").str.contains(r"^[0-9]{1,4}$")
        looks.append(("report_period", odd, "a number of hours"))
    for name, nobody in (("report_source", "missing"), ("flash_source", "fill")):
        if name in batch.columns:
            known = [nobody, *_BODIES]
            looks.append((name, ~pl.col(name).is_in(known), " or ".join(known)))
    return checked(batch, looks)


def _fields(names: list[str]) -> pl.DataFrame:
    """Describe what each field of a series counts, and who says so."""
    rows = []
    for name in names:
        origin, stem = _PREFIXES[""], name
        for prefix, kind in _PREFIXES.items():
            if prefix and name.startswith(prefix):
                origin, stem = kind, name.removeprefix(prefix)
        counted = _COUNTED.get(stem.removesuffix("_cum"))
        if counted is not None:
            rows.append((name, *counted, stem.endswith("_cum"), origin))
    schema = {"field": pl.String, "harm": pl.String, "group": pl.String}
    return pl.DataFrame(rows, schema | {"total": pl.Boolean, "origin": pl.String}, orient="row")


def _figures(days: pl.DataFrame, territory: str, document: str) -> pl.DataFrame:
    """Make a row for each figure: what it counts, over which days, and who claims it."""
    fields = _fields(days.columns)
    day = pl.col("report_date").str.to_date(strict=False)
    hours = (
        pl.col("report_period").cast(pl.Int64).fill_null(24)
        if "report_period" in days.columns
        else pl.lit(24)
    )
    reporter = pl.col("report_source" if territory == "gaza" else "flash_source")
    days = days.with_columns(
        # A report over 48 hours covers the day before as well; one of unknown length, its own day.
        since=(day - pl.duration(days=hours.clip(24) // 24 - 1)).dt.to_string("%Y-%m-%d"),
        body=reporter.replace_strict({k: v[0] for k, v in _BODIES.items()}, default=None),
        channel=reporter.replace_strict(
            {k: v[1] for k, v in _BODIES.items()}, default=None, return_dtype=pl.String
        ),
        filled=reporter == "fill",
        uncovered=hours == 0,
    )
    names = fields["field"].to_list()
    index = ["report_date", "since", "body", "channel", "filled", "uncovered"]
    figures = days.unpivot(names, index=index, variable_name="field", value_name="text")
    origin, reported = pl.col("origin"), pl.col("origin") == "reported"
    # A period of 0 hours: no report covers that day, and a later one will. Its zeros and the totals
    # carried forward to it replace a report; nobody said that nobody died.
    stands_in = pl.col("uncovered") & (pl.col("total") | (pl.col("text").cast(pl.Int64) == 0))
    by_compiler = (origin == "extrapolated") | (
        reported & (pl.col("filled").fill_null(False) | stands_in)
    )
    unnamed = ~by_compiler & reported & pl.col("body").is_null()
    first, last = pl.col("first"), pl.col("report_date")
    return (
        figures.drop_nulls("text")
        .join(fields, on="field", maintain_order="left")
        .with_columns(
            number=pl.col("text").cast(pl.Int64),
            first=pl.when("total").then(pl.lit(_FIRST_DAY)).otherwise("since"),
            last=last,
            unnamed=unnamed,
            claimant=pl.when(by_compiler)
            .then(pl.lit(_COMPILER))
            .when(origin == "verified")
            .then(pl.lit(_OCHA))
            .when(unnamed)
            .then(pl.format("{}/{}/reporting-body", pl.lit(document), last))
            .otherwise("body"),
            channel=pl.when(reported).then("channel"),
            basis=pl.when(by_compiler)
            .then(pl.lit("extrapolated"))
            .when(origin == "verified")
            .then(pl.lit("verified"))
            .when(pl.lit(territory == "west-bank"))
            .then(pl.lit("flash-report")),
            # What the compiler fills in is stated when the series is published, not on the day.
            stated_at=pl.when(by_compiler)
            .then(pl.lit(f"{document}-published"))
            .otherwise(anywhere_name(last, last)),
        )
        .with_columns(
            proposition=pl.format(
                "{}/{}/{}/{}",
                pl.lit(f"{_OWN}/{territory}"),
                pl.format("{}-{}", "harm", "group"),
                anywhere_name(first, last).str.strip_prefix("anywhere-"),
                "number",
            ),
            gloss=_gloss(territory, first, last),
        )
    )


def _gloss(territory: str, first: pl.Expr, last: pl.Expr) -> pl.Expr:
    labels = dict(zip(_GROUPS["id"].str.strip_prefix(f"{_OWN}/"), _GROUPS["label"], strict=True))
    where = {"gaza": "Gaza", "west-bank": "the West Bank"}[territory]
    when = (
        pl.when(first == last)
        .then(pl.format("on {}", last))
        .otherwise(pl.format("from {} to {}", first, last))
    )
    whom = pl.col("group").replace_strict(labels)
    return pl.format("{} {} in {} {}: {}", whom, "harm", pl.lit(where), when, "number")


def _is_day(value: pl.Expr) -> pl.Expr:
    return (
        value.str.contains(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")
        & value.str.to_date(strict=False).is_not_null()
    )


def _record(key: pl.Expr, document: str) -> pl.Expr:
    return pl.format("{}#record={}", pl.lit(document), key)


SOURCE: Final = Source(
    name=_OWN,
    title="Tech for Palestine, daily casualties",
    compiler=_COMPILER,
    key_column="report_date",
    day_column="report_date",
    map=_map,
    shared={"agents": _AGENTS, "events": _EVENTS, "groups": _GROUPS},
    read=_read,
    mapped=frozenset(
        ["report_date", "report_source", "report_period", "flash_source"]
        + [f"{prefix}{name}{end}" for prefix in _PREFIXES for name in _COUNTED for end in _ENDS]
    ),
    left_out=_LEFT_OUT,
)
