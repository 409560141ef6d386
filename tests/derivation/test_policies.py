"""What each policy accepts, sets aside and why; and policies of one's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import pytest
from pyoxigraph import NamedNode

import scenarios
import testimonia
from testimonia.derivation.policies import find, read_policy
from testimonia.errors import PolicyError, QueryError, QuerySyntaxFault, UnknownPolicy
from testimonia.namespaces import PREFIXES, TMN, expand, shorten
from testimonia.store import ACCEPTED

ALL = {policy.name for policy in testimonia.open().policies()}


class Accepted(NamedTuple):
    """What is accepted, its grade, the claims used, and those set aside by reason.

    A bound with a sign behind it is open: 50- is 50 or fewer, 471+ is 471 or more.
    """

    bounds: str
    grade: str | None
    used: set[str]
    aside: dict[str, set[str]]


def shown(row: Any) -> str:
    if not row["accepts"]:
        assert (row["lower"], row["upper"], row["openBelow"], row["openAbove"]) == (None,) * 4
        return "nothing"
    below, above = "-" * bool(row["openBelow"]), "+" * bool(row["openAbove"])
    return f"{row['lower']}{below} to {row['upper']}{above}"


def accepted(scenario: str, policy: str) -> dict[tuple[str, ...], Accepted]:
    dataset = testimonia.open(scenarios.FOLDER / scenario / "data.ttl")
    found: dict[tuple[str, ...], Accepted] = {}
    for row in dataset.accept(policy):
        key = tuple(shorten(row[name]).partition(":")[2] for name in ("event", "harm", "victims"))
        grade = row["grade"] and shorten(row["grade"]).removeprefix("tmc:")
        bounds = shown(row)
        if policy == "evidence-grade":  # which grades each figure by itself
            key = (*key, bounds)
        entry = found.setdefault(key, Accepted(bounds, grade, set(), {}))
        assert entry[:2] == (bounds, grade)
        claim = shorten(row["claim"]).removeprefix("claim:")
        if row["reason"] is None:
            entry.used.add(claim)
        else:
            reason = shorten(row["reason"]).removeprefix("tmc:")
            entry.aside.setdefault(reason, set()).add(claim)
    return found


def only(scenario: str, policy: str) -> Accepted:
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
    ("official-latest", "two-officials-differ", "10 to 14", None, {"defence", "health"}, {}),
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


@pytest.mark.parametrize(
    ("policy", "scenario", "bounds", "grade", "used", "aside"),
    CASES,
    ids=[f"{policy}-{scenario}" for policy, scenario, *_ in CASES],
)
def test_a_policy_accepts_what_it_says(
    policy: str,
    scenario: str,
    bounds: str,
    grade: str | None,
    used: set[str],
    aside: dict[str, set[str]],
) -> None:
    assert only(scenario, policy) == Accepted(bounds, grade, used, aside)


def test_every_policy_and_every_reason_is_covered() -> None:
    assert {case[0] for case in CASES} == ALL
    reasons = {reason for case in CASES for reason in case[5]}
    listed = testimonia.open().query(
        "SELECT ?code WHERE { ?code skos:inScheme tmc:exclusion-reason }"
    )
    assert reasons == {shorten(row["code"]).removeprefix("tmc:") for row in listed}


def test_a_figure_that_a_party_admits_is_confirmed() -> None:
    graded = {key[:3]: entry for key, entry in accepted("concession", "evidence-grade").items()}
    conceded = graded["blast", "killed", "civilians"]
    own_loss = graded["blast", "killed", "tellund-soldiers"]
    assert (conceded.grade, own_loss.grade) == ("confirmed", "confirmed")
    assert own_loss.used == {"army-counts-enemy", "tellund-counts-own"}


def test_a_grade_belongs_to_one_figure_and_to_what_is_more_precise() -> None:
    graded = accepted("grades-of-figures", "evidence-grade")
    assert {(key[2], key[3]): entry.grade for key, entry in graded.items()} == {
        ("soldiers", "2 to 2"): "confirmed",  # the ministry announces its own loss
        ("soldiers", "5 to 5"): "weak",  # a blogger's five are not
        ("soldiers", "nothing"): None,  # nobody upholds that there were some
        ("civilians", "10 to 10"): "weak",  # ten and none: neither upholds the other
        ("civilians", "0 to 0"): "weak",
        ("people", "24 to 24+"): "fair",  # dozens, to which the precise 30 adds
        ("people", "30 to 30"): "weak",
    }


def test_a_figure_of_which_nothing_stands_is_discounted() -> None:
    graded = accepted("retraction-undated", "evidence-grade")
    assert {entry.grade for entry in graded.values()} == {"discounted"}
    assert {entry.bounds for entry in graded.values()} == {"nothing"}
    assert not any(entry.used for entry in graded.values())


def test_comparable_figures_are_assessed_together_and_others_apart() -> None:
    figures = accepted("revised-both-ways", "full-range")
    assert {(event, entry.bounds) for (event, *_), entry in figures.items()} == {
        ("blast", "10- to 12+"),
        ("raid", "3 to 5"),
    }


def test_an_incident_narrows_what_is_shown() -> None:
    dataset = testimonia.open()
    rows = dataset.accept("full-range", incident="event:idlib-attack")
    assert [shorten(row["claim"]) for row in rows] == [
        "claim:damascus-30-four-road-security-killed"
    ]


def test_assessments_conform_to_their_shapes_and_name_policy_and_version() -> None:
    dataset = testimonia.open()
    for name in sorted(ALL):
        dataset.accept(name)
    store = dataset.store
    for name in sorted(ALL):
        policy = NamedNode(expand(f"policy:{name}") or "")
        graph = NamedNode(f"{ACCEPTED.value}/{name}")
        version = [
            triple.object.value
            for triple in store.statements(graph)
            if triple.subject == policy
            and triple.predicate.value == PREFIXES["owl"] + "versionInfo"
        ]
        assert version == ["1.0.0" if name == "official-latest" else "2.0.0"]
        under = {t.object for t in store.statements(graph) if t.predicate == TMN.underPolicy}
        assert under == {policy}


OWN = """#+ summary: Believe the Health Ministry
#+ version: 0.1.0
#+ description: What it says, and nothing else.
CONSTRUCT {
  ?assessment a tmn:Assessment ; tmn:assesses ?event ; tmn:assessedHarm ?harm ;
      tmn:assessedVictims ?victims ; tmn:acceptedLowerBound ?lower ; prov:wasDerivedFrom ?claim .
}
WHERE {
  ?claim tmn:onBehalfOf agent:varnia-health ; tmn:proposition ?figure .
  ?figure tmn:about ?event ; tmn:harm ?harm ; tmn:victims ?victims ; tmn:lowerBound ?lower .
  BIND(IRI(CONCAT(STR(?figure), "/own")) AS ?assessment)
}
"""


def own(folder: Path, text: str) -> Path:
    path = folder / "believe-health.rq"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_policy_of_ones_own(tmp_path: Path) -> None:
    dataset = testimonia.open(scenarios.FOLDER / "two-officials-differ" / "data.ttl")
    rows = dataset.accept(own(tmp_path, OWN))
    assert [(row["lower"], row["upper"]) for row in rows] == [(14, None)]
    assert shorten(rows[0]["policy"]) == "policy:believe-health"
    assert dataset.label("policy:believe-health") == "Believe the Health Ministry"


@pytest.mark.parametrize(
    ("old", "new", "error", "reason"),
    [
        ("#+ version: 0.1.0\n", "", PolicyError, "lacks version"),
        ("#+ version: 0.1.0", "#+ version: 0.1.0\n#+ sumary: x", PolicyError, "'sumary' is none"),
        ("a tmn:Assessment", "a tmn:Event", PolicyError, "no tmn:Assessment"),
        ("WHERE {", "WHERE {{", QuerySyntaxFault, "not well formed"),
        ("WHERE {", "WHERE { SERVICE <http://a.example/> {}", QueryError, "another server"),
    ],
)
def test_a_policy_with_a_fault_leaves_all_as_it_was(
    tmp_path: Path, old: str, new: str, error: type[Exception], reason: str
) -> None:
    dataset = testimonia.open(scenarios.FOLDER / "two-officials-differ" / "data.ttl")
    dataset.accept(own(tmp_path, OWN))
    graph = NamedNode(f"{ACCEPTED.value}/believe-health")
    before = set(dataset.store.statements(graph))
    assert before
    assert old in OWN
    with pytest.raises(error, match=reason):
        dataset.accept(own(tmp_path, OWN.replace(old, new, 1)))
    assert set(dataset.store.statements(graph)) == before


def test_a_policy_that_is_no_construct_is_refused(tmp_path: Path) -> None:
    dataset = testimonia.open(scenarios.FOLDER / "two-officials-differ" / "data.ttl")
    header = OWN[: OWN.index("CONSTRUCT")]
    with pytest.raises(QueryError, match="makes no statements"):
        dataset.accept(own(tmp_path, header + "ASK { ?s ?p ?o }"))


def test_an_unknown_policy_is_refused_with_the_nearest_names(tmp_path: Path) -> None:
    with pytest.raises(UnknownPolicy, match="no policy 'full-rnage'") as caught:
        testimonia.open().accept("full-rnage")
    assert caught.value.hint.startswith("Did you mean full-range?")
    with pytest.raises(PolicyError, match="cannot be read"):
        read_policy(tmp_path / "none.rq")
    with pytest.raises(PolicyError, match="cannot be read"):
        find(tmp_path / "none.rq", [])
