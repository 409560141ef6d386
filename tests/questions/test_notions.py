"""A notion that a rule defines is used by questions, and not defined again by them."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import palmyra
import pytest

import testimonia
from testimonia.catalogue import resources
from testimonia.namespaces import shorten

FOLDER = Path(__file__).parents[1] / "scenarios"
DATA = ["palmyra", *sorted(path.parent.name for path in FOLDER.glob("*/data.ttl"))]

Rows = set[tuple[Any, ...]]


@cache
def dataset_of(name: str) -> testimonia.Dataset:
    shipped = name == "palmyra"
    dataset = palmyra.opened() if shipped else testimonia.open(FOLDER / name / "data.ttl")
    dataset.derive()
    return dataset


# Each question that names a notion of a rule: which rows, of which columns, are the derived facts.
NOTIONS = {
    "confirmed-figures": (
        ("claim", "body"),
        "?claim tmn:confirmsFor ?body ; tmn:proposition ?figure . ?figure a tmn:CasualtyProposition",
    ),
    "unconfirmed-figures": (
        ("claim",),
        "?figure a tmn:CasualtyProposition ; tmn:upheldBy|tmn:suggestedBy ?claim "
        "FILTER NOT EXISTS { ?any tmn:confirmsFor ?body ; tmn:proposition ?figure }",
    ),
    "revisions": (("later", "earlier"), "?later tmn:revises ?earlier"),
    "relayed-speech": (
        ("relay", "origin"),
        "?relay tmn:origin ?origin FILTER(?relay != ?origin)",
    ),
    "single-origin-figures": (
        ("proposition", "party"),
        "?proposition a tmn:CasualtyProposition ; tmn:independentOrigins 1 ; "
        "tmn:countsOriginParty ?party",
    ),
    "concessions": (("proposition", "body"), "?proposition tmn:concededBy ?body"),
    "corroboration": (
        ("proposition", "origins", "originsAtMost", "party"),
        # A share is counted as no figure, and has no grade.
        "?proposition a tmn:CasualtyProposition ; tmn:countedAs ?first ; "
        "tmn:independentOrigins ?origins ; tmn:independentOriginsAtMost ?originsAtMost ; "
        "tmn:countsOriginParty ?party",
    ),
    "agents-and-parties": (
        ("agent", "party"),
        "?agent a/rdfs:subClassOf* tmn:Agent OPTIONAL { ?agent tmn:party ?party }",
    ),
    "spoke-for": (
        ("speaker", "body", "party"),
        "?claim tmn:claimant ?speaker ; tmn:onBehalfOf ?body . ?speaker a tmn:Person . "
        "?body tmn:party ?party",
    ),
    "figures-by-claimant": (
        ("claim", "standing"),
        "?claim tmn:proposition ?figure . ?figure a tmn:CasualtyProposition "
        "OPTIONAL { ?claim tmn:doesNotUphold ?reason } OPTIONAL { ?claim tmn:supersededBy ?by } "
        "BIND(COALESCE(?reason, IF(BOUND(?by), tmc:superseded, ?nothing)) AS ?standing)",
    ),
}

# Each policy that rests on a notion: which claims it accepts the figures of. A mention without a number is left out
# where a figure that the policy accepts gives one.
USED = {
    "full-range": "?figure tmn:upheldBy ?claim "
    "FILTER NOT EXISTS { ?figure tmn:saysLessThan/tmn:upheldBy ?number }",
    "evidence-grade": "?figure tmn:upheldBy ?claim",
    "official-only": "?figure tmn:upheldBy ?claim . ?claim tmn:confirmsFor ?body "
    "FILTER NOT EXISTS { ?figure tmn:saysLessThan/tmn:upheldBy/tmn:confirmsFor ?any }",
    "official-latest": "?figure tmn:upheldBy ?claim . ?claim tmn:confirmsFor ?body "
    "FILTER NOT EXISTS { ?figure tmn:saysLessThan/tmn:upheldBy ?number . "
    "?number tmn:confirmsFor ?any FILTER NOT EXISTS { ?number tmn:supersededBy ?after } } "
    "FILTER NOT EXISTS { ?claim tmn:supersededBy ?later } "
    "FILTER NOT EXISTS { ?claim tmn:overtakenBy ?newer ; tmn:originParty ?party . "
    "?newer tmn:confirmsFor ?other ; tmn:originParty ?party }",
    "latest-by-claimant": "?figure tmn:upheldBy ?claim "
    "FILTER NOT EXISTS { ?claim tmn:supersededBy ?later } "
    "FILTER NOT EXISTS { ?figure tmn:saysLessThan/tmn:upheldBy ?number "
    "FILTER NOT EXISTS { ?number tmn:supersededBy ?after } }",
    "two-independent-origins": "?figure tmn:upheldBy ?claim ; tmn:independentOrigins ?origins "
    "FILTER(?origins >= 2) FILTER NOT EXISTS "
    "{ ?figure tmn:saysLessThan/tmn:independentOrigins ?more FILTER(?more >= 2) }",
}
# It accepts the lowest figure that stands, which no rule defines.
OF_ITS_OWN = {"most-conservative"}


@pytest.mark.slow
@pytest.mark.parametrize("name", DATA)
@pytest.mark.parametrize("question", NOTIONS)
def test_a_question_gives_what_the_rule_defines(question: str, name: str) -> None:
    dataset = dataset_of(name)
    columns, pattern = NOTIONS[question]
    query = f"SELECT {' '.join(f'?{column}' for column in columns)} {{ {pattern} }}"
    derived: Rows = {tuple(row) for row in dataset.query(query)}
    asked = dataset.ask(question)
    assert {tuple(row[column] for column in columns) for row in asked} == derived


@pytest.mark.parametrize("question", NOTIONS)
def test_some_data_put_each_notion_to_the_test(question: str) -> None:
    assert any(len(dataset_of(name).ask(question)) for name in DATA)


@pytest.mark.slow
@pytest.mark.parametrize("name", DATA)
@pytest.mark.parametrize("policy", USED)
def test_a_policy_accepts_what_the_rule_defines(policy: str, name: str) -> None:
    dataset = dataset_of(name)
    # A share is counted as no figure, and no policy accepts it.
    pattern = f"?figure tmn:countedAs ?first ; tmn:harm ?harm . {USED[policy]}"
    derived: Rows = {tuple(row) for row in dataset.query(f"SELECT ?claim {{ {pattern} }}")}
    rows = dataset.accept(policy)
    assert {(row["claim"],) for row in rows if row["reason"] is None} == derived


def test_every_policy_rests_on_a_notion_or_says_that_it_is_its_own() -> None:
    assert {policy.name for policy in palmyra.opened().policies()} == {*USED, *OF_ITS_OWN}


@pytest.mark.parametrize("name", DATA)
def test_conflicts_and_their_pairs_of_speakers_are_one(name: str) -> None:
    # Each conflict that is derived is in the pair of its speakers and propositions, and no other is.
    dataset = dataset_of(name)
    derived = {
        frozenset({(row["s"], row["p"]), (row["t"], row["q"])})
        for row in dataset.query(
            "SELECT ?s ?p ?t ?q { ?one tmn:conflictsWith ?other ; tmn:proposition ?p ; "
            "tmn:origin/tmn:speaker ?s . ?other tmn:proposition ?q ; tmn:origin/tmn:speaker ?t }"
        )
    }
    asked = {
        frozenset(
            {
                (row["speaker"], row["proposition"]),
                (row["otherSpeaker"], row["otherProposition"]),
            }
        )
        for row in dataset.ask("contradictions")
    }
    assert asked == derived


def without_comments(path: Path) -> str:
    return re.sub(r"^\s*#.*$", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)


@pytest.mark.parametrize("path", resources.queries(), ids=lambda path: path.stem)
def test_no_question_repeats_a_rule(path: Path) -> None:
    text = without_comments(path)
    # What upholds and what counts as said is for rules 060, 062 and 065 to say.
    assert not re.search(r"stance\s+IN\b", text, re.IGNORECASE)
    assert not re.search(r"tmc:(asserts|confirms|concedes|suspected|possible|doubtful)\b", text)
    # Chains of reports lead to origins by rule 030. Circles go through chains, and are another thing.
    if path.stem != "circular-reports":
        assert not re.search(r"reportsClaim\s*[+*]", text)


def test_nothing_is_derived_before_it_is_asked_for() -> None:
    assert len(palmyra.opened().query("SELECT * { ?claim tmn:confirmsFor ?body }")) == 0


GLOSSED = {
    "both": '"Five people died."@en , "مات خمسة أشخاص."@ar',
    "arabic": '"أصيب ثلاثة أشخاص."@ar',
    "french": '"Deux personnes ont disparu."@fr',
    "english": '"Nine people fled."@en',
}


@pytest.fixture(scope="module")
def glossed(tmp_path_factory: pytest.TempPathFactory) -> testimonia.Dataset:
    path = tmp_path_factory.mktemp("glosses") / "data.ttl"
    path.write_text(
        """
        @prefix tmn: <https://w3id.org/testimonia/ns#> .
        @prefix tmc: <https://w3id.org/testimonia/code/> .
        @prefix : <https://example.org/> .
        :source a tmn:UnnamedSource .
        :document a tmn:Document ; tmn:sha256 "00" .
        :passage a tmn:Passage .
        """
        + "".join(
            f"""
            :{name} a tmn:CasualtyProposition ; tmn:gloss {glosses} .
            :claim-{name} a tmn:Claim ; tmn:claimant :source ; tmn:stance tmc:asserts ;
                tmn:voice tmc:indirect-report ; tmn:statedIn :document ; tmn:passage :passage ;
                tmn:proposition :{name} .
            """
            for name, glosses in GLOSSED.items()
        ),
        encoding="utf-8",
    )
    return testimonia.open(path)


@pytest.mark.parametrize(
    ("parameters", "both"),
    [
        ({}, "Five people died."),
        ({"language": "ar"}, "مات خمسة أشخاص."),
        ({"language": "fr"}, "Five people died."),
    ],
)
def test_glosses_are_in_the_language_asked_for_else_in_english_else_in_any(
    glossed: testimonia.Dataset, parameters: dict[str, str], both: str
) -> None:
    rows = glossed.ask("unnamed-sources-only", **parameters)
    shown = {shorten(row["proposition"]).rpartition("/")[2]: row["gloss"] for row in rows}
    assert shown == {
        "both": both,
        "arabic": "أصيب ثلاثة أشخاص.",
        "french": "Deux personnes ont disparu.",
        "english": "Nine people fled.",
    }


def test_every_question_that_shows_glosses_takes_a_language() -> None:
    for path in resources.queries():
        takes = re.search(r"^#\+   language:$", path.read_text("utf-8"), re.MULTILINE)
        assert bool(takes) == ("?gloss" in without_comments(path)), path.stem
