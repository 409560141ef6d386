"""What each policy accepts, sets aside and why; and policies of one's own."""

from __future__ import annotations

from pathlib import Path

import palmyra
import pytest
from assessments import CASES, TABLES, Accepted, Table, accepted, only
from pyoxigraph import NamedNode

import scenarios
import testimonia
from testimonia.derivation.policies import find, read_policy
from testimonia.errors import PolicyError, QueryError, QuerySyntaxFault, UnknownPolicy
from testimonia.namespaces import PREFIXES, TMN, expand, shorten
from testimonia.query.graph_names import ACCEPTED

ALL = {policy.name for policy in palmyra.opened().policies()}


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
    listed = palmyra.opened().query(
        "SELECT ?code WHERE { ?code skos:inScheme tmc:exclusion-reason }"
    )
    assert reasons == {shorten(row["code"]).removeprefix("tmc:") for row in listed}


@pytest.mark.parametrize(
    ("policy", "scenario", "table"),
    TABLES,
    ids=[f"{policy}-{scenario}" for policy, scenario, _ in TABLES],
)
def test_a_policy_gives_all_that_is_expected_of_a_scenario(
    policy: str, scenario: str, table: Table
) -> None:
    assert accepted(scenario, policy) == table


def test_comparable_figures_are_assessed_together_and_others_apart() -> None:
    figures = accepted("revised-both-ways", "full-range")
    assert {(event, entry.bounds) for (event, *_), entry in figures.items()} == {
        ("blast", "10- to 14+"),
        ("raid", "3 to 5"),
    }


def test_an_incident_narrows_what_is_shown() -> None:
    dataset = palmyra.opened()
    rows = dataset.accept("full-range", incident="event:idlib-attack")
    assert [shorten(row["claim"]) for row in rows] == [
        "claim:damascus-30-four-road-security-killed"
    ]


def test_assessments_conform_to_their_shapes_and_name_policy_and_version() -> None:
    dataset = palmyra.opened()
    versions = {policy.name: policy.version for policy in dataset.policies()}
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
        assert version == [versions[name]]
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
        (
            "#+ version: 0.1.0",
            "#+ version: 0.1.0\n#+ sumary: x",
            PolicyError,
            "'sumary' is not one of the keys",
        ),
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
        palmyra.opened().accept("full-rnage")
    assert caught.value.hint.startswith("Did you mean full-range?")
    with pytest.raises(PolicyError, match="cannot be read"):
        read_policy(tmp_path / "none.rq")
    with pytest.raises(PolicyError, match="cannot be read"):
        find(tmp_path / "none.rq", [])


@pytest.mark.parametrize("question", ["incident-summary", "corroboration"])
def test_only_the_policy_that_a_question_names_assesses_for_it(question: str) -> None:
    dataset = palmyra.opened()
    dataset.ask(question)
    policies = [policy for policy in dataset.policies() if dataset.store.graphs(policy.graph)]
    assert [policy.name for policy in policies] == ["evidence-grade"]
