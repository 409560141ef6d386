"""What policies accept of scenarios, and what is expected of them, worked out by hand."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import scenarios
import testimonia
from testimonia.namespaces import shorten


class Accepted(NamedTuple):
    """What is accepted, its grade, the claims used, and those set aside by reason.

    A bound with a sign behind it is open: 50- is 50 or fewer, 471+ is 471 or more.
    """

    bounds: str
    grade: str | None
    used: set[str]
    aside: dict[str, set[str]]


def shown(row: Any) -> str:
    if row["accepts"] is not True:
        assert row["accepts"] is False  # and not left open
        assert (row["lower"], row["upper"], row["openBelow"], row["openAbove"]) == (None,) * 4
        return "nothing"
    below, above = "-" * bool(row["openBelow"]), "+" * bool(row["openAbove"])
    return f"{row['lower']}{below} to {row['upper']}{above}"


@cache
def derived(scenario: str) -> testimonia.Dataset:
    dataset = testimonia.open(scenarios.FOLDER / scenario / "data.ttl")
    dataset.derive()
    return dataset


def accepted(scenario: str, policy: str | Path) -> dict[tuple[str, ...], Accepted]:
    found: dict[tuple[str, ...], Accepted] = {}
    for row in derived(scenario).accept(policy):
        key = tuple(shorten(row[name]).partition(":")[2] for name in ("event", "harm", "victims"))
        grade = row["grade"] and shorten(row["grade"]).removeprefix("tmc:")
        bounds = shown(row)
        # There are several where each figure is graded by itself, and where windows differ.
        entry = found.setdefault((*key, bounds), Accepted(bounds, grade, set(), {}))
        assert entry.grade == grade
        claim = shorten(row["claim"]).removeprefix("claim:")
        if row["reason"] is None:
            entry.used.add(claim)
        else:
            reason = shorten(row["reason"]).removeprefix("tmc:")
            entry.aside.setdefault(reason, set()).add(claim)
    return found


def only(scenario: str, policy: str | Path) -> Accepted:
    """Find the one assessment of a scenario, or of one of its events."""
    name, _, event = scenario.partition("/")
    (entry,) = (found for key, found in accepted(name, policy).items() if event in ("", key[0]))
    return entry


FALLEN = {"first", "first-in-courier", "courier-relays"}
CORRECTED = {"correction", "correction-of-courier"}

CASES = [
    ("official-only", "downward-correction", "22 to 22", None, CORRECTED,
     {"withdrawn-claim": FALLEN, "not-official": {"monitor"}}),
    ("official-only", "two-officials-differ", "10 to 14", None, {"defence", "health"}, {}),
    ("official-only", "circular-reports", "nothing", None, set(),
     {"not-official": {"television-first", "courier-cites", "television-again"}}),
    ("two-independent-origins", "state-media-and-ministry", "7 to 7", None,
     {"ministry", "television", "monitor"}, {}),
    ("two-independent-origins", "downward-correction", "nothing", None, set(),
     {"withdrawn-claim": FALLEN, "single-origin": {*CORRECTED, "monitor"}}),
    ("most-conservative", "downward-correction", "22 to 22", None, CORRECTED,
     {"withdrawn-claim": FALLEN, "higher-figure": {"monitor"}}),
    ("most-conservative", "at-least-40", "38 to 38", None, {"defence"},
     {"higher-figure": {"monitor", "health"}}),
    ("most-conservative", "overlapping-ranges", "20 to 30", None, {"watch"},
     {"higher-figure": {"courier", "courier-later"}}),
    ("full-range", "downward-correction", "22 to 30", None, {*CORRECTED, "monitor"},
     {"withdrawn-claim": FALLEN}),
    ("full-range", "at-least-40", "38 to 44+", None, {"defence", "monitor", "health"}, {}),
    ("full-range", "retraction", "8 to 8", None, {"friday", "gazette-says"},
     {"withdrawn-claim": {"monday", "monday-in-courier", "courier-relays"},
      "not-upholding": {"wednesday", "doubt"}}),
    ("latest-by-claimant", "upward-series", "19 to 19", None, {"wednesday"},
     {"superseded": {"monday", "tuesday", "monday-in-courier", "courier-relays"}}),
    ("latest-by-claimant", "two-officials-differ", "10 to 14", None, {"defence", "health"}, {}),
    ("latest-by-claimant", "never-said-that", "12 to 12", None, {"thursday"},
     {"superseded": {"monday"}, "withdrawn-claim": {"attributed"}}),
    ("official-latest", "one-body-many-mouths/blast", "84 to 84", None,
     {"beck-84", "beck-84-again"}, {"superseded": {"tarn-95"}}),
    ("official-latest", "downward-correction", "22 to 22", None, CORRECTED,
     {"withdrawn-claim": FALLEN, "not-official": {"monitor"}}),
    ("official-latest", "two-officials-differ", "14 to 14", None, {"health"},
     {"overtaken": {"defence"}}),
    ("full-range", "passed-on-and-mentioned", "6 to 6", None, {"venn"}, {"no-number": {"corve"}}),
    ("official-latest", "passed-on-and-mentioned", "6 to 6", None, {"venn"}, {"no-number": {"corve"}}),
    ("latest-by-claimant", "passed-on-and-mentioned", "6 to 6", None, {"venn"},
     {"no-number": {"corve"}}),
    ("most-conservative", "passed-on-and-mentioned", "6 to 6", None, {"venn"},
     {"no-number": {"corve"}}),
    ("official-only", "passed-on-and-mentioned", "6 to 6", None, {"venn"}, {"no-number": {"corve"}}),
    # "A handful, five at most" is a range, and dozens are no number beside several.
    ("full-range", "mentions-and-numbers/attack-at-the-well", "2 to 5", None,
     {"well-watch", "well-red"}, {}),
    ("full-range", "mentions-and-numbers/attack-on-the-square", "2 to 24+", None,
     {"square-watch", "square-red"}, {}),
    ("most-conservative", "mentions-and-numbers/attack-at-the-market", "2 to 2", None,
     {"market-red"}, {"no-number": {"market-watch"}}),
    # A mention goes where a number is accepted, and stays where that number is not.
    ("two-independent-origins", "mentions-and-numbers/attack-at-the-quarry", "6 to 6", None,
     {"quarry-health", "quarry-ostra"}, {"no-number": {"quarry-watch", "quarry-red"}}),
    ("two-independent-origins", "mentions-and-numbers/attack-at-the-bridge", "2 to 2+", None,
     {"bridge-watch", "bridge-red"}, {"single-origin": {"bridge-health"}}),
    ("two-independent-origins", "mentions-and-numbers/attack-at-the-mill", "6 to 6", None,
     {"mill-red", "mill-health"}, {"single-origin": {"mill-watch"}}),
    ("latest-by-claimant", "mentions-and-numbers/attack-on-the-ferry", "2 to 2+", None,
     {"ferry-tuesday"}, {"superseded": {"ferry-monday"}}),
    ("official-latest", "mentions-and-numbers/attack-on-the-ferry", "2 to 2+", None,
     {"ferry-tuesday"}, {"superseded": {"ferry-monday"}}),
    ("latest-by-claimant", "mentions-and-numbers/attack-in-the-camp", "6 to 6", None,
     {"camp-tuesday"}, {"superseded": {"camp-monday"}}),
    ("official-latest", "mentions-and-numbers/attack-in-the-camp", "6 to 6", None,
     {"camp-tuesday"}, {"superseded": {"camp-monday"}}),
    ("full-range", "suspected-and-doubted", "24 to 24", None, {"health-24"},
     {"hedged-claim": {"watch-40", "health-70"}, "not-upholding": {"watch-doubts"}}),
    ("full-range", "forecast-and-final", "6 to 9", None, {"town-6", "ministry-9"},
     {"forecast-claim": {"ministry-20", "ministry-12", "town-30"}, "hedged-claim": {"watch-7"},
      "not-upholding": {"watch-20"}}),
    ("full-range", "spans-and-open-ends", "50- to 471+", None, {"most-50", "just-84", "least-471"}, {}),
    ("evidence-grade", "state-media-and-ministry", "7 to 7", "fair",
     {"ministry", "television", "monitor"}, {}),
    ("evidence-grade", "denied-and-claimed", "6 to 6", "contested",
     {"monitor-counts", "tellund-counts"}, {}),
]  # fmt: skip

Table = dict[tuple[str, ...], Accepted]

NONE: set[str] = set()
BLOCKADE = ("blockade", "killed", "people")
SIEGE = ("siege", "killed", "people")
# The ministry's total of Monday to Tuesday falls by Wednesday; that of the office is another's.
FALLING: Table = {
    (*BLOCKADE, "8 to 8"): Accepted("8 to 8", None, {"b-fri"}, {}),
    (*BLOCKADE, "nothing"): Accepted("nothing", None, NONE, {"superseded": {"b-thu"}}),
    (*SIEGE, "2 to 2"): Accepted("2 to 2", None, {"m-sun-2"}, {}),
    (*SIEGE, "3 to 4"): Accepted("3 to 4", None, {"m-wed-3", "m-wed-4"}, {}),
    (*SIEGE, "5 to 5"): Accepted("5 to 5", None, {"o-tue-5"}, {"superseded": {"m-tue-5"}}),
}

# A total of days falls with the next total of its ministry; another is overtaken by that of a ministry beside it.
DAM = ("attacks-at-the-dam", "killed", "people")
PORT = ("attacks-in-the-port", "killed", "people")
OVERTAKEN: Table = {
    (*DAM, "6 to 6"): Accepted("6 to 6", None, {"dam-6"}, {}),
    (*DAM, "nothing"): Accepted("nothing", None, NONE, {"superseded": {"dam-8"}}),
    (*PORT, "8 to 8"): Accepted("8 to 8", None, {"port-8"}, {}),
    (*PORT, "nothing"): Accepted("nothing", None, NONE, {"overtaken": {"port-6"}}),
}
DEPOT = ("attack-at-the-depot", "injured", "people")


def beside_a_part(aside: dict[str, set[str]]) -> Table:
    """Seven are accepted; the mention is counted with the part, of which nothing is."""
    return {
        (*DEPOT, "7 to 7"): Accepted("7 to 7", None, {"health", "ostra"}, {}),
        (*DEPOT, "nothing"): Accepted("nothing", None, NONE, {"hedged-claim": {"watch"}, **aside}),
    }


ANYBODYS = beside_a_part({"no-number": {"defence", "red"}})
OFFICIAL = beside_a_part({"no-number": {"defence"}, "not-official": {"red"}})


def retracted(grade: str | None) -> Table:
    """Nothing stands of what was retracted, or was denied besides."""
    asides = {
        ("blast", "injured"): {
            "not-upholding": {"one-retracted-at-noon"},
            "withdrawn-claim": {"one-at-noon"},
        },
        ("blast", "killed"): {
            "not-upholding": {"eight-retracted"},
            "withdrawn-claim": {"eight-undated"},
        },
        ("raid", "injured"): {"not-upholding": {"two-denied", "two-retracted"}},
        ("raid", "killed"): {
            "not-upholding": {"three-retracted"},
            "withdrawn-claim": {"three-dated"},
        },
    }
    return {
        (*figure, "civilians", "nothing"): Accepted("nothing", grade, NONE, aside)
        for figure, aside in asides.items()
    }


def graded(
    event: str,
    harm: str,
    victims: str,
    bounds: str,
    grade: str | None,
    *used: str,
    **aside: set[str],
) -> Table:
    by_reason = {reason.replace("_", "-"): claims for reason, claims in aside.items()}
    return {(event, harm, victims, bounds): Accepted(bounds, grade, set(used), by_reason)}


# All that a policy gives of a scenario.
TABLES: list[tuple[str, str, Table]] = [
    ("latest-by-claimant", "totals-that-fall", FALLING),
    ("official-latest", "totals-that-fall", FALLING),
    ("official-latest", "overtaken-by-another-ministry", OVERTAKEN),
    ("full-range", "part-beside-a-mention", ANYBODYS),
    ("latest-by-claimant", "part-beside-a-mention", ANYBODYS),
    ("most-conservative", "part-beside-a-mention", ANYBODYS),
    ("two-independent-origins", "part-beside-a-mention", ANYBODYS),
    ("official-only", "part-beside-a-mention", OFFICIAL),
    ("official-latest", "part-beside-a-mention", OFFICIAL),
    ("full-range", "retraction-undated", retracted(None)),
    ("most-conservative", "retraction-undated", retracted(None)),
    ("evidence-grade", "retraction-undated", retracted("discounted")),
    ("evidence-grade", "concession", {
        **graded("blast", "killed", "civilians", "5 to 5", "confirmed",
                 "army-concedes", "health-confirms"),
        **graded("blast", "killed", "tellund-soldiers", "3 to 3", "confirmed",
                 "tellund-counts-own", "army-counts-enemy"),
    }),
    ("evidence-grade", "grades-of-figures", {
        # The ministry announces its own loss; a blogger's five are not confirmed by it.
        **graded("blast", "killed", "soldiers", "2 to 2", "confirmed", "ministry-two"),
        **graded("blast", "killed", "soldiers", "5 to 5", "weak", "blogger-five"),
        # Nobody upholds that there were some.
        **graded("blast", "killed", "soldiers", "nothing", None, not_upholding={"red-doubts"}),
        # Ten and none: neither upholds the other.
        **graded("blast", "killed", "civilians", "10 to 10", "weak", "watch-ten"),
        **graded("blast", "killed", "civilians", "0 to 0", "weak", "ministry-none"),
        # Dozens, to which the precise 30 adds.
        **graded("blast", "injured", "people", "24 to 24+", "fair", "red-dozens"),
        **graded("blast", "injured", "people", "30 to 30", "weak", "watch-thirty"),
    }),
    ("evidence-grade", "suspected-and-doubted", {
        **graded("blast", "killed", "people", "24 to 24", "weak", "health-24",
                 not_upholding={"watch-doubts"}),
        # Only hedged, and not withdrawn: it has no grade.
        **graded("blast", "killed", "people", "nothing", None,
                 hedged_claim={"health-70", "watch-40"}),
    }),
    ("evidence-grade", "own-loss-in-dozens", {
        # Thirty of its own, which the army's ministry announces, are dozens.
        **graded("mirel", "killed", "soldiers", "24 to 24+", "confirmed", "watch-dozens"),
        **graded("mirel", "killed", "soldiers", "30 to 30", "confirmed", "ministry-thirty"),
    }),
    ("evidence-grade", "one-body-many-mouths", {
        **graded("blast", "killed", "people", "84 to 84", "weak", "beck-84", "beck-84-again"),
        **graded("blast", "killed", "people", "95 to 95", "weak", "tarn-95"),
        # The police may not take back what the ministry above it said, and the ministry may.
        **graded("fire", "killed", "people", "2 to 2", "weak", "ministry-2",
                 not_upholding={"police-takes-back"}),
        **graded("fire", "killed", "people", "nothing", "discounted",
                 not_upholding={"ministry-takes-back"}, withdrawn_claim={"police-3"}),
        # Who did it is in conflict, and what was corrected is known from nothing else.
        **graded("raid", "killed", "people", "5 to 5", "contested", "ministry-5"),
        **graded("raid", "killed", "people", "nothing", "discounted",
                 withdrawn_claim={"police-7"}),
    }),
]  # fmt: skip
