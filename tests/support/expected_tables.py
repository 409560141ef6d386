"""The committed table of each question, and the data it is asked of."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import Any

import palmyra

import testimonia
from testimonia.catalogue import resources
from testimonia.namespaces import shorten

FOLDER = Path(__file__).parents[1]
TABLES = FOLDER / "questions"
NAMES = sorted(path.stem for path in resources.queries())

# The parameters of each expected table; the name is what stands before ".expected.csv".
CASES: dict[str, dict[str, Any]] = {
    **{name: {} for name in NAMES},
    "claim-provenance": {"claim": "claim:istanbul-10-two-us-troops-killed"},
    "confirmed-figures.state-media": {"include_state_media": True},
    "accepted-figures": {"policy": "policy:official-only"},
    "compiler-against-source.all": {"all": True},
}

# Questions to which the Palmyra incident gives no answer are asked of an invented one.
SCENARIOS = {
    "circular-reports": "circular-reports",
    "concessions": "concession",
    "contradictions": "denied-and-claimed",
    "disagreement-by-pair": "denied-and-claimed",
    "disputes": "denied-and-claimed",
    "judged-statements": "said-of-statements",
    "material-facts": "damage-and-distance",
    "most-contested-events": "blame-and-ties",
    "revisions": "downward-correction",
}

# Questions on tables are asked of two invented ones.
ON_TABLES = (
    "compiler-against-source",
    "figures-by-informant",
    "informants-by-party",
    "range-width",
)

# The column that each optional parameter restricts.
RESTRICTS = {
    "incident": "event",
    "claimant": "claimant",
    "informant": "informant",
    "event_type": "eventType",
    "actor": "actor",
    "organization": "organization",
    "of_party": "party",
    "policy": "policy",
}
PLACES = {"control-accounts": "controlledPlace", "place-accounts": "claimedPlace"}
INCLUDES = {"event_type": "skos:broader*", "place": "tmn:within*"}
"""Paths from what a parameter includes to what it names."""

Table = tuple[list[str], list[list[str]]]


@cache
def dataset_of(question: str) -> testimonia.Dataset:
    if question in ON_TABLES:
        return testimonia.open(TABLES / "tables.ttl")
    if question not in SCENARIOS:
        return _palmyra()
    return testimonia.open(FOLDER / "scenarios" / SCENARIOS[question] / "data.ttl")


@cache
def _palmyra() -> testimonia.Dataset:
    return palmyra.opened()


def written(value: object) -> str:
    return "" if value is None else shorten(str(value))


def expected(case: str) -> Table:
    with (TABLES / f"{case}.expected.csv").open(newline="", encoding="utf-8") as lines:
        header, *rows = csv.reader(lines)
    return header, rows


def restricted(question: str, parameter: str) -> str:
    """Name the column that a parameter of a question restricts."""
    return PLACES[question] if parameter == "place" else RESTRICTS[parameter]


def included(dataset: testimonia.Dataset, parameter: str, value: str) -> set[str]:
    """Find what a parameter includes when it names a value, which is at least the value itself."""
    if parameter not in INCLUDES:
        return {value}
    found = dataset.query(f"SELECT ?c {{ ?c {INCLUDES[parameter]} {value} }}")
    return {value, *(shorten(row["c"]) for row in found)}
